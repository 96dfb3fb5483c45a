import numpy as np

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    hidden_in = np.dot(x, W1.T) + b1
    hidden_out = np.tanh(hidden_in)
    final_in = np.dot(hidden_out, W2.T) + b2
    final_out = 1 / (1 + np.exp(-final_in))

    error = y - final_out
    output_delta = error * final_out * (1 - final_out)
    hidden_error = np.dot(output_delta, W2)
    hidden_delta = hidden_error * (1 - hidden_out * hidden_out)

    n = len(x)
    grad_W2 = np.dot(output_delta.T, hidden_out) / n
    grad_b2 = output_delta.mean(axis=0)
    grad_W1 = np.dot(hidden_delta.T, x) / n
    grad_b1 = hidden_delta.mean(axis=0)
    return [(grad_W1, grad_b1), (grad_W2, grad_b2)]
