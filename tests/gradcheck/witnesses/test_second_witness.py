"""No verdict on a certified derivative that differences of plain floats exclude: planted faults in our rules must be seen."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

from gradcheck import assert_grad, certified_gradient, check_grad, check_hvp, check_jvp, check_vjp
from gradcheck.certified.numbers.elementary import RULES
from gradcheck.certified.numbers.tape import Tape
from gradcheck.judge.verdicts import CheckerFault, Verdict
from gradcheck.witnesses import second_witness
from gradcheck.witnesses.along_line import ProbeLine
from gradcheck.witnesses.second_witness import RandomLines, _by_decisions, _look_beneath, weakest
from gradcheck.witnesses.slope_evidence import Says, SecondWitness, Silence
from symbolic.balls import Ball

X = np.array([0.3, 0.7, 0.55])
WEIGHTS = np.array([1.0, -2.0, 0.5])
FROM_MATH = {
    "erf": lambda v: math.erf(v),
    "erfc": lambda v: math.erfc(v),
    "gamma": lambda v: math.gamma(v),
    "gammaln": lambda v: math.lgamma(v),
}
ABOVE_ONE = ("arccosh",)
FAULTS = {
    "doubled": lambda slope: 2 * slope,
    "sign lost": lambda slope: -slope,
    "nothing": lambda slope: Ball(0),
    "half a percent": lambda slope: slope * Ball(201) / 200,
}


def function_of(name):
    """A function of x that uses one rule, weighted, with the second argument bent so that both slopes matter."""
    if name in FROM_MATH:
        return lambda x: sum(w * FROM_MATH[name](v) for w, v in zip(WEIGHTS, x, strict=True))
    if (function := getattr(np, name, None)) is None:
        special = pytest.importorskip("scipy.special", reason="special functions are SciPy's")
        function = getattr(special, name)
    if len(RULES[name].slopes) == 2:
        return lambda x: np.sum(WEIGHTS * function(x, np.sqrt(x[::-1])))
    if name in ABOVE_ONE:
        return lambda x: np.sum(WEIGHTS * function(3 * x + 1))
    return lambda x: np.sum(WEIGHTS * function(x))


@pytest.fixture
def planted():
    """``planted(name, place, fault)``: one slope of one row of the table is wrong until the test ends."""
    kept = []

    def plant(name, place, fault):
        rule = RULES[name]
        kept.append((rule, rule.slopes))
        right = rule.slopes[place] or (lambda *_: Ball(1))
        slopes = (*rule.slopes[:place], lambda *args: fault(right(*args)), *rule.slopes[place + 1 :])
        object.__setattr__(rule, "slopes", slopes)

    yield plant
    for rule, slopes in reversed(kept):
        object.__setattr__(rule, "slopes", slopes)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(("name", "place"), [(name, k) for name, rule in RULES.items() for k in range(len(rule.slopes))])
def test_a_wrong_slope_in_any_rule_is_a_fault_and_no_verdict(name, place, fault, planted):
    f = function_of(name)
    right = certified_gradient(f, X)[1]
    assert right.second.digits is not None and right.second.digits >= 6
    planted(name, place, FAULTS[fault])
    with pytest.raises(CheckerFault, match="contradict each other"):
        certified_gradient(f, X)
    for claimed in (right.mid, 2 * right.mid):
        with pytest.raises(CheckerFault, match="contradict each other"):
            check_grad(f, lambda x, claimed=claimed: claimed.copy(), X)


def former_sweep(self, output, unit=0.0):
    """As it was: it began at the output itself, and a block was only entered from its last node."""
    adjoints = [None] * (output - self.first + 1)
    adjoints[output - self.first] = Ball(1)
    if unit or self.splits:
        self._sweep_with_care(adjoints, unit)
    else:
        self._sweep(adjoints)
    return adjoints


M = np.array([[1.0, 2.0, -1.0], [0.5, 3.0, 1.0], [2.0, -1.0, 4.0]])
INNER = {
    "an entry of a product": (lambda x: (M @ x)[1], lambda x: M[1]),
    "the largest entry of a product": (lambda x: np.max(M @ x), lambda x: M[np.argmax(M @ x)]),
    "an entry of a solution": (lambda x: np.linalg.solve(M, x)[0], lambda x: np.linalg.inv(M)[0]),
}


@pytest.mark.parametrize("name", INNER)
def test_the_lost_derivative_of_an_inner_element_would_have_been_a_fault(name, monkeypatch):
    f, grad = INNER[name]
    assert check_grad(f, grad, X).verdict is Verdict.MATCH
    monkeypatch.setattr(Tape, "sweep", former_sweep)
    for claimed in (grad, lambda x: 0 * x):
        with pytest.raises(CheckerFault):
            check_grad(f, claimed, X)


def test_the_lost_rows_of_products_would_have_been_a_fault_in_every_kind_of_check(monkeypatch):
    monkeypatch.setattr(Tape, "sweep", former_sweep)
    with pytest.raises(CheckerFault):
        check_grad(lambda x: M @ x, lambda x: M, X, jacobian=True)
    with pytest.raises(CheckerFault):
        check_jvp(lambda x: M @ x, lambda x, t: M @ t, X)


def lost_entry(cells):
    from gradcheck.certified.numpy_functions.sums import total

    first, *rest = cells
    return total([type(first)(first.ball), *rest])


def transposed_pull(tape, start, shape, left, right):
    from gradcheck.certified.linear_algebra.matrix_blocks import adjoints_of

    def pull(adjoints):
        g = adjoints_of(adjoints, tape, start, shape)
        if g is not None and left.nodes is not None:
            tape.add(adjoints, left.nodes, (g * right.balls).entries())
        if g is not None and right.nodes is not None:
            tape.add(adjoints, right.nodes, (left.balls * g).entries())

    return pull


NINTHS = np.arange(9.0).reshape(3, 3)
PAIRED = (lambda x: np.sum(M @ x.reshape(3, 3) * NINTHS), lambda x: (M.T @ NINTHS).ravel())
NINE = np.linspace(-1.0, 2.0, 9)


def test_a_sum_that_loses_an_entry_is_a_fault(monkeypatch):
    from gradcheck.certified.numbers.registry import ARRAY_FUNCTIONS
    from gradcheck.certified.numpy_functions.reductions import reduction

    monkeypatch.setitem(ARRAY_FUNCTIONS, np.sum, reduction(lost_entry))
    for x in (X, np.linspace(0.1, 1.0, 1000)):
        with pytest.raises(CheckerFault):
            check_grad(lambda x: np.sum(x**2), lambda x: 2 * x, x)
    with pytest.raises(CheckerFault):
        check_vjp(lambda x: np.sum(np.outer(x, x), axis=0), lambda x, v: (v @ x) + v * np.sum(x), X)


def test_a_product_whose_way_back_forgets_to_transpose_is_a_fault(monkeypatch):
    from gradcheck.certified.linear_algebra import products

    monkeypatch.setattr(products, "_product_block", transposed_pull)
    with pytest.raises(CheckerFault):
        check_grad(*PAIRED, NINE)
    with pytest.raises(CheckerFault):
        check_hvp(lambda x: M @ x.reshape(3, 3) @ M, lambda x, v: (M.T @ v @ M.T).ravel(), NINE)


def test_a_solution_with_the_wrong_sign_is_a_fault(monkeypatch):
    from gradcheck.certified.linear_algebra import linear_systems
    from gradcheck.certified.numbers.registry import ARRAY_FUNCTIONS

    solve = linear_systems.solve
    monkeypatch.setitem(ARRAY_FUNCTIONS, np.linalg.solve, lambda a, b: solve(a, b) * 2 - np.linalg.solve(M, X))
    with pytest.raises(CheckerFault):
        check_grad(lambda x: np.linalg.solve(M, x) @ WEIGHTS, lambda x: np.linalg.solve(M.T, WEIGHTS), X)


@pytest.mark.parametrize("call", [np.max, np.min])
def test_an_extreme_that_passes_its_slope_to_another_entry_is_a_fault(call, monkeypatch):
    from gradcheck.certified.numbers.registry import ARRAY_FUNCTIONS
    from gradcheck.certified.numbers.scalars import Scalar
    from gradcheck.certified.numpy_functions.extremes import extreme, extreme_of

    def wrong(cells):
        found = extreme(cells, 1 if call is np.max else -1)
        return Scalar(found.ball, next(cell.node for cell in cells if cell.node != found.node))

    monkeypatch.setitem(ARRAY_FUNCTIONS, call, extreme_of(wrong))
    with pytest.raises(CheckerFault):
        check_grad(lambda x: call(x * WEIGHTS), lambda x: 0 * x, X)


# What must not be called a fault


def stepping(x):
    return np.sum(np.floor(x * 1000) / 1000)


def newton(x):
    y = 1.0
    for _ in range(50):
        step = (y * y - x[0]) / (2 * y)
        y = y - step
        if abs(step) < 1e-6:
            break
    return y * x[1]


def fixed_seed(x):
    return np.sum(x * np.random.default_rng(3).normal(size=3)) ** 2


def of_fixed_seed(x):
    drawn = np.random.default_rng(3).normal(size=3)
    return 2 * drawn * np.sum(x * drawn)


def cancels(x):
    return np.sum((1 - np.cos(x)) / x**2)


def of_cancels(x):
    return np.sin(x) / x**2 - 2 * (1 - np.cos(x)) / x**3


RIGHT = {
    "floor": (lambda x: np.sum(np.floor(x)), lambda x: 0 * x, X),
    "steps of a thousandth": (stepping, lambda x: 0 * x, X),
    "steps of 1e-12": (lambda x: np.sum(np.round(x, 12)), lambda x: 0 * x, X),
    "steps of 1e-14": (lambda x: np.sum(np.round(x, 14)), lambda x: 0 * x, X),
    "round": (lambda x: np.round(x[0]) * x[1], lambda x: np.array([0.0, np.round(x[0]), 0.0]), X),
    "argmax": (lambda x: float(np.argmax(x)) + x[0], lambda x: np.array([1.0, 0.0, 0.0]), X),
    "a tiny modulus": (lambda x: np.sum(x % 1e-9), lambda x: np.ones_like(x), X),
    "fast and small": (lambda x: np.sum(np.sin(1e10 * x)) * 1e-10, lambda x: np.cos(1e10 * x), X),
    "too fast for floats": (lambda x: np.sum(np.sin(1e13 * x)) * 1e-13, lambda x: np.cos(1e13 * x), X),
    "iteration": (newton, lambda x: np.array([x[1] / 2 / np.sqrt(x[0]), np.sqrt(x[0]), 0.0]), X),
    "seed": (fixed_seed, of_fixed_seed, X),
    "log near 0": (lambda x: np.sum(np.log(x)), lambda x: 1 / x, np.array([1e-12, 1.0, 1e-6])),
    "tiny": (lambda x: np.sum(x**2), lambda x: 2 * x, 1e-8 * X),
    "huge": (lambda x: np.sum(np.cos(x)), lambda x: -np.sin(x), 1e8 * X),
    "zeros": (lambda x: np.sum(np.exp(x) * WEIGHTS), lambda x: np.exp(x) * WEIGHTS, 0 * X),
    "a flat point": (lambda x: np.sum(x**4), lambda x: 4 * x**3, 0 * X),
    "float32 inside": (lambda x: np.sum(x.astype(np.float32) ** 2), lambda x: 2 * x.astype(np.float32), X),
    "lost digits": (cancels, of_cancels, 1e-8 * X),
    "relu at its kink": (lambda x: np.sum(np.maximum(x, 0)), lambda x: (x > 0) * 1.0, np.array([0.0, 1.0, -1.0])),
    "norm far away": (lambda x: 1e12 + np.linalg.norm(x), lambda x: x / np.linalg.norm(x), X),
    "a jump close by": (lambda x: np.sum(x) + (x[0] > 0.3 - 1e-9), lambda x: np.ones_like(x), X),
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_gradient_is_no_fault(name):
    f, grad, x = RIGHT[name]
    result = check_grad(f, grad, x)
    assert result.verdict is not Verdict.MISMATCH
    assert result.to_dict()["second_witness"] is None or result.second is not None


def test_two_kinks_nearer_than_rounding_are_no_fault():
    a = np.array([0.1, 0.2, -0.3])
    for b in (np.array([3.0, -1.0, 1.0]), np.array([1.0, 2.0, 3.0])):
        f = lambda x, b=b: max(0.0, a @ x) * 2 - max(0.0, b @ x - b.sum()) + x @ x
        x = np.ones(3)
        result = check_grad(f, lambda x, b=b: 2 * a * (a @ x > 0) - b * (b @ x - b.sum() > 0) + 2 * x, x)
        assert result.second is not None


def test_what_the_second_witness_says_is_in_the_report_and_in_the_data():
    result = check_grad(lambda x: np.sum(np.sin(x)), lambda x: np.cos(x), X)
    assert "second witness: a difference quotient along a random direction agrees to" in str(result)
    data = result.to_dict()["second_witness"]
    assert data["says"] == "agrees" and data["digits"] >= 8 and data["why"] is None
    silent = check_grad(lambda x: 1e15 + np.sum(np.sin(x)), lambda x: np.cos(x), X)
    assert silent.verdict is Verdict.MATCH
    assert "second witness: says nothing, because its own error is as large as the derivative" in str(silent)


def bisected(x, halvings=60):
    low, high = 0.0, 4.0
    for _ in range(halvings):
        middle = (low + high) / 2
        low, high = (middle, high) if middle**3 < x[0] else (low, middle)
    return x[1] * (low + high) / 2


def test_a_bisection_is_no_fault_and_its_limit_no_mismatch():
    x = np.array([3.0, 2.0])
    root = np.cbrt(3.0)
    limit = np.array([2 / (3 * root**2), root])
    coarse = check_grad(lambda x: bisected(x, 30), lambda x: limit.copy(), x)  # its stairs are seen, and are 30 decisions
    assert (coarse.verdict, coarse.second.why) == (Verdict.INCONCLUSIVE, Silence.DECISIONS)
    for claimed, verdict in ((limit, Verdict.INCONCLUSIVE), (np.array([0.0, bisected(x) / 2]), Verdict.MATCH)):
        result = check_grad(bisected, lambda x, claimed=claimed: claimed.copy(), x)
        assert (result.verdict, result.second.why) == (verdict, Silence.DECISIONS)


def test_comparisons_do_not_hide_a_fault(planted):
    planted("square", 0, FAULTS["half a percent"])
    x = np.linspace(-1, 2, 40)
    with pytest.raises(CheckerFault):
        check_grad(lambda x: np.sum(np.square(np.maximum(x, 0))), lambda x: 2 * np.maximum(x, 0), x)
    with pytest.raises(CheckerFault):
        check_grad(lambda x: sum(np.square(v) if v > 0 else 0.0 * v for v in x), lambda x: 2 * np.maximum(x, 0), x)


@pytest.mark.parametrize("size", [1e-5, 1e-10])
def test_a_jump_at_the_point_itself_is_no_fault(size):
    x = np.array([0.3, -0.7, 1.2, 0.4])  # multiples of the step, up to rounding
    assert check_grad(lambda x: np.sum(np.floor(x / size) * size), lambda x: 0 * x, x).verdict is not Verdict.MISMATCH
    check_grad(lambda x: np.sum(np.mod(x / size, 1.0)) * size, lambda x: np.ones(4), x)


def test_directions_that_say_wrong_entries_are_certified_ask_the_second_witness(planted):
    x = np.linspace(0.1, 1.0, 300)

    def wrong(x):
        g = np.cos(x)
        g[7] += 0.5
        return g

    assert check_grad(lambda x: np.sum(np.sin(x)), wrong, x, method="directional").second.digits > 6
    planted("sin", 0, FAULTS["doubled"])
    with pytest.raises(CheckerFault):
        check_grad(lambda x: np.sum(np.sin(x)), wrong, x, method="directional")


def test_a_function_that_changes_between_calls_says_so():
    calls = []

    def counts(x):
        calls.append(0)
        return np.sum(np.sin(x)) * (1 + 0.3 * (len(calls) % 3))

    _, grad = certified_gradient(counts, X)
    assert grad.second.why in (Silence.STATE, Silence.NOISE)


ENTRY_POINTS = {
    "gradient": lambda f, jac, x: check_grad(lambda x: f(x) @ WEIGHTS, lambda x: jac(x).T @ WEIGHTS, x),
    "jacobian": lambda f, jac, x: check_grad(f, jac, x, jacobian=True),
    "vjp": lambda f, jac, x: check_vjp(f, lambda x, v: jac(x).T @ v, x),
    "hvp": lambda f, jac, x: check_hvp(f, lambda x, v: jac(x).T @ v, x),
}
OF_EACH_SCALE = (lambda x: np.sin(x) * x, lambda x: np.diag(np.cos(x) * x + np.sin(x)))


@pytest.mark.parametrize("entry", ENTRY_POINTS)
@pytest.mark.parametrize("x", [X, 1e-8 * X, np.array([1e7, -3e8, 5.0]), np.array([1e-12, 2.0, 1e6])])
def test_one_wrong_entry_is_a_fault_at_every_scale_and_by_every_entry(entry, x, monkeypatch):
    ask = ENTRY_POINTS[entry]
    assert ask(*OF_EACH_SCALE, x).verdict is Verdict.MATCH
    sweep = Tape.sweep

    def wrong(self, output, unit=0.0):
        adjoints = sweep(self, output, unit)
        if adjoints[1] is not None:
            adjoints[1] = adjoints[1] * 2
        return adjoints

    monkeypatch.setattr(Tape, "sweep", wrong)
    with pytest.raises(CheckerFault):
        ask(*OF_EACH_SCALE, x)


@pytest.mark.parametrize("claimed", [lambda x: 2 * np.cos(x), np.cos])
def test_assert_grad_fails_no_test_of_the_user_for_a_fault_of_ours(claimed, planted):
    f = lambda x: np.sum(np.sin(x))
    planted("sin", 0, FAULTS["doubled"])
    with pytest.raises(CheckerFault):  # which is no AssertionError
        assert_grad(f, claimed, X)
    assert not issubclass(CheckerFault, AssertionError)


def test_the_word_as_data_holds_finite_numbers_alone():
    known = certified_gradient(lambda x: np.sum(x**2), X)[1].second.to_dict()
    assert isinstance(known["slope"], float) and 0 <= known["error"] < 1e-6
    unknown = SecondWitness(Says.NOTHING, Silence.JUMP).to_dict()
    assert (unknown["slope"], unknown["error"], unknown["digits"], unknown["why"]) == (None, None, None, Silence.JUMP.sentence)


@pytest.mark.parametrize(("compared", "zeros", "expected"), [(16, True, True), (15, True, False), (16, False, False)])
def test_sixteen_comparisons_may_be_what_a_zero_derivative_hides(compared, zeros, expected):
    mid = np.zeros(3) if zeros else np.ones(3)
    truth = SimpleNamespace(compared=compared, gradient=(SimpleNamespace(mid=mid, rad=np.zeros(3)),))
    assert _by_decisions(ProbeLine(np.sum, X, X), truth, float) is expected


@pytest.mark.parametrize(("mids", "smooth", "asked"), [
    ([1.0, 1e-3, 2.0], True, []),
    ([1.0, 1e-7, 2.0], True, [[1]]),
    ([1e-12, 1.0, 3e-6], True, [[2], [0]]),
    ([1e-12, 1.0, 0.0], True, [[0, 2]]),  # what is zero is looked at along the deepest line
    ([1.0, 1e-40, 1e-30], True, [[1, 2]]),
    ([1.0, 0.0, 2.0], True, []),
    ([0.0, 0.0, 0.0], True, []),
    ([1.0, 1e-7, 2.0], False, []),
])  # fmt: skip
def test_what_others_drown_is_asked_for_along_lines_of_its_own(mids, smooth, asked, monkeypatch):
    kept = []

    def note(line, another, truth, number):
        assert set(np.flatnonzero(line.direction)) == set(np.flatnonzero(another.direction))
        assert {*line.direction, *another.direction} <= whole
        kept.append(np.flatnonzero(line.direction).tolist())

    monkeypatch.setattr(second_witness, "_asked", note)
    lines = RandomLines(np.sum, X)
    whole = {0.0, *lines.line(0).direction, *lines.line(0, another=True).direction}
    _look_beneath(lines, SimpleNamespace(smooth=smooth, gradient=(SimpleNamespace(mid=np.array(mids)),)), float)
    assert kept == asked


def test_of_all_rows_the_one_speaks_of_which_least_is_known():
    some, more, zero = (SecondWitness(Says.AGREES, digits=digits) for digits in (5, 9, None))
    silent = SecondWitness(Says.NOTHING, Silence.NOISE)
    assert weakest([more, some, zero]) is some and weakest([zero]) is zero
    assert weakest([some, silent, more]) is silent
    assert weakest([some, None]) is None and weakest([]) is None


def test_a_tangent_far_smaller_than_the_point_is_no_fault():
    f, jacobian = OF_EACH_SCALE
    assert check_jvp(f, lambda x, t: jacobian(x) @ t, np.array([1e7, -3e8, 5.0]), rng=0).verdict is Verdict.MATCH
