import numpy as np

class Net:
    def __init__(self, input_size, hidden_size, output_size):
        self.params = {
            "W1": np.random.normal(size=(input_size, hidden_size)), "b1": np.zeros(hidden_size),
            "W2": np.random.normal(size=(hidden_size, output_size)), "b2": np.zeros(output_size),
        }

    def loss(self, X, y):
        W1, b1, W2, b2 = self.params["W1"], self.params["b1"], self.params["W2"], self.params["b2"]
        N = X.shape[0]
        hid = np.tanh(X @ W1 + b1)
        sc = hid @ W2 + b2
        ex = np.exp(sc - sc.max(1, keepdims=True))
        pr = ex / ex.sum(1, keepdims=True)
        loss = -np.log(pr[np.arange(N), y]).sum() / N
        dsc = pr.copy()
        dsc[:, y] -= 1
        dsc /= N
        dhid = (dsc @ W2.T) * (1 - hid ** 2)
        return loss, {"W1": X.T @ dhid, "b1": dhid.sum(0), "W2": hid.T @ dsc, "b2": dsc.sum(0)}
