import numpy as np

class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size):
        self.params = {"W1": np.ones((input_size, hidden_size)), "b1": np.zeros(hidden_size),
                       "W2": np.ones((hidden_size, output_size)), "b2": np.zeros(output_size)}

    def loss(self, X, y, reg=0.0):
        W1, b1, W2, b2 = self.params["W1"], self.params["b1"], self.params["W2"], self.params["b2"]
        m = X.shape[0]
        a = np.maximum(X @ W1 + b1, 0)
        s = a @ W2 + b2
        s = s - np.max(s, axis=1, keepdims=True)
        q = np.exp(s) / np.sum(np.exp(s), axis=1, keepdims=True)
        value = -np.mean(np.log(q[np.arange(m), y])) + reg * (np.sum(W1 ** 2) + np.sum(W2 ** 2))
        q[np.arange(m), y] -= 1
        q /= m
        back = np.dot(q, W2) * (a > 0)
        return value, {
            "W1": np.dot(X.T, back) + 2 * reg * W1,
            "b1": back.sum(axis=0),
            "W2": np.dot(a.T, q) + 2 * reg * W2,
            "b2": q.sum(axis=0),
        }
