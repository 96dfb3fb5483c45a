import numpy as np

class TwoLayer:
    def __init__(self, input_size, hidden_size, output_size):
        self.params = {'W1': np.random.randn(input_size, hidden_size), 'b1': np.zeros(hidden_size),
                       'W2': np.random.randn(hidden_size, output_size), 'b2': np.zeros(output_size)}

    def predict(self, x):
        h = np.maximum(x @ self.params['W1'] + self.params['b1'], 0)
        s = h @ self.params['W2'] + self.params['b2']
        e = np.exp(s - s.max(axis=1, keepdims=True))
        return h, e / e.sum(axis=1, keepdims=True)

    def cost(self, x, t):
        return -np.sum(t * np.log(self.predict(x)[1])) / len(x)

    def gradient(self, x, t):
        h, y = self.predict(x)
        dy = (y - t) / len(x)
        dh = dy @ self.params['W2'].T * (h > 0)
        return {'W1': x.T @ dh, 'b1': dh.sum(0), 'W2': h.T @ dy, 'b2': dy.sum(0)}

def backward(params, x, y):
    net = TwoLayer(x.shape[1], len(params[0][1]), y.shape[1])
    net.params = {'W1': params[0][0].T, 'b1': params[0][1], 'W2': params[1][0].T, 'b2': params[1][1]}
    g = net.gradient(x, y)
    return [(g['W1'].T, g['b1']), (g['W2'].T, g['b2'])]
