"""`certified_gradient`: the enclosed value and gradient of any NumPy function, for callers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.arrays.pytree import leaves, rebuilt
from gradcheck.certified.numbers.nodes import MAX_SECONDS
from gradcheck.certified.replacements.kept import unchanged
from gradcheck.certified.witness import Certified, certify
from gradcheck.sentences.sentence import Sentence
from gradcheck.witnesses.second_witness import second_witness
from gradcheck.witnesses.slope_evidence import Says, SecondWitness, Silence
from symbolic.balls import Enclosure


@dataclass(frozen=True)
class CertifiedGradient:
    """A gradient in the structure of x: each true derivative lies within ``rad`` of ``mid + low``.

    ``mid`` holds the nearest floats, ``low`` what they leave. ``smooth`` is False at a kink: then the balls hold what any
    choice of subgradient gives. ``grad["W1"]`` is the enclosure of one entry of a dict, list or tuple. ``second`` is what
    differences of f on plain floats say of it.
    """

    mid: Any
    low: Any
    rad: Any
    smooth: bool
    certified: Certified
    second: SecondWitness

    def __getitem__(self, key: Any) -> Enclosure:
        """One leaf, by key or place."""
        return Enclosure(self.mid[key], self.low[key], self.rad[key])


def certified_gradient(
    f: Callable[[Any], Any], x: Any, *, max_seconds: float = MAX_SECONDS
) -> tuple[Enclosure, CertifiedGradient]:
    """Value and gradient of a NumPy function at x, enclosed: ``(value, grad)``.

    Parameters
    ----------
    f : unmodified code, from x to one number.
    x : an array, or a dict, list or tuple of arrays; its floats are taken exactly.

    Raises `gradcheck.certified.code.reasons.CannotFollow`, whose ``reason`` names what balls could not follow, and
    `gradcheck.judge.verdicts.CheckerFault` where differences of f on plain floats contradict what balls gave.

    >>> import numpy as np
    >>> value, grad = certified_gradient(lambda x: np.sum(np.exp(x) * x[0]), np.array([1.0, 2.0]))
    >>> float(grad.mid[1]), bool((grad.rad < 1e-29).all())
    (7.389056, True)
    """
    with unchanged(f):
        found = certify(f, x, max_seconds=max_seconds)
        second = _second(f, x, found)
    mid, low, rad = (rebuilt(x, [getattr(part, name) for part in found.gradient]) for name in ("mid", "low", "rad"))
    if len(leaves(x)) != len(found.gradient):
        raise ValueError(Sentence("functions.x-changed-structure"))
    value = Enclosure(found.value.mid[0], found.value.low[0], found.value.rad[0])
    return value, CertifiedGradient(mid, low, rad, smooth=found.smooth, certified=found, second=second)


def _second(f: Callable[[Any], Any], x: Any, found: Certified) -> SecondWitness:
    """The word of the second witness; no number that is finite is no claim."""
    if not all(np.isfinite(part.rad).all() for part in (found.value, *found.gradient)):
        return SecondWitness(Says.NOTHING, Silence.NOT_ASKED)
    return second_witness(f, x, found, _one_number)


def _one_number(result: Any) -> float:
    return float(np.asarray(result).reshape(())[()])
