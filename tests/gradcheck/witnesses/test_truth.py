"""What vouches for the truth: if it does not, the checker says that it contradicts itself."""

import json
from dataclasses import replace

import numpy as np
import pytest

from gradcheck.judge.verdicts import CheckerFault
from gradcheck.networks.check import check_network
from gradcheck.witnesses import network_truth as truth
from gradcheck.witnesses.points import safe_point
from reference_nets.network import backward
from reference_nets.spec import NetworkSpec
from symbolic.mistakes.catalogue import all_variants, plant
from symbolic.programs.build import program

SPEC = NetworkSpec.parse("2-3:tanh-2")
POINT = safe_point(SPEC, np.random.default_rng(0))


@pytest.fixture
def planted(monkeypatch):
    """The checker's own program with a mistake in it."""
    variant = next(v for v in all_variants(SPEC) if v.mistake == "missing-hidden-activation-derivative")
    monkeypatch.setattr(truth, "program", lambda spec, **options: plant(spec, variant))
    cached = truth.program_identity
    cached.cache_clear()
    yield
    cached.cache_clear()


def test_a_program_that_is_no_derivative_is_the_checkers_fault(planted):
    with pytest.raises(CheckerFault, match="the program's db1 is not the derivative of its cost"):
        truth.truth_at(SPEC, POINT)


def test_an_enclosure_that_the_direct_derivative_contradicts_is_the_checkers_fault(planted, monkeypatch):
    monkeypatch.setattr(truth, "program_identity", lambda spec: None)
    with pytest.raises(CheckerFault, match="not the derivative of the cost at this point"):
        truth.truth_at(SPEC, POINT)


def test_a_reference_with_other_formulas_does_not_enclose(monkeypatch):
    assert truth.reference_encloses(SPEC, POINT)
    wrong = lambda *arguments, **options: {k: v + v * 2.0**-80 for k, v in backward(*arguments, **options).items()}
    monkeypatch.setattr(truth, "backward", wrong)
    assert not truth.reference_encloses(SPEC, POINT)


def test_the_reference_over_the_field_fails_with_a_mistake_in_it(monkeypatch):
    truth.reference_identity.cache_clear()
    monkeypatch.setattr(truth, "backward", lambda *a, **o: {k: 2 * v for k, v in backward(*a, **o).items()})
    assert not truth.reference_identity(SPEC).holds
    truth.reference_identity.cache_clear()


def test_a_result_as_json_names_its_diagnoses():
    def flipped(params, x, y):
        (W1, b1), (W2, b2) = params
        keyed = {"W1": W1, "b1": b1, "W2": W2, "b2": b2}
        return {key: -value for key, value in backward(SPEC, keyed, x, y).items()}

    data = json.loads(json.dumps(check_network(SPEC, flipped, rng=0).to_dict()))
    assert {"output-delta-sign", "sign-flipped"} & {found["id"] for found in data["diagnoses"]}


def test_the_program_of_a_spec_is_its_own():
    assert program(SPEC) is program(SPEC)
    assert program(replace(SPEC, l2=0.5)).spec.l2 == 0.5
