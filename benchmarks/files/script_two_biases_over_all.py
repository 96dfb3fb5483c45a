import numpy as np

X = np.array([[1, 0, 1, 0], [1, 0, 1, 1], [0, 1, 0, 1]], dtype=float)
y = np.array([[1.0], [1.0], [0.0]])

def sigmoid(x):
    return 1 / (1 + np.exp(-x))

def derivatives_sigmoid(x):
    return x * (1 - x)

epoch = 5000
lr = 0.1
wh = np.random.uniform(size=(X.shape[1], 3))
bh = np.random.uniform(size=(1, 3))
wout = np.random.uniform(size=(3, 1))
bout = np.random.uniform(size=(1, 1))

for i in range(epoch):
    hlayer_activations = sigmoid(np.dot(X, wh) + bh)
    output = sigmoid(np.dot(hlayer_activations, wout) + bout)
    E = y - output
    d_output = E * derivatives_sigmoid(output)
    d_hiddenlayer = d_output.dot(wout.T) * derivatives_sigmoid(hlayer_activations)
    wout += hlayer_activations.T.dot(d_output) * lr
    bout += np.sum(d_output, axis=0, keepdims=True) * lr
    wh += X.T.dot(d_hiddenlayer) * lr
    bh += np.sum(d_hiddenlayer) * lr
print(output)
