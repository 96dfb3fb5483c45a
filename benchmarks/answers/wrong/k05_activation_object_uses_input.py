import numpy as np

class Activation:
    def __init__(self, f, df):
        self.f, self.df = f, df

    def forward(self, z):
        self.z = z
        return self.f(z)

    def backward(self, grad_out):
        return grad_out * self.df(grad_out)

class SigmoidOut:
    def forward(self, z):
        self.p = 1 / (1 + np.exp(-z))
        return self.p

    def backward(self, g):
        return g * self.p * (1 - self.p)

class Linear:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return np.dot(x, self.W.T) + self.b

    def backward(self, g):
        self.gW, self.gb = np.dot(g.T, self.x), np.sum(g, axis=0)
        return np.dot(g, self.W)

def backward(params, x, y):
    fc = [Linear(W, b) for W, b in params]
    net = []
    for layer in fc[:-1]:
        net.append(layer)
        net.append(Activation(np.tanh, lambda z: 1 - np.tanh(z) ** 2))
    net += [fc[-1], SigmoidOut()]
    h = x
    for part in net:
        h = part.forward(h)
    g = (h - y) / x.shape[0]
    for part in net[::-1]:
        g = part.backward(g)
    return [(layer.gW, layer.gb) for layer in fc]
