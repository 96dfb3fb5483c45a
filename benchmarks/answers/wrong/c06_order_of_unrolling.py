import numpy as np

sigmoid = lambda z: 1 / (1 + np.exp(-z))

def nnCostFunction(nn_params, input_layer_size, hidden_layer_size, num_labels, X, y, lambda_):
    cut = hidden_layer_size * (input_layer_size + 1)
    t1 = nn_params[:cut].reshape(hidden_layer_size, -1)
    t2 = nn_params[cut:].reshape(num_labels, -1)
    m = len(y)
    a1 = np.c_[np.ones(m), X]
    a2 = np.c_[np.ones(m), sigmoid(a1 @ t1.T)]
    a3 = sigmoid(a2 @ t2.T)
    Y = (np.arange(num_labels)[None, :] == y.reshape(-1, 1)).astype(float)
    J = -np.mean(np.sum(Y * np.log(a3) + (1 - Y) * np.log(1 - a3), axis=1))
    J += lambda_ / (2 * m) * ((t1[:, 1:] ** 2).sum() + (t2[:, 1:] ** 2).sum())
    e3 = a3 - Y
    e2 = (e3 @ t2)[:, 1:] * (a2 * (1 - a2))[:, 1:]
    g1 = e2.T @ a1 / m
    g2 = e3.T @ a2 / m
    g1[:, 1:] += lambda_ * t1[:, 1:] / m
    g2[:, 1:] += lambda_ * t2[:, 1:] / m
    return J, np.concatenate([g1.T.ravel(), g2.ravel()])
