"""Numbers that are read off a claim, part by part: each on arrays whose factor, constant, bound or order was put there."""

from fractions import Fraction

import numpy as np
import pytest

from gradcheck.diagnosis.fitted import (
    Sample,
    _constant,
    _order,
    _short,
    _signed,
    factor_id,
    factor_in,
    fitted,
    words,
)
from gradcheck.diagnosis.own_cost import Factor
from reference_nets.points import init_params, random_batch
from reference_nets.spec import NetworkSpec
from symbolic.mistakes.catalogue import Variant, plant
from symbolic.programs.build import program
from symbolic.programs.compiled import compile_gradient

SPEC = NetworkSpec.parse("3-4:tanh-2+l2=0.5")
P = program(SPEC)
BATCHES = (5, 7)


def seen(layer, change, spec=SPEC, m=BATCHES):
    """What is seen of a layer's gradients where this was done to the right ones, and the points."""
    found, points = {}, []
    for n in m:
        rng = np.random.default_rng(n)
        params, (x, y) = init_params(spec, rng), random_batch(spec, rng, n)
        params = {key: value + 0.25 * rng.standard_normal(value.shape) for key, value in params.items()}
        right = compile_gradient(program(spec))(params, x, y)
        points.append((params, x, y, right))
        for key in (f"W{layer}", f"b{layer}"):
            claimed = change(key, right, params, n)
            if not all(np.array_equal(claimed, right[key]) for _ in (0,)):
                found.setdefault(key, []).append(Sample(claimed, right[key], params[key], n))
    return {key: rows for key, rows in found.items() if len(rows) == len(m)}, points


def found_in(layer, change, spec=SPEC, m=BATCHES):
    """The mistakes that are read off, as (id, layer, form), each checked to give the numbers that came, and the others."""
    p = program(spec)
    here, points = seen(layer, change, spec, m)
    giving, others = [], []
    for one in fitted(p, {}, layer, here):
        gradient = compile_gradient(plant(spec, Variant(one.mistake, one.layer, one.form, one.changes)))
        gives = True
        for params, x, y, right in points:
            wrong = gradient(params, x, y)
            wanted = {key: change(key, right, params, len(x)) for key in here}
            gives = gives and all(np.allclose(wrong[key], wanted[key], rtol=1e-9, atol=1e-12) for key in here)
        (giving if gives else others).append((one.mistake, one.layer, one.form))
    return giving, others


def data(key, right, params, spec=SPEC):
    return right[key] - spec.l2 * params[key] * (key[0] == "W")


def times(factor, only="Wb"):
    """The sums over the batch times a factor, without the term of L2."""

    def change(key, right, params, m):
        decay = right[key] - data(key, right, params)
        return (factor(m) if callable(factor) else factor) * data(key, right, params) + decay if key[0] in only else right[key]

    return change


def on(letter, what):
    return lambda key, right, params, m: what(right[key], params[key], m) if key[0] == letter else right[key]


@pytest.mark.parametrize("layer", [1, 2])
@pytest.mark.parametrize(
    ("factor", "form", "id"),
    [
        (3.0, "3", "constant-factor"),
        (0.4, "2/5", "constant-factor"),
        (-1.0, "-1", "sign-flipped"),
        (-2.0, "-2", "constant-factor"),
        (lambda m: m, "m", "missing-batch-average"),
        (lambda m: 2 * m, "2 m", "missing-batch-average"),
        (lambda m: 1 / m, "1 /m", "batch-average-twice"),
        (lambda m: 2 / m, "2 /m", "batch-average-twice"),
    ],
)
def test_a_factor_is_read_off_both_gradients_or_one(factor, form, id, layer):
    both, _ = found_in(layer, times(factor))
    assert both[0] == (id, layer, f"times {form}, in delta")
    weights, _ = found_in(layer, times(factor, "W"))
    assert weights[0] == (id, layer, f"times {form}, in dW")
    biases, _ = found_in(layer, times(factor, "b"))
    of_bias = {"missing-batch-average": "bias-gradient-not-averaged", "batch-average-twice": "bias-gradient-averaged-twice"}
    assert biases[0] == (of_bias.get(id, id), layer, f"times {form}, in db")


def test_a_factor_of_the_whole_gradient_is_told_from_one_of_the_sums():
    giving, others = found_in(1, on("W", lambda g, W, m: 3 * g))
    assert giving == [("constant-factor", 1, "times 3, in dW")] and others == []
    giving, _ = found_in(1, on("W", lambda g, W, m: g / m))
    assert giving == [("batch-average-twice", 1, "times 1 /m, in dW")]


def test_a_factor_in_one_gradient_and_another_in_the_other_is_none_of_the_delta():
    change = lambda key, right, params, m: times(2.0 if key[0] == "W" else 3.0)(key, right, params, m)
    giving, others = found_in(2, change)
    assert giving == []
    assert {form for *_, form in others} == {"times 2, in dW", "times 3, in db"}


def test_what_is_zero_is_told_so_in_one_gradient():
    for letter in "Wb":
        giving, _ = found_in(1, on(letter, lambda g, p, m: 0 * g))
        assert giving[-1] == ("zero-gradient", 1, f"in d{letter}")
    none, _ = found_in(1, on("W", lambda g, W, m: 0 * g + (np.arange(g.size) == 3).reshape(g.shape)))
    assert none == []


@pytest.mark.parametrize(("c", "told"), [(0.25, "+ 0.25"), (-3.0, "- 3"), (0.1, "+ 0.1")])
def test_a_constant_is_read_off_one_gradient_or_the_delta(c, told):
    for letter in "Wb":
        giving, _ = found_in(2, on(letter, lambda g, p, m, c=c: g + c))
        assert giving[0] == ("constant-added", 2, f"{told}, in d{letter}")

    def in_delta(key, right, params, m):
        return right[key] + (c * m if key[0] == "b" else 0.0)

    giving, others = found_in(2, in_delta)
    # of the bias alone it is no constant: it is c m, and the weights would have moved with it
    assert giving == [] and others == []


def test_a_constant_in_the_delta_moves_both_gradients():
    def change(key, right, params, m):
        return right[key] + (0.5 * m if key[0] == "b" else 0.5 * inputs[m].sum(axis=0) * np.ones(right[key].shape))

    inputs = {n: seen(1, lambda key, right, params, m: right[key] + 1)[1][k][1] for k, n in enumerate(BATCHES)}
    giving, _ = found_in(1, change)
    assert giving == [("constant-added", 1, "+ 0.5, in delta")]


@pytest.mark.parametrize(
    ("power", "c", "form"), [(0, 0.25, "+ 0.25 "), (0, -0.125, "- 0.125 "), (-1, 0.75, "+ 0.75/m "), (-1, -1.0, "- 1/m ")]
)
def test_a_multiple_of_the_parameter_is_read_off(power, c, form):
    for letter, id in (("W", "l2-factor"), ("b", "l2-on-bias")):
        giving, _ = found_in(2, on(letter, lambda g, p, m: g + c * float(m) ** power * p))
        assert giving[0] == (id, 2, f"{form}{letter}2")


@pytest.mark.parametrize(("layer", "rows", "columns"), [(1, [2, 0, 3, 1], [1, 2, 0]), (2, [1, 0], [3, 1, 0, 2])])
def test_an_order_is_read_off_rows_columns_and_entries(layer, rows, columns):
    told = lambda order: " ".join(map(str, order))
    giving, _ = found_in(layer, on("W", lambda g, W, m: g[rows]))
    assert giving == [("wrong-order", layer, f"rows {told(rows)}, in dW")]
    giving, _ = found_in(layer, on("W", lambda g, W, m: g[:, columns]))
    assert giving == [("wrong-order", layer, f"columns {told(columns)}, in dW")]
    giving, _ = found_in(layer, on("b", lambda g, b, m: g[rows]))
    assert giving == [("wrong-order", layer, f"entries {told(rows)}, in db")]


def test_a_bound_is_read_off_all_gradients_or_one():
    bound = 0.05
    giving, others = found_in(1, lambda key, right, params, m: np.clip(right[key], -bound, bound))
    assert ("gradient-clipped", 2, "beyond 0.05") in giving
    assert [form for *_, form in others] == ["beyond 0.05, in dW", "beyond 0.05, in db"][: len(others)]
    giving, _ = found_in(1, on("W", lambda g, W, m: np.clip(g, -bound, bound)))
    assert ("gradient-clipped", 1, "beyond 0.05, in dW") in giving
    largest = min(float(np.abs(right["W1"]).max()) for *_, right in seen(1, times(2.0))[1])
    near = float(f"{0.9 * largest:.3g}")  # one entry alone, and by a tenth, is beyond it
    giving, _ = found_in(1, on("W", lambda g, W, m: np.clip(g, -near, near)))
    assert giving[-1] == ("gradient-clipped", 1, f"beyond {near:g}, in dW")
    giving, others = found_in(1, on("W", lambda g, W, m: np.clip(g, -0.0512345678, 0.0512345678)))
    assert not [form for *_, form in giving + others if "beyond" in form]


def test_a_bound_may_reach_the_numbers_of_one_batch_alone():
    large, small = np.array([[4.0, -1.0]]), np.array([[1.0, 0.5]])
    spec = NetworkSpec.parse("2-1")
    seen = {"W1": [Sample(np.clip(large, -2, 2), large, large, 5), Sample(small, small, small, 7)]}
    found = list(fitted(program(spec), {}, 1, seen))
    assert {one.mistake for one in found} == {"gradient-clipped"}
    assert [one.form for one in found] == ["beyond 2", "beyond 2, in dW"]
    same = {"W1": [Sample(small, small, small, 5), Sample(small, small, small, 7)]}
    assert list(fitted(program(spec), {}, 1, same)) == []
    zero = {"W1": [Sample(0 * small, small, small, 5), Sample(small, small, small, 7)]}
    assert not [one for one in fitted(program(spec), {}, 1, zero) if one.mistake == "zero-gradient"]  # at one point alone
    part = {"W1": [Sample(small * [0, 1], small, small, 5)]}
    assert not [one for one in fitted(program(spec), {}, 1, part) if one.mistake == "zero-gradient"]


def one(claimed, expected, m=5):
    return Sample(np.array(claimed, dtype=float), np.array(expected, dtype=float), np.ones(len(claimed)), m)


def test_orders_are_those_of_slices_that_are_each_in_one_place():
    a = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    at = lambda claimed, axis, expected=a: _order(one(claimed, expected), axis)
    assert at(a[[2, 0, 1]], 0) == [2, 0, 1] and at(a[:, ::-1], 1) == [1, 0]
    assert at(a, 0) is None and at(a, 1) is None  # in their own place
    assert at(a[[0, 0, 1]], 0) is None and at(a[[2, 0, 1]] + 1e-6, 0) is None
    assert at(a[[2, 0, 1]] + 5e-7, 0) == [2, 0, 1] and at(a[[2, 0, 1]] + 7e-7, 0) is None  # 1e-7 of the largest, which is 6
    assert at(a[:1], 0, a[:1]) is None
    twins = np.array([[1.0], [1.0], [2.0]])
    assert at(twins[::-1], 0, twins) is None  # which of them is which?


def test_short_numbers_have_six_digits():
    assert _short(0.1) == 0.1 and _short(123456.0) == 123456.0 and _short(-2.5) == -2.5
    assert _short(0.1 + 0.9e-8) == 0.1 and _short(0.1 + 1.1e-8) is None
    assert _short(0.1234567) is None and _short(0.123456) == 0.123456
    assert _short(5000.0 + 4e-4) == 5000.0 and _short(5000.0 + 6e-4) is None and _short(1e-3 + 0.9e-10) == 1e-3
    assert _short(1e-3 + 1.1e-10) is None
    assert _short(0.0) is None and _short(np.inf) is None and _short(np.nan) is None


def test_one_number_is_what_all_entries_are():
    at = lambda *arrays, **how: _constant([np.array(array, dtype=float) for array in arrays], **how)
    assert at([2.0, 2.0], [2.0]) == 2.0 and at([-0.5]) == -0.5
    assert at([2.0, 3.0]) is None and at([2.0], [3.0]) is None and at([]) is None and at([0.0, 0.0]) is None
    assert at([2.0, np.nan]) is None and at([np.inf]) is None
    assert at([1.0, 1.0 + 0.9e-7]) == 1.0 and at([1.0, 1.0 + 1.2e-7]) is None
    assert at([2.0, np.nan], short=False) is None and at([np.inf, 1.0], short=False) is None
    assert at([1 / 3, 1 / 3]) is None and at([1 / 3, 1 / 3], short=False) == 1 / 3
    assert at([1.0, 1.0, 1.0 + 4e-8], short=False) == 1.0  # that of most


def factor_of(*pairs):
    return factor_in([(np.array(got, dtype=float), np.array(true, dtype=float), m) for got, true, m in pairs])


def test_factors_are_fractions_with_a_power_of_the_batch():
    a = np.array([1.0, -2.0, 0.0])
    assert factor_of((a / 3, a, 5), (a / 3, a, 7)) == Factor(Fraction(1, 3))
    assert factor_of((5 * a, a, 5), (7 * a, a, 7)) == Factor(power=1)
    assert factor_of((2 * a / 5, a, 5), (2 * a / 7, a, 7)) == Factor(Fraction(2), -1)
    assert factor_of((5 * a, a, 5)) == Factor(Fraction(5))  # with one batch it is a number
    assert factor_of((a, a, 5)) is None
    assert factor_of((a * np.sqrt(2), a, 5)) is None  # no fraction
    assert factor_of((a * (999 / 1000), a, 5)) == Factor(Fraction(999, 1000))
    assert factor_of((a * 1000 / 1001, a, 5)) is None
    assert factor_of((a + np.eye(3)[2], a, 5)) is None  # 0 times anything is 0
    assert factor_of((2 * a, a, 5), (2 * a + np.eye(3)[2], a, 7)) is None
    assert factor_of(([0.0, 0.0], [0.0, 0.0], 5)) is None
    assert factor_of((2 * a, a, 5), ([0.0], [0.0], 7)) == Factor(Fraction(2))
    assert factor_of((0 * a, a, 5)) is None


def test_factors_in_words_and_by_name():
    assert [words(Factor(Fraction(n), p)) for n, p in ((2, 0), (1, 1), (2, 1), (1, -1), (3, -1), (-1, 0))] == [
        "2", "m", "2 m", "1 /m", "3 /m", "-1",
    ]  # fmt: skip
    assert words(Factor(Fraction(1, 3), -1)) == "1/3 /m" and words(Factor(Fraction(1), 0)) == "1"
    assert [_signed(c) for c in (2.0, -0.5, 1e-7)] == ["+ 2", "- 0.5", "+ 1e-07"]
    of = lambda n, p, letter="": factor_id(Factor(Fraction(n), p), letter)
    assert [of(1, 1), of(1, 1, "W"), of(2, 1, "b")] == ["missing-batch-average"] * 2 + ["bias-gradient-not-averaged"]
    assert [of(1, -1), of(1, -1, "W"), of(2, -1, "b")] == ["batch-average-twice"] * 2 + ["bias-gradient-averaged-twice"]
    assert [of(-1, 0), of(2, 0, "b"), of(-2, 0, "W")] == ["sign-flipped", "constant-factor", "constant-factor"]
