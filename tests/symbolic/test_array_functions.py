"""The stable forms of the compiled programs against balls: a few units in the last place, to |z| = 1e4."""

import warnings

import numpy as np
import pytest

from symbolic.balls import balls, enclosure, precision
from symbolic.exact.ball_reading import ball_numbers
from symbolic.programs.array_functions import ARRAY_FUNCTIONS
from symbolic.programs.functions import DEFINITIONS

SIZES = np.concatenate([np.logspace(-12, 4, 161), [0.0, 1.0, 5e-324, 36.7, 37.5, 354.9, 372.0, 709.7, 745.2]])
GRID = np.concatenate([-SIZES, SIZES])
FUNCTIONS = [name for base in DEFINITIONS if base != "identity" for name in (base, f"d{base}")]


def gate(z):
    return np.sqrt(2 / np.pi) * (np.abs(z) + 0.044715 * np.abs(z) ** 3)


def condition(name, z):
    """How much a relative error in the argument of exp is magnified; and the size of the terms where they cancel."""
    if name.endswith("gelu"):
        return 1 + 2 * gate(z)
    return np.ones_like(z)


def terms(name, z, true):
    """The largest term of a sum that has a zero: dsilu, dgelu."""
    sigmoid = 1 / (1 + np.exp(-np.abs(z) * (1 if name == "dsilu" else 2 * gate(z) / np.maximum(np.abs(z), 1e-300))))
    small = (1 - sigmoid) * (1 + np.abs(z)) ** 3
    return np.abs(true) + small if name in ("dsilu", "dgelu") else np.abs(true)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_values_are_right_to_a_few_units_in_the_last_place(name):
    with precision(2048):
        true = enclosure(ball_numbers().functions[name](balls(GRID)))
    with warnings.catch_warnings(), np.errstate(over="ignore"):
        warnings.simplefilter("error")
        ours = ARRAY_FUNCTIONS[name](GRID)
        allowed = 8 * 2.0**-53 * terms(name, GRID, true.mid) * condition(name, GRID) + 1e-307
    assert np.isfinite(ours).all()
    error = true.distance(ours)
    worst = int(np.argmax(error / allowed))
    assert error[worst] <= allowed[worst], f"{name}({GRID[worst]!r}) is {ours[worst]!r}, true {true.mid[worst]!r}"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_dtype_is_kept(name):
    with np.errstate(over="ignore"):
        assert ARRAY_FUNCTIONS[name](np.array([-0.5, 0.5, 2.0], np.float32)).dtype == np.float32


def test_softmax_is_stable_at_any_size():
    z = np.array([[1e4], [-1e4], [9999.0]])
    with np.errstate(over="ignore"):
        a = np.concatenate([ARRAY_FUNCTIONS["softmax"](k, *z) for k in range(3)])
    assert a == pytest.approx([1 / (1 + np.exp(-1.0)), 0, 1 / (1 + np.exp(1.0))], rel=1e-15)


def test_one_example_is_the_first_or_the_last():
    values = np.arange(6.0).reshape(2, 3)
    assert ARRAY_FUNCTIONS["one_example"](0, values).tolist() == [[0.0], [3.0]]
    assert ARRAY_FUNCTIONS["one_example"](1, values).tolist() == [[2.0], [5.0]]
    assert ARRAY_FUNCTIONS["batch_sum"](values).tolist() == [[3.0], [12.0]]
