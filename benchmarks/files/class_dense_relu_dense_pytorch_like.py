import numpy as np
class Linear:
    def __init__(self, in_features, out_features):
        self.weight = np.random.randn(out_features, in_features) / np.sqrt(in_features)
        self.bias = np.zeros(out_features)
    def forward(self, x):
        self.x = x
        return x @ self.weight.T + self.bias
    def backward(self, grad_output):
        self.grad_weight = grad_output.T @ self.x
        self.grad_bias = grad_output.sum(axis=0)
        return grad_output @ self.weight
class ReLU:
    def forward(self, x):
        self.mask = x > 0
        return x * self.mask
    def backward(self, grad_output):
        return grad_output * self.mask
class MSELoss:
    def forward(self, pred, target):
        self.pred, self.target = pred, target
        return ((pred - target) ** 2).mean()
    def backward(self):
        return 2 * (self.pred - self.target) / self.pred.size
class Net:
    def __init__(self, n_in, n_hidden, n_out):
        self.modules = [Linear(n_in, n_hidden), ReLU(), Linear(n_hidden, n_out)]
    def forward(self, x):
        for m in self.modules:
            x = m.forward(x)
        return x
    def backward(self, grad):
        for m in self.modules[::-1]:
            grad = m.backward(grad)
