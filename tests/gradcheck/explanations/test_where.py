"""The line of the first wrong thing is the line that makes it, whatever is wrong because of it; lines are counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from gradcheck.explanations.traced.code import Trace
from gradcheck.explanations.traced.where import (
    _narrowed,
    find,
    first_not_finite,
    of_result,
    of_shape,
    placed,
    where_inputs_change,
    where_it_differs,
)
from gradcheck.judge.mistake import Diagnosis
from gradcheck.witnesses.points import safe_point
from reference_nets.spec import NetworkSpec
from symbolic.mistakes.catalogue import CATALOGUE
from symbolic.mistakes.further import every_form
from tests.gradcheck.explanations.traced_here import CodeHere

LOOPED = """\
import numpy as np
def backward(params, x, y):
    m, a = len(x), [x]
    for W, b in params:
        a.append(1 / (1 + np.exp(-(a[-1] @ W.T + b))))
    delta = (a[-1] - y) * a[-1] * (1 - a[-1]) / m
    grads = []
    for l in range(len(params) - 1, -1, -1):
        db = delta.sum(axis=0)
        dW = delta.T @ a[l]
        grads.append((dW, db))
        if l:
            delta = (delta @ params[l][0]) * a[l] * (1 - a[l])
    return grads[::-1]
"""
FIXED = "    assert [W.shape for W, b in params] == [(30, 40), (10, 30)]\n"
MISTAKES = [  # text, what stands there instead, the line, the quantity
    (" / m\n", "\n", 6, "delta2"),
    ("(a[-1] - y) * a[-1] * (1 - a[-1])", "(a[-1] - y)", 6, "delta2"),
    ("(delta @ params[l][0]) * a[l] * (1 - a[l])", "(delta @ params[l][0])", 13, "delta1"),
    ("delta.sum(axis=0)", "delta.sum() + np.zeros(delta.shape[1])", 9, "db2"),
    ("delta.T @ a[l]", "2 * delta.T @ a[l]", 10, "dW2"),
    ("a[-1] @ W.T + b", "a[-1] @ W.T", 5, "z1"),
]


def first_wrong(text: str, network: str) -> tuple[str, int | None]:
    spec = NetworkSpec.parse(network)
    found = find(CodeHere(text, spec), spec, lambda spec: [safe_point(spec, np.random.default_rng(0))])
    (first, *_) = found.wrong
    return str(first.quantity), first.place and first.place.line


CASES = [(*one, network) for one in MISTAKES for network in ("3-4-2", "2-5-4", "40-30-10", "2-3-1")]


# With one output the sum of all entries is that of its unit.
@pytest.mark.parametrize(("right", "wrong", "line", "quantity", "network"), [c for c in CASES if c[3:] != ("db2", "2-3-1")])
def test_the_line_that_makes_the_first_wrong_thing(right, wrong, line, quantity, network):
    assert first_wrong(LOOPED.replace(right, wrong), network) == (quantity, line)


def test_a_wide_file_that_takes_no_other_network_is_traced_as_it_is():
    text = LOOPED.replace("    m, a = len(x), [x]\n", FIXED + "    m, a = len(x), [x]\n").replace(" / m\n", "\n")
    assert first_wrong(text, "40-30-10") == ("delta2", 7)


def test_right_code_has_no_wrong_line():
    spec = NetworkSpec.parse("3-4-2")
    found = find(CodeHere(LOOPED, spec), spec, lambda spec: [safe_point(spec, np.random.default_rng(0))])
    assert found.wrong == () and found.unsure is not None
    unknown = Diagnosis("unknown", 1, "W1", "", "", "", 0.0)
    assert placed(found, (unknown,)) == (unknown,)


def test_what_differs_between_calls_has_the_line_that_made_it():
    spec = NetworkSpec.parse("3-4-2")
    point = safe_point(spec, np.random.default_rng(0))
    kept = LOOPED.replace("    grads = []", "    grads = []\n    delta = delta + KEPT\n    KEPT[0] += 1").replace(
        "def backward", "KEPT = np.zeros(1)\ndef backward"
    )
    assert where_it_differs(CodeHere(kept, spec), spec, point, anew=True).line == 9
    random = LOOPED.replace("        dW = delta.T @ a[l]", "        dW = delta.T @ a[l] + np.random.rand()")
    assert where_it_differs(CodeHere(random, spec), spec, point, anew=False).line == 10
    assert where_it_differs(CodeHere(LOOPED, spec), spec, point, anew=True) is None


def test_what_is_handed_over_and_changed_has_the_line_that_changed_it():
    spec = NetworkSpec.parse("3-4-2")
    point = safe_point(spec, np.random.default_rng(0))
    changing = LOOPED.replace("    grads = []", "    y -= a[-1]\n    grads = []")
    assert where_inputs_change(CodeHere(changing, spec), spec, point).line == 7
    assert where_inputs_change(CodeHere(LOOPED, spec), spec, point) is None


def failing(text: str) -> Trace:
    """What is traced of code that gives no gradient: its own arrays, and not-a-number for what came back."""
    return run_as(text).trace(NetworkSpec.parse("3-4-2"), POINT)


def run_as(text: str) -> CodeHere:
    """The code, called as right code is."""
    found = CodeHere(LOOPED, NetworkSpec.parse("3-4-2"))
    found.text = text
    exec(compile(text, found.name, "exec"), found.adapter.found["gradient"].__globals__)
    found.adapter.found["gradient"] = found.adapter.found["gradient"].__globals__["backward"]
    return found


POINT = safe_point(NetworkSpec.parse("3-4-2"), np.random.default_rng(0))


def test_the_first_number_that_is_none_has_its_line():
    text = LOOPED.replace("    grads = []", "    grads = []\n    delta = delta * np.log(-np.ones(1))")
    with np.errstate(invalid="ignore"):
        made = failing(text.replace("return grads[::-1]", "return [(np.zeros(W.shape), np.zeros(b.shape)) for W, b in params]"))
    assert first_not_finite(made).line == 8
    assert first_not_finite(failing(LOOPED)) is None


BY_NAME = """import numpy as np
def sigmoid(z):
    return 1 / (1 + np.exp(-z))
def forward(params, x):
    (W1, b1), (W2, b2) = params
    return sigmoid(sigmoid(x @ W1.T + b1) @ W2.T + b2)
def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    a1 = sigmoid(x @ W1.T + b1)
    a2 = sigmoid(a1 @ W2.T + b2)
    d2 = (a2 - y) * a2 * (1 - a2) / len(x)
    d1 = d2 @ W2 * a1 * (1 - a1)
    dW2 = d2.T @ a1
    db2 = d2.sum(axis=0)
    dW1 = d1.T @ x
    db1 = d1.sum(axis=0)
    return [(dW1, db1), (dW2, db2)]
"""
LISTED = BY_NAME.replace(
    "    return [(dW1, db1), (dW2, db2)]",
    "    grads = []\n    grads.append((dW2, db2))\n    grads.append((dW1, db1))\n    return grads[::-1]",
)


@pytest.mark.parametrize(
    ("text", "right", "wrong", "name", "got", "line"),
    [
        (BY_NAME, "[(dW1, db1), (dW2, db2)]", "[(dW2, db2), (dW1, db1)]", "dW1", "(2, 4)", 17),  # in each other's place
        (BY_NAME, "dW1 = d1.T @ x", "dW1 = d2.T @ a1", "dW1", "(2, 4)", 15),  # made of the other's
        (BY_NAME, "dW2 = d2.T @ a1", "dW2 = d1.T @ x", "dW2", "(4, 3)", 13),
        (BY_NAME, "dW1 = d1.T @ x", "dW1 = x.T @ d1", "dW1", "(3, 4)", 15),  # transposed
        (LISTED, "grads[::-1]", "grads", "dW1", "(2, 4)", 18),  # put there first
        (LISTED, "append", "insert", "dW1", "(2, 4)", 20),  # turned round where it is returned
    ],
)
def test_a_gradient_in_another_s_place_has_the_line_that_put_it_there(text, right, wrong, name, got, line):
    changed = text.replace(right, wrong).replace("insert(", "insert(0, ")
    assert changed != text
    spec = NetworkSpec.parse("3-4-2")
    trace = run_as(changed).trace_of_refused(spec, POINT)
    assert of_shape(spec, POINT, trace, {"name": name, "got": got}).line == line


@pytest.mark.parametrize(("name", "got", "line"), [("db2", "(5,)", 9), ("db1", "(5,)", 9)])
def test_a_sum_along_the_wrong_axis_has_its_line(name, got, line):
    text = LOOPED.replace("delta.sum(axis=0)", "delta.sum(axis=1)")
    made = failing(text.replace("return grads[::-1]", "return [(np.zeros(W.shape), np.zeros(b.shape)) for W, b in params]"))
    assert len(POINT.x) == 5
    assert of_shape(NetworkSpec.parse("3-4-2"), POINT, made, {"name": name, "got": got}).line == line
    assert of_shape(NetworkSpec.parse("3-4-2"), POINT, made, {"name": name, "got": "(17,)"}) is None


def test_a_result_has_the_line_that_made_it_first():
    made = failing(LOOPED)
    assert of_result(made, made.gradient["W2"]).line == 10
    assert of_result(made, np.full((2, 4), 7.0)) is None


@pytest.mark.parametrize("network", ["5-4:relu-3-2+l2=0.5", "6-6:sigmoid-6:relu-5:softmax/cross_entropy", "1-5:tanh-5-1/mse"])
def test_a_mistake_changes_the_same_quantities_where_all_layers_are_narrow(network):
    spec = NetworkSpec.parse(network)
    for mistake in CATALOGUE:
        wide, narrow = (
            {name.split("_")[0] for v in every_form(one, mistake) for name in v.changes} for one in (spec, _narrowed(spec))
        )
        assert wide == narrow, mistake


BY_HAND = """\
import numpy as np
LAM = 0.5
def slope_of(z):
    s = np.where(z > 0, 1.0, 0.0)
    return s
def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    z1 = x @ W1.T + b1
    h = np.maximum(z1, 0)
    p = 1 / (1 + np.exp(-(h @ W2.T + b2)))
    scale = 1 / len(x)
    d2 = scale * (p - y) * p * (1 - p)
    mask = slope_of(z1)
    d1 = d2 @ W2 * mask
    dW1 = d1.T @ x + LAM * W1
    dW1 = dW1
    dW2 = d2.T @ h + LAM * W2
    return [(dW1, d1.sum(axis=0)), (dW2, d2.sum(axis=0))]
"""


@pytest.mark.parametrize(
    ("right", "wrong", "line", "quantity"),
    [
        ("scale = 1 / len(x)", "scale = 1 // len(x)", 12, "delta2"),  # zeros everywhere
        ("np.where(z > 0, 1.0, 0.0)", "np.where(z == z, 1.0, 0.0)", 4, "delta1"),  # a slope of ones was made
        ("    dW1 = dW1\n", "    dW1 += LAM * W1\n", 16, "dW1"),  # right in the line before
        ("    dW1 = dW1\n", "    dW1 = dW1 + LAM * W1\n", 16, "dW1"),
        ("    mask = slope_of(z1)\n", "    mask = slope_of(z1)\n    g = h\n    g *= 0.5 * h + 1\n", 15, "dW2"),
    ],
)
@pytest.mark.parametrize("network", ["3-4:relu-2+l2=0.5", "2-5:relu-4+l2=0.5"])
def test_what_is_spoilt_after_it_was_right_or_was_never_anything_has_its_line(right, wrong, line, quantity, network):
    assert first_wrong(BY_HAND.replace(right, wrong), network) == (quantity, line)


FILLED = """\
import numpy as np
def prime(z):
    return 1 - np.tanh(z) ** 2
def backward(params, x, y):
    a, zs = [x], []
    for W, b in params:
        z = a[-1] @ W.T + b
        zs.append(z)
        a.append(np.tanh(z))
    dW, db = [np.zeros(W.shape) for W, _ in params], [np.zeros(b.shape) for _, b in params]
    delta = (a[-1] - y) * prime(z) / len(x)
    for i in reversed(range(len(params))):
        dW[i] = delta.T @ a[i]
        db[i] = delta.sum(axis=0)
        if i == 0: break
        z = zs[i - 1]
        sp = prime(z)
        delta = (delta @ params[i][0]) * sp
    return list(zip(dW, db))
"""


@pytest.mark.parametrize(
    ("right", "wrong", "line", "quantity"),
    [
        ("z = zs[i - 1]", "z = zs[i]", 16, "delta2"),
        ("sp = prime(z)", "sp = prime(zs[i])", 17, "delta2"),
        ("reversed(range(len(params)))", "range(len(params) - 1, 0, -1)", 12, "dW1"),
        ("        db[i] = delta.sum(axis=0)\n        if i == 0: break\n",
         "        if i == 0: break\n        db[i] = delta.sum(axis=0)\n", 13, "db1"),
    ],
)  # fmt: skip
def test_another_layers_slope_and_a_loop_that_ends_too_early_have_their_lines(right, wrong, line, quantity):
    assert first_wrong(FILLED.replace(right, wrong), "4-4:tanh-4:tanh-4:tanh") == (quantity, line)
