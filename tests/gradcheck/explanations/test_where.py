"""The line of the first wrong thing is the line that makes it, whatever is wrong because of it; lines are counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from gradcheck.explanations.traced.where import find, placed, where_inputs_change, where_it_differs
from gradcheck.judge.mistake import Diagnosis
from gradcheck.witnesses.points import safe_point
from reference_nets.spec import NetworkSpec
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
