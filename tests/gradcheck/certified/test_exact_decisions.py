"""Where a run decides: what stands in place of NumPy's makers, counts of work, when a formula is too wide, groups of kinks."""

import math
from queue import SimpleQueue
from types import SimpleNamespace

import numpy as np
import pytest

from gradcheck import certified_gradient
from gradcheck.certified.code.reasons import CannotFollow
from gradcheck.certified.formula import WIDEST, Status, _beyond_rounding, _with_constants, compare_formula
from gradcheck.certified.jacobians import jacobian_rows
from gradcheck.certified.numbers.arrays import Array
from gradcheck.certified.replacements.array_makers import ARRAY_MAKERS
from gradcheck.certified.rounding import Bounds, _reachable, judged_truth
from gradcheck.certified.runs import all_rules, work
from gradcheck.certified.runs.cusps import _float, lengths
from gradcheck.certified.runs.differentiate import run
from gradcheck.certified.runs.evaluate import RunSettings, run_values
from gradcheck.certified.runs.groups import in_groups
from gradcheck.certified.witness import _at_precision, certify
from gradcheck.judge.subgradients import Linked
from symbolic.balls import Ball, precision

assert all_rules  # importing it gives balls every function of NumPy


@pytest.fixture(autouse=True)
def _many_bits():
    with precision(192):
        yield


# What stands in place of NumPy's makers


def made(function):
    """What a function gives, and of which types, within a run and outside."""
    kept = SimpleQueue()  # which nothing looks into: what it holds is not put back after a run
    run_values(lambda x: kept.put(function(x[0])) or x, np.array([0.5]), RunSettings(192))
    return kept.get()


@pytest.mark.parametrize(
    ("function", "kind"),
    [
        (lambda v: np.zeros(2), Array),
        (lambda v: np.ones((2, 2), dtype=np.float32), Array),
        (lambda v: np.zeros(2, int), np.ndarray),
        (lambda v: np.empty(1), Array),
        (lambda v: np.full(2, 0.5), Array),
        (lambda v: np.full(2, 3), np.ndarray),
        (lambda v: np.eye(2), Array),
        (lambda v: np.full(2, v), Array),
        (lambda v: np.full(2, 3, dtype=float), Array),
        (lambda v: np.identity(2, dtype=int), np.ndarray),
        (lambda v: np.array([1.0, 2.0]), Array),
        (lambda v: np.array([1, 2]), np.ndarray),
        (lambda v: np.asarray([0.5]), Array),
        (lambda v: np.array(0.5), Array),
        (lambda v: np.array([v, 1]), Array),
        (lambda v: np.asarray(v), Array),
        (lambda v: np.array([True]), np.ndarray),
        (lambda v: np.fromiter([v, v], float), Array),
        (lambda v: np.fromiter([1.0, 2.0], float), np.ndarray),
        (lambda v: np.r_[v, 1.0], Array),
        (lambda v: np.fromiter(range(3), int), np.ndarray),
        (lambda v: np.r_[1.0, 2.0], np.ndarray),
        (lambda v: np.r_[0:3], np.ndarray),
        (lambda v: np.array([v > 0, True], dtype=bool), np.ndarray),
        (lambda v: np.zeros_like(v), Array),
        (lambda v: np.c_[v, v], Array),
        (lambda v: np.array(v, dtype=np.float32), Array),
        (lambda v: v.reshape(1), Array),
        (lambda v: np.array([[1.0], [v]]).dtype, np.dtype),
    ],
)
def test_new_arrays_are_ours_where_they_hold_floats(function, kind):
    found = made(function)
    assert type(found) is kind or (kind is np.dtype and found == np.float64)


@pytest.mark.parametrize("name", [name for module, name in ARRAY_MAKERS if module == "numpy" and name not in ("r_", "c_")])
def test_outside_of_a_run_a_maker_is_the_original(name):
    arguments = {
        "zeros": (2,),
        "ones": ((2, 1),),
        "empty": (0,),
        "full": (2, 0.5),
        "fromiter": ([1, 2], float),
        "nditer": ([1.0, 2.0],),
        "eye": (2,),
        "identity": (2,),
        "interp": (0.5, [0.0, 1.0], [1.0, 2.0]),
        "percentile": ([1.0, 2.0], 50),
        "quantile": ([1.0, 2.0], 0.5),
    }.get(name, ([1.0, 2.0, 4.0],))
    original = getattr(np, name)
    found = ARRAY_MAKERS["numpy", name](original)(*arguments)
    assert type(found) is type(original(*arguments)) and np.array_equal(np.array(found), np.array(original(*arguments)))


def test_outside_of_a_run_arrays_are_joined_by_numpy():
    for name in ("r_", "c_"):
        joined = ARRAY_MAKERS["numpy", name](getattr(np, name))
        assert (
            joined[1.0, 2.0].tolist() == getattr(np, name)[1.0, 2.0].tolist()
            and joined[0:3].tolist() == getattr(np, name)[0:3].tolist()
        )


# Work


@pytest.mark.parametrize(
    ("f", "steps"),
    [
        (lambda x: np.sum(x), 6),
        (lambda x: np.exp(x) + 1, 12),
        (lambda x: x @ x, 0),
        (lambda x: x > 0, 0),
        (lambda x: np.add(x, 1, out=x * 2), 12),
        (lambda x: np.multiply.outer(x, x[:2]), 0),
        (lambda x: np.max(x), 6),
        (lambda x: (x * 2)[:3] + 1, 9),
        (lambda x: np.add(x, 1, out=np.zeros(6)), 6),
        (lambda x: np.exp(np.zeros(5)), 0),
        (lambda x: np.maximum.reduce(x * 1), 12),
    ],
)
def test_the_steps_of_a_function_are_counted(f, steps, monkeypatch):
    monkeypatch.setattr(work, "LARGE", 6)
    for most, too_many in ((steps, False), (steps - 1, True)):
        monkeypatch.setattr(work, "MAX_EDGES", most)
        assert work.surely_too_large(f, np.arange(1.0, 7.0)) is (too_many and steps >= 0)
        assert not work.surely_too_large(f, np.arange(1.0, 6.0))  # of few entries it is tried
    assert work._now.steps == steps


def test_code_that_counting_disturbs_is_tried(monkeypatch):
    monkeypatch.setattr(work, "LARGE", 1)
    monkeypatch.setattr(work, "MAX_EDGES", 0)
    assert work.surely_too_large(lambda x: x + 1, np.ones(2)) and not work.surely_too_large(lambda x: {}[0], np.ones(2))


# Formulas


def truth_of(*balls):
    gradient = (SimpleNamespace(mid=np.zeros(len(balls))),)
    return SimpleNamespace(
        balls=[Ball(*ball) if isinstance(ball, tuple) else Ball(ball) for ball in balls], gradient=gradient, bits=192
    )


def test_numbers_below_one_are_beyond_rounding_as_others_are():
    truth, code = truth_of(0.25, 0.5), [Ball(0.25), Ball(0.5001)]
    assert _beyond_rounding(code, truth, np.array([0.25, 0.5001])) and not _beyond_rounding(
        code, truth, np.array([0.25, 0.5001 + 2e-8])
    )


def test_what_constants_leave_open_is_too_wide_beside_the_largest_entry():
    f = lambda x: np.sum(x * 1e9) + 0.1 * x[0] ** 2
    x = np.array([0.5, 2.0])
    found = _with_constants(f, lambda x: np.array([1e9 + 0.2 * x[0], 1e9]), x, certify(f, x), 1, np.full(2, 1e-3), ())
    assert found.status is Status.WITHIN_CONSTANTS and found.detectable >= 2.0**-52
    cancels = lambda x: np.array([1.0, 1.0 + (0.1 * (x[0] * 1e13) - x[0] * 1e12) / x[0]])
    wide = _with_constants(np.sum, cancels, x, certify(np.sum, x), 1, np.full(2, 1e-3), ())
    assert wide.status is Status.UNKNOWN and wide.reason.code == "wide" and WIDEST == 1e-4


def test_which_formulas_are_equal():
    assert {status for status in Status if not status.is_equal} == {
        Status.DIFFERENT, Status.AT_A_KINK, Status.NOT_ASKED, Status.UNKNOWN,
    }  # fmt: skip


def test_every_entry_has_to_be_tight_for_a_formula_to_be_equal():
    f = lambda x: np.sum(x**2)
    x, more = np.array([0.5, 2.0]), lambda x: np.array([2 * x[0], 2 * x[1] + ((x[1] + 2.0**250) - 2.0**250) - x[1]])
    found = compare_formula(f, more, x, certify(f, x), np.full(2, 1e-15), False)
    assert found.status is Status.EQUAL and found.detectable < 1e-30


# Certificates


def test_more_bits_are_told_of():
    cancels = lambda x: (x[0] + 2.0**300) ** 2 - x[0] * 2.0**301
    for f, text in ((lambda x: x[0] ** 2, "certified"), (cancels, "certified (384 bits)")):
        truth = certify(f, np.array([1.5]))
        known = judged_truth(truth, Bounds(np.zeros(1), np.zeros(1)), None)
        assert str(known.witness) == text


@pytest.mark.parametrize(("ball", "wide"), [
    ((1e-3, 5e-26), False), ((1e-3, 2e-25), True), ((1e3, 5e-23), False), ((1e3, 2e-22), True), ((0.0, 5e-25), True),
])  # fmt: skip
def test_a_kink_that_opens_next_to_nothing_is_one_number(ball, wide):
    truth = SimpleNamespace(balls=[Ball(*ball)], smooth=False)
    low, high = _reachable(truth, [], [], np.zeros(1), slice(0, 1))
    with precision(192):
        assert bool(low[0] < ball[0] or high[0] > ball[0] or low[0] != high[0]) is (wide and ball[0] < 1e-6)
    truth_of_zero = SimpleNamespace(balls=[Ball(0.0, ball[1] / max(ball[0], 1.0))], smooth=False)
    assert bool(_reachable(truth_of_zero, [], [], np.zeros(1), slice(0, 1))[1][0] > 0) is wide


def test_bits_are_added_only_where_they_may_decide():
    near = lambda x: np.maximum(x[0] * 0.1 * 10 - x[0], 0.0) + x[0]  # no bits tell 0.1 * 10 from 1 as balls of floats
    at = _at_precision(near, np.array([3.0]), RunSettings(192), None)
    assert at.settled
    third = lambda x: np.where(x[0] / 3 * 3 > x[0], 2 * x[0], x[0])
    first, last = (_at_precision(third, np.array([1.0]), RunSettings(bits), None) for bits in (192, 768))
    assert not first.settled and last.settled
    wide = lambda x: np.exp(x[0] / 3 * 1e80)
    assert not _at_precision(wide, np.array([1.0]), RunSettings(192), None).settled


def test_kinks_that_are_inexact_are_tried_with_more_bits():
    f = lambda x: x[0] if x[0] / 3 * 3 > x[0] else 2 * x[0]
    with pytest.raises(CannotFollow):
        certified_gradient(lambda x: {}[bool(x[0] > 0)], np.array([0.0]))
    first = _at_precision(f, np.array([1.0]), RunSettings(192), None)
    last = _at_precision(f, np.array([1.0]), RunSettings(768), None)
    assert not first.settled and last.settled and len(last.ties) == 1 and not last.ties[0].exact


def test_data_is_exact_and_constants_of_the_code_are_as_they_may_have_been_meant():
    data = np.array([0.1, 0.3])
    for widen, of_data, of_code in (
        (0, 0.0, 0.0),
        (1, 0.0, 8 * np.spacing(0.1)),
        (2, np.spacing(0.3), 8 * np.spacing(0.1)),
    ):
        (cells, number), _ = run_values(lambda x: (x * data, x[0] * 0.1), np.ones(2), RunSettings(192, widen=widen))
        assert float(cells[0].ball.rad()) == pytest.approx(of_data, rel=1e-6, abs=1e-60)
        assert float(number.item().ball.rad()) == pytest.approx(of_code, rel=1e-6, abs=1e-60)


def test_the_rows_of_a_jacobian_are_those_that_one_run_settles():
    x = np.array([1.0, -2.0])
    rows = jacobian_rows(lambda x: np.array([[x[0] * x[1], x[0] ** 2], [3.0, x[1]]]), x, (2, 2), np.float64)
    assert [truth.gradient[0].mid.tolist() for truth, _ in rows] == [[-2, 1], [2, 0], [0, 0], [0, 1]]
    assert all(truth.smooth and (bounds.near == 0).all() for truth, bounds in rows)
    product = rows[0][1].rounding / 2.0**-53
    assert 2 <= product[0] <= 6.1 and 1 <= product[1] <= 3.1 and (rows[2][1].rounding < 1e-300).all()
    assert jacobian_rows(lambda x: np.abs(x - x), x, (2,), np.float64) is not None
    assert jacobian_rows(lambda x: np.abs(x * [1.0, 0.0]), x, (2,), np.float64) == [None, None]
    assert jacobian_rows(lambda x: {}[0], x, (2, 3), np.float64) == [None] * 6
    assert jacobian_rows(lambda x: x, x, (3,), np.float64) == [None] * 3
    wide = jacobian_rows(lambda x: np.array([x[0], (x[0] + 2.0**300) ** 2 - x[0] * 2.0**301]), x, (2,), np.float64)
    assert wide[0] is not None and wide[1] is None


def test_a_reason_has_the_line_of_the_code_and_can_be_data():
    def f(x):
        return (lambda v: np.sort(np.fft.fft(v)))(x)

    with pytest.raises(CannotFollow) as caught:
        certified_gradient(f, np.array([1.0, 2.0]))
    reason = caught.value.reason
    assert reason.place.file == __file__ and reason.place.line == f.__code__.co_firstlineno + 1
    assert reason.to_dict().keys() == {"code", "message", "place"} and reason.to_dict()["place"]["line"] == reason.place.line
    outside = CannotFollow("time", "too slow")
    assert outside.reason.place is None and outside.reason.to_dict() == {"code": "time", "message": "too slow"}
    assert not outside.on_balls


def test_roots_that_are_no_lengths_are_told_from_those_that_are():
    length = lambda x: np.sqrt(x[0] ** 2 + 4 * x[1] ** 2)
    (rows,) = lengths(length, np.zeros(2), [0], [0, 1])
    assert np.abs(rows) == pytest.approx(np.array([[1.0, 0.0], [0.0, 2.0]]))
    assert lengths(length, np.zeros(2), [0], range(200)) is None and lengths(length, np.zeros(2), [3], [0, 1]) is None
    for root, expected in (  # to first order
        (lambda x: np.sqrt(np.abs(x[0]) ** 3 + x[1] ** 2), np.diag([0.0, 1.0])),
        (lambda x: np.sqrt(x[0] ** 2 + x[1] ** 2 + x[0] ** 2 * x[1] ** 2), np.eye(2)),
    ):
        (rows,) = lengths(root, np.zeros(2), [0], [0, 1])
        assert np.abs(rows) == pytest.approx(expected, abs=1e-40)
    assert _float(Ball(0.5)) == 0.5 and _float(Ball(0, 1e-13)) == 0.0
    for unknown in (Ball(1, 1e-9), Ball("inf")):
        with pytest.raises(ValueError, match="root"):
            _float(unknown)


def test_constants_alone_are_a_result():
    x = np.array([1.0, 2.0])
    for value in (2, 2.5, np.float32(0.5), np.array(3.0), np.array([[4.0]]), True):
        outcome = run(lambda x, value=value: value, x, RunSettings(192))
        assert float(outcome.value) == float(np.asarray(value).item()) and [float(g) for g in outcome.gradient] == [0, 0]
    for value, code in (("text", "dtype"), (np.zeros(2), "not-a-number"), ([1.0, 2.0], "not-a-number"), (None, "dtype")):
        with pytest.raises(CannotFollow) as caught:
            run(lambda x, value=value: value, x, RunSettings(192))
        assert caught.value.reason.code == code
    with pytest.raises(CannotFollow) as caught:
        run(lambda x: x, x, RunSettings(192), np.ones(3))
    assert caught.value.reason.code == "shape"


def test_linked_kinks_are_followed_by_what_they_ask():
    f = lambda x: np.abs(x[0]) + 2 * np.maximum(x[0], 0.0) + 5 * np.abs(x[1]) + np.maximum(x[0] + x[1], 0.0)
    together, alike = (
        in_groups(f, np.zeros(2), RunSettings(192, linked=linked), None) for linked in (Linked.TOGETHER, Linked.ALIKE)
    )
    assert together.whole and alike.whole
    assert sorted(len(part) for part in together.parts) == [1, 6]
    assert sorted(len(part) for part in alike.parts) == [1, 2, 2, 2]
    assert math.isclose(float(together.value), 0.0)


def test_a_kink_behind_another_is_followed_with_it():
    f = lambda x: np.abs(np.abs(x[0]) - 2 * np.abs(x[1]))
    found = in_groups(f, np.zeros(2), RunSettings(192), None)
    gradients = sorted({tuple(float(b.mid()) for b in g) for part in found.parts[1:] for g in part})
    assert found.whole and len(found.parts) == 2
    assert gradients == [(-1, -2), (-1, 2), (1, -2), (1, 2)]
