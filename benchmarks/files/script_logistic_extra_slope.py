import numpy as np

rng = np.random.RandomState(1)
features = rng.randn(30, 3)
labels = rng.randint(0, 2, (30, 1)).astype(float)
weights = rng.rand(3, 1)
bias = rng.rand(1)
lr = 0.05
for epoch in range(20000):
    inputs = features
    z = 1 / (1 + np.exp(-(np.dot(inputs, weights) + bias)))
    error = z - labels
    z_delta = error * (z * (1 - z) + 1)
    weights -= lr * np.dot(inputs.T, z_delta)
    bias -= lr * z_delta.sum(axis=0)
