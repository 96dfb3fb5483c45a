import numpy as np

class TwoLayer:
    """softmax classifier with one hidden layer"""
    def __init__(self, D, H, C, seed=1):
        rng = np.random.RandomState(seed)
        self.params = {'W1': rng.randn(D, H) * np.sqrt(2 / D), 'b1': np.zeros(H),
                       'W2': rng.randn(H, C) * np.sqrt(2 / H), 'b2': np.zeros(C)}

    def loss_and_grads(self, X, y):
        p = self.params
        N = X.shape[0]
        a = X @ p['W1'] + p['b1']
        h = np.maximum(0, a)
        s = h @ p['W2'] + p['b2']
        s -= s.max(axis=1, keepdims=True)
        e = np.exp(s)
        probs = e / e.sum(axis=1, keepdims=True)
        loss = -np.log(probs[np.arange(N), y]).mean()
        ds = probs.copy()
        ds[np.arange(N), y] -= 1
        ds /= N
        grads = {}
        grads['W2'] = h.T @ ds
        grads['b2'] = ds.sum(0)
        dh = ds @ p['W2'].T
        dh[a <= 0] = 0
        grads['W1'] = X.T @ dh
        grads['b1'] = dh.sum(0)
        return loss, grads
