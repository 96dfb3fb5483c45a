"""What a submission's functions are called with: by their parameters' names in any order, else in the contract's order."""

import numpy as np
import pytest

from gradcheck.contracts import functions
from gradcheck.contracts.arguments import Known, call, meaning

ORDER = ("params", "x", "y", "l2")
VALUES = {"params": "P", "x": "X", "y": "Y", "l2": 0.5, "weights": "Ws", "biases": "bs", "W1": "W", "b1": "b"}


@pytest.mark.parametrize(
    ("function", "got"),
    [
        (lambda params, x, y: (params, x, y), ("P", "X", "Y")),
        (lambda a, b, c: (a, b, c), ("P", "X", "Y")),  # names nobody knows: the order tells
        (lambda X, Y, parameters: (parameters, X, Y), ("P", "X", "Y")),
        (lambda x, y, biases, weights: (weights, biases, x, y), ("Ws", "bs", "X", "Y")),
        (lambda weights, x, y: (weights, x, y), ("P", "X", "Y")),  # without biases they are all of the parameters
        (lambda x, y, w_1, b_1: (w_1, b_1, x, y), ("W", "b", "X", "Y")),
        (lambda params, x, y, lam=0.1: lam, 0.5),
        (lambda params, x, y, *, weight_decay=0.1: weight_decay, 0.5),
        (lambda params, x, y, alpha=0.0: alpha, 0.5),  # no learning rate is zero
        (lambda params, x, y, alpha=0.1: alpha, 0.1),
        (lambda params, x, y, learning_rate=0.1: learning_rate, 0.1),
        (lambda params, x, y, verbose=False: verbose, False),
        (lambda params, x, y, act=np.tanh: act, np.tanh),
        (lambda params, lmbda, x, y: (params, lmbda, x, y), ("P", 0.5, "X", "Y")),
        (lambda *args: args, ("P", "X", "Y")),
        (lambda net, a, t: (net, a, t), ("P", "X", "Y")),  # a would be the output, were the inputs there
    ],
)
def test_a_function_gets_what_its_parameters_names_mean(function, got):
    assert call(function, Known(VALUES), ORDER) == got


def test_what_a_forward_pass_returns_is_known_by_the_names_in_its_return_statement():
    def forward(params, x):
        z, a = f"z of {x}", f"a of {params}"
        return z, a

    def backward(z, a, params, y):
        return z, a, params, y

    assert call(backward, Known(VALUES, forward), ORDER) == ("z of X", "a of P", "P", "Y")


def test_a_helper_that_differences_a_function_is_no_gradient_of_a_network():
    assert not functions.offered({"gradient": lambda f, x, h=1e-5: None})
    assert functions.offered({"gradient": lambda w, x, y: None})


@pytest.mark.parametrize(("name", "key"), [("lambda_", "l2"), ("X_train", "x"), ("W_2", "W2"), ("bias3", "b3"), ("foo", None)])
def test_names_mean_what_they_mean_in_course_code(name, key):
    assert meaning(name) == key
