"""Which networks of the notation give what a file answered: its output, its cost, its gradient; each within rounding.

Nothing here asks the file. The output tells the activations, the cost tells the cost. Where a file has neither function, its
gradient does; of a wrong one that of the output layer: dW_L holds delta_L and a_{L-1}, whatever went wrong further below.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import product

import numpy as np

from gradcheck.diagnosis.own_cost import find_scale
from gradcheck.rounding.budget import rounding_budget
from gradcheck.rounding.values import SAFETY
from gradcheck.submissions.answers.chosen_way import PARALLEL, factor_between
from gradcheck.witnesses.forward_truth import forward_truth
from reference_nets.activations import Array
from reference_nets.network import backward, cost, weighted_inputs
from reference_nets.points import Point
from reference_nets.spec import ACTIVATIONS, COSTS, NetworkSpec

NEAR = 1e-6  # relative: what is farther off is not looked at more closely


class ToldBy(StrEnum):
    """By what a network was told."""

    OUTPUT = "output"
    SCORES = "scores"
    COST = "cost"
    GRADIENT = "gradient"
    MULTIPLE = "multiple"
    LAST_LAYER = "last-layer"


@dataclass(frozen=True)
class TrialAnswer:
    """What a file answered at a point; nothing for what it does not offer. ``rate`` of a gradient read off an update."""

    point: Point
    grads: Mapping[str, Array]
    output: Array | None = None
    cost: float | None = None
    rate: float | None = None


@dataclass(frozen=True)
class Fitting:
    """The networks that fit, and by what; or what the file gives that no network does: an output, a cost."""

    networks: tuple[NetworkSpec, ...]
    by: tuple[ToldBy, ...] = ()
    foreign: ToldBy | None = None

    @property
    def network(self) -> NetworkSpec | None:
        """The only one that fits."""
        return self.networks[0] if len(self.networks) == 1 else None


def fitting(specs: Iterable[NetworkSpec], answers: Sequence[TrialAnswer]) -> Fitting:
    """Those networks that give the answers at every point."""
    with np.errstate(all="ignore"):
        specs, by = _by_output(list(specs), answers)
        if not specs:
            return Fitting((), (), ToldBy.OUTPUT)
        costed = _by_cost(specs, answers)
        has_other_cost = not costed and all(answer.cost is not None for answer in answers)
        specs, by = (costed, (*by, ToldBy.COST)) if costed else (specs, by)
        if len(specs) > 1:
            told, how = _by_gradient(specs, answers)
            if has_other_cost and how is not ToldBy.GRADIENT:  # part of a gradient says less than a cost that is another one
                return Fitting((), by, ToldBy.COST)
            specs, by = (told, (*by, how)) if told and how else (specs, by)
        return Fitting(tuple(specs) if by else (), by)


def candidates(sizes: NetworkSpec) -> Iterable[NetworkSpec]:
    """Every network of these sizes; where hidden layers are many, they share an activation."""
    inner = ACTIVATIONS[:-1]
    hidden = product(inner, repeat=sizes.L - 1) if sizes.L <= 3 else ((name,) * (sizes.L - 1) for name in inner)
    for below, last, name in product(hidden, ACTIVATIONS, COSTS):
        try:
            yield replace(sizes, activations=(*below, last), cost=name)
        except ValueError:  # a pair that is not allowed
            continue


def _by_output(specs: list[NetworkSpec], answers: Sequence[TrialAnswer]) -> tuple[list[NetworkSpec], tuple[ToldBy, ...]]:
    """Those whose output, or whose weighted inputs of the output layer, the file gives."""
    if any(answer.output is None for answer in answers):
        return specs, ()
    found: dict[ToldBy, list[NetworkSpec]] = {ToldBy.OUTPUT: [], ToldBy.SCORES: []}
    known: dict[tuple[str, ...], ToldBy | None] = {}
    for spec in specs:
        if spec.activations not in known:
            known[spec.activations] = next((kind for kind in found if _has_output(spec, answers, kind)), None)
        if kind := known[spec.activations]:
            found[kind].append(spec)
    return next(((own, (kind,)) for kind, own in found.items() if own), ([], ()))


def _has_output(spec: NetworkSpec, answers: Sequence[TrialAnswer], kind: ToldBy) -> bool:
    for answer in answers:
        z, a = weighted_inputs(spec, answer.point.params, answer.point.x)
        if answer.output is None or not np.allclose((z if kind is ToldBy.SCORES else a)[spec.L], answer.output, NEAR, NEAR):
            return False
    truths = [forward_truth(spec, answer.point) for answer in answers]
    own = [truth.scores if kind is ToldBy.SCORES else truth.output for truth in truths]
    return all(value.is_met(answer.output) for value, answer in zip(own, answers, strict=True) if answer.output is not None)


def _by_cost(specs: list[NetworkSpec], answers: Sequence[TrialAnswer]) -> list[NetworkSpec]:
    """Those whose cost it is: as the notation has it, else in the file's own scale, which is a convention.

    Costs that differ by a factor alone, quadratic and mse, are the same one in another scale: then the first is as good.
    """
    losses = [answer.cost for answer in answers if answer.cost is not None]
    if len(losses) < len(answers):
        return []
    found: dict[bool, list[NetworkSpec]] = {True: [], False: []}
    for spec in specs:
        values = np.array([cost(spec, answer.point.params, answer.point.x, answer.point.y) for answer in answers])
        ratio = np.array(losses) / values
        if not np.isfinite(ratio).all() or np.ptp(ratio) > NEAR * abs(ratio[0]):
            continue
        truths = [forward_truth(spec, answer.point) for answer in answers]
        if scale := find_scale(spec, len(answers[0].point.x), truths, losses):
            found[scale.is_notation].append(spec)
    return found[True] or _first_of_each(found[False])


def _first_of_each(specs: Sequence[NetworkSpec]) -> list[NetworkSpec]:
    """One network for those that compute the same up to the scale of their cost."""
    return list({spec.activations: spec for spec in reversed(specs)}.values())


def _by_gradient(specs: list[NetworkSpec], answers: Sequence[TrialAnswer]) -> tuple[list[NetworkSpec], ToldBy | None]:
    """Those whose whole gradient it is; else up to one factor; else those of whose output layer it gives a gradient."""
    keys = specs[0].keys
    factors = {spec: _factor(spec, answers, keys) for spec in specs}
    whole = {spec: factor for spec, factor in factors.items() if factor is not None}
    exact = [spec for spec, factor in whole.items() if factor == 1]
    is_free = any(answer.rate is not None for answer in answers)
    if exact and not is_free:
        return exact, ToldBy.GRADIENT
    if whole:
        return _first_of_each(list(whole)) if is_free else list(whole), ToldBy.MULTIPLE
    for key in specs[0].of_layer(specs[0].L):
        found = {spec: factor for spec in specs if (factor := _factor(spec, answers, (key,))) is not None}
        if found:
            exact = [spec for spec, factor in found.items() if factor == 1]
            return exact or (_first_of_each(list(found)) if is_free else list(found)), ToldBy.LAST_LAYER
    return [], None


def _factor(spec: NetworkSpec, answers: Sequence[TrialAnswer], keys: Sequence[str]) -> float | None:
    """The factor by which these are the network's at every point, within rounding; None where there is none."""
    true = [backward(spec, answer.point.params, answer.point.x, answer.point.y) for answer in answers]
    factors = []
    for answer, grads in zip(answers, true, strict=True):
        one, other = (np.concatenate([part[key].ravel() for key in keys]) for part in (answer.grads, grads))
        if (factor := factor_between(one, other)) is None:
            return None
        factors.append(factor)
    factor = 1.0 if all(abs(one - 1) <= PARALLEL for one in factors) else factors[0]
    if any(abs(one - factor) > PARALLEL * factor for one in factors):
        return None
    for answer, grads in zip(answers, true, strict=True):
        rounding = rounding_budget(spec, answer.point.params, answer.point.x, answer.point.y).rounding
        for key in keys:
            allowed = 2 * SAFETY * rounding[key] + PARALLEL**2 * np.abs(grads[key])  # the factor is rounded, too
            if answer.rate is not None:
                allowed = allowed + 2.0**-52 * np.abs(answer.point.params[key]) / (answer.rate * factor)
            if not (np.abs(answer.grads[key] / factor - grads[key]) <= allowed).all():
                return None
    return factor
