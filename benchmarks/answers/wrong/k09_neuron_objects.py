import math

class Neuron:
    def __init__(self, weights, bias):
        self.weights = weights
        self.bias = bias

    def activate(self, inputs):
        self.inputs = inputs
        total = self.bias
        for w, i in zip(self.weights, inputs):
            total += w * i
        self.output = 1 / (1 + math.exp(-total))
        return self.output

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    hidden = [Neuron(list(W1[j]), b1[j]) for j in range(len(b1))]
    output = [Neuron(list(W2[k]), b2[k]) for k in range(len(b2))]
    dW1 = [[0.0 for _ in row] for row in W1]
    dW2 = [[0.0 for _ in row] for row in W2]
    db1 = [0.0 for _ in b1]
    db2 = [0.0 for _ in b2]
    for row, target in zip(x, y):
        hid = [n.activate(list(row)) for n in hidden]
        for n in output:
            n.activate(hid)
        for k, n in enumerate(output):
            n.delta = (n.output - target[k]) * n.output * (1 - n.output)
        for j, n in enumerate(hidden):
            error = 0.0
            for other in output:
                error += other.weights[j] * other.delta
            n.delta = error * n.output * (1 + n.output)
        for k, n in enumerate(output):
            db2[k] += n.delta / len(x)
            for j, value in enumerate(n.inputs):
                dW2[k][j] += n.delta * value / len(x)
        for j, n in enumerate(hidden):
            db1[j] += n.delta / len(x)
            for i, value in enumerate(n.inputs):
                dW1[j][i] += n.delta * value / len(x)
    return [(dW1, db1), (dW2, db2)]
