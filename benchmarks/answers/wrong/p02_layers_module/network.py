from layers import Dense, ReLU, Sigmoid


def build(params):
    layers = []
    for i, (W, b) in enumerate(params):
        layers.append(Dense(W, b))
        layers.append(Sigmoid() if i == len(params) - 1 else ReLU())
    return layers


def backward(params, x, y):
    layers = build(params)
    for layer in layers:
        x = layer.forward(x)
    delta = x - y
    for layer in layers[::-1]:
        delta = layer.backward(delta)
    return [(layer.dW, layer.db) for layer in layers[::2]]
