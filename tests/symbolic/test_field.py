from fractions import Fraction

import numpy as np
import pytest
import sympy as sp

from reference_nets.spec import NetworkSpec
from symbolic.exact.field import PRIME, Residue, constant, field_functions, field_point, random_residues, residue


def test_it_is_a_field():
    rng = np.random.default_rng(0)
    a, b, c = random_residues(rng, 3)
    assert (a + b) * c == a * c + b * c and a - b == -(b - a) and a / b * b == a
    assert a**3 == a * a * a and a**-1 * a == 1 and 2 - a == -(a - 2) and 1 / a == a**-1
    assert Residue(PRIME) == 0 and Residue(-1) == PRIME - 1


def test_the_modulus_is_prime():
    assert PRIME == 2**61 - 1 and sp.isprime(PRIME)


@pytest.mark.parametrize("number", [3, -7, 0.5, 0.1, 1e-300, 2.0**80, Fraction(22, 7)])
def test_floats_and_fractions_are_the_rational_numbers_that_they_are(number):
    exact = Fraction(number)
    assert residue(number) * exact.denominator == exact.numerator
    assert Residue(5) + number == residue(number) + Residue(5)
    assert (Residue(5) == number) == (number == 5)


def test_a_sympy_rational_is_one_too():
    assert residue(sp.Rational(3, 7)) * 7 == 3
    assert constant(sp.Integer(4)).shape == (1,)


def test_no_residue_can_be_taken_for_a_float():
    with pytest.raises(TypeError):
        float(Residue(1))
    with pytest.raises(ValueError, match="invertible"):
        Residue(1) / Residue(0)


def test_sigmoid_keeps_what_the_recursion_may_use_of_it():
    f = field_functions(b"key")
    z = random_residues(np.random.default_rng(1), 5)
    assert (f["sigmoid"](z) + f["sigmoid"](-z) == 1).all()
    assert (f["dsigmoid"](z) == f["sigmoid"](z) * (1 - f["sigmoid"](z))).all()


def test_the_outputs_of_softmax_sum_to_one():
    z = random_residues(np.random.default_rng(1), 3, 4)
    softmax = field_functions(b"key")["softmax"]
    assert (sum(softmax(k, *z) for k in range(3)) == 1).all()


def test_functions_are_fixed_by_their_key_and_differ_between_names_and_keys():
    z = random_residues(np.random.default_rng(2), 4)
    one, same, other = field_functions(b"a"), field_functions(b"a"), field_functions(b"b")
    for name in ("tanh", "dtanh", "relu", "exp", "log"):
        assert (one[name](z) == same[name](z)).all()
        assert (one[name](z) != other[name](z)).all()
    assert (one["tanh"](z) != one["dtanh"](z)).all() and (one["tanh"](z) != one["relu"](z)).all()


def test_targets_of_cross_entropy_sum_to_one():
    point = field_point(NetworkSpec.parse("2-4/cross_entropy"), np.random.default_rng(0), m=3)
    assert (point.y.sum(axis=1) == 1).all() and point.x.shape == (3, 2)
