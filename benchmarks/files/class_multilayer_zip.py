import numpy as np
class MultiLayerPerceptron:
    def __init__(self, *layers):
        self.layers = layers
        self.weights = [np.random.uniform(-.5, .5, (j, i)) for i, j in zip(layers, layers[1:])]
        self.biases = [np.random.uniform(-.5, .5, (j, 1)) for j in layers[1:]]
    def activate(self, x):
        outs = [x]
        for w, b in zip(self.weights, self.biases):
            x = np.tanh(w @ x + b)
            outs.append(x)
        return outs
    def learn(self, x, t, eta=0.1):
        outs = self.activate(x)
        delta = (outs[-1] - t) * (1 - outs[-1] ** 2)
        nw, nb = [], []
        for k in range(len(self.weights) - 1, -1, -1):
            nw.append(delta @ outs[k].T)
            nb.append(delta.sum(axis=1, keepdims=True))
            delta = self.weights[k].T @ delta * (1 - outs[k] ** 2)
        self.weights = [w - eta * g for w, g in zip(self.weights, nw[::-1])]
        self.biases = [b - eta * g for b, g in zip(self.biases, nb[::-1])]
