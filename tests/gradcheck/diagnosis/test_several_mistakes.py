"""A diagnosis claims to explain only what it gives: two slips in one delta are both named, and what is left is said."""

import numpy as np
import pytest

from gradcheck.diagnosis.catalogue_search import diagnose
from gradcheck.submissions.validation import validate
from gradcheck.witnesses.points import safe_point
from reference_nets.spec import NetworkSpec
from reports.render import render
from symbolic.mistakes.catalogue import CATALOGUE, plant, variants
from symbolic.programs.compiled import compile_gradient

FILE = """
import numpy as np
def s(z): return 1 / (1 + np.exp(-z))
def forward(params, x):
    (W1, b1), (W2, b2) = params
    return s(np.tanh(x @ W1.T + b1) @ W2.T + b2)
{loss}
def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    a1 = np.tanh(x @ W1.T + b1)
    a2 = s(a1 @ W2.T + b2)
    d2 = {d2}
    d1 = {d1}
    return [(d1.T @ x, d1.sum(0)), (d2.T @ a1, d2.sum(0))]
"""
D1 = "(d2 @ W2) * (1 - a1**2)"
RIGHT = "(a2 - y) * a2 * (1 - a2) / len(x)"
NO_SLOPE, SUM, TWICE = "missing-output-activation-derivative", "missing-batch-average", "cost-derivative-factor"


@pytest.fixture
def judged(tmp_path):
    def of(d2=RIGHT, d1=D1, loss="", network="3-4:tanh-2:sigmoid/quadratic"):
        cost = f"def loss(params, x, y): return {loss}" if loss else ""
        (tmp_path / "student.py").write_text(FILE.format(d2=d2, d1=d1, loss=cost))
        return validate(tmp_path / "student.py", network=network, examples=0)

    return of


@pytest.mark.parametrize(
    ("d2", "d1", "ids", "factor"),
    [
        ("a2 - y", D1, [NO_SLOPE, SUM], 5),
        ("2 * (a2 - y) / len(x)", D1, [NO_SLOPE, TWICE], 2),
        ("(a2 - y) / len(x) / 2", D1, [NO_SLOPE, TWICE], 0.5),
        ("2 * (a2 - y)", D1, [NO_SLOPE, SUM], 10),
        ("3 * (a2 - y)", D1, [NO_SLOPE, SUM], 15),
        ("0.3 * (a2 - y) / len(x)", D1, [NO_SLOPE, "constant-factor"], 0.3),
        ("(y - a2) * a2 * (1 - a2)", D1, ["output-delta-sign", SUM], 5),
        ("7 * (a2 - y) * a2 * (1 - a2) / len(x)", "d2 @ W2", ["constant-factor", "missing-hidden-activation-derivative"], 7),
    ],
)
def test_a_factor_beside_a_mistake_is_named(d2, d1, ids, factor, judged):
    found = judged(d2, d1).diagnoses
    assert [d.id for d in found] == ids  # in the order of their lines
    assert all(not d.alone and d.complete for d in found)
    beside, other = sorted(found, key=lambda d: d.factor is None)
    assert (beside.factor, other.factor) == (pytest.approx(factor), None)
    assert beside.to_dict()["remaining_factor"] == pytest.approx(factor)
    assert beside.to_dict()["explains_alone"] is False


@pytest.mark.parametrize(
    ("d2", "d1", "mistake"),
    [
        ("(a2 - y) / len(x)", D1, NO_SLOPE),
        ("(a2 - y) * a2 * (1 - a2)", D1, SUM),
        ("2 * " + RIGHT, D1, TWICE),
        (RIGHT, "d2 @ W2", "missing-hidden-activation-derivative"),
    ],
)
def test_a_mistake_that_gives_all_numbers_explains_alone(d2, d1, mistake, judged):
    result = judged(d2, d1)
    (found,) = result.diagnoses
    assert (found.id, found.alone, found.complete, found.factor) == (mistake, True, True, None)
    assert "These numbers are reproduced to" in " ".join(render(result.report(), "text").replace("▌", "").split())


def test_two_mistakes_in_two_places_explain_together(judged):
    found = judged("(a2 - y) / len(x)", "d2 @ W2").diagnoses
    assert {d.id for d in found} == {NO_SLOPE, "missing-hidden-activation-derivative"}
    assert all(not d.alone and d.complete and d.factor is None for d in found)


def test_what_stays_unexplained_is_said(judged):
    (found,) = judged("(a2 - y) / len(x)", "np.sin(d2 @ W2) * (1 - a1**3)").diagnoses
    assert (found.id, found.alone, found.complete, found.unexplained) == (NO_SLOPE, False, False, ("W1", "b1"))
    (nothing,) = judged("(a2 - y)**3 / len(x)").diagnoses
    assert (nothing.id, nothing.alone) == ("unknown", False)


def test_a_factor_that_happens_to_be_the_batch_size_is_no_batch_average(judged):
    (found,) = judged("5 * (a2 - y) * a2 * (1 - a2) / len(x)").diagnoses
    assert found.id == "constant-factor"
    assert "5 times" in found.message


OWN = "((forward(params, x) - y)**2).sum()"


@pytest.mark.parametrize(
    ("d2", "loss", "alone"),
    [
        ("a2 - y", f"0.5 * {OWN}", True),
        ("2 * (a2 - y) / len(x)", f"{OWN} / len(x)", True),
        ("(a2 - y) / len(x)", f"{OWN} / len(x)", False),
        ("(a2 - y) / len(x)", f"0.5 * {OWN}", False),
    ],
)
def test_it_must_hold_in_the_scale_of_the_files_own_cost(d2, loss, alone, judged):
    first = judged(d2, loss=loss).diagnoses[0]
    assert (first.id, first.alone, first.complete) == (NO_SLOPE, alone, True)
    assert "the file's own cost" in first.message
    assert (first.factor is None) is alone


@pytest.mark.parametrize("network", ["2-3-2", "3-4:tanh-2+l2=0.1", "2-3:relu-3/cross_entropy"])
@pytest.mark.parametrize("mistake", ["activation-derivative-at-activation", "missing-hidden-activation-derivative"])
@pytest.mark.parametrize("factor", [2.0, 0.5, 7.0, -1.0])
def test_diagnose_finds_a_catalogued_mistake_behind_a_factor(network, mistake, factor):
    spec = NetworkSpec.parse(network)
    rows = [v for v in variants(spec, CATALOGUE[mistake]) if v.layer < spec.L]
    if not rows or (spec.activations[0] == "relu" and mistake == "activation-derivative-at-activation"):
        return
    rng = np.random.default_rng(3)
    claims = []
    for m in (5, 7):
        point = safe_point(spec, rng, m=m)
        grads = compile_gradient(plant(spec, rows[0]))(point.params, point.x, point.y)
        decay = {key: spec.l2 * point.params[key] if key[0] == "W" else 0.0 for key in grads}
        claims.append((point, {key: factor * (g - decay[key]) + decay[key] for key, g in grads.items()}))
    found = diagnose(spec, claims)
    assert found
    assert all(d.complete for d in found)
    named = {d.id for d in found} | {a for d in found for a in d.alternatives}
    assert mistake in named or len(found) == 1
