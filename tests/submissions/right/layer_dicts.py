# network: 3-4-2
from dataclasses import dataclass

import numpy as np


@dataclass
class Gradient:
    db: np.ndarray
    dW: np.ndarray


def backward(layers, X, Y):
    acts = [X]
    for layer in layers:
        acts.append(1 / (1 + np.exp(-(acts[-1] @ layer["W"] + layer["b"]))))
    delta = (acts[-1] - Y) * acts[-1] * (1 - acts[-1]) / X.shape[0]
    grads = {}
    for i in reversed(range(len(layers))):
        grads[f"layer{i + 1}"] = Gradient(delta.sum(axis=0), acts[i].T @ delta)
        delta = delta @ layers[i]["W"].T * acts[i] * (1 - acts[i])
    return grads
