# network: 4-5:relu-6:relu-3/cross_entropy+l2=0.5
from builtins import range
from builtins import object
import numpy as np

from ..layers import *


class FullyConnectedNet(object):
    def __init__(self, hidden_dims, input_dim=3 * 32 * 32, num_classes=10, reg=0.0, weight_scale=1e-2, dtype=np.float32):
        self.reg, self.dtype, self.params = reg, dtype, {}
        self.num_layers = 1 + len(hidden_dims)
        dims = [input_dim] + hidden_dims + [num_classes]
        for i in range(self.num_layers):
            self.params["W%d" % (i + 1)] = weight_scale * np.random.randn(dims[i], dims[i + 1])
            self.params["b%d" % (i + 1)] = np.zeros(dims[i + 1])
        for k, v in self.params.items():
            self.params[k] = v.astype(dtype)

    def loss(self, X, y=None):
        X = X.astype(self.dtype)
        caches, out = [], X
        for i in range(1, self.num_layers + 1):
            out, cache = affine_forward(out, self.params["W%d" % i], self.params["b%d" % i])
            caches.append(cache)
            if i < self.num_layers:
                out, cache = relu_forward(out)
                caches.append(cache)
        if y is None:
            return out
        loss, dout = softmax_loss(out, y)
        grads = {}
        for i in range(self.num_layers, 0, -1):
            W = self.params["W%d" % i]
            loss += 0.5 * self.reg * np.sum(W * W)
            if i < self.num_layers:
                dout = relu_backward(dout, caches.pop())
            dout, dw, db = affine_backward(dout, caches.pop())
            grads["W%d" % i], grads["b%d" % i] = dw + self.reg * W, db
        return loss, grads
