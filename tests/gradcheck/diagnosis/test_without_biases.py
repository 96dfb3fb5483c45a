"""Mistakes planted in networks without biases, and in networks whose biases are regularised, are caught and named."""

import numpy as np
import pytest

from gradcheck.diagnosis.catalogue_search import diagnose
from gradcheck.judge.judge import judge
from gradcheck.judge.verdicts import Verdict
from gradcheck.witnesses.network_truth import truth_at
from gradcheck.witnesses.points import safe_point
from reference_nets.spec import NetworkSpec
from symbolic.mistakes.catalogue import all_variants, plant
from symbolic.mistakes.visibility import is_equivalent
from symbolic.programs.compiled import compile_gradient

NETWORKS = [
    "2-3-3-2+nobias",
    "3-3:tanh-3:leaky_relu-3:softmax/cross_entropy+nobias+l2=0.5",
    "2-3:tanh-3:relu-2+l2b=0.25",
]
SHOWN_BY_AN_UPDATE = "weights-updated-before-backpropagation"


def planted():
    """Every seventh of all, with another beginning in each network."""
    for first, network in enumerate(NETWORKS):
        for variant in all_variants(NetworkSpec.parse(network))[first::7]:
            if variant.mistake != SHOWN_BY_AN_UPDATE:
                yield pytest.param(network, variant, id=f"{network} {variant.label}")


@pytest.mark.parametrize(("network", "variant"), list(planted()))
def test_a_planted_mistake_is_caught_and_named(network, variant):
    spec = NetworkSpec.parse(network)
    rng = np.random.default_rng(5)
    points = [safe_point(spec, rng) for _ in range(2)]
    gradient = compile_gradient(plant(spec, variant))
    claims = [(point, gradient(point.params, point.x, point.y)) for point in points]
    if is_equivalent(spec, variant, [(p.params, p.x, p.y) for p in points]):
        return
    verdicts = {check.verdict for point, grads in claims for check in judge(truth_at(spec, point), grads).values()}
    assert Verdict.MISMATCH in verdicts
    told = diagnose(spec, claims)
    assert variant.mistake in {name for one in told for name in (one.id, *one.alternatives)}


@pytest.mark.parametrize("form", ["in db", "2 lambda, in db"])
def test_a_penalty_that_is_wrong_for_the_biases_alone_is_told_so(form):
    spec = NetworkSpec.parse("2-3:tanh-2+l2b=0.25")
    (variant,) = [v for v in all_variants(spec) if v.form == form and v.mistake in ("l2-missing", "l2-factor")]
    point = safe_point(spec, np.random.default_rng(1))
    grads = compile_gradient(plant(spec, variant))(point.params, point.x, point.y)
    verdicts = {key: check.verdict for key, check in judge(truth_at(spec, point), grads).items()}
    assert {key for key, verdict in verdicts.items() if verdict is Verdict.MISMATCH} == {"b1", "b2"}
    assert [one.id for one in diagnose(spec, [(point, grads)])] == [variant.mistake]
