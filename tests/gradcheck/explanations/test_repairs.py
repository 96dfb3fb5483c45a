"""A line put right: what is found for planted mistakes, and that nothing is shown which was not tried."""

from __future__ import annotations

import numpy as np
import pytest

from gradcheck.explanations.repairs.search import put_right
from gradcheck.explanations.traced.where import find
from gradcheck.witnesses.points import safe_point
from reference_nets.network import backward
from reference_nets.spec import NetworkSpec
from tests.gradcheck.explanations.styles import STYLES, changed
from tests.gradcheck.explanations.test_where import LOOPED
from tests.gradcheck.explanations.traced_here import CodeHere

PLAIN = """\
import numpy as np
def slope(a):
    return 1 - a ** 2
def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    m = len(x)
    z1 = x @ W1.T + b1
    a1 = np.tanh(z1)
    a2 = 1 / (1 + np.exp(-(a1 @ W2.T + b2)))
    d2 = (a2 - y) * a2 * (1 - a2) / m
    dW2 = d2.T @ a1
    db2 = d2.sum(axis=0)
    d1 = (d2 @ W2) * slope(a1)
    dW1 = d1.T @ x
    db1 = d1.sum(axis=0)
    return [(dW1, db1), (dW2, db2)]
"""
# What stands in the place of what, and the line that comes back: its number and its text.
SINGLE = [
    ("1 - a ** 2", "1 + a ** 2", 3, "    return 1 - a ** 2"),
    ("slope(a1)", "slope(z1)", 13, "    d1 = (d2 @ W2) * slope(a1)"),
    (" * slope(a1)", "", 13, "    d1 = (d2 @ W2) * slope(a1)"),
    ("(a2 - y) *", "(y - a2) *", 10, "    d2 = (a2 - y) * a2 * (1 - a2) / m"),
    ("a2 * (1 - a2) / m", "a2 * (1 - a2)", 10, "    d2 = (a2 - y) * a2 * (1 - a2) / m"),
    ("(a2 - y) *", "2 * (a2 - y) *", 10, "    d2 = (a2 - y) * a2 * (1 - a2) / m"),
    ("d2.T @ a1", "d2.T @ z1", 11, "    dW2 = d2.T @ a1"),
    ("db1 = d1.sum(axis=0)", "db1 = d1.mean(axis=0)", 15, "    db1 = d1.sum(axis=0)"),
    ("dW1 = d1.T @ x", "dW1 = d1.T @ x + 0.1", 14, "    dW1 = d1.T @ x"),
    ("x @ W1.T + b1", "x @ W1.T", 7, "    z1 = x @ W1.T + b1"),
    ("* slope(a1)", "* a1 * (1 - a1)", 13, "    d1 = (d2 @ W2) * slope(a1)"),
]


def repairs_of(text: str, network: str) -> list[tuple[int, str]]:
    spec, rng = NetworkSpec.parse(network), np.random.default_rng(3)
    code = CodeHere(text, spec)
    found = find(code, spec, lambda spec: [safe_point(spec, np.random.default_rng(0))])
    point = safe_point(spec, rng)
    right = CodeHere(PLAIN if network.count(":") else LOOPED, spec).gradient(spec, point)

    def confirmed(changed: CodeHere) -> bool:
        got = changed.gradient(spec, point)
        return all(np.allclose(got[key], right[key], rtol=1e-12) for key in spec.keys)

    return [(one.place.line, one.new) for one in put_right(code, found.walk, confirmed)] if found.walk else []


@pytest.mark.parametrize(("right", "wrong", "line", "new"), SINGLE)
def test_a_single_mistake_is_put_right_by_the_line_as_it_was(right, wrong, line, new):
    assert PLAIN.count(right) >= 1
    assert repairs_of(PLAIN.replace(right, wrong, 1), "3-4:tanh-2") == [(line, new)]


def test_two_mistakes_are_put_right_one_after_the_other():
    text = PLAIN.replace("1 - a ** 2", "1 - a").replace("(a2 - y)", "(y - a2)")
    assert repairs_of(text, "3-4:tanh-2") == [(10, "    d2 = (a2 - y) * a2 * (1 - a2) / m"), (3, "    return 1 - a ** 2")]


def test_a_loop_over_layers_is_put_right_with_its_own_index():
    text = LOOPED.replace("(delta @ params[l][0]) * a[l] * (1 - a[l])", "(delta @ params[l][0])")
    assert repairs_of(text, "3-4-2") == [(13, "            delta = (delta @ params[l][0]) * a[l] * (1 - a[l])")]


def test_what_is_right_at_one_point_alone_is_not_shown():
    spec = NetworkSpec.parse("3-4:tanh-2")
    code = CodeHere(PLAIN.replace("(y - a2)", "(a2 - y)").replace("1 - a ** 2", "1 + a ** 2"), spec)
    found = find(code, spec, lambda spec: [safe_point(spec, np.random.default_rng(0))])
    assert found.walk is not None and put_right(code, found.walk, lambda _: False) == ()


# Every style once more: the line that was changed comes back as it was, or as something of the same value.
IN_STYLES = [
    ("helpers", "1 - a ** 2", "1 + a ** 2"),
    ("helpers", " @ W.T + b", " @ W.T"),
    ("helpers", " / len(y)", ""),
    ("helpers", "delta.T @", "2 * delta.T @"),
    ("helpers", "params[l - 1][0]", "params[l - 1][0] * 2"),
    ("helpers", 'back * tanh_slope(cache[f"a{l - 1}"])', "back"),
    ("plain", "slope(a1)", "slope(z1)"),
    ("plain", "a3 - y", "y - a3"),
    ("plain", " * a3 * (1 - a3)", ""),
    ("plain", "g1 * s1", "g1"),
    ("plain", "d1.T @ x / m", "np.zeros(W1.shape)"),
    ("plain", "d1.sum(axis=0) / m", "0 * b1"),
    ("plain", "d1.sum(axis=0)", "d1[0]"),
    ("plain", "np.tanh(z2)", "np.tanh(z2) + 0.1"),
    ("plain", "a2 / m", "a2 * m"),
    ("examples", " * (1 - a1 ** 2)", ""),
    ("examples", "dW1 += np", "dW1 = np"),
    ("examples", "range(m)", "range(m - 1)"),
    ("columns", "W2.T @ dZ2", "-W2.T @ dZ2"),
    ("columns", "1 - A1 ** 2", "1 - Z1 ** 2"),
    ("columns", "A1.T / m", "A1.T"),
    ("reversed", "y - self.a[-1]", "self.a[-1] - y"),
    ("reversed", " * (1 - self.a[-1])", ""),
    ("inline", " / len(x)", ""),
    ("relu", " + LAM * W2", ""),
    ("relu", "dh * relu_grad(z1)", "dh"),
    ("relu", "np.maximum(z, 0)", "np.minimum(z, 0)"),
]


@pytest.mark.parametrize(("style", "right", "wrong"), IN_STYLES)
def test_in_every_style_the_line_comes_back_as_it_was(style, right, wrong):
    text, network, line = changed(style, right, wrong)
    spec = NetworkSpec.parse(network)
    code = CodeHere(text, spec)
    found = find(code, spec, lambda spec: [safe_point(spec, np.random.default_rng(0))])
    point = safe_point(spec, np.random.default_rng(3))
    wanted = backward(spec, point.params, point.x, point.y)

    def confirmed(changed: CodeHere) -> bool:
        got = changed.gradient(spec, point)
        return all(np.allclose(got[key], wanted[key], rtol=1e-12) for key in spec.keys)

    ((one),) = put_right(code, found.walk, confirmed)
    assert (one.place.line, one.new) == (line, STYLES[style][0].split("\n")[line - 1])
    assert (one.old, one.verified) == (text.split("\n")[line - 1], True)
