import numpy as np

class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size):
        self.params = {"W1": np.ones((input_size, hidden_size)), "b1": np.zeros(hidden_size),
                       "W2": np.ones((hidden_size, output_size)), "b2": np.zeros(output_size)}

    def loss(self, X, y):
        W1, b1, W2, b2 = self.params["W1"], self.params["b1"], self.params["W2"], self.params["b2"]
        m = X.shape[0]
        z1 = X @ W1 + b1
        a1 = np.maximum(z1, 0)
        z2 = a1 @ W2 + b2
        e = np.exp(z2 - z2.max(axis=1, keepdims=True))
        p = e / e.sum(axis=1, keepdims=True)
        onehot = np.eye(p.shape[1])[y]
        loss = -(onehot * np.log(p)).sum() / m
        dz2 = (p - onehot) / m
        dW2 = a1.T @ dz2
        db2 = dz2.mean(axis=0)
        dz1 = dz2 @ W2.T
        dW1 = X.T @ dz1
        db1 = dz1.mean(axis=0)
        return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
