import numpy as np
import pytest

from reference_nets.points import check_numbers, init_params, random_batch
from reference_nets.spec import NetworkSpec

WIDE = NetworkSpec.parse("300-200:tanh-100/cross_entropy")


def test_weights_spread_as_glorot_and_biases_are_not_zero():
    params = init_params(WIDE, np.random.default_rng(0))
    assert params["W1"].std() == pytest.approx((2 / 500) ** 0.5, rel=0.02)
    assert params["W2"].std() == pytest.approx((2 / 300) ** 0.5, rel=0.02)
    assert params["b1"].std() == pytest.approx(0.25, rel=0.2)
    tripled = init_params(WIDE, np.random.default_rng(0), scale=3)
    assert tripled["W1"].std() == pytest.approx(3 * (2 / 500) ** 0.5, rel=0.02)


def test_the_same_seed_draws_the_same_point_and_another_seed_another():
    draw = [init_params(WIDE, np.random.default_rng(seed))["W1"] for seed in (1, 1, 2)]
    assert np.array_equal(draw[0], draw[1]) and not np.array_equal(draw[0], draw[2])


@pytest.mark.parametrize("notation", ["2-3/cross_entropy", "2-3:sigmoid/cross_entropy", "2-3:softmax/bce"])
def test_targets_of_probabilities_are_one_hot(notation):
    _, y = random_batch(NetworkSpec.parse(notation), np.random.default_rng(0), 50)
    assert set(y.ravel()) == {0, 1} and (y.sum(axis=1) == 1).all() and (y.sum(axis=0) > 0).all()


def test_targets_of_bce_are_zeros_and_ones_each_for_itself():
    _, y = random_batch(NetworkSpec.parse("2-3/bce"), np.random.default_rng(0), 50)
    assert set(y.ravel()) == {0, 1} and set(y.sum(axis=1)) == {0, 1, 2, 3}


def test_other_targets_are_eighths():
    _, y = random_batch(NetworkSpec.parse("2-3/mse"), np.random.default_rng(0), 50)
    assert (y * 8 % 1 == 0).all() and y.min() == -1 and y.max() == 2


def test_float32_is_drawn_where_asked_for():
    spec, rng = NetworkSpec.parse("2-3-1"), np.random.default_rng(0)
    x, y = random_batch(spec, rng, 2, dtype=np.float32)
    arrays = [*init_params(spec, rng, dtype=np.float32).values(), x, y]
    assert {array.dtype for array in arrays} == {np.dtype(np.float32)}


NUMBERS = [
    ("2-3-1", "x", [[1.0, np.nan]], [[0.0]], r"x\[0, 1\] is nan, expected a finite number"),
    ("2-3-1", "x", [[1.0, 2.0]], [[-np.inf]], r"y\[0, 0\] is -inf, expected a finite number"),
    ("2-3-1", "x", [[1, 2]], [[0.0]], r"x holds int64, expected floats; try x.astype\(float\)"),
    ("2-1/bce", "x", [[1.0, 2.0]], [[1.5]], "y has 1.5, expected targets from 0 to 1: the cost is bce"),
    ("2-2/cross_entropy", "x", [[1.0, 2.0]] * 2, [[0.0, 1.0], [1.0, 1.0]], "row 1 of y sums to 2, expected 1"),
]


@pytest.mark.parametrize(("notation", "name", "x", "y", "message"), NUMBERS)
def test_an_unfit_number_is_named(notation, name, x, y, message):
    spec = NetworkSpec.parse(notation)
    with pytest.raises(ValueError, match=message):
        check_numbers(spec, init_params(spec, np.random.default_rng(0)), np.array(x), np.array(y))


def test_a_parameter_that_is_not_finite_is_named():
    spec = NetworkSpec.parse("2-3-1")
    params = init_params(spec, np.random.default_rng(0))
    params["b1"][2] = np.inf
    with pytest.raises(ValueError, match=r"b1\[2\] is inf, expected a finite number"):
        check_numbers(spec, params, np.zeros((1, 2)), np.zeros((1, 1)))
