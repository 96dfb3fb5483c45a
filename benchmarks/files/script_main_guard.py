import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def main():
    print("see below")


if __name__ == "__main__":
    rng = np.random.default_rng(5)
    x = rng.random((20, 3))
    t = rng.random((20, 2))
    w1 = rng.standard_normal((3, 4))
    b1 = rng.standard_normal(4)
    w2 = rng.standard_normal((4, 2))
    b2 = rng.standard_normal(2)
    for epoch in range(200):
        h = sigmoid(x @ w1 + b1)
        o = sigmoid(h @ w2 + b2)
        delta2 = (o - t) * o * (1 - o) / len(x)
        delta1 = delta2 @ w2.T * h * (1 - h)
        w2 -= 0.5 * h.T @ delta2
        b2 -= 0.5 * delta2.sum(axis=0)
        w1 -= 0.5 * x.T @ delta1
        b1 -= 0.5 * delta1.sum(axis=0)
    print(((o - t) ** 2).mean())
