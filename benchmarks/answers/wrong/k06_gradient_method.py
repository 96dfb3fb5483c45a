import numpy as np

class TwoLayer:
    def __init__(self, input_size, hidden_size, output_size):
        self.params = {}
        self.params['W1'] = 0.01 * np.random.randn(input_size, hidden_size)
        self.params['b1'] = np.zeros(hidden_size)
        self.params['W2'] = 0.01 * np.random.randn(hidden_size, output_size)
        self.params['b2'] = np.zeros(output_size)

    def predict(self, x):
        a1 = np.dot(x, self.params['W1']) + self.params['b1']
        z1 = np.maximum(a1, 0)
        a2 = np.dot(z1, self.params['W2']) + self.params['b2']
        e = np.exp(a2 - a2.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def cost(self, x, t):
        y = self.predict(x)
        return -np.sum(t * np.log(y)) / len(x)

    def gradient(self, x, t):
        W1, W2 = self.params['W1'], self.params['W2']
        b1, b2 = self.params['b1'], self.params['b2']
        grads = {}
        batch_num = x.shape[0]

        # forward
        a1 = np.dot(x, W1) + b1
        z1 = np.maximum(a1, 0)
        a2 = np.dot(z1, W2) + b2
        e = np.exp(a2 - a2.max(axis=1, keepdims=True))
        y = e / e.sum(axis=1, keepdims=True)

        # backward
        dy = 2 * (y - t) / batch_num
        grads['W2'] = np.dot(z1.T, dy)
        grads['b2'] = np.sum(dy, axis=0)
        da1 = np.dot(dy, W2.T)
        dz1 = da1 * (a1 > 0)
        grads['W1'] = np.dot(x.T, dz1)
        grads['b1'] = np.sum(dz1, axis=0)
        return grads


def backward(params, x, y):
    net = TwoLayer(x.shape[1], len(params[0][1]), y.shape[1])
    for n, (W, b) in enumerate(params, start=1):
        net.params['W%d' % n] = W.T
        net.params['b%d' % n] = b
    grads = net.gradient(x, y)
    return [(grads['W1'].T, grads['b1']), (grads['W2'].T, grads['b2'])]
