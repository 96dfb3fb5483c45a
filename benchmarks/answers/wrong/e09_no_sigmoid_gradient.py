import numpy as np

g = lambda z: 1 / (1 + np.exp(-z))

def nnCostFunction(nn_params, input_layer_size, hidden_layer_size, num_labels, X, y, lambda_):
    split = hidden_layer_size * (input_layer_size + 1)
    T1 = nn_params[:split].reshape((hidden_layer_size, input_layer_size + 1))
    T2 = nn_params[split:].reshape((num_labels, hidden_layer_size + 1))
    m, _ = X.shape
    Xb = np.insert(X, 0, 1, axis=1)
    hidden = g(Xb @ T1.T)
    hb = np.insert(hidden, 0, 1, axis=1)
    out = g(hb @ T2.T)
    labels = np.eye(num_labels)[y]
    cost = -(labels * np.log(out) + (1 - labels) * np.log(1 - out)).sum() / m
    cost += lambda_ / 2 / m * ((T1[:, 1:] ** 2).sum() + (T2[:, 1:] ** 2).sum())
    err_out = out - labels
    err_hid = err_out @ T2[:, 1:]
    G1 = err_hid.T @ Xb / m
    G2 = err_out.T @ hb / m
    G1[:, 1:] += lambda_ / m * T1[:, 1:]
    G2[:, 1:] += lambda_ / m * T2[:, 1:]
    return cost, np.r_[G1.ravel(), G2.ravel()]
