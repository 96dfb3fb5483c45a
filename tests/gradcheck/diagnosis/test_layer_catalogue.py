"""Mistakes in layer functions are named by the numbers they return; what is not on the list is no mistake on it."""

from __future__ import annotations

import numpy as np
import pytest

from gradcheck.diagnosis.layer_catalogue import _same, mistake_of_layer

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


M, SIZES = 5, (2, 3, 4, 5)
EXPONENTIALS = np.exp(SCORES)
COLUMNS = EXPONENTIALS / EXPONENTIALS.sum(axis=0)
AFFINE = [
    ("w", X.T @ DOUT / M, "batch-average-twice"),
    ("w", np.outer(X[0], DOUT[0]), "one-example-only"),
    ("w", np.outer(X[-1], DOUT[-1]), "one-example-only"),
    ("w", W * DOUT.sum(axis=0), "weight-used-for-activation"),
    ("w", (DOUT.T @ X).reshape(4, 3), "weight-gradient-transposed"),
    ("b", DOUT[0], "one-example-only"),
    ("b", DOUT[-1], "one-example-only"),
    ("b", np.full(3, DOUT.sum()), "bias-gradient-over-all-entries"),
    ("b", np.full(3, DOUT.mean()), "bias-gradient-over-all-entries"),
    *(("b", (X[:, i, None] * DOUT).sum(axis=0), "bias-gradient-times-input") for i in range(4)),
    ("b", DOUT.sum(axis=0) + B, "l2-on-bias"),
    ("b", np.zeros(3), "bias-gradient-missing"),
    ("x", DOUT @ W.T / M, "batch-average-twice"),
    ("x", DOUT.sum(axis=1)[:, None] + np.zeros((5, 4)), "delta-not-propagated"),
    ("x", np.zeros((5, 4)), "zero-gradient"),
    *((result, -RIGHT["affine_backward", result], "sign-flipped") for result in "xwb"),
    *(("x", factor * DOUT @ W.T, "constant-factor") for factor in (*SIZES, 1 / 2, 1 / 3, 1 / 4)),
]
SOFTMAX = [
    (P - ONE_HOT, "missing-batch-average"),
    ((P - ONE_HOT) / M**2, "batch-average-twice"),
    ((P - ONE_HOT) / (M * 3), "batch-averaged-by-wrong-count"),
    ((P - ONE_HOT) / 3, "batch-averaged-by-wrong-count"),
    ((ONE_HOT - P) / M, "output-delta-sign"),
    (ONE_HOT - P, "output-delta-sign"),
    *((-ONE_HOT / P / n, "softmax-derivative-ignored") for n in (1, M)),
    *((-ONE_HOT * (1 - P) / n, "softmax-diagonal-only") for n in (1, M)),
    *(((P - ONE_HOT) * (P - P**2) / n, "extra-output-activation-derivative") for n in (1, M)),
    ((COLUMNS - ONE_HOT) / M, "softmax-over-batch"),
    (np.zeros((5, 3)), "zero-gradient"),
    ((P - ONE_HOT) * 2 / M, "constant-factor"),
]
FORMULAS = [
    lambda z: 1 - z * z, lambda z: 1 + z * z, lambda z: 1 - z, lambda z: z * z - 1, lambda z: -z * z, lambda z: z * z,
    lambda z: z - 1, lambda z: 1 - 2 * z, lambda z: 2 * z, lambda z: z - z * z, lambda z: z + z * z, lambda z: z * z - z,
]  # fmt: skip
SLOPES = {
    "sigmoid": lambda z: sigmoid(z) * (1 - sigmoid(z)),
    "tanh": lambda z: 1 - np.tanh(z) ** 2,
    "relu": lambda z: 1.0 * (z > 0),
    "leaky_relu": lambda z: np.where(z > 0, 1.0, 0.01),
    "elu": lambda z: np.where(z > 0, 1.0, np.exp(z)),
    "softplus": sigmoid,
    "silu": lambda z: sigmoid(z) * (1 + z * (1 - sigmoid(z))),
}
PHI = {
    "sigmoid": sigmoid,
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0),
    "leaky_relu": lambda z: np.where(z > 0, z, z / 100),
    "elu": lambda z: np.where(z > 0, z, np.exp(z) - 1),
    "softplus": lambda z: np.log(1 + np.exp(z)),
    "silu": lambda z: z * sigmoid(z),
}


def found_in(function, result, right, came):
    return mistake_of_layer(function, result, arrays_of(function), right, np.array(came))


def test_each_line_of_an_affine_layer_that_is_wrong_is_named():
    found = [found_in("affine_backward", result, RIGHT["affine_backward", result], came).id for result, came, _ in AFFINE]
    assert found == [mistake for *_, mistake in AFFINE]


def test_each_wrong_softmax_is_named():
    right = RIGHT["softmax_loss", "x"]
    assert [found_in("softmax_loss", "x", right, came).id for came, _ in SOFTMAX] == [mistake for _, mistake in SOFTMAX]
    assert found_in("softmax_loss", "loss", np.array(2.0), np.array(0.4)).id == "constant-factor"


SLOPE = "activation-derivative-wrong-formula"


@pytest.mark.parametrize("phi", PHI)
def test_each_wrong_slope_is_named(phi):
    a, slope = PHI[phi](X), SLOPES[phi](X)
    formulas = [formula(z) for formula in FORMULAS for z in (a, X)] + [slope**2, -slope, np.abs(a)]
    formulas += [other(z) for name, other in SLOPES.items() for z in (X, a)]
    others = {
        "missing-hidden-activation-derivative": G,
        "upstream-overwritten": slope,
        "activation-value-for-derivative": G * a,
        "activation-derivative-at-activation": G * SLOPES[phi](a),
        "activation-derivative-of-upstream": SLOPES[phi](G),
        "zero-gradient": 0 * G,
    }
    near = lambda one, other: np.abs(one - other).max() <= 1e-12
    for came in [G * wrong for wrong in formulas]:
        if near(came, G * slope):
            assert found_in(f"{phi}_backward", "x", G * slope, came).id == "unknown"  # the right one
        elif not any(near(came, other) for other in others.values()) and not (phi == "leaky_relu" and near(came, G * (X > 0))):
            assert found_in(f"{phi}_backward", "x", G * slope, came).id == SLOPE
    for mistake, came in others.items():
        if not near(came, G * slope):
            named = found_in(f"{phi}_backward", "x", G * slope, came).id
            assert named == mistake or any(near(came, other) for key, other in others.items() if key == named)
    twice = found_in(f"{phi}_backward", "x", G * slope, G * SLOPES[phi](G))
    masks = {"relu": "relu-mask-from-gradient", "leaky_relu": "relu-mask-from-gradient"}
    assert twice.id == masks.get(phi, "activation-derivative-of-upstream")


def test_a_mask_is_taken_from_the_gradient_in_either_of_the_kinked_ones():
    for phi in ("relu", "leaky_relu"):
        right = G * SLOPES[phi](X)
        assert found_in(f"{phi}_backward", "x", right, np.maximum(G, 0)).id == "relu-mask-from-gradient"
        assert found_in(f"{phi}_backward", "x", right, G * SLOPES[phi](G)).id == "relu-mask-from-gradient"
    assert found_in("tanh_backward", "x", G * SLOPES["tanh"](X), np.maximum(G, 0)).id == "unknown"
    assert found_in("relu_backward", "x", G * (X > 0), G * np.where(X > 0, 1.0, 0.01)).id == SLOPE


@pytest.mark.parametrize("phi", ["sigmoid", "tanh", "relu"])
def test_a_forward_pass_of_another_activation_is_named(phi):
    for other, values in PHI.items():
        found = mistake_of_layer(f"{phi}_forward", "out", (X,), PHI[phi](X), values(X))
        assert found.id == ("unknown" if other == phi else "wrong-forward")
    assert mistake_of_layer(f"{phi}_forward", "out", (X,), PHI[phi](X), 2 * PHI[phi](X)).id == "constant-factor"
    assert mistake_of_layer("affine_forward", "out", (X, W, B), X @ W + B, np.tanh(X @ W + B)).id == "unknown"


def test_numbers_are_the_same_to_nine_digits_of_the_largest_and_in_the_same_shape():
    right = RIGHT["affine_backward", "w"]
    size = np.abs(right).max()
    for off, mistake in ((0.5e-9, "sign-flipped"), (2e-9, "unknown"), (-2e-9, "unknown")):
        came = -right
        came[0, 0] += off * size
        assert found_in("affine_backward", "w", right, came).id == mistake
    assert not _same(np.zeros(3), np.zeros((2, 3))) and _same(np.zeros(3), np.zeros(3))


def test_what_is_found_says_how_well_and_what_is_not_says_how_much():
    right = RIGHT["affine_backward", "w"]
    came = -right
    came[0, 0] += 1e-11 * np.abs(right).max()
    found = found_in("affine_backward", "w", right, came)
    assert found.digits == pytest.approx(11, abs=0.01) and found.alone and found.unexplained == () and found.layer == 0
    assert (found.wrong, found.right) == ("-gradient", "gradient")
    off = right.copy()
    off[0, 0] += 1.0
    off[1, 1] -= 1.0
    nothing = found_in("affine_backward", "w", right, off)
    assert (nothing.digits, nothing.alone, nothing.layer) == (0.0, False, 0)
    assert nothing.unexplained == ("affine_backward: w",) and "2 of 12" in nothing.message
    forward = mistake_of_layer("tanh_forward", "out", (X,), np.tanh(X), sigmoid(X))
    assert (forward.digits, forward.wrong, forward.right, forward.layer) == (16, "", "", 0)


def test_a_right_result_of_zeros_is_no_mistake_whatever_is_wrong_beside_it():
    zeros = np.zeros((5, 4))
    assert found_in("relu_backward", "x", zeros, zeros).id == "unknown"
    assert found_in("relu_backward", "x", zeros, zeros + 1.0).id == "unknown"
