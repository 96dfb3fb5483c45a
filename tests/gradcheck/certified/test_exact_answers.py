"""What balls say of a gradient code, of branches, of groups of comparisons and of short formats: each outcome by itself."""

from types import SimpleNamespace

import numpy as np
import pytest

from gradcheck.certified.code.reasons import CannotFollow
from gradcheck.certified.formula import (
    _as_one,
    _beyond_rounding,
    _disjoint,
    _is_written_down,
    _radii,
    _relative,
    _too_wide,
    compare_but_for_small,
    compare_formula,
    compare_in_single,
    open_by_small,
)
from gradcheck.certified.numbers.choices import Choices, Key, Mode, OpenComparison, Tie
from gradcheck.certified.numbers.nodes import DERIVED
from gradcheck.certified.numbers.scalars import Scalar
from gradcheck.certified.rounding import RunFormat
from gradcheck.certified.runs.cusps import _root_of, lengths
from gradcheck.certified.runs.evaluate import RunSettings, run_values
from gradcheck.certified.runs.groups import _alike, _drawn, _only, _same, in_groups
from gradcheck.certified.witness import (
    _check_equalities,
    _found,
    _max_matters,
    by_equality,
    certify,
    combinations,
    settled,
)
from gradcheck.judge.subgradients import Linked
from symbolic.balls import Ball, precision


@pytest.fixture(autouse=True)
def _many_bits():
    with precision(192):
        yield


def row(*balls):
    return [Ball(*ball) if isinstance(ball, tuple) else Ball(ball) for ball in balls]


# The formula of a gradient code


def test_balls_are_compared_entry_by_entry():
    a, b = row((1, 0.5), 2, (3, 0.25)), row((1.75, 0.5), (2.5, 0.25), (3, 0.125))
    assert _disjoint(a, b).tolist() == [False, True, False] and _radii(a, b) == pytest.approx([1.0, 0.25, 0.375])


def truth_of(*balls):
    return SimpleNamespace(balls=row(*balls), gradient=(SimpleNamespace(mid=np.zeros(len(balls))),))


def test_a_radius_is_relative_to_its_entry_or_to_the_largest():
    assert _relative(np.array([0.5, 0.5]), truth_of(4, -8)) == pytest.approx(0.125)
    assert _relative(np.array([0.5, 0.25]), truth_of(4, 0)) == pytest.approx(0.125)
    assert _relative(np.array([0.5, 0.25]), truth_of(4, 4 * 2.0**-61)) == pytest.approx(0.125)
    assert _relative(np.array([0.0, 2.0**-58]), truth_of(4, 4 * 2.0**-59)) == pytest.approx(0.5)
    assert _relative(np.array([0.5]), truth_of(0)) == 0.0 and _relative(np.zeros(0), truth_of()) == 0.0


def test_numbers_written_down_are_exact_floats_and_depend_on_nothing():
    assert _is_written_down(Scalar(Ball(0.1))) and not _is_written_down(Scalar(Ball(0.1), DERIVED))
    assert not _is_written_down(Scalar(Ball(1) / 3)) and not _is_written_down(Scalar(Ball(1) + Ball(2) ** -80))


def test_a_formula_is_beyond_rounding_where_it_is_far_from_what_roundings_changed():
    truth, code = truth_of(1.0, 2.0), row(1.0, 2.001)
    assert _beyond_rounding(code, truth, np.array([1.0, 2.001]))  # the floats are where the balls are
    assert not _beyond_rounding(code, truth, np.array([1.0, 2.001 + 1e-6])) and not _beyond_rounding(code, truth, None)
    assert _beyond_rounding(code, truth, np.array([1.0, 2.001 + 0.9e-7]))
    assert not _beyond_rounding(code, truth, np.array([1.0, np.nan]))
    tiny = row(1.0, 2.0 + 1e-12)  # 1e4 eps of the largest are 4.4e-12
    assert not _beyond_rounding(tiny, truth, np.array([1.0, 2.0 + 1e-12]))
    assert _beyond_rounding(row(1.0, 2.0 + 1e-11), truth, np.array([1.0, 2.0 + 1e-11]))


def test_a_list_of_numbers_is_the_array_that_it_is_on_floats():
    parts = [np.array([1.0]), np.array([2.0])]
    (one,) = _as_one(parts, truth_of(1, 2))
    assert one.tolist() == [1, 2] and _as_one(parts, truth_of(1, 2, 3)) is parts
    assert _as_one(parts[:1], truth_of(1)) == parts[:1]
    assert (_too_wide().status, _too_wide().reason.code) == ("unknown", "wide")


F, X = (lambda x: np.sum(np.sin(x) * 0.1)), np.array([0.5, -2.0])


def compared(f, grad, x=X, within=False, allowed=1e-15, **more):
    truth = certify(f, x)
    return compare_formula(f, grad, x, truth, np.full(x.size, allowed), within, **more)


def test_formulas_are_equal_or_different_or_equal_within_constants():
    assert compared(F, lambda x: 0.1 * np.cos(x)).status == "equal"
    equal = compared(lambda x: np.sum(x**2), lambda x: 2 * x)
    assert equal.status == "equal" and equal.detectable == 2.0**-192 and not equal.wrong.any()
    different = compared(F, lambda x: np.array([0.1, 0.2]) * np.cos(x))
    assert different.status == "different" and different.wrong.tolist() == [False, True] and different.reason is None
    meant = compared(F, lambda x: np.cos(x) / 10)
    assert meant.status == "equal within constants" and 2.0**-52 <= meant.detectable < 1e-13
    assert (meant.slack > 0).all() and (meant.slack < 1e-15).all()


def test_what_cannot_be_followed_or_stays_open_is_unknown_with_its_reason():
    assert compared(F, lambda x: {}[0]).reason.code == "exception"
    assert compared(F, lambda x: np.ones(3)).reason.code == "shape"
    assert compared(F, lambda x: [x, x]).reason.code == "shape"
    zero = compared(lambda x: np.sum(x**2), lambda x: np.where(x - x * 1.0 > 0, x, 2 * x))
    assert zero.status in ("equal", "unknown")
    wide = compared(lambda x: np.sum(x * 1e-300), lambda x: 1e-300 + 0 * x, allowed=0.0)
    assert wide.status in ("equal", "unknown")


def test_numbers_that_were_computed_elsewhere_are_unknown_where_rounding_explains_them():
    slope = 0.1 * np.cos(X)
    known = compared(F, lambda x: slope * 1.0, within=True)
    assert (known.status, known.reason.code if known.reason else None) in (
        ("unknown", "numbers"), ("equal within constants", None),
    )  # fmt: skip
    assert compared(F, lambda x: 0.5 * x, within=True).status == "different"


def test_in_single_precision_arrays_may_have_been_rounded():
    short = np.float32([0.1, 0.7])
    f, grad = lambda x: np.sum(np.array([0.1, 0.7]) * x), lambda x: short + 0.0 * x
    truth = certify(f, X)
    found = compare_in_single(f, grad, X, truth, np.full(2, 1e-15))
    assert found.status == "equal in float32"
    assert compare_in_single(f, lambda x: np.float32([0.1, 0.8]) + 0 * x, X, truth, np.full(2, 1e-15)) is None


def test_small_constants_may_stand_for_nothing():
    f = lambda x: np.sum(np.log(x))
    grad = lambda x: 1 / (x + 1e-12)
    x = np.array([0.5, 2.0])
    truth = certify(f, x)
    found = compare_but_for_small(f, grad, x, truth, np.full(2, 1e-16))
    assert found.status == "equal but for small constants" and len(found.but_for) == 1
    assert (found.slack > 1e-13).all() and (found.slack < 1e-10).all() and not found.wrong.any()
    assert compare_but_for_small(f, lambda x: 2 / (x + 1e-12), x, truth, np.full(2, 1e-16)) is None
    assert compare_but_for_small(f, lambda x: 1 / x, x, truth, np.full(2, 1e-16)) is None
    guarded = lambda x: np.sum(np.log(x + 1e-12))
    opened = open_by_small(guarded, x, certify(guarded, x))
    assert opened.status == "unknown" and (opened.slack > 1e-13).all() and len(opened.but_for) == 1
    assert open_by_small(f, x, truth) is None


# Branches


def outcome(value, gradient, ties=(), trail=None, apart=False):
    choices = Choices(Mode.FORCED)
    choices.ties, choices.trail, choices.asked = list(ties), trail or {}, 7
    if apart:
        choices.forced["each of several largest by itself"] = 1
    return SimpleNamespace(
        value=Ball(value), gradient=row(*gradient), choices=choices, steps=5, widened=(0.1,), cusps=(), rest=row(*gradient)
    )


def test_several_runs_are_one_enclosure_and_a_branch_each():
    found = _found([outcome(1, [2, 3]), outcome(1, [4, 3])], 192, settled=True)
    assert [b.tolist() for b in found.branches] == [[2, 3], [4, 3]] and not found.jumps and found.settled
    assert found.gradient[0].contains(Ball(2)) and found.gradient[0].contains(Ball(4)) and found.gradient[1] == 3
    assert (found.steps, found.widened, found.compared, found.apart, found.tolerance) == (5, (0.1,), 7, False, 0.0)
    assert _found([outcome(1, [2]), outcome(2, [2])], 192, settled=False).jumps
    one = _found([outcome(1, [2], apart=True)], 192, settled=False)
    assert one.branches == () and not one.jumps and not one.settled and one.apart
    wide = _found([outcome(1, [2]), outcome(1, [(4, 0.5)])], 192, settled=True)
    assert wide.branches == ()
    assert settled(outcome(1, [2])) and not settled(outcome(1, [(2, 0.5)]))


def test_a_max_matters_where_it_leaves_some_run_wide():
    tie, other = Tie("max", 1, True), Tie("<", 1, True)
    assert _max_matters([outcome(1, [(2, 0.5)], [tie])]) and _max_matters([outcome(1, [2], [tie]), outcome(1, [(2, 0.5)])])
    assert not _max_matters([outcome(1, [2], [tie])]) and not _max_matters([outcome(1, [(2, 0.5)], [other])])
    assert _max_matters([outcome(1, [(2, 0.5)], [Tie("min", 1, True)])])


EQUAL = ("equal", Key((0, 0.0), 0))


def test_runs_in_which_an_equality_was_taken_for_true_stand_apart():
    at = outcome(1, [2, 5], trail={EQUAL: (1, ())})
    beside = outcome(1, [3, 5], trail={EQUAL: (0, ()), "other": (1, ())})
    assert by_equality([at, beside]) == ([beside], [at]) and by_equality([beside]) == ([beside], [])
    _check_equalities([beside], [at])  # along the input that is compared the slope need not agree
    with pytest.raises(CannotFollow, match="treats this very point apart"):
        _check_equalities([outcome(2, [3, 5])], [at])
    with pytest.raises(CannotFollow, match="treats this very point apart"):
        _check_equalities([outcome(1, [3, 6])], [at])
    with pytest.raises(CannotFollow, match="treats this very point apart"):
        _check_equalities([outcome(1, [3, 5]), outcome(1, ["nan", 5])], [at])
    two = outcome(1, [2, 5], trail={EQUAL: (1, ()), ("equal", Key((1, 0.0), 1)): (1, ())})
    with pytest.raises(CannotFollow, match="treats this very point apart"):
        _check_equalities([beside], [two])


def test_every_combination_that_holds_somewhere_is_run_once():
    f = lambda x: np.abs(x[0]) + np.maximum(x[0], 0.0) * 2 + np.abs(x[1])
    found = combinations(f, np.zeros(2), RunSettings(192), None, apart=False)
    gradients = sorted(tuple(float(b.mid()) for b in one.gradient) for one in found)
    assert gradients == [(-1, -1), (-1, 1), (3, -1), (3, 1)]
    with pytest.raises(CannotFollow, match="more than 64"):
        combinations(lambda x: np.sum(np.abs(x)), np.zeros(7), RunSettings(192), None, apart=False)
    six = combinations(lambda x: np.sum(np.abs(x)), np.zeros(6), RunSettings(192), None, apart=False)
    assert len(six) == 64
    largest = lambda x: np.max(x)
    assert len(combinations(largest, np.zeros(3), RunSettings(192), None, apart=True)) == 3
    assert len(combinations(largest, np.zeros(3), RunSettings(192), None, apart=False)) == 1


# Groups


def test_weights_are_dyadic_and_of_the_sum_that_is_asked():
    rng = np.random.default_rng(0)
    for total in (1.0, 0.0):
        weights = _drawn(rng, 4, total)
        assert len(weights) == 4 and sum(weights) == total and all(0 < w < 2.0**-4 for w in weights[:-1])
        assert all(w * 2**20 == int(w * 2**20) for w in weights)
    assert _only(1, 3) == (0.0, 1.0, 0.0)


def test_effects_and_what_answers_ask_are_compared():
    one, same, other = {0: Ball(1)}, {0: Ball(1, 0.5)}, {0: Ball(2)}
    assert _alike(one, same) and not _alike(one, other) and not _alike(one, {1: Ball(1)}) and not _alike(one, {})
    assert _alike({}, {})
    a, b = np.array([1.0, 0.5]), np.array([1.0, 0.5 + 2e-9])
    assert _same([[a]], [[a + 0.9e-9]]) and not _same([[a]], [[b]]) and not _same([[a]], [[]]) and _same([[]], [[]])
    assert not _same([[a], [a]], [[a, a], [a]])


def test_kinks_that_do_not_touch_are_groups_of_their_own_and_those_that_do_are_one():
    apart = in_groups(lambda x: np.sum(np.abs(x) * np.array([1.0, 2.0, 3.0])), np.zeros(3), RunSettings(192), None)
    assert apart.whole and [len(part) for part in apart.parts] == [1, 2, 2, 2] and apart.value == 0
    ends = [sorted(float(g[k].mid()) for g in part) for k, part in enumerate(apart.parts[1:])]
    assert ends == [[-1, 1], [-2, 2], [-3, 3]]
    linked = in_groups(lambda x: np.abs(x[0]) + np.maximum(x[0], 0), np.zeros(1), RunSettings(192), None)
    assert linked.whole and [sorted(float(g[0].mid()) for g in part) for part in linked.parts[1:]] == [[-1, 2]]
    nested = in_groups(lambda x: np.abs(np.maximum(x[0], x[1])), np.zeros(2), RunSettings(192), None)
    assert nested.whole and len(nested.parts) == 2
    gradients = sorted(tuple(float(b.mid()) for b in g) for g in nested.parts[1])
    assert gradients == [(-1, 0), (0, -1), (0, 1), (1, 0)]
    assert in_groups(lambda x: np.sum(x), np.zeros(2), RunSettings(192), None) is None
    largest = in_groups(lambda x: np.max(x), np.zeros(3), RunSettings(192), None)
    assert sorted(tuple(float(b.mid()) for b in g) for g in largest.parts[1]) == [(0, 0, 1), (0, 1, 0), (1, 0, 0)]


def test_answers_that_give_one_gradient_are_followed_once_where_only_the_same_are_linked():
    smooth = lambda x: np.maximum(x[0], 0) - np.maximum(-x[0], 0)
    alike = in_groups(smooth, np.zeros(1), RunSettings(192, linked=Linked.ALIKE), None)
    assert alike is None or all(g[0] == 1 for part in alike.parts for g in part)


# Norms at zero


def test_the_matrix_of_a_norm_is_found_from_steps():
    scaled = np.array([[2.0, 0.0], [0.0, 3.0]])
    (rows,) = lengths(lambda x: np.sqrt(np.sum((scaled @ x) ** 2)), np.zeros(2), [0], [0, 1])
    assert np.abs(rows) == pytest.approx(scaled)
    mixed = np.array([[1.0, 2.0], [0.0, 1.0]])
    (rows,) = lengths(lambda x: np.sqrt(np.sum((mixed @ x) ** 2)), np.zeros(2), [0], [0, 1])
    assert rows.T @ rows == pytest.approx(mixed.T @ mixed)
    assert lengths(lambda x: np.sqrt(np.sum(x**4)), np.zeros(2), [0], [0, 1]) is None
    assert lengths(lambda x: np.sqrt(np.sum(x**2)), np.zeros(2), [1], [0, 1]) is None
    assert lengths(lambda x: np.sqrt(np.sum(x**2)), np.zeros(129), [0], range(129)) is None
    assert _root_of(np.diag([4.0, 0.0, 9.0])).tolist() == [[2, 0, 0], [0, 0, 3]]
    flat = _root_of(np.array([[1.0, 1.0], [1.0, 1.0]]))
    assert flat.shape == (1, 2) and flat.T @ flat == pytest.approx(np.ones((2, 2)))


def test_a_run_of_values_marks_x_alone():
    (result,), choices = run_values(lambda x, v: x * v, np.array([2.0]), RunSettings(192), np.array([3.0]))
    assert result[0].ball == 6 and result[0].node == DERIVED and choices.ties == []
    (constant,), _ = run_values(lambda x, v: v + 1, np.array([2.0]), RunSettings(192), np.array([3.0]))
    assert constant[0].ball == 4 and constant[0].node < DERIVED
    assert OpenComparison((1, 2)).options == 2 and RunFormat.of(np.float32).settings(midpoint=True).unit == 2.0**-24
