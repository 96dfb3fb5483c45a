"""What is said, word by word, of something that is no gradient."""

import numpy as np
import pytest

from gradcheck.networks.claim import BadClaim, call_functions_contract, read_gradient
from reference_nets.spec import NetworkSpec

SPEC = NetworkSpec.parse("2-3:tanh-1")
RIGHT = {"W1": (3, 2), "b1": (3,), "W2": (1, 3), "b2": (1,)}


def pairs(**changed):
    arrays = {key: np.ones(shape) for key, shape in RIGHT.items()} | changed
    return [(arrays["W1"], arrays["b1"]), (arrays["W2"], arrays["b2"])]


def read(returned, **options):
    return read_gradient(returned, SPEC, (4, 2), **options)


WRONG = [
    (None, "expected a list of (dW, db), one pair a layer, got None; is a return missing?"),
    ("text", "expected a list of (dW, db), one pair a layer, got str; is a return missing?"),
    (np.ones((3, 2)), "expected a list of (dW, db), one pair a layer, got ndarray of shape (3, 2); is a return missing?"),
    (pairs()[:1], "expected 2 pairs (dW, db), one a layer, got 1"),
    ([np.ones((3, 2)), np.ones(3)], "expected a pair (dW1, db1) for layer 1, got ndarray of shape (3, 2)"),
    ([pairs()[0], (1, 2, 3)], "expected a pair (dW2, db2) for layer 2, got tuple"),
    ({"dW1": np.ones((3, 2)), "db1": np.ones(3)}, "the returned dict lacks dW2, db2; it has dW1, db1"),
    ({}, "the returned dict lacks dW1, db1, dW2, db2; it has nothing"),
    (pairs(W1=np.ones((2, 3))), "dW1 has shape (2, 3), expected (3, 2): transposed?"),
    (pairs(W1=np.ones(6)), "dW1 has shape (6,), expected (3, 2): flattened?"),
    (pairs(b1=1.0), "db1 has shape (), expected (3,): summed over all entries?"),
    (pairs(b1=np.ones((4, 3))), "db1 has shape (4, 3), expected (3,): not summed over the batch?"),
    (pairs(W2=np.ones((4, 1, 3))), "dW2 has shape (4, 1, 3), expected (1, 3): not summed over the batch?"),
    (pairs(b1=np.ones(4)), "db1 has shape (4,), expected (3,): summed over the wrong axis?"),
    (pairs(W1=np.ones((5, 7))), "dW1 has shape (5, 7), expected (3, 2)"),
    (pairs(W1=[[1, 2], [3]]), "dW1 is no array of numbers: "),
    (
        pairs(W1=np.ones((3, 2), complex)),
        "dW1 is complex; a gradient is real: take the real or the imaginary part that you mean",
    ),
    (pairs(b2=np.array(["x"])), "db2 holds <U1, expected floats"),
    (pairs(b2=np.array([None])), "db2 holds object, expected floats"),
    (pairs(b2=np.array([True])), "db2 holds bool, expected floats"),
    (
        pairs(W1=np.array([[1, 2], [3, np.nan], [5, 6]])),
        "dW1[1, 1] is nan, expected a finite number; did exp overflow (subtract the maximum first), or was something "
        "divided by zero?",
    ),
    (
        pairs(b1=np.array([1, 2, -np.inf])),
        "db1[2] is -inf, expected a finite number; did exp overflow (subtract the maximum first), or was something "
        "divided by zero?",
    ),
]


@pytest.mark.parametrize(("returned", "message"), WRONG, ids=[message[:50] for _, message in WRONG])
def test_what_is_no_gradient_is_refused_with_what_was_expected(returned, message):
    with pytest.raises(BadClaim) as caught:
        read(returned)
    assert str(caught.value).startswith(message) if message.endswith(" ") else str(caught.value) == message


MEANT = [
    pairs(),
    tuple(map(list, pairs())),
    {f"d{key}": np.ones(shape) for key, shape in RIGHT.items()},
    {key: np.ones(shape).tolist() for key, shape in RIGHT.items()} | {"loss": 0.5},
    pairs(b1=np.ones((1, 3))),
    pairs(b1=np.ones((3, 1)), b2=[[1]]),
    pairs(W1=np.ones((3, 2), int)),
    pairs(W1=np.ones((3, 2), np.float16)),
]


@pytest.mark.parametrize("returned", MEANT)
def test_what_is_meant_plainly_is_read(returned):
    grads = read(returned)
    assert {key: value.shape for key, value in grads.items()} == RIGHT
    assert all(value.dtype == np.float64 and (value == 1).all() for value in grads.values())


def test_float32_is_kept():
    assert read(pairs(W1=np.ones((3, 2), np.float32)))["W1"].dtype == np.float32


def test_with_dx_a_pair_of_gradients_and_dx_is_expected():
    assert read((pairs(), np.ones((4, 2))), dx=True)["x"].shape == (4, 2)
    with pytest.raises(BadClaim, match=r"^with dx=True expected a pair \(gradients, dx\), got list$"):
        read(pairs(), dx=True)
    with pytest.raises(BadClaim, match=r"^dx has shape \(2, 4\), expected \(4, 2\): transposed\?$"):
        read((pairs(), np.ones((2, 4))), dx=True)


def called_with(function, notation="2-1+l2=0.5"):
    spec = NetworkSpec.parse(notation)
    params = {key: np.ones(shape) for key, shape in spec.shapes.items()}
    return call_functions_contract(function, spec, params, np.ones((4, 2)), np.ones((4, 1)))


def test_lambda_is_handed_to_who_takes_it():
    assert called_with(lambda params, x, y: "three") == "three"
    assert called_with(lambda params, x, y, lam: lam) == 0.5
    assert called_with(lambda params, x, y, reg=7: reg) == 0.5
    assert called_with(lambda params, x, y, *, reg=7: reg) == 7
    assert called_with(lambda *arguments: len(arguments)) == 3


@pytest.mark.parametrize(
    "function",
    [
        lambda params, x, y, slope=0.01: slope,
        lambda params, x, y, eps=0.01: eps,
        lambda params, x, y, m=0.01: m,
        lambda params, x, y, activation=0.01: activation,
    ],
)
def test_a_fourth_parameter_with_a_default_of_its_own_is_left_alone(function):
    assert called_with(function) == 0.01


@pytest.mark.parametrize("name", ["lam", "lambda_", "lmbda", "lmbd", "l2", "reg", "weight_decay"])
def test_a_default_of_lambda_gives_way(name):
    assert called_with(eval(f"lambda params, x, y, {name}=7: {name}")) == 0.5


def test_any_iterable_of_pairs_is_read():
    weights, biases = zip(*pairs(), strict=True)
    boxed = np.empty((2, 2), object)
    for layer, pair in enumerate(pairs()):
        boxed[layer, 0], boxed[layer, 1] = pair
    for returned in (zip(weights, biases, strict=True), reversed([*reversed(pairs())]), boxed, map(iter, pairs())):
        assert {key: value.shape for key, value in read(returned).items()} == RIGHT


def test_two_lists_of_all_weights_and_all_biases_are_read():
    weights, biases = zip(*pairs(W1=2 * np.ones((3, 2))), strict=True)
    for returned in ((weights, biases), [list(weights), list(biases)]):
        grads = read(returned)
        assert {key: value.shape for key, value in grads.items()} == RIGHT and (grads["W1"] == 2).all()


@pytest.mark.parametrize("cost", [0.5, np.float64(0.5), np.array(0.5)])
@pytest.mark.parametrize("grads", [pairs(), {"W1": np.ones((3, 2))}])
def test_a_cost_in_front_of_the_gradients_is_named(cost, grads):
    with pytest.raises(BadClaim, match=r"got a pair \(cost, gradients\): return the second$"):
        read((cost, grads))


def test_parameters_come_in_pairs():
    (((W, b),), x, y) = called_with(lambda *arguments: arguments)
    assert (W.shape, b.shape, x.shape, y.shape) == ((1, 2), (1,), (4, 2), (4, 1))
