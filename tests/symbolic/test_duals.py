from fractions import Fraction

import numpy as np
import pytest
import sympy as sp

from symbolic.exact.duals import Dual, dual_numbers
from symbolic.programs.array_functions import ARRAY_FUNCTIONS
from symbolic.programs.interpret import Numbers, evaluate

FLOATS = Numbers(float, ARRAY_FUNCTIONS | {"exp": np.exp, "log": np.log})
NUMBERS = dual_numbers(FLOATS)
x = sp.Symbol("x", positive=True)


@pytest.mark.parametrize(
    ("formula", "slope"),
    [
        (x**3, lambda v: 3 * v**2),
        (1 / x, lambda v: -1 / v**2),
        (5 * x + x * x, lambda v: 5 + 2 * v),
        (sp.log(x), lambda v: 1 / v),
        (sp.exp(x), np.exp),
        (sp.exp(2 * x), lambda v: 2 * np.exp(2 * v)),
        (sp.Integer(2), lambda v: 0 * v),
    ],
)
def test_the_tangent_is_the_derivative(formula, slope):
    value = np.array([0.5, 2.0])
    result = evaluate(formula, {"x": Dual(value, np.ones(2))}, NUMBERS)
    tangent = result.tangent if isinstance(result, Dual) else 0 * value
    assert np.allclose(tangent, slope(value), rtol=1e-14, atol=0)


def test_functions_use_their_derivative_under_its_name():
    calls = {"tanh": lambda v: 10 * v, "dtanh": lambda v: 7 + 0 * v}
    result = dual_numbers(Numbers(float, calls | {"batch_sum": np.sum})).functions["tanh"](Dual(2.0, 3.0))
    assert (result.value, result.tangent) == (20.0, 21.0)


def test_softmax_moves_along_every_input():
    z = [Dual(np.array([0.3]), np.array([1.0])), Dual(np.array([-0.2]), np.array([2.0]))]
    a = np.exp([0.3, -0.2]) / np.exp([0.3, -0.2]).sum()
    for k in range(2):
        expected = sum(a[k] * ((k == j) - a[j]) * t for j, t in enumerate((1.0, 2.0)))
        assert NUMBERS.functions["softmax"](k, *z).tangent[0] == pytest.approx(expected, rel=1e-14)


def test_arrays_and_constants_meet_a_dual_as_constants():
    dual = Dual(np.array([2.0]), np.array([1.0]))
    product = np.array([3.0]) * dual
    assert isinstance(product, Dual) and product.tangent == [3.0]
    assert (1 + dual).tangent == [1.0]


def test_over_fractions_they_are_exact():
    third = Dual(Fraction(1, 3), Fraction(1))
    assert (third * third + 2 * third).tangent == Fraction(8, 3)
