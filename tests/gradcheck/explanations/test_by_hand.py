"""A case to work through by hand: chosen so that the same mistake is plain to see, right in every number, proven by a nudge."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcheck import check_network
from gradcheck.explanations.by_hand.asks import Asks
from gradcheck.explanations.by_hand.case import LineAgreement, NoCase, WorkedCase
from gradcheck.explanations.by_hand.worked import WrongGradient, worked_case
from gradcheck.explanations.by_hand.written import array_text
from gradcheck.explanations.traced.code import NoAnswer
from gradcheck.strategies import networks
from gradcheck.witnesses.points import safe_point
from reference_nets.network import backward, cost
from reference_nets.spec import NetworkSpec
from reports.render import render
from symbolic.mistakes.catalogue import CATALOGUE, Variant, plant, variants
from symbolic.programs.compiled import compile_gradient


def with_mistake(spec: NetworkSpec, variant: Variant):
    """The gradient of any network of the family with a mistake in the same form and, from the output, the same layer."""

    @cache
    def made(small):
        alike = [v for v in variants(small, CATALOGUE[variant.mistake]) if (v.layer, v.form) == (variant.layer, variant.form)]
        return compile_gradient(plant(small, alike[0])) if alike else None

    def gradient(small, point):
        if (planted := made(small)) is None:
            raise NoAnswer
        return planted(point.params, point.x, point.y)

    return gradient


def wrong_in(spec, gradient):
    point = safe_point(spec, np.random.default_rng(3))
    right, yours = backward(spec, point.params, point.x, point.y), gradient(spec, point)
    return tuple(key for key in spec.keys if not np.allclose(right[key], yours[key], rtol=1e-9, atol=1e-12))


NETWORKS = ("3-4:tanh-2", "2-4:relu-3/cross_entropy", "3-4:sigmoid-3:leaky_relu-2/mse+l2=0.1")
CASES = [
    (network, variant)
    for network in NETWORKS
    for row in CATALOGUE.values()
    for variant in variants(NetworkSpec.parse(network), row)[:1]
]


@pytest.fixture(scope="module")
def cases():
    """The worked case of one variant of each mistake in each network."""
    found = {}
    for network, variant in CASES:
        spec = NetworkSpec.parse(network)
        gradient = with_mistake(spec, variant)
        if wrong := wrong_in(spec, gradient):
            found[network, variant.label] = worked_case(spec, Asks(gradient), WrongGradient(wrong, (variant.mistake,)))
    return found


def test_nearly_every_mistake_has_a_case(cases):
    without = sorted(f"{network} {label}" for (network, label), case in cases.items() if isinstance(case, NoCase))
    assert len(without) <= 0.05 * len(cases), without


def test_what_is_wrong_first_is_off_by_a_tenth_and_no_number_is_noise(cases):
    for case in cases.values():
        if isinstance(case, WorkedCase):
            first = case.wrong[-1]
            off = np.abs(case.yours[first] - case.right[first])
            assert (off >= 1e-3).any()
            assert (off >= 0.0999 * np.abs(case.right[first])).any()
            for row in case.rows:
                for numbers in (row.right, row.yours):
                    size = np.abs(np.asarray(0.0 if numbers is None else numbers))
                    assert ((size == 0) | (size >= 1e-3) | (row.compared is LineAgreement.SAME)).all(), row


def test_the_lines_are_the_reference_s(cases):
    for case in cases.values():
        if isinstance(case, WorkedCase):
            right = backward(case.spec, case.point.params, case.point.x, case.point.y)
            for key in case.spec.keys:
                row = next(row for row in case.rows if row.key == f"d{key}")
                np.testing.assert_allclose(row.right, np.squeeze(right[key]), rtol=1e-12, atol=1e-15)
            assert [row.compared for row in case.rows].count(LineAgreement.FIRST) == 1


def test_a_nudge_agrees_with_the_right_number_alone(cases):
    with_nudge = [case for case in cases.values() if isinstance(case, WorkedCase) and case.nudge]
    assert len(with_nudge) >= 0.95 * sum(isinstance(case, WorkedCase) for case in cases.values())
    for case in with_nudge:
        quotient = (float(case.nudge.above) - float(case.nudge.below)) / 0.002
        assert abs(quotient - case.nudge.right) < abs(quotient - case.nudge.yours) / 10


def test_python_to_paste_gives_the_quotient(cases, capsys):
    for case in cases.values():
        if isinstance(case, WorkedCase) and case.nudge:
            assert max(map(len, case.python)) <= 100
            exec("\n".join(case.python), {})
            printed = float(capsys.readouterr().out)
            assert abs(printed - case.nudge.right) <= 0.006 * abs(case.nudge.right) + 1e-6, case.python


def test_a_right_gradient_elsewhere_is_no_case():
    spec = NetworkSpec.parse("3-4:tanh-2")

    def right_but_on_its_own(small, point):
        return backward(small, point.params, point.x, point.y)

    assert isinstance(worked_case(spec, Asks(right_but_on_its_own), WrongGradient(("W1", "b1"))), NoCase)


def test_code_for_one_large_network_alone_is_told_so():
    spec = NetworkSpec.parse("6-8:tanh-2")

    def fixed(small, point):
        if small.sizes != spec.sizes:
            raise NoAnswer
        return {key: 2 * value for key, value in backward(small, point.params, point.x, point.y).items()}

    found = worked_case(spec, Asks(fixed), WrongGradient(spec.keys))
    assert isinstance(found, NoCase) and "6-8:tanh-2" in found.reason


def test_a_batch_mistake_is_shown_on_two_examples():
    spec = NetworkSpec.parse("3-4:tanh-2")

    def summed(small, point):
        return {key: len(point.x) * value for key, value in backward(small, point.params, point.x, point.y).items()}

    case = worked_case(spec, Asks(summed), WrongGradient(spec.keys))
    assert isinstance(case, WorkedCase) and len(case.point.x) == 2 and case.spec.sizes == (1, 1, 1)


def test_the_code_is_asked_no_more_than_forty_times():
    spec, asked = NetworkSpec.parse("3-4:tanh-2"), []

    def hidden(small, point):
        asked.append(point)
        return {key: value * (1 + 1e-5) for key, value in backward(small, point.params, point.x, point.y).items()}

    assert isinstance(worked_case(spec, Asks(hidden), WrongGradient(spec.keys)), NoCase)
    assert len(asked) <= 40


def test_the_cost_of_the_code_itself_is_told_where_it_is_the_same():
    spec = NetworkSpec.parse("3-4:tanh-2")

    def half(small, point):
        return {key: value / 2 for key, value in backward(small, point.params, point.x, point.y).items()}

    def own(small, point):
        return cost(small, point.params, point.x, point.y)

    for function, told in ((own, True), (lambda small, point: 2 * own(small, point), False), (None, False)):
        case = worked_case(spec, Asks(half, cost=function), WrongGradient(spec.keys))
        assert isinstance(case, WorkedCase) and case.nudge and case.nudge.is_own_cost is told


def without_slope(params, x, y):
    (W1, b1), (W2, b2) = params
    a1 = np.tanh(x @ W1.T + b1)
    a2 = 1 / (1 + np.exp(-(a1 @ W2.T + b2)))
    d2 = (a2 - y) * a2 * (1 - a2) / len(x)
    d1 = d2 @ W2
    return [(d1.T @ x, d1.sum(0)), (d2.T @ a1, d2.sum(0))]


def test_trusted_code_has_the_same_case_when_its_report_is_asked_for():
    page = render(check_network("3-4:tanh-2", without_slope).report(), "text")
    assert "By hand" in page and "(0.2324193 - 0.2322951) / 0.002 = 0.0621" in page


@st.composite
def wrong_gradients(draw):
    """A network and the gradient of it with one or two mistakes of the catalogue planted."""
    spec = draw(networks(max_hidden=2, max_width=3, biases=(True,), costs=("quadratic", "mse", "bce", "cross_entropy")))
    every = [variant for row in CATALOGUE.values() for variant in variants(spec, row)]
    return spec, draw(st.sampled_from(every))


@settings(max_examples=25, deadline=None)
@given(wrong_gradients())
def test_no_number_of_any_case_is_noise_and_the_first_wrong_one_is_plain(given_one):
    """Of whatever network and mistake: numbers are 0 or at least 0.001, short, the first wrong one off by a tenth."""
    spec, variant = given_one
    gradient = with_mistake(spec, variant)
    try:
        wrong = wrong_in(spec, gradient)
    except NoAnswer:
        return
    case = worked_case(spec, Asks(gradient), WrongGradient(wrong, (variant.mistake,))) if wrong else None
    if not isinstance(case, WorkedCase):
        return
    numbers = [n for row in case.rows for n in (row.right, row.yours) if n is not None]
    sizes = np.abs(np.concatenate([np.ravel(n) for n in numbers]).astype(float))
    assert np.isfinite(sizes).all() and (sizes[sizes > 0] >= 1e-3).all()
    (first,) = [row for row in case.rows if row.compared is LineAgreement.FIRST]
    off, size = np.abs(np.asarray(first.yours, dtype=float) - first.right), np.abs(first.right)
    assert ((off >= 0.0999 * size) & (off >= 1e-3)).any()
    printed = [text for row in case.rows for text in re.findall(r"[0-9]+(?:[.][0-9]+)?", array_text(row.right))]
    assert max(len(text.replace(".", "").lstrip("0")) for text in printed) <= 6
