"""Mistakes in layer functions are named by the numbers they return; what is not on the list is no mistake on it."""

from __future__ import annotations

import numpy as np
import pytest

from gradcheck.diagnosis.layer_catalogue import mistake_of_layer

RNG = np.random.default_rng(8)
X, W, B, DOUT = (RNG.standard_normal(shape) for shape in ((5, 4), (4, 3), (3,), (5, 3)))
G = RNG.standard_normal((5, 4))
SCORES, LABELS = RNG.standard_normal((5, 3)), RNG.integers(3, size=5).astype(float)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def softmax(z):
    return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)


ONE_HOT = np.eye(3)[LABELS.astype(int)]
P = softmax(SCORES)
RIGHT = {
    ("affine_backward", "x"): DOUT @ W.T,
    ("affine_backward", "w"): X.T @ DOUT,
    ("affine_backward", "b"): DOUT.sum(axis=0),
    ("sigmoid_backward", "x"): G * sigmoid(X) * (1 - sigmoid(X)),
    ("tanh_backward", "x"): G * (1 - np.tanh(X) ** 2),
    ("relu_backward", "x"): G * (X > 0),
    ("leaky_relu_backward", "x"): G * np.where(X > 0, 1, 0.01),
    ("softmax_loss", "x"): (P - ONE_HOT) / 5,
}
WRONG = [  # the function, its result, what came, the mistake
    ("affine_backward", "b", DOUT.mean(axis=0), "bias-gradient-averaged-twice"),
    ("affine_backward", "b", np.full(3, DOUT.sum()), "bias-gradient-over-all-entries"),
    ("affine_backward", "b", 0 * B, "bias-gradient-missing"),
    ("affine_backward", "w", np.outer(X[-1], DOUT[-1]), "one-example-only"),
    ("affine_backward", "w", X.T @ DOUT / 5, "batch-average-twice"),
    ("affine_backward", "x", -(DOUT @ W.T), "sign-flipped"),
    ("affine_backward", "x", 2 * DOUT @ W.T, "constant-factor"),
    ("sigmoid_backward", "x", G, "missing-hidden-activation-derivative"),
    ("sigmoid_backward", "x", sigmoid(X) * (1 - sigmoid(X)), "upstream-overwritten"),
    ("sigmoid_backward", "x", G * sigmoid(sigmoid(X)) * (1 - sigmoid(sigmoid(X))), "activation-derivative-at-activation"),
    ("sigmoid_backward", "x", G * (1 - np.tanh(X) ** 2), "activation-derivative-wrong-formula"),
    ("tanh_backward", "x", G * np.tanh(X) * (1 - np.tanh(X)), "activation-derivative-wrong-formula"),
    ("tanh_backward", "x", G * (1 - X**2), "activation-derivative-wrong-formula"),
    ("tanh_backward", "x", G * np.tanh(X), "activation-value-for-derivative"),
    ("relu_backward", "x", G * (G > 0), "relu-mask-from-gradient"),
    ("relu_backward", "x", np.where(X > 0, 1.0, 0.0), "upstream-overwritten"),
    ("leaky_relu_backward", "x", G * (X > 0), "leaky-slope-missing"),
    ("softmax_loss", "x", P - ONE_HOT, "missing-batch-average"),
    ("softmax_loss", "x", (ONE_HOT - P) / 5, "output-delta-sign"),
    ("softmax_loss", "x", -ONE_HOT / P / 5, "softmax-derivative-ignored"),
    ("tanh_backward", "x", G * np.cos(X), "unknown"),
    ("affine_backward", "w", X.T @ DOUT + 0.1 * np.arange(12).reshape(4, 3), "unknown"),
]


def arrays_of(function):
    if function == "softmax_loss":
        return SCORES, LABELS
    return (X, W, B, DOUT) if function.startswith("affine") else (X, G)


@pytest.mark.parametrize(("function", "result", "came", "mistake"), WRONG)
def test_the_mistake_is_the_one_that_gives_the_numbers(function, result, came, mistake):
    found = mistake_of_layer(function, result, arrays_of(function), RIGHT[function, result], came)
    assert (found.id, found.quantity) == (mistake, f"{function}: {result}")


@pytest.mark.parametrize(("function", "result"), RIGHT)
def test_what_is_right_up_to_its_digits_has_no_mistake_on_the_list(function, result):
    right = RIGHT[function, result]
    assert mistake_of_layer(function, result, arrays_of(function), right, right * (1 + 1e-14)).id == "unknown"
