"""The data of one check: f, its gradient and x; and the answer: verdicts, and which method decided."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from gradcheck.arrays.plain_arrays import plain
from gradcheck.arrays.pytree import Array, copied, float_leaves, leaves, nested, rebuilt
from gradcheck.certified.code.reasons import Reason
from gradcheck.certified.formula import Status
from gradcheck.certified.jacobians import RowTruth
from gradcheck.certified.numbers.nodes import MAX_SECONDS
from gradcheck.judge.float_formats import DeclaredFormat
from gradcheck.judge.verdicts import QuantityCheck
from gradcheck.witnesses.second_witness import RandomLines
from gradcheck.witnesses.slope_evidence import SecondWitness


@dataclass(frozen=True)
class Answer:
    """The numbers judged: the quantities, who decided and why no stronger witness did, what balls say of the formula.

    ``detectable`` is the relative error that would have been seen; ``second`` is the word of the second witness, None where
    nothing certified was claimed. ``certified`` says that error bounds decided about every part.
    """

    quantities: tuple[QuantityCheck, ...]
    witness: str
    weaker: tuple[tuple[str, Reason], ...]
    formula: Status
    detectable: float | None
    remarks: tuple[str, ...] = ()
    second: SecondWitness | None = None
    certified: bool = False


@dataclass(frozen=True)
class AfterForward:
    """A backward pass that may read what the forward pass left behind: before each call, that is run at the same point."""

    f: Callable[..., Any]
    backward: Callable[..., Any]

    def __call__(self, x: Any, *more: Any) -> Any:
        """The backward pass at x."""
        self.f(copied(x))
        return self.backward(x, *more)


@dataclass(frozen=True)
class Question:
    """A function, its claimed gradient, and where; with a cotangent or the shape of a Jacobian for an array-valued f."""

    f: Callable[..., Any]
    grad: Callable[..., Any]
    x: Any
    cotangent: Any = None
    jacobian: tuple[int, ...] | None = None
    known: RowTruth | None = None  # of a row of a Jacobian: its truth and running error, from the run that all rows share
    max_seconds: float = MAX_SECONDS  # that balls, or differences of every entry, may take
    rows: int = 1  # that are judged one after the other, and share the time
    declared: DeclaredFormat | None = None  # the format that the user says the code computes in
    whole: Any = None  # of a row of a Jacobian: that which it is a row of, `short_formats.WholeJacobian`
    lines: RandomLines | None = None  # of a row of a Jacobian: what the second witness evaluated for all of them

    @property
    def more(self) -> tuple[Any, ...]:
        """What the gradient is called with besides x: a copy, which the code may change in place."""
        return () if self.cotangent is None else (copied(self.cotangent),)

    def of_leaves(self, kept: Sequence[bool]) -> Question:
        """The same question of some of the leaves of x; the others are held fast where they are."""
        f, its_gradient, held = self.f, self.grad, [leaf for _, leaf in leaves(self.x)]
        paths = [path for (path, _), keep in zip(leaves(self.x), kept, strict=True) if keep]

        def whole(some: Any) -> Any:
            given = iter([leaf for _, leaf in leaves(some)])
            return rebuilt(self.x, [next(given) if keep else leaf for keep, leaf in zip(kept, copied(held), strict=True)])

        def grad(some: Any, *more: Any) -> Any:
            found = [leaf for _, leaf in leaves(its_gradient(whole(some), *more))]
            return nested(paths, [leaf for leaf, keep in zip(found, kept, strict=True) if keep])

        x = nested(paths, [leaf for leaf, keep in zip(held, kept, strict=True) if keep])
        return Question(lambda some: f(whole(some)), grad, x, self.cotangent)

    @property
    def dtype(self) -> Any:
        """The format that the code computes in: float32 if x holds it."""
        single = any(array.dtype == np.float32 for _, array in float_leaves(self.x))
        return np.float32 if single else np.float64

    def number(self, result: Any) -> Any:
        """The one number that is differentiated, of what f returned."""
        if self.cotangent is None:
            return plain(result).reshape(())[()]
        pairs = zip(_leaves_of(self.cotangent), _leaves_of(result), strict=True)
        return sum(np.sum(weights * plain(part)) for weights, part in pairs)


def is_short(leaf: Any) -> bool:
    """Does it hold floats of a shorter format than float64?"""
    dtype = np.asarray(leaf).dtype
    return dtype != np.float64 and dtype.kind not in "biu"


def drawn(shape: tuple[int, ...], rng: np.random.Generator, *, short: bool) -> Array:
    """A cotangent or tangent: dyadic, never all ones, and no entry 0, so that every output counts, differently.

    Sums of many such numbers are exact in float64. Formats below it do not hold them: a gradient that hands on parts of its
    cotangent is not taken for one that was rounded. For code that computes in such a format they are eighths, which it holds.
    """
    eighths: Array = rng.integers(1, 9, size=shape) * rng.choice([-1.0, 1.0], size=shape)
    return np.asarray(eighths / 8 if short else eighths * (1 + rng.integers(1, 2**27, size=shape) / 2**30) / 8)


def _leaves_of(value: Any) -> list[Any]:
    return [leaf for _, leaf in leaves(value)]


def answered(answer: Answer) -> dict[str, Any]:
    """The parts of an answer by name, for what is returned."""
    return {part.name: getattr(answer, part.name) for part in fields(answer)}
