# network: 2-3:tanh-1:sigmoid/bce
import math

import numpy as np


class Value:
    def __init__(self, data, children=()):
        self.data, self.grad, self._prev, self._backward = data, 0.0, set(children), lambda: None

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other))

        def _backward():
            self.grad += out.grad
            other.grad += out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other))

        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out

    __radd__, __rmul__ = __add__, __mul__

    def function(self, value, slope):
        out = Value(value, (self,))

        def _backward():
            self.grad += slope * out.grad

        out._backward = _backward
        return out

    def tanh(self):
        t = math.tanh(self.data)
        return self.function(t, 1 - t * t)

    def sigmoid(self):
        s = 1 / (1 + math.exp(-self.data))
        return self.function(s, s * (1 - s))

    def log(self):
        return self.function(math.log(self.data), 1 / self.data)

    def backward(self):
        topo, visited = [], set()

        def build(v):
            if v not in visited:
                visited.add(v)
                for child in v._prev:
                    build(child)
                topo.append(v)

        build(self)
        self.grad = 1.0
        for v in reversed(topo):
            v._backward()


def backward(params, x, y):
    ps = [([[Value(float(w)) for w in row] for row in W], [Value(float(v)) for v in b]) for W, b in params]
    cost = Value(0.0)
    for xi, yi in zip(x, y):
        a = [Value(float(v)) for v in xi]
        for l, (W, b) in enumerate(ps):
            z = [sum((w * v for w, v in zip(row, a)), bias) for row, bias in zip(W, b)]
            a = [v.sigmoid() if l == len(ps) - 1 else v.tanh() for v in z]
        for ak, yk in zip(a, yi):
            cost = cost + -1.0 * (ak.log() * float(yk) + (1.0 + -1.0 * ak).log() * float(1 - yk))
    (cost * (1 / len(x))).backward()
    return [(np.array([[w.grad for w in row] for row in W]), np.array([v.grad for v in b])) for W, b in ps]
