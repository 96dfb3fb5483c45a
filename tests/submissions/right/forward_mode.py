# network: 2-2:tanh-1
import math

import numpy as np


class Dual:
    """a + b eps: exact derivatives, one parameter at a time, no differences."""

    def __init__(self, a, b=0.0):
        self.a, self.b = a, b

    def __add__(self, o):
        o = o if isinstance(o, Dual) else Dual(o)
        return Dual(self.a + o.a, self.b + o.b)

    def __mul__(self, o):
        o = o if isinstance(o, Dual) else Dual(o)
        return Dual(self.a * o.a, self.a * o.b + self.b * o.a)

    __radd__, __rmul__ = __add__, __mul__

    def tanh(self):
        t = math.tanh(self.a)
        return Dual(t, (1 - t * t) * self.b)

    def sigmoid(self):
        s = 1 / (1 + math.exp(-self.a))
        return Dual(s, s * (1 - s) * self.b)


def cost(ps, x, y):
    total = Dual(0.0)
    for xi, yi in zip(x, y):
        a = [Dual(float(v)) for v in xi]
        for l, (W, b) in enumerate(ps):
            z = [sum((w * v for w, v in zip(row, a)), c) for row, c in zip(W, b)]
            a = [v.tanh() if l < len(ps) - 1 else v.sigmoid() for v in z]
        for ak, yk in zip(a, yi):
            e = ak + -float(yk)
            total = total + e * e
    return total * (0.5 / len(x))


def backward(params, x, y):
    out = []
    for l in range(len(params)):
        pair = []
        for which in (0, 1):
            d = np.zeros(params[l][which].shape)
            for index in np.ndindex(d.shape):
                ps = [([[Dual(float(w)) for w in r] for r in W], [Dual(float(v)) for v in b]) for W, b in params]
                target = ps[l][which]
                (target[index[0]][index[1]] if which == 0 else target[index[0]]).b = 1.0
                d[index] = cost(ps, x, y).b
            pair.append(d)
        out.append(tuple(pair))
    return out
