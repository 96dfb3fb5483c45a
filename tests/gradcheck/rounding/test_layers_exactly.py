"""Whole layers with errors, entry by entry beside the formulas of the analysis, in a format so short that each term shows."""

from math import hypot, sqrt

import numpy as np
import pytest

from gradcheck.rounding import budget
from gradcheck.rounding.layers import ApproximateMatrices, _example, _reach_of_outer
from gradcheck.rounding.program import approximate_values, changed_values
from gradcheck.rounding.values import NO_ERRORS, NO_KINK, Approximate, Roundoff, exact
from reference_nets.spec import NetworkSpec
from symbolic.programs.build import program

F = Roundoff(2.0**-8, 2.0**-5)
U, TINY, SPREAD = F.u, F.tiny, 2 * sqrt(2)
KIND = ApproximateMatrices(F)
VALUES = np.array([[1.0, -2.0, 0.5], [3.0, 0.25, -1.0]])  # two examples of three units
ERRORS = np.array([[0.5, 0.25, 0.125], [1.0, 0.5, 2.0]])
LOW = np.array([[0.0, -3.0, -0.5], [-8.0, 0.0, 0.0]])
HIGH = np.array([[0.5, 0.0, 0.25], [0.0, 0.0, 3.0]])
W = np.array([[2.0, -1.0], [0.5, 4.0], [-3.0, 0.25]])
B = np.array([0.5, -8.0])


def gamma(n):
    return n * U / (1 - n * U)


def numbers(kinked=False, samples=None, rows=slice(None), columns=slice(None)):
    at = (rows, columns)
    ends = (LOW[at], HIGH[at]) if kinked else (NO_KINK, NO_KINK)
    return Approximate(VALUES[at], ERRORS[at], *ends, F, samples)


def size(a, i, k):
    low, high = (0.0, 0.0) if a.smooth else (a.low[i, k], a.high[i, k])
    return max(abs(a.value[i, k] + low), abs(a.value[i, k] + high))


def product(a, W, b, i, j):
    """One entry of ``a W + b``: its value, and the errors handed on with those of products, of additions, and in a sample."""
    K = range(W.shape[0])
    sizes = [size(a, i, k) * abs(W[k, j]) for k in K]
    handed = sum(a.error[i, k] * abs(W[k, j]) for k in K)
    n = len(K) - (b is None)
    total = sum(sizes) + (0 if b is None else abs(b[j]))
    rounded = U * sqrt(sum(s * s for s in sizes)) + sqrt(len(K)) * TINY
    typical = U * min(n, 2 * sqrt(n)) * total + TINY
    value = sum(a.value[i, k] * W[k, j] for k in K) + (0 if b is None else b[j])
    return value, handed + U * sum(sizes) + len(K) * TINY, (gamma(n) * total + TINY if n else 0), rounded, typical


def ends(s, t, a, b):
    return [x * b + a * y + x * y for x in s for y in t]


@pytest.mark.parametrize("kinked", [False, True])
@pytest.mark.parametrize("terms", [1, 2, 3])
@pytest.mark.parametrize("bias", [False, True])
def test_a_sum_of_products_rounds_each_product_and_each_addition(kinked, terms, bias):
    w, units = W[:terms], slice(0, terms)
    for samples in (None, NO_ERRORS, np.arange(6.0 * 16).reshape(2, 3, 16)[:, units]):
        a = numbers(kinked, samples, columns=units)
        got = KIND.affine(a, exact(w.T, F), exact(B, F)) if bias else KIND.back(a, exact(w, F))
        for i in range(2):
            for j in range(2):
                value, before, added, rounded, typical = product(a, w, B if bias else None, i, j)
                assert got.value[i, j] == pytest.approx(value, rel=1e-15)
                if kinked:
                    up, down = ([max(s * x, 0.0) for x in w[:, j]] for s in (1, -1))
                    low = sum(a.low[i, k] * up[k] - a.high[i, k] * down[k] for k in range(terms))
                    high = sum(a.high[i, k] * up[k] - a.low[i, k] * down[k] for k in range(terms))
                    assert (got.low[i, j], got.high[i, j]) == pytest.approx((low, high))
                if samples is None:
                    assert got.error[i, j] == pytest.approx(before + added)
                    continue
                own = hypot(typical, rounded) if bias or terms > 1 else rounded
                carried = 0.0 if samples is NO_ERRORS else sum(samples[i, k] * w[k, j] for k in range(terms))
                assert np.abs(got.samples[i, j] - carried) == pytest.approx(np.full(16, own))
                drawn = max(SPREAD * np.abs(got.samples[i, j]).mean(), typical if bias or terms > 1 else rounded)
                assert got.error[i, j] == pytest.approx(min(before + added, drawn))
        assert kinked or got.smooth


@pytest.mark.parametrize("examples", [1, 2])
@pytest.mark.parametrize(("left", "right"), [(False, False), (True, False), (False, True), (True, True)])
def test_a_gradient_of_weights_is_a_sum_over_the_examples(left, right, examples):
    rows = slice(0, examples)
    d, a = numbers(left, rows=rows, columns=slice(0, 2)), numbers(right, rows=rows)
    got = KIND.outer(d, a)
    for k in range(2):
        for j in range(3):
            value = error = total = low = high = 0.0
            for i in range(examples):
                s, t = ((0.0, 0.0) if part.smooth else (part.low[i, p], part.high[i, p]) for part, p in ((d, k), (a, j)))
                reach = ends(s, t, d.value[i, k], a.value[i, j])
                one = d.value[i, k] * a.value[i, j]
                value, low, high = value + one, low + min(reach), high + max(reach)
                total += max(abs(one + min(reach)), abs(one + max(reach)))
                error += size(d, i, k) * a.error[i, j] + d.error[i, k] * (size(a, i, j) + a.error[i, j])
            error += (U + gamma(1) * (1 + U)) * total + 2 * examples * TINY  # one addition of two, and never less
            assert got.value[k, j] == pytest.approx(value) and got.error[k, j] == pytest.approx(error)
            assert left or right or got.smooth
            assert not (left or right) or (got.low[k, j], got.high[k, j]) == pytest.approx((low, high))


def test_what_three_examples_add_up():
    ones = exact(np.ones((3, 1)), F)
    assert KIND.outer(ones, ones).error == pytest.approx((U + gamma(2) * (1 + U)) * 3 + 6 * TINY)
    over = KIND.over_batch(exact(np.full((3, 2), 4.0), F))
    assert over.value.tolist() == [12, 12] and over.error == pytest.approx(np.full(2, gamma(2) * 12 + 3 * TINY))
    assert KIND.over_batch(numbers(kinked=True)).low.tolist() == LOW.sum(axis=0).tolist()


def test_each_example_has_weights_of_its_own_where_they_are_many():
    d, a = numbers(True, columns=slice(0, 2)), numbers(True)
    stacked = [Approximate(*(np.stack([part, 2 * part]) for part in (v.value, v.error, v.low, v.high)), F) for v in (d, a)]
    both = _reach_of_outer(turned(stacked[0]), stacked[1])
    one = _reach_of_outer(turned(d), a)
    assert all(np.allclose(many[0], part) and np.allclose(many[1], 4 * part) for many, part in zip(both, one, strict=True))
    single = _example(numbers(True), 1, -2)
    assert single.value.tolist() == VALUES[1:].tolist() and single.high.tolist() == HIGH[1:].tolist()
    assert _example(Approximate(VALUES, np.ones(1), NO_KINK, NO_KINK, F), 2, -1).error.tolist() == [[1.0], [1.0]]


def turned(a):
    return Approximate(*(part.swapaxes(-1, -2) for part in (a.value, a.error, a.low, a.high)), F)


def test_the_penalty_rounds_twice_and_its_cost_by_the_number_of_weights():
    got = KIND.penalised(numbers(), exact(2 * np.ones((2, 3)), F), exact(0.5, F))
    assert got.value.tolist() == (VALUES + 1).tolist()
    assert got.error == pytest.approx(ERRORS + U + 2 * TINY + gamma(1) * (np.abs(VALUES) + 1))
    squares = KIND.squares(exact(W, F))
    total = float((W**2).sum())
    assert squares.value == total and squares.error == pytest.approx(gamma(6) * total + 6 * TINY) and squares.samples is None


def test_columns_are_taken_apart_and_joined():
    samples = np.arange(96.0).reshape(2, 3, 16)
    a = numbers(True, samples)
    columns = KIND.columns(a)
    assert [one.value.tolist() for one in columns] == VALUES.T.tolist() and [o.low.tolist() for o in columns] == LOW.T.tolist()
    back = KIND.joined(columns, a)
    for part in ("value", "error", "low", "high", "samples"):
        assert getattr(back, part).tolist() == getattr(a, part).tolist()
    assert KIND.columns(numbers(samples=NO_ERRORS))[1].samples is NO_ERRORS
    mixed = [exact(np.ones(2), F), columns[0], columns[1]]
    assert KIND.joined(mixed, a).samples.shape == (2, 3, 16) and KIND.joined(mixed, a).high[:, 0].tolist() == [0, 0]
    assert KIND.joined([numbers(columns=k) for k in range(3)], a).samples is None
    assert KIND.joined([exact(np.ones(2), F)] * 3, a).smooth


def test_only_what_a_mistake_reaches_is_computed_anew():
    spec = NetworkSpec.parse("1-1:tanh-1:identity/quadratic")
    known, one = program(spec), np.ones((1, 1))
    params = {"W1": one, "b1": np.zeros(1), "W2": 3 * one, "b2": np.zeros(1)}
    before = approximate_values(known, params, one, one, F)
    moved = before | {"delta2_0": exact(np.full(1, 7.0), F)}

    def anew(names, **at):
        spent = []
        after = changed_values(known, names, moved, F, spend=spent.append, **at)
        assert set(spent) <= {1}
        return len(spent), {name: float(after[name].value[0]) for name in after if after[name] is not moved[name]}

    steep = 1 - np.tanh(1.0) ** 2
    count, found = anew({"dW2_0_0"})
    assert count == 1 and found == {"dW2_0_0": pytest.approx(7 * np.tanh(1.0))}
    count, found = anew({"delta1_0"})
    assert found == {key: pytest.approx(21 * steep) for key in ("delta1_0", "dW1_0_0", "db1_0")} and count == 3
    assert anew({"delta1_0"}, lowest=2) == (0, {}) and anew({"delta1_0"}, lowest=1)[0] == 3
    known = program(spec, dx=True)
    moved = approximate_values(known, params, one, one, F) | {"delta2_0": exact(np.full(1, 7.0), F)}
    inputs = {name for name in anew({"delta1_0"})[1] if "x" in name}
    assert len(inputs) == 1 and anew({"delta1_0"})[0] == 4  # the gradient for the inputs, in layer 0


@pytest.mark.parametrize("network", ["2-2:relu-2:identity/mse", "2-3:leaky_relu-2:relu-2:tanh/quadratic+l2=0.5"])
def test_in_matrices_the_kinks_of_a_point_are_those_of_the_statements(network):
    spec, rng = NetworkSpec.parse(network), np.random.default_rng(0)
    params = {key: rng.standard_normal(shape) * (key != "b1") for key, shape in spec.shapes.items()}
    x, y = np.array([[1.0, 2.0], [0.0, 0.0], [3.0, -1.0]]), rng.standard_normal((3, 2))
    ways = (budget._by_layers, budget._by_statements)
    one, other = (way(spec, params, x, y, Roundoff.of(np.float64), False)[1]() for way in ways)
    assert one.places == other.places and len(one.places) == spec.sizes[1] and one.whole == other.whole
    for part, same in zip(one.parts, other.parts, strict=True):
        assert all(np.allclose(part[key], same[key], rtol=1e-12, atol=1e-14) for key in spec.keys)
