"""Why a mistake is one: every id in both languages, short, every place filled, with formulas that give the right numbers."""

from __future__ import annotations

import re
from string import Formatter

import numpy as np
import pytest

from gradcheck.explanations.why import IDS, RecursionStep, step_of, why, why_id
from gradcheck.judge.mistake import Diagnosis
from gradcheck.sentences.sentence import template, told
from reference_nets.activations import ACTIVATIONS
from reference_nets.network import backward, weighted_inputs
from reference_nets.points import Point, init_params, random_batch
from reference_nets.spec import NetworkSpec
from symbolic.derivation.numpy_lines import ArrayOrder, NumpyLines
from symbolic.mistakes.catalogue import BEHAVIOUR, CATALOGUE

MOST_WORDS, MOST_SIGNS = 120, 240
NETWORKS = [
    "3-4:tanh-2", "2-3:relu-3:elu-1:identity/huber", "3-4:leaky_relu-2/bce", "4-3:sigmoid-3/cross_entropy+l2=0.1",
    "3-4:gelu-3:softmax/quadratic", "3-4:silu-2:tanh/mse", "2-3:softplus-3:sigmoid/cross_entropy", "2-4:identity-3:softmax/bce",
    "2-1/bce", "2-3:tanh-2:relu/quadratic", "3-2:softmax/mse",
]  # fmt: skip
LAYOUTS = [ArrayOrder(columns, in_out, late) for columns in (False, True) for in_out in (False, True) for late in (False, True)]


def test_every_mistake_has_its_sentences():
    assert set(IDS) == {*CATALOGUE, *BEHAVIOUR, "unknown"}
    for id in IDS:
        assert template(f"teaching/why.{id}", "en") and template(f"teaching/why.{id}", "zh")


@pytest.mark.parametrize("network", NETWORKS[:4])
def test_they_are_short_and_filled_in_both_languages(network):
    spec = NetworkSpec.parse(network)
    for id in IDS:
        for layer in spec.layers:
            found = why_id(spec, id, layer, f"W{layer}", {"delta1": "dz1"})
            assert len(" ".join([found.text, *(line.text for line in found.formulas)]).split()) <= MOST_WORDS, id
            chinese = told(found.text, "zh")
            assert len(chinese) <= MOST_SIGNS and re.search("[一-鿿]", chinese), id
            assert not re.search(r"[{}]", found.text + chinese), id


def test_no_word_of_the_workshop_is_in_them():
    """What a student has not met is not said: the words of enclosures, contracts and witnesses."""
    for id in IDS:
        text = str(template(f"teaching/why.{id}", "en"))
        assert not re.search(r"witness|enclos|budget|contract|upstream|certif|truth", text), id
        assert {name for _, name, _, _ in Formatter().parse(text) if name} <= PLACES


PLACES = {"layer", "next", "gradients", "phi", "cost", "a", "z", "delta", "W", "b", "dW", "db", "above", "W_above", "input"}
PLACES |= {"y", "m"}


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_a_formula_gives_the_right_number(network, layout):
    """Run as code, in the layout of the file, against the reference network, which shares no formula with it."""
    spec = NetworkSpec.parse(network)
    names, wanted = arrays(spec, layout)
    lines = NumpyLines(spec, {}, layout)
    for layer in spec.layers:
        for line in (lines.forward(layer), lines.output(layer), lines.delta(layer), lines.weight(layer), lines.bias(layer)):
            np.testing.assert_allclose(eval(line.code, names), wanted[line.quantity], rtol=1e-12, atol=1e-15, err_msg=line.text)


@pytest.mark.parametrize("network", NETWORKS)
def test_what_is_shown_below_a_formula_gives_the_same(network):
    """``tanh'(z1) = 1 - a1**2`` put where ``tanh'(z1)`` stands, as a reader does it."""
    spec = NetworkSpec.parse(network)
    names, wanted = arrays(spec, ArrayOrder())
    for layer in spec.layers:
        line = NumpyLines(spec).delta(layer)
        code = line.chain[-1]
        local = dict(names)
        for where in reversed(line.where):
            *left, right = where.split(" = ")
            if "'" in left[0]:
                code = code.replace(left[0], f"({right})")
            else:
                local[left[0]] = eval(right, local)
        np.testing.assert_allclose(eval(code, local), wanted[line.quantity], rtol=1e-12, atol=1e-15)


def arrays(spec, layout):
    """The quantities of the network at a random point, as the layout has them, and the functions that the code names."""
    rng = np.random.default_rng(5)
    params, (x, y) = init_params(spec, rng), random_batch(spec, rng, 5)
    point = Point({key: value + 0.1 for key, value in params.items()}, x, y)
    z, a = weighted_inputs(spec, point.params, x)
    m, found = len(x), {}
    scale = m if layout.late_average else 1
    for layer in spec.layers:
        found[f"z{layer}"], found[f"a{layer}"] = z[layer], a[layer]
        found[f"delta{layer}"] = np.vstack([by_example(spec, point, i)[f"b{layer}"] for i in range(m)]) / m * scale
    grads = backward(spec, point.params, x, y)
    found |= {f"d{key}": value for key, value in grads.items()}
    given = {**point.params, "x": x, "y": y} | found
    turned = {name: turn(name, value, layout) for name, value in given.items()}
    functions = {"np": np, "m": m, "lam": spec.l2}
    functions |= {name: row.phi for name, row in ACTIVATIONS.items() if name != "softmax"}
    return {**turned, **functions}, turned


def by_example(spec, point, i):
    """The gradient of one example: by its bias the delta itself."""
    return backward(spec, point.params, point.x[i : i + 1], point.y[i : i + 1])


def turn(name, value, layout):
    if name.lstrip("d")[0] == "W":
        return value.T if layout.in_out else value
    if name.lstrip("d")[0] == "b":
        return value[:, None] if layout.columns else value
    return value.T if layout.columns else value


def test_the_students_own_names_and_layout_are_used():
    diagnosis = Diagnosis("missing-hidden-activation-derivative", 1, "b1", "", "", "", 16.0)
    spec = NetworkSpec.parse("3-4:tanh-2")
    found = why(spec, diagnosis, {"delta2": "dz2", "a1": "h", "z1": "u"})
    assert found.formulas[0].text == "dC/du = dC/dh * dh/du = (dz2 @ W2) * tanh'(u)\ntanh'(u) = 1 - h**2"
    assert "h = tanh(u) stands between" in found.text
    columns = why(spec, diagnosis, {"delta2": "dZ2"}, ArrayOrder(columns=True))
    assert columns.formulas[0].chain[-1] == "(W2.T @ dZ2) * tanh'(z1)"


@pytest.mark.parametrize(
    ("network", "slope"),
    [("2-3:relu-1", "(z1 > 0)"), ("2-3:sigmoid-1", "a1 * (1 - a1)"), ("2-3:elu-1", "np.where(z1 > 0, 1, a1 + 1)"),
     ("2-3:leaky_relu-1", "np.where(z1 > 0, 1, 0.01)"), ("2-3:identity-1", "")],
)  # fmt: skip
def test_only_the_slope_of_this_layer_is_shown(network, slope):
    assert NumpyLines(NetworkSpec.parse(network)).slope(1) == slope


def test_a_mistake_of_the_output_is_told_of_the_output():
    found = why_id(NetworkSpec.parse("3-4:tanh-2"), "output-delta-sign", 1, "W1")
    assert [line.quantity for line in found.formulas] == ["delta2"]
    assert step_of("missing-hidden-activation-derivative") is RecursionStep.HIDDEN_DELTA
    hidden = why_id(NetworkSpec.parse("3-4:tanh-2"), "missing-hidden-activation-derivative", 2, "W2")
    assert [line.quantity for line in hidden.formulas] == ["delta1"]


def test_an_id_that_is_not_known_is_told_as_unknown():
    assert why_id(NetworkSpec.parse("3-4:tanh-2"), "made-up", 1, "W1").id == "unknown"
