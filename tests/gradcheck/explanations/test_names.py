"""The names that the code has for what the notation calls delta1, a1, W2."""

from __future__ import annotations

import numpy as np
import pytest

from gradcheck.explanations.names import names, shortened
from gradcheck.explanations.traced.where import find
from gradcheck.witnesses.points import safe_point
from reference_nets.spec import NetworkSpec
from tests.gradcheck.explanations.test_where import LOOPED
from tests.gradcheck.explanations.traced_here import CodeHere

PLAIN = """\
import numpy as np
def sigma(t):
    return 1 / (1 + np.exp(-t))
def backward(params, data, target):
    (V, c), (W, d) = params
    pre = data @ V.T + c
    hidden = np.tanh(pre)
    out = sigma(hidden @ W.T + d)
    err = (out - target) * out * (1 - out) / len(data)
    back = err @ W
    return [(back.T @ data, back.sum(axis=0)), (err.T @ hidden, err.sum(axis=0))]
"""
NAMES = {
    "x": "data", "y": "target", "W1": "V", "b1": "c", "z1": "pre", "a1": "hidden", "delta1": "back",
    "W2": "W", "b2": "d", "a2": "out", "delta2": "err",
}  # fmt: skip


def names_of(text, network):
    spec = NetworkSpec.parse(network)
    found = find(CodeHere(text, spec), spec, lambda spec: [safe_point(spec, np.random.default_rng(0))])
    return dict(names(found.walk))


@pytest.mark.parametrize("network", ["3-4:tanh-2", "2-5:tanh-4"])
def test_quantities_have_the_names_of_the_function_with_the_mistake(network):
    assert names_of(PLAIN, network) == NAMES


def test_a_name_that_stands_for_two_quantities_is_left_out():
    found = names_of(LOOPED.replace("* a[l] * (1 - a[l])", ""), "3-4-2")
    assert "delta" not in found.values()
    assert (found["a1"], found["a2"]) == ("a[1]", "a[2]")


def test_an_index_into_what_was_handed_over_is_no_better_name():
    text = PLAIN.replace("(V, c), (W, d) = params", "V, c = params[0]").replace("W.T + d", "params[1][0].T + params[1][1]")
    found = names_of(text.replace("err @ W", "err @ params[1][0]"), "3-4:tanh-2")
    assert "W2" not in found and "b2" not in found and found["W1"] == "V"


@pytest.mark.parametrize(
    ("name", "short"),
    [("cache['A1']", "A1"), ('grads["dW2"]', "dW2"), ("self.h", "h"), ("self.p['W1']", "W1"), ("a[1]", "a[1]"), ("dz", "dz")],
)
def test_a_key_that_is_a_name_is_what_it_is_called(name, short):
    assert shortened(name) == short
