import numpy as np

class FullyConnectedNet:
    def __init__(self, hidden_dims, input_dim=3 * 32 * 32, num_classes=10, reg=0.0, weight_scale=1e-2, dtype=np.float32):
        self.reg = reg
        self.dtype = dtype
        self.num_layers = 1 + len(hidden_dims)
        self.params = {}
        dims = [input_dim] + list(hidden_dims) + [num_classes]
        for i in range(self.num_layers):
            self.params['W%d' % (i + 1)] = (weight_scale * np.random.randn(dims[i], dims[i + 1])).astype(dtype)
            self.params['b%d' % (i + 1)] = np.zeros(dims[i + 1], dtype=dtype)

    def loss(self, X, y=None):
        X = X.astype(self.dtype)
        caches = {}
        out = X
        for i in range(1, self.num_layers + 1):
            caches[i] = out
            out = out @ self.params['W%d' % i] + self.params['b%d' % i]
            if i < self.num_layers:
                out = np.maximum(out, 0)
        scores = out
        if y is None:
            return scores
        N = X.shape[0]
        e = np.exp(scores - scores.max(axis=1, keepdims=True))
        p = e / e.sum(axis=1, keepdims=True)
        loss = -np.mean(np.log(p[np.arange(N), y]))
        for i in range(1, self.num_layers + 1):
            loss += 0.5 * self.reg * np.sum(self.params['W%d' % i] ** 2)
        grads = {}
        dout = p
        dout[np.arange(N), y] -= 1
        dout /= N
        for i in range(self.num_layers, 0, -1):
            grads['W%d' % i] = caches[i].T @ dout + self.reg * self.params['W%d' % i]
            grads['b%d' % i] = np.sum(dout, axis=0) + self.reg * self.params['b%d' % i]
            if i > 1:
                dout = dout @ self.params['W%d' % i].T
                dout = dout * (caches[i] > 0)
        return loss, grads
