"""Which case shows a mistake best: few numbers, simple ones, and a wrong entry that nobody can take for rounding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

import numpy as np

from gradcheck.explanations.by_hand.asks import Asks
from gradcheck.explanations.by_hand.candidates import MOST_PARAMETERS, Candidate, candidates
from gradcheck.explanations.by_hand.same_mistake import is_alike, planted_alike
from gradcheck.explanations.traced.code import NoAnswer
from gradcheck.witnesses.points import safe_point
from reference_nets.activations import ACTIVATIONS, Array
from reference_nets.network import backward, cost, output_delta, weighted_inputs
from reference_nets.points import Point, init_params
from reference_nets.spec import NetworkSpec
from symbolic.programs.compiled import Gradient

MOST_ASKS = 40  # of the code, a millisecond or so each
MOST_OF_A_SIZE = 12  # of them at one size: what shows at random points there but at none of these wants other numbers
MOST_UNIFORM = 2  # asked in vain with equal weights and inputs of one: what mixes units up shows with others alone
TRIES = 8  # random points at which a unit is off in half of the cases
SEED = 12
TINY, SMALL = 1e-3, 1e-2  # a number that is smaller than the first is noise on paper; than the second, hard to follow
CLEAR, VISIBLE = 0.1, 1e-3  # a wrong entry is off by a tenth of the right one, and by what can be read on paper
FROM_KINK = 0.25  # how far a weighted input stays from a kink
HIDDEN, NEARLY, NOTHING, FAINT = 1.5, 1.0, 1.0, 1.5  # what makes a case harder: see `how_hard`

Group: TypeAlias = tuple[tuple[int, ...], int]  # widths, number of examples


@dataclass(frozen=True)
class Chosen:
    """A case, the code's own gradient there, and the right one."""

    candidate: Candidate
    right: Mapping[str, Array]
    yours: Mapping[str, Array]

    @property
    def wrong(self) -> tuple[str, ...]:
        """The quantities that are wrong here."""
        return _differing(self.right, self.yours)


def choose(spec: NetworkSpec, asks: Asks, wrong: Collection[str], mistakes: Sequence[str] = ()) -> Chosen | NotFound:
    """The case on which the same quantity is wrong first, by the same mistakes where these have names; or why there is none.

    ``wrong`` are the quantities that are wrong on the network that the code was judged for.
    """
    best, lowest = None, np.inf
    search = _Search(asks, wrong, mistakes)
    for candidate in candidates(spec, takes_classes=asks.takes_classes):
        if search.count >= MOST_ASKS or lowest <= candidate.hard:
            break
        if (right := _readable(candidate)) is None or (yours := search.shown(candidate, right, lowest)) is None:
            continue
        chosen = Chosen(candidate, right, yours)
        if (hard := how_hard(chosen, wrong)) < lowest:
            best, lowest = chosen, hard
    if best is None:
        return NotFound.FIXED if search.takes_its_own_alone(spec) else NotFound.HIDDEN
    return best


class NotFound(StrEnum):
    """Why there is no case."""

    FIXED = "fixed"  # the code takes no other network than its own, which is too large
    HIDDEN = "hidden"  # nothing is clearly wrong on the small networks that were tried


class _Search:
    """What was asked so far: each size of network first at random points, so that none is searched in vain."""

    def __init__(self, asks: Asks, wrong: Collection[str], mistakes: Sequence[str]) -> None:
        self.asks, self.wrong, self.mistakes = asks, wrong, mistakes
        self.count, self.asked_at, self.in_vain = 0, Counter[Group](), Counter[Group]()
        self.expected: dict[Group, Gradient | None] = {}  # by size: what the mistakes give there, where they have names
        self.answered = False
        self.rng = np.random.default_rng(SEED)

    def shown(self, candidate: Candidate, right: Mapping[str, Array], below: float) -> Mapping[str, Array] | None:
        """The code's gradient there, where the mistake shows in it; None, mostly unasked, where it does not or another
        case is easier: named mistakes foretell what would come.
        """
        group, point = candidate.group, candidate.point
        if group not in self.expected and not self._shows_at_random(candidate):
            self.asked_at[group] = MOST_OF_A_SIZE
        if self.asked_at[group] >= MOST_OF_A_SIZE:
            return None
        expected = self.expected[group]
        foretold = expected(point.params, point.x, point.y) if expected else None
        if foretold is not None and not self._is_worth_it(Chosen(candidate, right, foretold), below):
            return None
        if candidate.is_uniform and self.in_vain[group] >= MOST_UNIFORM:
            return None
        yours = self._asked(candidate)
        if yours is None or not _shows(right, yours, self.wrong):
            self.in_vain[group] += candidate.is_uniform
            return None
        return yours if foretold is None or all(is_alike(foretold[key], yours[key]) for key in right) else None

    def _is_worth_it(self, chosen: Chosen, below: float) -> bool:
        return _shows(chosen.right, chosen.yours, self.wrong) and how_hard(chosen, self.wrong) < below

    def _shows_at_random(self, candidate: Candidate) -> bool:
        """Whether the first wrong quantity is wrong on networks of this size, and by the same mistakes."""
        spec, m = candidate.spec, len(candidate.point.x)
        self.expected[candidate.group] = None
        for point in _random_points(spec, m, self.rng, self.asks.takes_classes):
            yours = self._asked(replace(candidate, point=point))
            if yours is None:
                return False
            differing = _differing(backward(spec, point.params, point.x, point.y), yours)
            if differing and first_wrong(differing) == first_wrong(self.wrong):
                self.expected[candidate.group] = planted_alike(spec, self.mistakes, point, yours) if self.mistakes else None
                return not self.mistakes or self.expected[candidate.group] is not None
        return False

    def takes_its_own_alone(self, spec: NetworkSpec) -> bool:
        """Whether it answered for no small network at all, and its own is none."""
        return not self.answered and spec.n_params > MOST_PARAMETERS

    def _asked(self, candidate: Candidate) -> Mapping[str, Array] | None:
        """What the code answers there, None where it does not take such a network."""
        self.count += 1
        self.asked_at[candidate.group] += 1
        try:
            yours = self.asks.gradient(candidate.spec, candidate.point)
        except NoAnswer:
            return None
        self.answered = True
        return yours


def _random_points(spec: NetworkSpec, m: int, rng: np.random.Generator, takes_classes: bool) -> Iterator[Point]:
    """One point where nothing hides; where units may be off, as relu's, others at which some are."""
    kinked = any(ACTIVATIONS[name].kinked for name in spec.activations)
    for number in range(TRIES if kinked else 1):
        point = safe_point(spec, rng, m=m)
        if number:
            point = replace(point, params=init_params(spec, rng, scale=2.0))
        if takes_classes and spec.sizes[-1] > 1:
            point = replace(point, y=np.eye(spec.sizes[-1])[-1 - np.arange(m) % spec.sizes[-1]])
        yield point


def _readable(candidate: Candidate) -> Mapping[str, Array] | None:
    """The right gradient, where every number on the way to it can be written down and none lies at a kink."""
    spec, point = candidate.spec, candidate.point
    z, a = weighted_inputs(spec, point.params, point.x)
    kinked = [z[layer] for layer in spec.layers if ACTIVATIONS[spec.activations[layer - 1]].kinked]
    if any((np.abs(values) < FROM_KINK).any() for values in kinked):
        return None
    if spec.cost == "huber" and (np.abs(np.abs(a[spec.L] - point.y) - 1) < FROM_KINK).any():
        return None
    gradient = backward(spec, point.params, point.x, point.y)
    delta = output_delta(spec, z[spec.L], a[spec.L], point.y)
    numbers = [*z.values(), *a.values(), delta, np.array([cost(spec, point.params, point.x, point.y)]), *gradient.values()]
    return None if any(_is_noise(values) for values in numbers) or not _some(gradient) else gradient


def _is_noise(values: Array) -> bool:
    """Whether some number is nothing but small, or is not a number."""
    size = np.abs(values)
    return not np.isfinite(values).all() or bool(((size > 0) & (size < TINY)).any())


def _some(gradient: Mapping[str, Array]) -> bool:
    return any(values.any() for values in gradient.values())


def _differing(right: Mapping[str, Array], yours: Mapping[str, Array]) -> tuple[str, ...]:
    """The quantities that are not the same to the digits that are printed."""
    return tuple(key for key, value in right.items() if not is_alike(value, yours[key]))


def first_wrong(keys: Collection[str]) -> set[str]:
    """The wrong quantities of the layer nearest the output: the first that are wrong on the way back."""
    last = max(int(key[1:]) for key in keys)
    return {key for key in keys if int(key[1:]) == last}


def _shows(right: Mapping[str, Array], yours: Mapping[str, Array], wrong: Collection[str]) -> bool:
    """Whether the same quantities are wrong first, clearly, and every wrong number can be read."""
    differing = _differing(right, yours)
    if not differing or first_wrong(differing) != first_wrong(wrong) or not set(differing) <= set(wrong):
        return False
    if any(_is_noise(yours[key]) for key in differing):
        return False
    return all(clarity(right[key], yours[key]) >= CLEAR for key in first_wrong(differing))


def clarity(right: Array, yours: Array) -> float:
    """The largest error of an entry relative to what is right there, of the entries that are visibly off."""
    off = np.abs(right - yours)
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.where(off >= VISIBLE, off / np.abs(right), 0.0)
    return float(relative.max(initial=0.0))


def how_hard(chosen: Chosen, wrong: Collection[str]) -> float:
    """How hard a case is to work through and to believe.

    A wrong quantity that is right here adds to it, an error below a half, a right number that is zero, and small numbers.
    """
    first = first_wrong(chosen.wrong)
    hidden = HIDDEN * len(set(wrong) - set(chosen.wrong))
    nearly = NEARLY * any(clarity(chosen.right[key], chosen.yours[key]) < 0.5 for key in first)
    nothing = NOTHING * any(not chosen.right[key].any() for key in first)
    small = sum(bool(((np.abs(v) > 0) & (np.abs(v) < SMALL)).any()) for v in (*chosen.right.values(), *chosen.yours.values()))
    return chosen.candidate.hard + hidden + nearly + nothing + FAINT * small
