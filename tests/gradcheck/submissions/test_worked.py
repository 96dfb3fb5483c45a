"""The worked case of a file: its own numbers under its own names, the first difference where the mistake is."""

import json
import re

import pytest

from gradcheck.explanations.by_hand.case import LineAgreement, NoCase
from gradcheck.submissions.validation import validate
from reports.render import render

FORWARD = """import numpy as np

def sig(z):
    return 1 / (1 + np.exp(-z))

def loss(params, x, y):
    (W1, b1), (W2, b2) = params
    return np.sum((sig(np.tanh(x @ W1.T + b1) @ W2.T + b2) - y) ** 2) / (2 * len(x))

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    m = len(x)
    h = np.tanh(x @ W1.T + b1)
    out = sig(h @ W2.T + b2)
"""
NO_SLOPE = """    d2 = (out - y) * out * (1 - out) / m
    d1 = d2 @ W2
    return [(d1.T @ x, d1.sum(0)), (d2.T @ h, d2.sum(0))]
"""
LATE_AVERAGE = """    d2 = (out - y) * out * (1 - out)
    d1 = d2 @ W2 * (1 - h ** 2)
    return [(d1.T @ x / m, d1.sum(0) / m), (d2.T @ h / m, d2.sum(0))]
"""


@pytest.fixture
def judged(tmp_path):
    def by_hand(source, network="3-4:tanh-2"):
        (tmp_path / "student.py").write_text(source)
        return validate(tmp_path / "student.py", network=network, examples=0)

    return by_hand


def test_the_first_difference_is_the_delta_that_is_wrong_and_its_cost_is_the_file_s_own(judged):
    result = judged(FORWARD + NO_SLOPE)
    case = result.worked_case
    assert (case.spec.sizes, case.wrong, case.nudge.is_own_cost) == ((1, 1, 1), ("W1", "b1"), True)
    rows = {row.key: row for row in case.rows}
    assert [row.key for row in case.rows if row.compared is LineAgreement.FIRST] == ["delta1"]
    assert (rows["delta1"].name, rows["a1"].name, rows["a2"].name) == ("d1", "h", "out")
    assert rows["delta1"].formula.startswith("W2 d2 (1 − h²) = ")
    assert all(rows[key].compared is LineAgreement.SAME for key in ("a1", "z2", "a2", "C", "delta2", "db2", "dW2"))
    page = render(result.report(), "text")
    assert re.search(r"d1 = W2 d2 .*0\.0621221 +✗ 0\.147919 ◀", page)
    data = json.loads(render(result.report(), "json"))
    assert {"name", "formula", "right", "yours"} <= set(data["worked_case"]["rows"][0])
    assert data["counterexample"]["got"].keys() == {"W1", "b1"}
    html = render(result.report(), "html")
    assert "<title>forward: x = 1, a1 = 0.761594" in html and "✗ 0.1479" in html


def test_an_average_that_comes_later_is_no_difference_of_the_delta(judged):
    case = judged(FORWARD + LATE_AVERAGE).worked_case
    assert len(case.point.x) == 2
    assert [row.key for row in case.rows if row.compared is LineAgreement.FIRST] == ["db2"]


def test_a_name_that_means_another_quantity_there_is_not_used_twice(judged):
    """Who counts from the input has z2 for our z1; our z2 has no name of its own there."""
    source = FORWARD.replace("    h = np.tanh(x @ W1.T + b1)", "    z2 = x @ W1.T + b1\n    h = np.tanh(z2)") + NO_SLOPE
    case = judged(source).worked_case
    names = {row.key: row.name for row in case.rows}
    assert (names["z1"], names["z2"]) == ("z2", "z[layer 2]")


def test_a_file_for_one_network_alone_has_that_or_none(judged):
    fixed = "    assert W1.shape == ({}, {})\n"
    small = judged(FORWARD + fixed.format(2, 3) + NO_SLOPE, "3-2:tanh-2").worked_case
    assert small.spec.sizes == (3, 2, 2)
    large = judged(FORWARD + fixed.format(9, 5) + NO_SLOPE, "5-9:tanh-2")
    assert isinstance(large.worked_case, NoCase) and large.counterexample is None
    assert "answers for the network 5-9:tanh-2" in " ".join(render(large.report(), "text").split())


def test_a_right_file_has_no_case(judged):
    result = judged(FORWARD + NO_SLOPE.replace("d2 @ W2", "d2 @ W2 * (1 - h ** 2)"))
    assert (result.verdict, result.worked_case) == ("pass", None)


@pytest.mark.parametrize(
    ("right", "wrong", "first"),
    [("np.tanh(x @", "sig(x @", "a1"), ("h @ W2.T + b2", "h @ W2.T - b2", "delta2"), ("W1.T + b1", "W1.T", "delta2")],
)
def test_of_a_wrong_forward_pass_the_first_difference_is_there(judged, right, wrong, first):
    """Its own a and what follows is shown beside the right one, and nothing of it is called the same."""
    backward = LATE_AVERAGE.replace("(1 - h ** 2)", "(1 - h ** 2)" if "tanh" in wrong or "W2" in wrong else "h * (1 - h)")
    head, body = FORWARD.split("def backward")
    source = f"{head}def backward{body.replace(right, wrong, 1)}{backward.replace('d2.sum(0))]', 'd2.sum(0) / m)]')}"
    result = judged(source)
    assert [one.id for one in result.diagnoses] == ["wrong-forward"]
    assert [row.key for row in result.worked_case.rows if row.compared is LineAgreement.FIRST] == [first]
    page = " ".join(render(result.report(), "text").split())
    assert "What the numbers show: " in page and "yours gives the same" not in page and "wrong only because" not in page


def test_the_learning_rate_of_a_step_is_given(judged):
    head = FORWARD.replace("def backward(params, x, y)", "def step(params, x, y, lr)")
    update = """    d2 = (out - y) * out * (1 - out) / m
    W2 = W2 - lr * d2.T @ h
    d1 = d2 @ W2 * (1 - h ** 2)
    return [(W1 - lr * d1.T @ x, b1 - lr * d1.sum(0)), (W2, b2 - lr * d2.sum(0))]
"""
    result = judged(head + update)
    assert result.worked_case.learning_rate == 1024.0
    assert "all biases 0, learning rate 1024" in " ".join(render(result.report(), "text").split())


def test_a_delta_that_means_something_else_in_the_file_is_told_by_its_layer(judged):
    """delta1 is the sum over the examples in this file, as in a well-known course."""
    loop = """    delta1, delta2 = 0 * W1, 0 * W2
    for t in range(m):
        e = (out[t] - y[t]) * out[t] * (1 - out[t])
        f = W2.T @ e
        delta2 = delta2 + np.outer(e, h[t])
        delta1 = delta1 + np.outer(f, x[t])
    d2 = (out - y) * out * (1 - out) / m
    return [(delta1 / m, (d2 @ W2).sum(0)), (delta2 / m, d2.sum(0))]
"""
    page = " ".join(render(judged(FORWARD + loop).report(), "text").split())
    assert "only because of the delta of layer 1" in page or "delta1 (your f)" in page


def test_weights_lie_in_the_formulas_as_they_lie_where_the_mistake_is(judged):
    turned = """    d2 = (out - y) * out * (1 - out) / m
    d1 = d2 @ W2.T
    return [(d1.T @ x, d1.sum(0)), (d2.T @ h, d2.sum(0))]
"""
    plain = render(judged(FORWARD + NO_SLOPE).report(), "text")
    assert "= (d2 @ W2) * tanh'" in plain
    source = FORWARD.replace("(W1, b1), (W2, b2) = params", "(W1, b1), (W2, b2) = [(W.T, b) for W, b in params]")
    source = source.replace("W1.T", "W1").replace("W2.T", "W2")
    assert "= (d2 @ W2.T) * tanh'" in render(judged(source + turned).report(), "text")


def test_formulas_average_where_the_file_does(judged):
    late = LATE_AVERAGE.replace("d2 @ W2 * (1 - h ** 2)", "d2 @ W2").replace("d2.sum(0))]", "d2.sum(0) / m)]")
    page = render(judged(FORWARD + late).report(), "text")
    assert "    d1 = (d2 @ W2) * tanh'(" in page and "dC/d" not in page
    added = LATE_AVERAGE.replace("d2.sum(0))]", "d2.sum(0) / m)]").replace("d1.T @ x / m", "d1.T @ x / m + 0.01")
    page = render(judged(FORWARD + added).report(), "text")
    assert "    dC/dW1 = d1.T @ x / m\n" in page and "tanh'" not in page
