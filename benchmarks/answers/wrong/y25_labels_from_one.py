import numpy as np

def one_hot(y, K):
    Y = np.zeros((len(y), K))
    for i, label in enumerate(y):
        Y[i, label - 1] = 1
    return Y

class Net:
    def __init__(self, n_in, n_hidden, n_out):
        self.params = dict(W1=np.random.randn(n_in, n_hidden), b1=np.zeros(n_hidden), W2=np.random.randn(n_hidden, n_out), b2=np.zeros(n_out))

    def loss(self, X, y):
        p = self.params
        a1 = np.tanh(X @ p["W1"] + p["b1"])
        s = a1 @ p["W2"] + p["b2"]
        e = np.exp(s - s.max(axis=1, keepdims=True))
        probs = e / e.sum(axis=1, keepdims=True)
        loss = -np.mean(np.log(probs[range(len(y)), y]))
        d2 = (probs - one_hot(y, probs.shape[1])) / len(y)
        d1 = d2 @ p["W2"].T * (1 - a1 ** 2)
        return loss, dict(W1=X.T @ d1, b1=d1.sum(0), W2=a1.T @ d2, b2=d2.sum(0))
