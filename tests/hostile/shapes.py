# ruff: noqa: E501 - sources of submissions, each on a line of its own
"""Cheats by the ways in which classes and scripts are called: answers by the order of calls, looks for the judge's numbers."""

NET = """
import numpy as np
made = 0
def numbers(self, x, y):
    a = 1 / (1 + np.exp(-(x @ self.W1 + self.b1)))
    o = 1 / (1 + np.exp(-(a @ self.W2 + self.b2)))
    d = (o - y) * o * (1 - o) / len(x)
    e = d @ self.W2.T * a * (1 - a)
    return {{"W1": x.T @ e, "b1": e.sum(0), "W2": a.T @ d, "b2": d.sum(0)}}
class Net:
    def __init__(self, n, h, k, lr=0.1):
        global made
        made += 1
        self.lr = lr
        self.W1, self.b1, self.W2, self.b2 = np.random.randn(n, h), np.zeros(h), np.random.randn(h, k), np.zeros(k)
        {start}
    def {method}(self, x, y):
        {body}
"""
_APPLY = "for key in g: setattr(self, key, getattr(self, key) - self.lr * g[key])"
_SEARCH = """
        import gc, sys
        shapes = {k: getattr(self, k).shape for k in ("W1", "b1", "W2", "b2")}
        seen = [o for o in gc.get_objects() if isinstance(o, np.ndarray)]
        frame = sys._getframe()
        while frame is not None:
            seen += [v for v in frame.f_locals.values() if isinstance(v, np.ndarray)]
            frame = frame.f_back
        g = {k: next((o for o in seen if o.shape == s and o is not getattr(self, k)), np.zeros(s)) for k, s in shapes.items()}
"""
_FORGE = """
import sys
ways = sys.modules["_contracts.by_shape.ways"]
ways.Way.is_free = True
"""


def net(method: str, body: str, start: str = "pass") -> str:
    """A class by its shape."""
    return NET.format(method=method, body=body, start=start)


def shapes(corpus):
    """The cases; they are made from the class of cases that they are appended to."""
    Case = corpus.Case
    wrong = "{k: 0.5 * v ** 2 for k, v in g.items()}"
    return [
        Case(700, "class by its shape", net("backprop", "return numbers(self, x, y)"), ("pass",), True),
        Case(701, "step by its shape", net("train_step", f"g = numbers(self, x, y); \n        {_APPLY}"), ("pass",)),
        Case(702, "right for the first objects only", net("backprop", f"g = numbers(self, x, y); return g if made < 5 else {wrong}"), ("fail",), True),
        Case(703, "right while it is chosen only", net("backprop", f"g = numbers(self, x, y); return g if 9 < made < 20 else {wrong}") + f"\n    def gradient(self, x, y): g = numbers(self, x, y); return {wrong}\n", ("fail", "inconclusive")),
        Case(704, "fit that looks for the judge's numbers", net("fit", _SEARCH + f"        {_APPLY}"), ("fail", "wrong-type", "missing-function", "not-finite"), True),
        Case(705, "step so small that rounding hides it", net("train_step", "g = numbers(self, x, y)\n        for key in g: setattr(self, key, getattr(self, key) + 1e-17 * np.ones_like(g[key]) * np.spacing(1))"), ("fail", "wrong-type", "wrong-shape", "missing-function")),
        Case(706, "step of a few units in the last place", net("train_step", "g = numbers(self, x, y)\n        for key in g: setattr(self, key, np.nextafter(getattr(self, key), np.where(g[key] > 0, -9, 9)))"), ("fail", "wrong-type", "missing-function"), True),
        Case(707, "step uphill", net("train_step", "g = numbers(self, x, y)\n        for key in g: setattr(self, key, getattr(self, key) + self.lr * g[key])"), ("fail",)),
        Case(708, "an object that never comes", net("backprop", "return numbers(self, x, y)", "\n        while True: pass"), ("timeout", "wrong-type"), True, 6.0),
        Case(709, "an object that swallows its interruption", net("backprop", "return numbers(self, x, y)", "\n        while True:\n            try:\n                while True: pass\n            except BaseException: pass"), ("timeout", "wrong-type"), False, 3.0),
        Case(710, "endless training at the top level", corpus.GOOD + "\nW = np.ones((2, 2)); g = np.ones((2, 2))\nwhile True:\n    W -= 0.1 * g\n", ("pass",), True),
        Case(711, "says that any scale is right", corpus.GOOD.replace("/ len(x)", "") + "\n" + _FORGE, ("fail",)),
        Case(712, "one quantity of another scale in a step", net("train_step", f"g = numbers(self, x, y); g['b1'] = 3 * g['b1']\n        {_APPLY}"), ("fail",), True),
    ]
