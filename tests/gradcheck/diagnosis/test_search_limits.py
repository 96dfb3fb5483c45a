"""The search for a mistake has a bound, counted in work; what it left out is told, as data and in a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from gradcheck.diagnosis import catalogue_search as diagnosis
from gradcheck.diagnosis.catalogue_search import explain
from gradcheck.judge.search_limits import NotSearched, Unsearched, Work, WorkSpent
from gradcheck.judge.verdicts import Verdict
from gradcheck.networks.check import check_network
from gradcheck.networks.result import NetworkCheck
from gradcheck.witnesses.points import safe_point
from reference_nets.activations import Array
from reference_nets.network import backward
from reference_nets.spec import NetworkSpec

DEEP = "3-" + "4:tanh-" * 9 + "2"


def _noisy(spec: NetworkSpec, params: Mapping[str, Array], x: Array, y: Array) -> dict[str, Array]:
    """A gradient that no mistake of the catalogue gives."""
    grads = backward(spec, params, x, y)
    return {key: g + 1e-3 * np.sin(np.arange(g.size)).reshape(g.shape) for key, g in grads.items()}


def _checked(spec: NetworkSpec) -> NetworkCheck:
    def pairs(params: Sequence[tuple[Array, Array]], x: Array, y: Array) -> Any:
        return _noisy(spec, {f"{n}{l}": a for l, pair in enumerate(params, 1) for n, a in zip("Wb", pair, strict=True)}, x, y)

    return check_network(spec, pairs, points=1, rng=0)


def test_work_is_counted_and_ends() -> None:
    work = Work(10)
    for _ in range(10):
        work.spend(1)
    with pytest.raises(WorkSpent):
        work.spend(1)


@pytest.mark.parametrize("network", ["3-4:tanh-4:tanh-2", "2-3:relu-2:softmax/cross_entropy", DEEP])
@pytest.mark.parametrize("most", [0, 40])
def test_what_was_not_searched_is_told(network: str, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnosis, "MOST_WORK", most)
    spec = NetworkSpec.parse(network)
    result = _checked(spec)
    assert result.verdict is Verdict.MISMATCH
    left_out = result.not_searched
    assert left_out is not None
    assert left_out.why is Unsearched.WORK
    assert left_out.tried <= left_out.of
    assert left_out.words in str(result)
    assert result.to_dict()["not_searched"]["why"] == "work"
    assert result.diagnoses == ()


def test_the_same_bound_on_any_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnosis, "MOST_WORK", 300)
    spec = NetworkSpec.parse("3-4:tanh-4:tanh-2")
    assert _checked(spec).not_searched == _checked(spec).not_searched


@pytest.mark.parametrize("network", ["3-4:tanh-4:tanh-2", "2-3:relu-2:softmax/cross_entropy", DEEP])
def test_a_search_that_ends_by_itself_left_nothing_out(network: str) -> None:
    result = _checked(NetworkSpec.parse(network))
    assert result.verdict is Verdict.MISMATCH
    assert result.not_searched is None
    assert "not_searched" in result.to_dict()


def test_a_large_network_that_nobody_can_ask_is_told() -> None:
    spec = NetworkSpec.parse("40-30-4")
    point = safe_point(spec, np.random.default_rng(0))
    claims = [(point, _noisy(spec, point.params, point.x, point.y))]
    assert explain(spec, claims).not_searched == NotSearched(Unsearched.SIZE)


def test_a_right_network_left_nothing_out() -> None:
    spec = NetworkSpec.parse("3-4:tanh-2")

    def right(params: Sequence[tuple[Array, Array]], x: Array, y: Array) -> Any:
        by_key = {f"{n}{l}": a for l, pair in enumerate(params, 1) for n, a in zip("Wb", pair, strict=True)}
        return backward(spec, by_key, x, y)

    assert check_network(spec, right, rng=0).not_searched is None


WIDE = {
    "30-25:tanh-4": ("missing-batch-average", lambda spec, g, m: {key: m * value for key, value in g.items()}),
    "40-20:relu-5:softmax/cross_entropy": ("sign-flipped", lambda spec, g, m: {key: -value for key, value in g.items()}),
    "50-16-16-3": (
        "weight-gradient-transposed",
        lambda spec, g, m: g | {"W2": g["W2"].T.copy()},
    ),
    "24-24:tanh-3": ("missing-batch-average", lambda spec, g, m: {key: m * value for key, value in g.items()}),
    "33-20:tanh-7-2+l2=0.1": (
        "bias-gradient-averaged-twice",
        lambda spec, g, m: {key: value / m if key[0] == "b" else value for key, value in g.items()},
    ),
}


@pytest.mark.parametrize("network", WIDE)
def test_a_mistake_in_a_wide_network_is_confirmed_in_all_of_it(network: str) -> None:
    """The whole is read in parts of its inputs; one more wrong entry anywhere, and the mistake does not explain it all."""
    spec, (name, spoil) = NetworkSpec.parse(network), WIDE[network]

    def spoilt(entry: tuple[int, int] | None) -> NetworkCheck:
        def gradient(params: Sequence[tuple[Array, Array]], x: Array, y: Array) -> Any:
            by_key = {f"{n}{l}": a for l, pair in enumerate(params, 1) for n, a in zip("Wb", pair, strict=True)}
            grads = spoil(spec, backward(spec, by_key, x, y), len(x))
            if entry and (x != 0).all():  # the narrow part is asked where most inputs are 0
                grads["W1"][entry] += 1.0
            return grads

        return check_network(spec, gradient, points=1, rng=1)

    found = spoilt(None)
    assert found.verdict is Verdict.MISMATCH
    assert name in {id for one in found.diagnoses for id in (one.id, *one.alternatives)}
    assert spoilt((3, spec.sizes[0] - 1)).diagnoses == ()
