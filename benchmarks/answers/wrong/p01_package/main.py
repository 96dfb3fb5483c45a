from activations import sigmoid, sigmoid_prime, tanh, tanh_prime


def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    z1 = x @ W1.T + b1
    a1 = tanh(z1)
    z2 = a1 @ W2.T + b2
    a2 = sigmoid(z2)
    d2 = (a2 - y) * sigmoid_prime(z2) / len(x)
    d1 = (d2 @ W2) * tanh_prime(z1)
    return [(d1.T @ x, d1.sum(axis=0)), (d2.T @ a1, d2.sum(axis=0))]
