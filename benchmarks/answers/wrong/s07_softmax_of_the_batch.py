import numpy as np

class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size):
        self.params = {'W1': np.random.randn(input_size, hidden_size), 'b1': np.zeros(hidden_size),
                       'W2': np.random.randn(hidden_size, output_size), 'b2': np.zeros(output_size)}

    def loss(self, X, y, reg=0.0):
        W1, b1 = self.params['W1'], self.params['b1']
        W2, b2 = self.params['W2'], self.params['b2']
        N = X.shape[0]
        hidden = np.maximum(X @ W1 + b1, 0)
        scores = hidden @ W2 + b2
        exp_scores = np.exp(scores)
        probs = exp_scores / np.sum(exp_scores, axis=0, keepdims=True)
        correct = -np.log(probs[range(N), y])
        loss = np.sum(correct) / N + 0.5 * reg * np.sum(W1 * W1) + 0.5 * reg * np.sum(W2 * W2)
        dscores = probs
        dscores[range(N), y] -= 1
        dscores /= N
        grads = {'W2': np.dot(hidden.T, dscores) + reg * W2, 'b2': np.sum(dscores, axis=0)}
        dhidden = np.dot(dscores, W2.T)
        dhidden[hidden <= 0] = 0
        grads['W1'] = np.dot(X.T, dhidden) + reg * W1
        grads['b1'] = np.sum(dhidden, axis=0)
        return loss, grads
