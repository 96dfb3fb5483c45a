import numpy as np

class Dense:
    def __init__(self, units, input_dim=None, activation='sigmoid'):
        self.units = units
        self.input_dim = input_dim
        self.activation = activation

    def build(self, n_in):
        self.W = np.random.randn(n_in, self.units) * np.sqrt(2 / n_in)
        self.b = np.zeros(self.units)

    def forward(self, x):
        self.x = x
        self.z = x @ self.W + self.b
        self.a = np.maximum(self.z, 0) if self.activation == 'relu' else 1 / (1 + np.exp(-self.z))
        return self.a

    def backward(self, grad):
        dz = grad * (self.z > 0) if self.activation == 'relu' else grad * self.a * (1 - self.a)
        self.dW = self.x.T @ dz
        self.db = dz.sum(axis=0)
        return dz @ self.W.T

class Sequential:
    def __init__(self):
        self.layers = []

    def add(self, layer):
        n_in = layer.input_dim if not self.layers else self.layers[-1].units
        layer.build(n_in)
        self.layers.append(layer)

    def predict(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def fit(self, x, y, epochs=1, lr=0.01):
        for _ in range(epochs):
            out = self.predict(x)
            grad = 2 * (out - y) / y.size
            for layer in reversed(self.layers):
                grad = layer.backward(grad)
            for layer in self.layers:
                layer.W -= lr * layer.dW
                layer.b -= lr * layer.db

model = Sequential()
model.add(Dense(4, input_dim=3, activation='relu'))
model.add(Dense(2, activation='sigmoid'))
