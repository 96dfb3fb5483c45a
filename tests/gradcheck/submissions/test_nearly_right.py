"""A gradient that is off by little and always in the same way: told apart from lost digits and from differences."""

import pytest

from gradcheck.judge.verdicts import Verdict
from gradcheck.submissions.first_lines import first_lines
from gradcheck.submissions.validation import validate

BY_HAND = """
import numpy as np
def forward(params, x):
    (W1, b1), (W2, b2) = params
    a1 = np.tanh(x @ W1.T + b1)
    return a1, 1 / (1 + np.exp(-(a1 @ W2.T + b2)))
def backward(params, x, y):
    W2, m = params[1][0], len(x)
    a1, a2 = forward(params, x)
    d2 = (a2 - y) / m * a2 * (1 - a2)
    d1 = d2 @ W2 * (1 - a1**2)
    return [(d1.T @ x CHANGED, d1.sum(0)), (d2.T @ a1, d2.sum(0))]
"""
BY_DIFFERENCES = """
    def cost():
        return ((forward(params, x)[1] - y) ** 2).sum() / (2 * len(x))
    def slope(array, index):
        kept = array[index]
        array[index] = kept + 1e-6
        more = cost()
        array[index] = kept
        return (more - cost()) / 1e-6
    return [tuple(np.array([slope(p, i) for i in np.ndindex(p.shape)]).reshape(p.shape) for p in pair) for pair in params]
"""


def judged(tmp_path, text):
    path = tmp_path / "student.py"
    path.write_text(text)
    return validate(path, network="3-4:tanh-2", examples=0)


def nearly_right(result):
    return {row.quantity for row in result.rows if row.name == "gradient" and row.check.nearly_right}


@pytest.mark.parametrize("changed", ["/ (1 + len(x) * 1e-7)", "* (1 + len(x) * 3e-8)"])
def test_a_steady_small_difference_is_told_as_such(changed, tmp_path):
    result = judged(tmp_path, BY_HAND.replace("CHANGED", changed))
    assert nearly_right(result) == {"W1"}
    assert "The gradient is right but for a small difference." in first_lines(result)[0]


def test_a_right_gradient_has_no_such_difference(tmp_path):
    result = judged(tmp_path, BY_HAND.replace("CHANGED", ""))
    assert (nearly_right(result), result.verdict, result.worst) == (set(), "pass", Verdict.MATCH)


def test_differences_of_the_cost_are_told_as_differences(tmp_path):
    head = BY_HAND[: BY_HAND.index("    W2, m")]
    result = judged(tmp_path, head + BY_DIFFERENCES)
    assert nearly_right(result) == set()
    assert "The gradient differences the cost" in first_lines(result)[0]
