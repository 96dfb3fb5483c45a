"""A gradient in a short format, judged leaf by leaf."""

import numpy as np

from gradcheck.certified.rounding import judged_truth, running_error
from gradcheck.certified.witness import certify
from gradcheck.functions.numbers.question import Question
from gradcheck.functions.numbers.short_formats import _formula, judged_in_short
from gradcheck.judge.float_formats import BY_NAME
from gradcheck.judge.judge import judge
from gradcheck.judge.verdicts import Verdict

HALF = BY_NAME["float16"]
X = {"a": np.linspace(0.5, 1.5, 6), "b": np.linspace(-1.0, 2.1, 5) + 0.0137}


def energy(x):
    return np.sum(np.sin(x["a"])) + np.sum(x["b"] ** 2) * np.sum(x["a"])


def slope(x):
    return {"a": np.cos(x["a"]) + np.sum(x["b"] ** 2), "b": 2 * x["b"] * np.sum(x["a"])}


def in_half(x):
    return {key: np.float16(part).astype(float) for key, part in slope(x).items()}


def judged(grad):
    truth = certify(energy, X)
    known = judged_truth(truth, running_error(energy, X, truth, np.float64), None)
    claimed = [np.asarray(grad(X)[key], dtype=float) for key in ("a", "b")]
    checks = judge(known, dict(zip(truth.names, claimed, strict=True)))
    return judged_in_short(Question(energy, grad, X), claimed, truth, known, checks, HALF), truth, known, claimed


def test_each_leaf_is_told_by_its_own_entries():
    found, *_ = judged(in_half)
    assert {check.verdict for check in found.checks.values()} == {Verdict.INACCURATE} and not found.wrong
    assert found.detectable is not None and found.detectable < 0.1
    wrong, *_ = judged(lambda x: in_half(x) | {"b": -in_half(x)["b"]})
    verdicts = [check.verdict for check in wrong.checks.values()]
    assert verdicts == [Verdict.INACCURATE, Verdict.MISMATCH] and wrong.wrong
    first, *_ = judged(lambda x: in_half(x) | {"a": 2 * in_half(x)["a"]})
    assert [check.verdict for check in first.checks.values()] == [Verdict.MISMATCH, Verdict.INACCURATE]


def test_the_formula_is_asked_where_the_function_is_smooth():
    _, truth, known, claimed = judged(in_half)
    right = _formula(Question(energy, slope, X), claimed, truth, known, HALF)
    assert right.status == "equal" and right.detectable is not None
    kinked = certify(lambda x: np.abs(x[0]), np.zeros(1))
    unknown = _formula(Question(energy, slope, X), claimed, kinked, known, HALF)
    assert (unknown.status, unknown.reason, unknown.detectable) == ("unknown", None, None)
    other = _formula(
        Question(energy, lambda x: {key: 1.5 * part for key, part in slope(x).items()}, X), claimed, truth, known, HALF
    )
    assert other.status == "unknown"  # on balls it is not what it is on floats
