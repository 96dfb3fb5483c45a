import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def nnCostFunction(nn_params, n, h, k, X, y, lam):
    T1 = nn_params[:h * (n + 1)].reshape(h, n + 1)
    T2 = nn_params[h * (n + 1):].reshape(k, h + 1)
    m = len(X)
    G1, G2, J = np.zeros(T1.shape), np.zeros(T2.shape), 0.0
    for t in range(m):
        a1 = np.r_[1, X[t]]
        a2 = np.r_[1, sigmoid(T1 @ a1)]
        a3 = sigmoid(T2 @ a2)
        yt = np.zeros(k)
        yt[y[t]] = 1
        J -= yt @ np.log(a3) + (1 - yt) @ np.log(1 - a3)
        d3 = a3 - yt
        d2 = (T2.T @ d3 * a2 * (1 - a2))[1:]   # the bias unit's slope is 0 anyway
        G1 += np.outer(d2, a1)
        G2 += np.outer(d3, a2)
    R1, R2 = T1.copy(), T2.copy()
    R1[:, 0] = R2[:, 0] = 0
    J = J / m + lam / (2 * m) * ((R1 ** 2).sum() + (R2 ** 2).sum())
    return J, np.concatenate([((G1 + lam * R1) / m).ravel(), ((G2 + lam * R2) / m).ravel()])
