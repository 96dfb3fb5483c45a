"""Tries the guesses of `diagnosis.glance` on a wrong gradient at x, and keeps those that hold at a second point, too."""

from __future__ import annotations

import functools
import types
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradcheck.arrays.pytree import float_leaves, mapped
from gradcheck.certified.replacements.namespaces import closure
from gradcheck.diagnosis.glance import FixedHypothesis, Glance, Part, Sight
from gradcheck.diagnosis.glance_hypotheses import candidates, normalised
from gradcheck.functions.numbers.claim import read_claim
from gradcheck.functions.numbers.question import Answer, Question
from gradcheck.judge.verdicts import QuantityCheck, Verdict
from gradcheck.sentences.sentence import Sentence

Array = np.ndarray[Any, np.dtype[Any]]
Judge = Callable[[Question, list[Array]], Answer]
MOST_ENTRIES_GLANCED = 50_000  # of all parts together: beyond that a second judgement costs more than a word is worth
# What the sight and its factor say in full, so that parts of which it holds are told together.
OF_THE_WHOLE = frozenset(
    {Sight.ZEROS, Sight.SIGN, Sight.FACTOR, Sight.TRANSPOSED, Sight.CONSTANT, Sight.MULTIPLE_OF_X, Sight.UPDATED}
    | {Sight.NORMALISED, Sight.SIGN_ONLY, Sight.ABSOLUTE, Sight.SQUARE}
)
CLEAR_CAUSE = 1e-3  # of the largest entry: with a larger error of their own numbers show no cause
AWAY = 0.125  # how far the second point lies, relative to each entry: far beyond rounding, within most domains


def look(
    question: Question, claimed: Sequence[Array], quantities: Sequence[QuantityCheck], judge: Judge | None
) -> tuple[Glance, ...]:
    """The causes of the wrong quantities, each told once of all that it explains; without ``judge``, of this point alone."""
    if sum(part.size for part in claimed) > MOST_ENTRIES_GLANCED:
        return ()
    here = _parts(question, claimed, quantities)
    wrong = [q.quantity for q in quantities if q.verdict is Verdict.MISMATCH and q.quantity in here]
    proposals = _proposals(here, wrong, arrays_of((question.f, question.grad)))
    if not proposals:
        return ()
    there = None if judge is None else _second_point(question, judge)
    found = [p for name in wrong if (p := _first(proposals.get(name, []), here, there)) is not None]
    return _grouped(found, confirmed=there is not None)


@dataclass(frozen=True)
class _Proposal:
    """A candidate for one part; ``of`` is the part whose truth it uses, ``names`` those that a joint candidate explains."""

    name: str
    candidate: FixedHypothesis
    of: str
    joint: tuple[str, ...] = ()

    def holds(self, parts: dict[str, Part]) -> bool:
        """Whether it is so among these parts."""
        if self.joint:
            return self.candidate.holds(_joined([parts[name] for name in self.joint]))
        mine, other = parts[self.name], parts[self.of]
        return self.candidate.holds(mine if mine is other else replace(other, claimed=mine.claimed))


def _parts(question: Question, claimed: Sequence[Array], quantities: Sequence[QuantityCheck]) -> dict[str, Part]:
    """What came beside what is true, of the parts of which the latter is known."""
    outputs = len(question.jacobian or ())
    parts = zip(quantities, claimed, float_leaves(question.x), strict=True)
    return {
        q.quantity: Part(
            q.quantity, got.astype(np.float64), q.evidence.expected, q.evidence.allowed, x.astype(np.float64), outputs
        )
        for q, got, (_, x) in parts
        if q.evidence is not None and q.evidence.expected.shape == got.shape and got.size and _is_known(q)
    }


def _is_known(check: QuantityCheck) -> bool:
    evidence = check.evidence
    if evidence is None or not (np.isfinite(evidence.expected).all() and np.isfinite(evidence.allowed).all()):
        return False
    return float(evidence.allowed.max(initial=0.0)) <= CLEAR_CAUSE * float(np.abs(evidence.expected).max(initial=0.0))


def _proposals(parts: dict[str, Part], wrong: list[str], known: dict[str, Array]) -> dict[str, list[_Proposal]]:
    """What may explain each wrong part: a part's own truth, that of another, or all of them together."""
    found: dict[str, list[_Proposal]] = {}
    for name in wrong:
        own = [_Proposal(name, candidate, name) for candidate in candidates(parts[name], known)]
        own = _swapped(name, parts, wrong) + own
        if len(wrong) > 1 and len(wrong) == len(parts) and not parts[name].outputs:
            whole = _joined(list(parts.values()))
            own += [_Proposal(name, c, name, tuple(parts)) for c in normalised(whole, known) if c.holds(whole)]
        if own:
            found[name] = own
    return found


def _swapped(name: str, parts: dict[str, Part], wrong: list[str]) -> list[_Proposal]:
    """Parts of equal shape of which one holds the derivative by the other."""
    mine = parts[name]
    for other in wrong:
        if other == name or parts[other].true.shape != mine.true.shape:
            continue
        candidate = FixedHypothesis(
            Sight.SWAPPED,
            lambda p: bool((np.abs(p.claimed - p.true) <= p.allowed).all()),
            Sentence("functions.swapped", other=other),
        )
        if (proposal := _Proposal(name, candidate, other)).holds(parts):
            return [proposal]
    return []


def _joined(parts: list[Part]) -> Part:
    """All parts as one vector."""
    claimed, true, allowed, x = (
        np.concatenate([getattr(part, kind).ravel() for part in parts]) for kind in ("claimed", "true", "allowed", "x")
    )
    return Part("all", claimed, true, allowed, x)


def _second_point(question: Question, judge: Judge) -> dict[str, Part] | None:
    """The parts at a random point nearby; None where f or the gradient cannot be judged there."""
    rng = np.random.default_rng(54321)

    def moved(leaf: Any) -> Any:
        array = np.asarray(leaf)
        size = np.where(array == 0, 1.0, np.abs(array))
        near = array + AWAY * size * rng.uniform(0.25, 1.0, array.shape) * rng.choice([-1.0, 1.0], array.shape)
        return near.astype(array.dtype) if array.shape or isinstance(leaf, np.ndarray) else type(leaf)(near)

    there = replace(question, x=mapped(question.x, moved))
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")  # this point is our choice
            claimed = read_claim(there.grad(_own(there.x), *there.more), there.x, there.jacobian)
            parts = _parts(there, claimed, judge(there, claimed).quantities)
    except Exception:  # beyond the domain of f, say: then nothing is known of that point
        return None
    return parts if len(parts) == len(claimed) else None


def _own(x: Any) -> Any:
    return mapped(x, lambda leaf: leaf.copy() if isinstance(leaf, np.ndarray) else leaf)


def _first(proposals: list[_Proposal], here: dict[str, Part], there: dict[str, Part] | None) -> _Proposal | None:
    """The simplest one that the second point confirms; without such a point a part with several entries must do."""
    for proposal in proposals:
        if there is None:
            if here[proposal.name].claimed.size > 1:
                return proposal
            continue
        if proposal.holds(there) and not _says_nothing(proposal, there):
            return proposal
    return None


def _says_nothing(proposal: _Proposal, there: dict[str, Part]) -> bool:
    """Whether the claim is right at the second point: then no mistake can be confirmed there."""
    part = there[proposal.name]
    return bool((np.abs(part.claimed - part.true) <= part.allowed).all())


def _grouped(found: list[_Proposal], *, confirmed: bool) -> tuple[Glance, ...]:
    """One glance for all parts of which the same is told."""
    glances: dict[tuple[Any, ...], list[_Proposal]] = {}
    for proposal in found:
        seen = proposal.candidate
        place = None if seen.id in OF_THE_WHOLE else proposal.name
        glances.setdefault((seen.id, seen.factor, place), []).append(proposal)
    return tuple(_glance(alike, confirmed) for alike in glances.values())


def _glance(alike: list[_Proposal], confirmed: bool) -> Glance:
    candidate = alike[0].candidate
    names = tuple(dict.fromkeys(p.name for p in alike))
    others = tuple(f"d{name}" for name in names[1:])
    likewise = Sentence("functions.likewise", names=others) if others else ""
    told = Sentence("functions.glance", name=names[0], told=candidate.told, likewise=likewise)
    return Glance(
        candidate.id, names, told if confirmed else Sentence("functions.at-this-point", told=told), candidate.factor, confirmed
    )


def arrays_of(functions: Sequence[Any]) -> dict[str, Array]:
    """The arrays of numbers that code names: in closures, globals, defaults, attributes of its object."""
    found: dict[str, Array] = {}
    for function in functions:
        _collect(function, found, depth=4)
    return found


def _collect(value: Any, found: dict[str, Array], depth: int) -> None:
    if depth == 0:
        return
    while isinstance(value, functools.partial):
        for name, array in value.keywords.items():
            _keep(name, array, found)
        for argument in value.args:
            if callable(argument):
                _collect(argument, found, depth - 1)
        value = value.func
    if isinstance(value, types.MethodType):
        for name, array in getattr(value.__self__, "__dict__", {}).items():
            _keep(name, array, found)
        value = value.__func__
    if not isinstance(value, types.FunctionType):
        return
    seen = [(name, value.__globals__[name]) for name in value.__code__.co_names if name in value.__globals__]
    for name, item in [*closure(value).items(), *seen]:
        if isinstance(item, types.FunctionType | functools.partial | types.MethodType):
            _collect(item, found, depth - 1)
        else:
            _keep(name, item, found)


def _keep(name: str, value: Any, found: dict[str, Array]) -> None:
    if type(value) is np.ndarray and value.dtype.kind in "fiu" and value.ndim:
        found.setdefault(name, value.astype(np.float64))
