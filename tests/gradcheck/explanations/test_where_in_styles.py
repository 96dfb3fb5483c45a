"""In every style the first wrong thing has the line that was changed, and is told as what it is; right code has none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gradcheck.explanations.by_hand.own_numbers import OwnNumbers
from gradcheck.explanations.traced.code import CodeError, Cut, NoAnswer
from gradcheck.explanations.traced.quantities import Quantity, Role
from gradcheck.explanations.traced.where import find
from gradcheck.witnesses.points import safe_point
from reference_nets.network import weighted_inputs
from reference_nets.spec import NetworkSpec
from tests.gradcheck.explanations.styles import STYLES, changed
from tests.gradcheck.explanations.traced_here import CodeHere

# The style, what is changed into what; the quantity, how it is wrong, by which factor, and what in it.
MISTAKES = [
    ("helpers", "1 - a ** 2", "1 + a ** 2", "delta2", "value", 1.0, "slope2"),
    ("helpers", " @ W.T + b", " @ W.T", "z1", "value", 1.0, ""),
    ("helpers", "(a - y)", "(y - a)", "delta3", "factor", -1.0, ""),
    ("helpers", " / len(y)", "", "delta3", "factor", 6.0, ""),
    ("helpers", "* a * (1 - a)", "", "delta3", "missing", 1.0, ""),
    ("helpers", "delta.T @", "2 * delta.T @", "dW3", "factor", 2.0, ""),
    ("helpers", "delta.sum(axis=0)", "delta.mean(axis=0)", "db3", "factor", 0.166667, ""),
    ("helpers", "params[l - 1][0]", "params[l - 1][0] * 2", "delta2", "factor", 2.0, "back2"),
    ("helpers", 'tanh_slope(cache[f"a{l - 1}"])', 'tanh_slope(cache[f"z{l - 1}"])', "delta2", "value", 1.0, "slope2"),
    ("helpers", 'back * tanh_slope(cache[f"a{l - 1}"])', "back", "delta2", "missing", 1.0, ""),
    ("plain", "1 - a ** 2", "1 - a", "delta2", "value", 1.0, "slope2"),
    ("plain", "slope(a1)", "slope(z1)", "delta1", "value", 1.0, "slope1"),
    ("plain", "a3 - y", "y - a3", "delta3", "factor", -1.0, "error"),
    ("plain", "a3 - y", "2 * (a3 - y)", "delta3", "factor", 2.0, "error"),
    ("plain", " * a3 * (1 - a3)", "", "delta3", "missing", 1.0, ""),
    ("plain", "a2 / m", "a2", "dW3", "factor", 6.0, ""),
    ("plain", "d3.sum(axis=0) / m", "d3.sum(axis=0)", "db3", "factor", 6.0, ""),
    ("plain", "d3.T @ a2", "d3.T @ z2", "dW3", "value", 1.0, ""),
    ("plain", "d3 @ W3", "-d3 @ W3", "delta2", "factor", -1.0, ""),
    ("plain", " * slope(a2)", "", "delta2", "missing", 1.0, ""),
    ("plain", "g1 * s1", "g1", "delta1", "missing", 1.0, ""),
    ("plain", "g1 * s1", "g1 * g1", "delta1", "value", 1.0, ""),
    ("plain", "d2 @ W2", "d2 @ W2 * 3", "delta1", "factor", 3.0, "back1"),
    ("plain", "d1.T @ x / m", "np.zeros(W1.shape)", "dW1", "zero", 1.0, ""),
    ("plain", "d1.sum(axis=0) / m", "0 * b1", "db1", "zero", 1.0, ""),
    ("plain", "d1.sum(axis=0)", "d1[0]", "db1", "subset", 1.0, ""),
    ("plain", "a1 @ W2.T + b2", "a1 @ W2.T - b2", "z2", "value", 1.0, ""),
    ("plain", "np.tanh(z2)", "np.tanh(z2) + 0.1", "a2", "value", 1.0, ""),
    ("plain", "d2.T @ a1", "d2.T @ a1 * 2", "dW2", "factor", 2.0, ""),
    ("plain", "d2.T @ a1 / m", "d2.T @ a1 / m + 0.1", "dW2", "value", 1.0, ""),
    ("examples", "a2 - y[i]", "y[i] - a2", "delta2", "factor", -1.0, ""),
    ("examples", " * a2 * (1 - a2)", "", "delta2", "missing", 1.0, ""),
    ("examples", " * (1 - a1 ** 2)", "", "delta1", "missing", 1.0, ""),
    ("examples", "1 - a1 ** 2", "1 - z1 ** 2", "delta1", "value", 1.0, ""),
    ("examples", "np.outer(d2, a1)", "np.outer(d2, z1[:4])", "dW2", "value", 1.0, ""),
    ("examples", "dW1 += np", "dW1 = np", "dW1", "subset", 1.0, ""),
    ("examples", "range(m)", "range(m - 1)", "dW2", "subset", 1.0, ""),
    ("examples", "x[i] + b1", "x[i]", "z1", "value", 1.0, ""),
    ("columns", "A2 - Y", "Y - A2", "delta2", "factor", -1.0, ""),
    ("columns", " * A2 * (1 - A2)", "", "delta2", "missing", 1.0, ""),
    ("columns", "A1.T / m", "A1.T", "dW2", "factor", 5.0, ""),
    ("columns", "axis=1) / m", "axis=1)", "db2", "factor", 5.0, ""),
    ("columns", "W2.T @ dZ2", "-W2.T @ dZ2", "delta1", "factor", -1.0, "back1"),
    ("columns", "dA1 * (1 - A1 ** 2)", "dA1", "delta1", "missing", 1.0, ""),
    ("columns", "1 - A1 ** 2", "1 - Z1 ** 2", "delta1", "value", 1.0, ""),
    ("columns", "dZ1 @ X.T", "dZ1 @ X.T * 2", "dW1", "factor", 2.0, ""),
    ("columns", "np.sum(dZ1, axis=1)", "np.sum(dA1, axis=1)", "db1", "value", 1.0, ""),
    ("reversed", "y - self.a[-1]", "self.a[-1] - y", "delta3", "factor", -1.0, "error"),
    ("reversed", " * (1 - self.a[-1])", "", "delta3", "value", 1.0, ""),
    ("reversed", "-delta.T", "delta.T", "dW3", "factor", -1.0, ""),
    ("reversed", "-delta.sum", "delta.sum", "db3", "factor", -1.0, ""),
    ("reversed", "self.a[l] / len(y)", "self.a[l]", "dW3", "factor", 6.0, ""),
    ("reversed", " * (1 - self.a[l] ** 2)", "", "delta2", "missing", 1.0, ""),
    ("reversed", "1 - self.a[l] ** 2", "1 - self.a[l]", "delta2", "value", 1.0, ""),
    ("reversed", "self.a[-1] @ W.T + b)", "self.a[-1] @ W.T - b)", "z1", "value", 1.0, ""),
    ("inline", "(a2 - y)", "(y - a2)", "delta2", "factor", -1.0, ""),
    ("inline", " * (1 - a1 ** 2)).T", ").T", "dW1", "value", 1.0, ""),
    ("inline", " * (1 - a1 ** 2)).sum", ").sum", "db1", "value", 1.0, ""),
    ("inline", "d2.T @ a1", "d2.T @ a1 * 3", "dW2", "factor", 3.0, ""),
    ("inline", " / len(x)", "", "delta2", "factor", 5.0, ""),
    ("relu", "z > 0", "z >= -1", "delta1", "value", 1.0, "slope1"),
    ("relu", "(p - y)", "(y - p)", "delta2", "factor", -1.0, ""),
    ("relu", " + LAM * W2", "", "dW2", "value", 1.0, ""),
    ("relu", "LAM * W1", "2 * LAM * W1", "dW1", "value", 1.0, ""),
    ("relu", "dh * relu_grad(z1)", "dh", "delta1", "missing", 1.0, ""),
    ("relu", "relu_grad(z1)", "relu_grad(dh)", "delta1", "value", 1.0, "slope1"),
    ("relu", "dscores @ W2", "2 * dscores @ W2", "delta1", "factor", 2.0, "back1"),
    ("relu", "dz1.sum(axis=0)", "dz1.sum(axis=0) + LAM * b1", "db1", "value", 1.0, ""),
    ("zeros", "range(len(params) - 2, -1, -1)", "range(len(params) - 2, 0, -1)", "delta1", "zero", 1.0, ""),
    ("zeros", "range(len(params) - 2, -1, -1)", "range(0)", "delta2", "zero", 1.0, ""),
    ("slopes", "ds(a2)", "ds(z2)", "delta2", "value", 1.0, "slope2"),
    ("slopes", "h = a1", "h = z1", "delta1", "value", 1.0, "slope1"),
    ("slopes", "ds(h)", "ds(z1)", "delta1", "value", 1.0, "slope1"),
    ("slopes", "return a * (1 - a)", "return a * (2 - a)", "delta2", "value", 1.0, "slope2"),
    ("slopes", " / len(x)", "", "delta2", "factor", 5.0, ""),
    ("slopes", "a2 - y", "(a2 - y) ** 3", "delta2", "value", 1.0, "dC/da"),
]


def found_in(text, network):
    spec = NetworkSpec.parse(network)
    return find(CodeHere(text, spec), spec, lambda spec: [safe_point(spec, np.random.default_rng(0))])


@pytest.mark.parametrize(("style", "right", "wrong", "quantity", "slip", "factor", "part"), MISTAKES)
def test_the_first_wrong_thing_is_in_the_line_that_was_changed(style, right, wrong, quantity, slip, factor, part):
    text, network, line = changed(style, right, wrong)
    (first, *_) = found_in(text, network).wrong
    assert (first.place.line, str(first.quantity), first.slip.value) == (line, quantity, slip)
    assert first.factor == pytest.approx(factor, rel=1e-4) and str(first.part or "") == part


@pytest.mark.parametrize("style", STYLES)
def test_in_right_code_nothing_is_wrong(style):
    text, network = STYLES[style]
    found = found_in(text, network)
    assert found.wrong == () and found.unsure is not None


def test_of_two_classes_no_part_of_the_batch_is_told_for_a_sum_that_is_not_averaged():
    text, network, _ = changed("relu", "(p - y) / len(x)", "(p - y)")
    found = found_in(text, network)
    assert found.wrong and {one.slip.value for one in found.wrong} == {"factor"}


def test_the_code_s_own_numbers_are_read_where_the_same_lines_make_them_on_a_small_network():
    text, network, _ = changed("slopes", "ds(h)", "ds(z1)")
    code, found = CodeHere(text, NetworkSpec.parse(network)), found_in(text, network)
    small = NetworkSpec.parse("1-1-1")
    point = safe_point(small, np.random.default_rng(4), m=1)
    own = OwnNumbers(code, found.walk).at(small, point)
    z, a = weighted_inputs(small, point.params, point.x)
    d2 = (a[2] - point.y) * a[2] * (1 - a[2])
    wanted = {"z1": z[1], "a1": a[1], "z2": z[2], "a2": a[2], "delta2": d2}
    wanted["delta1"] = d2 * point.params["W2"] * z[1] * (1 - z[1])
    assert set(own) == set(wanted) and all(np.allclose(own[key], wanted[key], rtol=1e-12) for key in own)
    assert all(value.shape == (1, 1) for value in own.values())
    cut = OwnNumbers(Traced(code, cut=Cut.TIME), found.walk)
    raised = OwnNumbers(Traced(code, raised=CodeError("no", None)), found.walk)
    silent = OwnNumbers(Traced(None), found.walk)
    assert cut.at(small, point) == raised.at(small, point) == silent.at(small, point) == {}


def test_what_stands_in_the_place_of_a_wrong_quantity_has_its_name():
    text, network, _ = changed("plain", "d2.T @ a1", "d2.T @ a1 * 2")
    walk = found_in(text, network).walk
    own = {f"{role}2": walk.own(Quantity(role, 2)) for role in (Role.DELTA, Role.WEIGHT_GRADIENT, Role.BIAS_GRADIENT)}
    assert {key: seen.name for key, seen in own.items()} == {"delta2": "d2", "dW2": "dW2", "db2": "db2"}
    assert walk.own(Quantity(Role.ACTIVATION, 1)) is None


def test_a_factor_that_comes_from_above_is_told_once_and_one_that_undoes_it_is_none():
    text, network, _ = changed("plain", "d3 @ W3", "2 * d3 @ W3")
    assert [str(one.quantity) for one in found_in(text, network).wrong] == ["delta2"]
    undone = text.replace("g1 * s1", "g1 * s1 / 2")
    assert [str(one.quantity) for one in found_in(undone, network).wrong] == ["delta2"]  # below it all is right


def test_in_a_loop_over_layers_each_round_has_its_own_numbers():
    text, network, _ = changed("reversed", "1 - self.a[l] ** 2", "1 - self.a[l]")
    found = found_in(text, network)
    small = NetworkSpec.parse("1-1:tanh-1:tanh-1")
    point = safe_point(small, np.random.default_rng(4), m=1)
    own = OwnNumbers(CodeHere(text, NetworkSpec.parse(network)), found.walk).at(small, point)
    _, a = weighted_inputs(small, point.params, point.x)
    assert all(np.allclose(own[f"a{l}"], a[l]) for l in (1, 2, 3) if f"a{l}" in own) and {"a1", "a2"} <= set(own)
    other = NetworkSpec.parse("1-1:tanh-1")  # with fewer rounds nobody knows which is which
    point = safe_point(other, np.random.default_rng(4), m=1)
    fewer = OwnNumbers(CodeHere(text, NetworkSpec.parse(network)), found.walk).at(other, point)
    _, a = weighted_inputs(other, point.params, point.x)
    assert all(np.allclose(fewer[key], a[int(key[1:])]) for key in fewer if key[0] == "a")


class Traced:
    """A code whose trace was cut, had raised, or could not be made."""

    def __init__(self, code, **how):
        self.code, self.how = code, how

    def trace(self, spec, point):
        if self.code is None:
            raise NoAnswer
        return replace(self.code.trace(spec, point), **self.how)
