import numpy as np

class MLP:
    def __init__(self, params):
        self.params = params

    def run(self, x):
        self.inputs, self.outputs = [], []
        h = x
        for n, (W, b) in enumerate(self.params):
            self.inputs.append(h)
            z = h @ W.T + b
            h = np.tanh(z) if n < len(self.params) - 1 else 1 / (1 + np.exp(-z))
            self.outputs.append(h)
        return h

    def grads(self, x, y):
        p = self.run(x)
        delta = (p - y) * p * (1 - p) / x.shape[0]
        result = []
        for n in range(len(self.params) - 1, -1, -1):
            result.insert(0, (delta.T @ self.outputs[n], delta.sum(axis=0)))
            if n:
                delta = delta @ self.params[n][0] * (1 - self.outputs[n - 1] ** 2)
        return result

def backward(params, x, y):
    return MLP(params).grads(x, y)
