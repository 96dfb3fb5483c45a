import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def dsigmoid(a):
    return a * (1 - a)

class Network(object):
    """一个简单的前馈神经网络"""

    def __init__(self, sizes):
        self.sizes = sizes
        self.weights = [np.random.randn(sizes[i + 1], sizes[i]) for i in range(len(sizes) - 1)]
        self.biases = [np.random.randn(sizes[i + 1], 1) for i in range(len(sizes) - 1)]

    def feedforward(self, a):
        for w, b in zip(self.weights, self.biases):
            a = sigmoid(w.dot(a) + b)
        return a

    def backprop(self, x, y):
        # 保存每一层的激活值
        a0 = x
        a1 = sigmoid(self.weights[0].dot(a0) + self.biases[0])
        a2 = sigmoid(self.weights[1].dot(a1) + self.biases[1])
        a3 = sigmoid(self.weights[2].dot(a2) + self.biases[2])
        # 从输出层向前计算误差
        delta3 = (a3 - y) * dsigmoid(a3)
        delta2 = self.weights[2].T.dot(delta3) * dsigmoid(a2)
        delta1 = delta2 * dsigmoid(a1)
        nabla_b = [delta1, delta2, delta3]
        nabla_w = [delta1.dot(a0.T), delta2.dot(a1.T), delta3.dot(a2.T)]
        return nabla_b, nabla_w
