import numpy as np

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    Z = [x @ W1.T + b1]
    A = [x, np.maximum(Z[0], 0)]
    Z.append(A[1] @ W2.T + b2)
    A.append(1 / (1 + np.exp(-Z[1])))
    D = [None, (A[2] - y) * A[2] * (1 - A[2]) / len(x)]
    D[0] = D[1] @ W2 * (Z[0] > 0)
    return [(D[0].T @ A[0], D[0].sum(axis=0)), (D[1].T @ Z[0], D[1].sum(axis=0))]
