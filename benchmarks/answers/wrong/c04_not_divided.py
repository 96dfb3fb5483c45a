import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def nnCostFunction(nn_params, n, h, k, X, y, lam):
    Theta1 = nn_params[:h * (n + 1)].reshape(h, n + 1)
    Theta2 = nn_params[h * (n + 1):].reshape(k, h + 1)
    m = X.shape[0]
    X1 = np.hstack([np.ones((m, 1)), X])
    hidden = sigmoid(X1 @ Theta1.T)
    H1 = np.hstack([np.ones((m, 1)), hidden])
    out = sigmoid(H1 @ Theta2.T)
    Y = np.eye(k)[y]
    J = -(Y * np.log(out) + (1 - Y) * np.log(1 - out)).sum() / m
    J += lam / 2 / m * ((Theta1[:, 1:] ** 2).sum() + (Theta2[:, 1:] ** 2).sum())
    d3 = out - Y
    d2 = (d3 @ Theta2[:, 1:]) * hidden * (1 - hidden)
    reg1 = lam * np.hstack([np.zeros((h, 1)), Theta1[:, 1:]]) / m
    reg2 = lam * np.hstack([np.zeros((k, 1)), Theta2[:, 1:]]) / m
    grad2 = d3.T @ H1 + reg2
    grad1 = d2.T @ X1 + reg1
    return J, np.concatenate([grad1.flatten(), grad2.flatten()])
