import importlib
import inspect
from dataclasses import replace

import numpy as np
import pytest

import gradcheck.judge.judge
import gradcheck.judge.lost_digits
import gradcheck.networks.at_point
import gradcheck.networks.check
import gradcheck.witnesses.network_truth
from gradcheck.judge.judge import entry_name, judge, judge_quantity
from gradcheck.judge.lost_digits import (
    as_inaccurate,
    lost_digits,
    scatters,
    short_format,
    significant_digits,
    stays,
    surely_scatters,
    unsteady,
)
from gradcheck.judge.truth import Budget, Truth
from gradcheck.judge.verdicts import Verdict
from gradcheck.witnesses.network_truth import truth_at
from gradcheck.witnesses.points import safe_point
from reference_nets.network import backward
from reference_nets.spec import ACTIVATIONS, COSTS, NetworkSpec, pair_problem
from symbolic.balls import Enclosure

KEY = "W1"


def truth_of(true, rounding, lowest=None, highest=None, radius=0.0):
    true = np.array(true, dtype=float)
    full = lambda value: np.broadcast_to(np.array(value, dtype=float), true.shape).copy()
    lowest, highest = (true if end is None else full(end) for end in (lowest, highest))
    enclosed = Enclosure(true, np.zeros_like(true), full(radius))
    return Truth({KEY: enclosed}, Budget({KEY: full(rounding)}, {KEY: lowest}, {KEY: highest}))


def verdict(claimed, *args, **kwargs):
    return judge_quantity(KEY, truth_of(*args, **kwargs), np.array(claimed, dtype=float)).verdict


@pytest.mark.parametrize(
    ("claimed", "expected"),
    [
        ([1.0, 2.0], Verdict.MATCH),
        ([1.0 + 1e-15, 2.0], Verdict.MATCH),
        ([1.0 + 1.1e-14, 2.0], Verdict.MISMATCH),
        ([1.0, 2.0 - 1e-9], Verdict.MISMATCH),
        ([np.nan, 2.0], Verdict.MISMATCH),
        ([1.0, np.inf], Verdict.MISMATCH),
        ([2.0, 1.0], Verdict.MISMATCH),
        ([0.0, 0.0], Verdict.MISMATCH),
    ],
)
def test_every_entry_must_be_within_its_budget(claimed, expected):
    assert verdict(claimed, [1.0, 2.0], 1e-14) == expected


@pytest.mark.parametrize(
    ("claimed", "expected"),
    [
        (0.0, Verdict.KINK),
        (-0.5, Verdict.KINK),
        (-1.0, Verdict.KINK),
        (-1.0 - 1e-15, Verdict.KINK),
        (-1.0 - 1e-13, Verdict.MISMATCH),
        (1e-13, Verdict.MISMATCH),
        (1.0, Verdict.MISMATCH),
        (np.nan, Verdict.MISMATCH),
    ],
)
def test_at_a_kink_what_a_subgradient_reaches_is_accepted_and_nothing_else(claimed, expected):
    assert verdict([claimed], [0.0], 1e-14, lowest=-1, highest=0) == expected


def test_a_kink_is_judged_entry_by_entry_and_says_so():
    check = judge_quantity(KEY, truth_of([0.0, 0.0], 1e-14, lowest=-1, highest=0), np.array([0.0, -1.0]))
    assert check.verdict == Verdict.KINK
    assert check.message.startswith("each entry, looked at by itself, is right for a choice of subgradient in [0, 1]")


def test_without_a_kink_only_the_enclosed_value_counts():
    assert verdict([1.5], [1.0], 1e-14, lowest=1.5, highest=1.5) == Verdict.MISMATCH


def test_one_kinked_entry_does_not_excuse_another():
    truth = truth_of([0.0, 5.0], 1e-14, lowest=[-1, 5], highest=[0, 5])
    assert judge_quantity(KEY, truth, np.array([-0.5, 5.5])).verdict == Verdict.MISMATCH


def test_without_a_budget_nothing_is_decided_but_a_wrong_entry_elsewhere_is():
    assert verdict([3.0], [1.0], np.inf) == Verdict.INCONCLUSIVE
    assert verdict([3.0], [1.0], 1e-14, radius=np.inf) == Verdict.INCONCLUSIVE
    assert verdict([np.nan], [1.0], np.inf) == Verdict.MISMATCH
    truth = truth_of([1.0, 1.0], [np.inf, 1e-14])
    assert judge_quantity(KEY, truth, np.array([1.0, 2.0])).verdict == Verdict.MISMATCH


def test_the_radius_of_the_enclosure_counts_as_doubt():
    assert verdict([1.0 + 1e-12], [1.0], 1e-14, radius=1e-12) == Verdict.MATCH
    assert verdict([1.0 + 1e-11], [1.0], 1e-14, radius=1e-12) == Verdict.MISMATCH


@pytest.mark.smoke
def test_a_mismatch_names_the_worst_entry_both_numbers_the_budget_and_how_many_are_wrong():
    truth = truth_of([[1.0, 2.0], [3.0, 4.0]], 1e-14)
    check = judge_quantity(KEY, truth, np.array([[1.0, 2.0], [3.25, 4.5]]))
    assert check.message == (
        "dW1[1, 1] is 4.5, the true derivative is 4: 5.0e-01 apart, where rounding explains at most 1.0e-14; "
        "2 of 4 entries are wrong"
    )
    assert check.worst.index == (1, 1) and check.wrong == 2 and check.detectable is None and not check.ok


def test_a_match_says_what_it_could_have_seen():
    check = judge_quantity(KEY, truth_of([1.0, 1e-9], 1e-14), np.array([1.0, 1e-9]))
    assert check.detectable == pytest.approx(1e-14) and check.blind == 0.5 and check.ok
    assert check.message == (
        "every entry is as near to the derivative as rounding allows; the least near is dW1[0], 0.0e+00 off, where rounding "
        "explains up to 1.0e-14"
    )


def test_a_true_zero_must_be_zero_up_to_its_budget():
    assert verdict([0.0], [0.0], 5e-324) == Verdict.MATCH
    assert verdict([1e-20], [0.0], 1e-30) == Verdict.MISMATCH


def test_every_quantity_is_judged_in_order():
    spec = NetworkSpec.parse("2-3-1")
    point = safe_point(spec, np.random.default_rng(0))
    claimed = backward(spec, point.params, point.x, point.y)
    claimed["b1"] = claimed["b1"] + 1e-6
    checks = judge(truth_at(spec, point), claimed)
    assert {key: str(check.verdict) for key, check in checks.items()} == {
        "W1": "match", "b1": "mismatch", "W2": "match", "b2": "match",
    }  # fmt: skip


def random_networks(count):
    rng = np.random.default_rng(17)
    for _ in range(count):
        cost = str(rng.choice(COSTS))
        output = str(rng.choice([name for name in ACTIVATIONS if pair_problem(name, 3, cost) is None]))
        depth = int(rng.integers(4))
        sizes = (*map(int, rng.integers(1, 6, depth + 1)), 3)
        hidden = map(str, rng.choice(ACTIVATIONS[:-1], depth))
        yield NetworkSpec(sizes, (*hidden, output), cost, float(rng.choice([0, 0.25]))), rng


def test_a_relative_error_of_1e_9_in_one_entry_is_seen():
    """In entries of at least 1e-3 of their parameter's largest, wherever they stand: more than 2,000 plants."""
    planted = 0
    for spec, rng in random_networks(120):
        point = safe_point(spec, rng)
        truth, right = truth_at(spec, point), backward(spec, point.params, point.x, point.y)
        for key in spec.keys:
            assert judge_quantity(key, truth, right[key]).verdict == Verdict.MATCH
            large = np.abs(truth.gradient[key].mid) >= 1e-3 * np.abs(truth.gradient[key].mid).max()
            for index in map(tuple, np.argwhere(large & (truth.gradient[key].mid != 0))):
                wrong = right[key].copy()
                wrong[index] *= 1 + float(rng.choice([-1e-9, 1e-9]))
                check = judge_quantity(key, truth, wrong)
                assert check.verdict == Verdict.MISMATCH and check.wrong == 1, f"{spec}: {entry_name(key, index)}"
                assert check.worst.index == index
                planted += 1
    assert planted > 2000


def test_no_parameter_of_the_judge_is_a_tolerance():
    words = ("tol", "eps", "thresh", "rel", "abs", "atol", "rtol", "limit", "slack", "precision", "decimal", "places")
    judges = (gradcheck.judge.judge, gradcheck.judge.lost_digits, gradcheck.witnesses.network_truth)
    checks = (gradcheck.networks.check, gradcheck.networks.at_point)
    names = ("values", "functions", "unfused_delta", "program", "budget")
    for module in (*judges, *checks, *(importlib.import_module(f"gradcheck.rounding.{name}") for name in names)):
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == module.__name__ and not name.startswith("_"):
                for parameter in inspect.signature(function).parameters.values():
                    assert not any(word in parameter.name.lower() for word in words), f"{name}({parameter.name})"
                    assert not isinstance(parameter.default, float), f"{name}({parameter.name}={parameter.default})"
    options = list(inspect.signature(gradcheck.networks.check.check_network).parameters)
    assert options == ["network", "backward", "points", "point", "m", "dtype", "dx", "rng"]


def test_rounding_scatters_and_a_formula_stays():
    rng = np.random.default_rng(0)
    noise = rng.uniform(-1e-10, 1e-10, (8, 50))
    formula = 0.3 * (1 + 1e-6 * rng.standard_normal((8, 50)))
    assert scatters(noise) and not stays(noise)
    assert stays(formula) and not scatters(formula)
    assert not scatters(np.hstack([noise, formula[:, :1]]))  # one entry that stays is enough
    assert stays(np.hstack([noise, formula[:, :1]]))
    assert not scatters(noise + 1e-9) and not stays(noise + 1e-9)  # rounding has no side that it prefers
    assert not stays(formula[:2])  # two points are too few


def test_four_neighbours_may_be_enough_and_three_are_not():
    errors = np.array([[1.0], [-1.0], [0.5], [-0.5]])
    assert surely_scatters(errors) and not surely_scatters(errors[:3])
    assert scatters(errors[:3]) and not scatters(errors[:2])
    beside = errors + 1.0  # zero is plausible at six standard deviations, and not beyond doubt at three
    assert scatters(beside) and surely_scatters(beside)
    assert scatters(errors + 2.5) and not surely_scatters(errors + 2.5)
    assert not scatters(errors + 4.0)


def test_neighbours_are_asked_until_each_quantity_is_clear_and_no_longer():
    asked = []

    def neighbours(errors):
        for error in errors:
            asked.append(error)
            yield {key: np.array([value]) for key, value in error.items()}

    noise, wrong = [1.0, -1.0, 0.5, -0.5, 0.25, -0.3, 0.7, -0.6], [1.0, 1 + 1e-6, 1 - 1e-6, 1.0, 1.0, 1.0, 1.0, 1.0]
    both = [{"a": a, "b": b} for a, b in zip(noise, wrong, strict=True)]
    assert unsteady(["a", "b"], neighbours(both)) == ["a"]
    assert len(asked) == 4
    asked.clear()
    assert unsteady(["b"], neighbours([{"b": b} for b in wrong])) == []
    assert len(asked) == 3
    asked.clear()
    assert unsteady([], neighbours(both)) == [] and asked == []
    assert unsteady(["a"], neighbours([{"a": a} for a in noise[:3]])) == ["a"]  # nothing more to ask: three must do


@pytest.mark.parametrize(("digits", "single", "seen", "expected"), [
    (9, True, False, "unstable-formula"),  # as many as float32 never leaves
    (8.99, True, False, "float32-precision"),
    (2, False, False, Verdict.INACCURATE),
    (1.99, False, False, Verdict.INCONCLUSIVE),
    (1.99, False, True, Verdict.INACCURATE),
])  # fmt: skip
def test_how_many_digits_are_left_decides_at_the_boundary(digits, single, seen, expected):
    error = 1e-9 if digits == 9 else 0.01 if digits == 2 else 10.0**-digits
    check = judge_quantity(KEY, truth_of([1.0], 1e-16), np.array([1.5]))
    check = replace(check, worst=replace(check.worst, error=error, expected=1.0))
    told = lost_digits(check, truth_of([1.0], 1.0) if single else None, np.array([1.5]), seen=seen)
    assert expected in (told.id, told.verdict)


def test_lost_digits_replace_a_mismatch():
    check = judge_quantity(KEY, truth_of([1.0], 1e-14), np.array([1.0 + 1e-7]))
    lost = as_inaccurate(check, "7 digits are left", "float32-precision")
    assert lost.verdict == Verdict.INACCURATE and lost.ok and lost.id == "float32-precision"
    assert lost.message == "the formula is right, digits were lost: 7 digits are left"


SINGLE = np.float32([0.1, 0.7]).astype(np.float64)


@pytest.mark.parametrize(
    ("claimed", "found"),
    [
        (SINGLE, "float32"),
        (np.float16([0.1, 0.7]).astype(np.float64), "float16"),
        (SINGLE + 2.0**-40, None),  # numbers that float32 does not hold
        (SINGLE + 2.0**-10, None),  # farther off than it explains
        (np.array([0.125, 0.6875]), None),  # numbers as short as these show nothing
    ],
)
def test_a_shorter_format_is_known_by_its_numbers(claimed, found):
    truth, single = truth_of([0.1, 0.7], 1e-16), truth_of([0.1, 0.7], 1e-7)
    assert short_format(KEY, truth, single, np.array(claimed)) == found


def test_lost_digits_are_those_of_float32_only_where_it_may_be_used():
    claimed = np.array([0.1 + 3e-8])
    check, single = judge_quantity(KEY, truth_of([0.1], 1e-16), claimed), truth_of([0.1], 1e-7)
    assert lost_digits(check, single, claimed).id == "float32-precision"
    assert lost_digits(check, None, claimed).id == "unstable-formula"
    hidden = judge_quantity(KEY, truth_of([0.1], 1e-16), np.array([0.3]))
    assert lost_digits(hidden, None, np.array([0.3])).verdict is Verdict.INCONCLUSIVE
    assert lost_digits(hidden, None, np.array([0.3]), seen=True).verdict is Verdict.INACCURATE


@pytest.mark.parametrize(("error", "true", "digits"), [(0.0, 1.0, 16), (1e-7, 1.0, 7), (1e-7, 10.0, 8), (5.0, 1.0, 0)])
def test_significant_digits(error, true, digits):
    assert significant_digits(error, true) == pytest.approx(digits)
    assert f"{significant_digits(1.0, 1.0):.0f}" == "0"  # not -0
