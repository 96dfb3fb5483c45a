"""A submission's formula on balls: told apart from the digits that its floats lose, and from what its constants leave open."""

import numpy as np
import pytest

from gradcheck.isolation.session import Reply, Session
from gradcheck.judge.verdicts import Verdict
from gradcheck.submissions.validation import validate

PLAIN = """
import numpy as np

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    a1 = np.tanh(x @ W1.T + b1)
    a2 = 1 / (1 + np.exp(-(a1 @ W2.T + b2)))
    delta2 = (a2 - y) * a2 * (1 - a2) / len(x)
    delta1 = (delta2 @ W2) * (1 - a1**2)
    return [(delta1.T @ x, delta1.sum(axis=0)), (delta2.T @ a1, delta2.sum(axis=0))]
"""
GELU = """
import numpy as np
SCALE = 0.7978845608

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    z1 = x @ W1.T + b1
    t = np.tanh(SCALE * (z1 + 0.044715 * z1**3))
    a1 = 0.5 * z1 * (1 + t)
    delta2 = (a1 @ W2.T + b2 - y) * (1 / len(x))
    slope = 0.5 * (1 + t) + 0.5 * z1 * (1 - t**2) * SCALE * (1 + 3 * 0.044715 * z1**2)
    delta1 = (delta2 @ W2) * slope
    return [(delta1.T @ x, delta1.sum(axis=0)), (delta2.T @ a1, delta2.sum(axis=0))]
"""
TANH, BCE = "3-4:tanh-2", "3-4:tanh-2/bce"
UNFUSED = PLAIN.replace("(a2 - y) * a2", "((1 - y) / (1 - a2 + EPS) - y / (a2 + EPS)) * a2")
FLOAT32 = PLAIN.replace("(W2, b2) = params", "(W2, b2) = [(W.astype('f4'), b.astype('f4')) for W, b in params]")
# 1 - tanh^2 by a difference of nearly equal numbers: the formula is right, some ten digits are lost
CANCELLING = PLAIN.replace("(1 - a1**2)", "((1e6 + 1 - a1**2) - 1e6)")


@pytest.fixture
def judged(tmp_path):
    def run(text: str, network: str = TANH):
        (tmp_path / "student.py").write_text(text)
        return validate(tmp_path / "student.py", network=network, examples=0)

    return run


def verdicts(result) -> set[Verdict]:
    return {row.verdict for row in result.rows if row.name == "gradient"}


@pytest.mark.parametrize("extra", ["", "+l2=0.1"])
def test_a_right_formula_is_shown_to_thirty_digits(judged, extra):
    text = PLAIN if not extra else PLAIN.replace("delta1.T @ x,", "delta1.T @ x + 0.1 * W1,").replace(
        "delta2.T @ a1,", "delta2.T @ a1 + 0.1 * W2,"
    )
    result = judged(text, TANH + ("/quadratic" + extra if extra else ""))
    assert result.formula.startswith("computed with 50 digits it is the derivative, to 3")
    for row in result.rows:
        if row.name == "gradient":
            assert (row.check.witness, row.verdict) == ("certified formula", Verdict.MATCH)
            assert row.check.detectable < 1e-28


def test_constants_of_ten_digits_are_right_as_far_as_they_go(judged):
    result = judged(GELU, "3-4:gelu-2:identity")
    assert (result.verdict, verdicts(result)) == ("pass", {Verdict.MATCH})
    assert result.formula == "computed with 50 digits it is the derivative as far as its float constants allow, to 10 digits"


def test_a_constant_of_ten_digits_that_is_another_number_is_wrong(judged):
    assert Verdict.MISMATCH in verdicts(judged(GELU.replace("0.7978845608", "0.7979845608"), "3-4:gelu-2:identity"))


@pytest.mark.parametrize(("text", "mistake"), [(FLOAT32, "float32-precision"), (CANCELLING, "unstable-formula")])
def test_lost_digits_are_told_apart_from_a_wrong_formula(judged, text, mistake):
    result = judged(text)
    assert result.formula.startswith("computed with 50 digits it is the derivative")
    assert Verdict.MISMATCH not in verdicts(result) and Verdict.INACCURATE in verdicts(result)
    assert [d.id for d in result.diagnoses] == [mistake]


@pytest.mark.parametrize("text", [FLOAT32, CANCELLING])
def test_a_mistake_in_code_that_loses_digits_is_still_a_mistake(judged, text):
    assert Verdict.MISMATCH in verdicts(judged(text.replace("delta1 = (delta2 @ W2)", "delta1 = 1.01 * (delta2 @ W2)")))


def test_a_small_number_that_no_float_shows_is_told_and_not_held_against_the_file(judged):
    result = judged(UNFUSED.replace("EPS", "1e-15"), BCE)
    assert (result.verdict, verdicts(result)) == ("pass", {Verdict.MATCH})
    assert "differs from the derivative, by a relative 2e-15" in result.formula
    assert any("a small number added?" in row.message for row in result.rows)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("z = np.array([[v + 0j for v in row] for row in x])", "complex"),
        ("z = [float(str(v)) for v in x.ravel()]", "could not be computed with 50 digits"),
        ("while type(x.flat[0]) is not np.float64: pass", "the runs on exact numbers took too long"),
        ("import os; type(x) is np.ndarray or os._exit(3)", "the process ended itself"),
    ],
)
def test_what_cannot_be_followed_on_balls_is_judged_by_its_floats(judged, line, reason):
    result = judged(PLAIN.replace("    (W1, b1)", f"    {line}\n    (W1, b1)", 1))
    assert (result.verdict, verdicts(result)) == ("pass", {Verdict.MATCH})
    assert reason in result.formula


@pytest.mark.parametrize("factor", ["2.0", "1.009", "1.0001"])
def test_wrong_floats_are_not_excused_by_what_the_code_does_on_balls(judged, factor):
    line = f"delta1 = delta1 * ({factor} if type(x) is np.ndarray else 1.0)"
    result = judged(PLAIN.replace("return [", f"{line}\n    return ["))
    assert (result.verdict, verdicts(result)) == ("fail", {Verdict.MATCH, Verdict.MISMATCH})


def test_a_process_that_ends_on_balls_keeps_what_was_found_before(judged):
    ending = "    import os; type(x) is np.ndarray or os._exit(3)\n    (W1, b1)"
    result = judged(PLAIN.replace("* (1 - a1**2)", "").replace("    (W1, b1)", ending, 1))
    assert (result.error, result.verdict) == (None, "fail")
    assert [d.id for d in result.diagnoses] == ["missing-hidden-activation-derivative"]


@pytest.mark.parametrize("bad", [(np.nan, 0, 0), (0, np.inf, 0), (0, 0, -1e-30), (0, 0, np.nan)])
def test_balls_that_are_none_are_no_evidence(judged, monkeypatch, bad):
    def lying(self, header, payload=b"", *, expected=0, within=0.0):
        if header.get("op") != "exact":
            return ask(self, header, payload, expected=expected)
        return Reply(np.tile(np.repeat(bad, 1).astype(float), expected // 3), 0, {})

    ask = Session.ask
    monkeypatch.setattr(Session, "ask", lying)
    result = judged(PLAIN.replace("delta1.T @ x,", "1.001 * delta1.T @ x,"))
    assert (result.verdict, result.formula.partition(":")[0]) == ("fail", "could not be computed with 50 digits")


def test_right_floats_are_not_blamed_for_what_the_code_does_on_balls(judged):
    other = PLAIN.replace("return [", "off = 1.0 if type(x) is np.ndarray else 2.0\n    delta1 = off * delta1\n    return [")
    assert judged(other).verdict == "pass"


@pytest.mark.parametrize("name", ["gradcheck", "symbolic", "flint", "gradcheck.certified.runs.evaluate", "symbolic.balls"])
def test_the_arithmetic_in_the_process_cannot_be_imported(judged, name):
    result = judged(PLAIN.replace("    (W1, b1)", f"    import {name}\n    (W1, b1)", 1))
    assert (result.error.kind, "not available" in result.error.message) == ("import", True)
