"""Other people's code on balls, as it is installed: scikit-learn's losses and activations, autograd's NumPy."""

import numpy as np
import pytest

from gradcheck.functions.enclosed_gradient import certified_gradient

RNG = np.random.default_rng(9)
Z = RNG.normal(size=(5, 3))
Y = np.eye(3)[[0, 2, 1, 1, 0]]
WEIGHTS = RNG.random(5)


def agrees(f, x):
    """Certified, and equal to differences."""
    from scipy.optimize._numdiff import approx_derivative

    value, grad = certified_gradient(f, x)
    assert grad.smooth and (grad.rad <= 1e-30 * np.maximum(1, np.abs(grad.mid))).all()
    flat = approx_derivative(lambda v: f(v.reshape(x.shape)), x.ravel(), method="3-point")
    np.testing.assert_allclose(grad.mid.ravel(), flat, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(value.mid, f(x), rtol=1e-12)


@pytest.mark.extra("sklearn", "scipy")
@pytest.mark.parametrize("activation", ["identity", "tanh", "logistic", "relu", "softmax", "exp"])
def test_activations_of_scikit_learn_in_place(activation):
    from sklearn.neural_network import _base

    table = _base.ACTIVATIONS

    def f(z):
        z = z.copy()
        table[activation](z)
        return np.sum(z * np.arange(15.0).reshape(5, 3))

    agrees(f, Z)


@pytest.mark.extra("sklearn", "scipy")
@pytest.mark.parametrize("loss", ["squared_error", "poisson", "log_loss", "binary_log_loss"])
@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_losses_of_scikit_learn(loss, weights):
    from sklearn.neural_network import _base

    function = _base.LOSS_FUNCTIONS[loss]
    p = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    agrees(lambda q: function(Y, q, weights), p)


@pytest.mark.extra("autograd", "scipy")
def test_code_written_for_autograd():
    import autograd.numpy as anp
    from autograd.scipy.special import logsumexp

    def tanh(x):
        return (1.0 - anp.exp(-2 * x)) / (1.0 + anp.exp(-2 * x))

    def predictions(weights, inputs):
        return 0.5 * (anp.tanh(anp.dot(inputs, weights)) + 1)

    def rosenbrock(x):
        return 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2

    def fluid(x):
        y = anp.zeros(3) + x
        return anp.sum(anp.roll(y, 1) * y) + logsumexp(y)

    inputs, targets = RNG.normal(size=(6, 3)), np.array([1, 0, 1, 1, 0, 1])

    def training_loss(weights):
        p = predictions(weights, inputs)
        return -anp.sum(anp.log(p * targets + (1 - p) * (1 - targets)))

    for f in (lambda x: anp.sum(tanh(x)), training_loss, rosenbrock, fluid):
        agrees(f, np.array([0.3, -0.4, 0.8]))
