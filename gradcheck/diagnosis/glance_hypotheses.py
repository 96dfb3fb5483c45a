"""What a wrong gradient may be: the true numbers times a factor, transposed, swapped, cut off and so on, the simpler first.

A hypothesis looks at one part and proposes candidates with their numbers fixed (a factor, an order, a bound).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np

from gradcheck.diagnosis.glance import FixedHypothesis, Part, Sight, formula, within
from gradcheck.diagnosis.glance_factor import OpenFactor, factor_of, known_sizes, told_factor
from gradcheck.sentences.sentence import Sentence

Array = np.ndarray[Any, np.dtype[Any]]
Matrices = Mapping[str, Array]
Hypothesis = Callable[[Part, Matrices], Iterator[FixedHypothesis]]


def zeros(part: Part, _: Matrices) -> Iterator[FixedHypothesis]:
    """Nothing was written."""
    if not part.claimed.any():
        yield FixedHypothesis(Sight.ZEROS, lambda p: not p.claimed.any(), Sentence("diagnosis.zeros"))


def one_factor(part: Part, known: Matrices) -> Iterator[FixedHypothesis]:
    """Every entry is the same multiple of the true one."""
    factor = factor_of(part.claimed, part.true, part.allowed)
    if factor is None:
        return
    kind = Sight.SIGN if factor.value == -1 else Sight.FACTOR
    yield FixedHypothesis(kind, lambda p: _scaled(p, factor), told_factor(factor, known_sizes(known, part.x)), factor.value)


def _scaled(part: Part, factor: OpenFactor) -> bool:
    room = max(abs(factor.value) - 1, 0.0) * part.allowed + factor.open * np.abs(part.true)
    return within(part, factor.value * part.true, room + 2.0**-50 * np.abs(part.claimed))


def transposed(part: Part, _: Matrices) -> Iterator[FixedHypothesis]:
    """The last two axes are exchanged; those of a Jacobian of a vector, too."""
    shape = part.true.shape
    if len(shape) >= 2 and shape[-1] == shape[-2] and (part.x.ndim >= 2 or part.outputs == 1):
        yield _moved(Sight.TRANSPOSED, lambda a: np.swapaxes(a, -1, -2), Sentence("diagnosis.transposed"))


def rearranged(part: Part, _: Matrices) -> Iterator[FixedHypothesis]:
    """Reversed or rolled along an axis, or with rows, columns or entries in another order."""
    for axis in range(part.outputs, part.true.ndim):
        n, along = part.true.shape[axis], _axis(part, axis)
        if n > 1:
            yield _moved(Sight.REVERSED, partial(np.flip, axis=axis), Sentence("diagnosis.reversed", along=along))
        for k in [*range(1, min(n, 9)), *range(max(n - 8, 9), n)] if n > 2 else []:
            by = k if k <= n // 2 else k - n
            told = Sentence("diagnosis.rolled", by=by, along=along)
            yield _moved(Sight.ROLLED, partial(np.roll, shift=k, axis=axis), told)
    for axis in range(part.outputs, part.true.ndim):
        if (order := _order(part, axis)) is not None:
            key = "diagnosis.permuted" if (along := _axis(part, axis)) else "diagnosis.permuted-entries"
            told = Sentence(key, along=along, order=_listed(order))
            yield _moved(Sight.PERMUTED, partial(np.take, indices=order, axis=axis), told)


def _moved(id: Sight, move: Callable[[Array], Array], told: str) -> FixedHypothesis:
    """A candidate that only moves entries; their budgets move with them."""
    return FixedHypothesis(id, lambda p: within(p, move(p.true), move(p.allowed)), told)


def _axis(part: Part, axis: int) -> str:
    if part.true.ndim - part.outputs == 1:
        return ""
    if part.true.ndim - part.outputs > 2:
        return Sentence("diagnosis.along-axis", axis=axis)
    return Sentence(("diagnosis.along-rows", "diagnosis.along-columns")[axis - part.outputs])


def _listed(order: Array) -> str:
    shown = ", ".join(map(str, order[:8]))
    return f"[{shown}{', ...' if len(order) > 8 else ''}]"


def _order(part: Part, axis: int) -> Array | None:
    """The order along an axis in which the true slices give the claimed ones, if there is exactly one."""
    n = part.true.shape[axis]
    if not 3 <= n <= 64:
        return None
    claimed, true, allowed = (np.moveaxis(a, axis, 0).reshape(n, -1) for a in (part.claimed, part.true, part.allowed))
    room = allowed[:, None] + allowed[None]
    fits = (np.abs(claimed[:, None] - true[None]) <= room).all(axis=2)
    if not ((fits.sum(axis=0) == 1).all() and (fits.sum(axis=1) == 1).all()):
        return None
    order = np.argmax(fits, axis=1)
    return order if (order != np.arange(n)).any() else None


def constant_added(part: Part, _: Matrices) -> Iterator[FixedHypothesis]:
    """All entries are off by one number."""
    if part.true.size < 2:
        return
    off = part.claimed - part.true
    place = np.unravel_index(int(np.argmin(part.allowed)), off.shape)
    c = float(off[place])
    room = float(part.allowed[place])
    told = Sentence("diagnosis.constant", constant=_signed(c))
    yield FixedHypothesis(Sight.CONSTANT, lambda p: within(p, p.true + c, room), told, c)


def about_x(part: Part, _: Matrices) -> Iterator[FixedHypothesis]:
    """A multiple of x is added (the derivative of a penalty), or x was updated and returned."""
    if part.x.shape != part.true.shape or not part.x.any():
        return
    if (added := factor_of(part.claimed - part.true, part.x, part.allowed)) is not None:
        c = added.value
        yield FixedHypothesis(
            Sight.MULTIPLE_OF_X,
            lambda p: within(p, p.true + c * p.x, added.open * np.abs(p.x)),
            Sentence("diagnosis.multiple-of-x", constant=_signed(c), name=part.name),
            c,
        )
    if (step := factor_of(part.claimed - part.x, part.true, part.allowed + 2.0**-52 * np.abs(part.x))) is not None:
        rate = step.value
        yield FixedHypothesis(
            Sight.UPDATED,
            lambda p: within(p, p.x + rate * p.true, step.open * np.abs(p.true) + 2.0**-51 * np.abs(p.x)),
            Sentence("diagnosis.updated", rate=_signed(rate), name=part.name),
            rate,
        )


def _signed(c: float) -> str:
    return f"{'+' if c >= 0 else '-'} {abs(c):.6g}"


def clipped(part: Part, _: Matrices) -> Iterator[FixedHypothesis]:
    """Cut off above and below."""
    low, high = float(part.claimed.min()), float(part.claimed.max())
    if low == high:
        return
    above, below = bool((part.true - high > part.allowed).any()), bool((low - part.true > part.allowed).any())
    limit = high if above else -low
    if above:
        yield _clip(low if below else -np.inf, high)
    elif below:
        yield _clip(low, np.inf)
    if above != below and limit > 0:
        yield _clip(-limit, limit)  # of which the other end did not show at this point


def _clip(low: float, high: float) -> FixedHypothesis:
    key = "clipped-above" if low == -np.inf else "clipped-below" if high == np.inf else "clipped"
    told = Sentence(f"diagnosis.{key}", low=low, high=high)
    return formula(Sight.CLIPPED, lambda p: np.clip(p.true, low, high), told, high if np.isfinite(high) else low)


def entrywise(part: Part, _: Matrices) -> Iterator[FixedHypothesis]:
    """A function of each entry of the derivative."""
    if part.claimed.any():
        size = float(np.abs(part.claimed).max())
        told = Sentence("diagnosis.signs" if size == 1 else "diagnosis.signs-times", size=size)
        yield formula(Sight.SIGN_ONLY, lambda p: size * np.sign(np.where(np.abs(p.true) <= p.allowed, 0, p.true)), told, size)
    yield formula(Sight.ABSOLUTE, lambda p: np.abs(p.true), Sentence("diagnosis.absolute"))
    yield FixedHypothesis(
        Sight.SQUARE,
        lambda p: within(p, p.true**2, 2 * np.abs(p.true) * p.allowed + 2.0**-50 * p.true**2),
        Sentence("diagnosis.square"),
    )


def normalised(part: Part, _: Matrices) -> Iterator[FixedHypothesis]:
    """Scaled to a norm that is the same everywhere."""
    length, own = float(np.linalg.norm(part.claimed)), float(np.linalg.norm(part.true))
    if part.true.size < 2 or not length or not own:
        return

    def holds(p: Part) -> bool:
        norm = float(np.linalg.norm(p.true))
        if not norm:
            return False
        scale = length / norm
        room = (scale + 1) * (p.allowed + np.abs(p.true) * float(np.linalg.norm(p.allowed)) / norm)
        return within(p, scale * p.true, room + 2.0**-49 * np.abs(p.claimed))

    told = Sentence("diagnosis.normalised", length=length)
    yield FixedHypothesis(Sight.NORMALISED, holds, told, length)


def summed(part: Part, _: Matrices) -> Iterator[FixedHypothesis]:
    """A sum or mean over an axis, or over all, spread out again."""
    axes: list[int | None] = [*range(part.outputs, part.true.ndim), *([None] if part.true.ndim - part.outputs > 1 else [])]
    for axis in axes:
        n = part.true.size if axis is None else part.true.shape[axis]
        if n < 2 or (axis is None and part.outputs):
            continue
        of_all = "" if axis is not None and part.true.ndim > 1 else "-of-all"
        for word, take in (("sum", np.sum), ("mean", np.mean)):

            def holds(p: Part, take: Any = take, axis: Any = axis) -> bool:
                spread = np.broadcast_to(take(p.true, axis=axis, keepdims=True), p.true.shape)
                return within(p, spread, np.sum(p.allowed, axis=axis, keepdims=True))

            yield FixedHypothesis(Sight.SUMMED, holds, Sentence(f"diagnosis.{word}{of_all}", axis=axis))


def other_side(part: Part, known: Matrices) -> Iterator[FixedHypothesis]:
    """``A @ v`` where ``A.T @ v`` is right, or the other way round, for a square matrix that the code sees."""
    for name, matrix in known.items():
        n = matrix.shape[0] if matrix.ndim == 2 else 0
        if n < 2 or matrix.shape != (n, n) or n > 256 or part.outputs:
            continue
        for left in (True, False):
            if part.true.ndim not in (1, 2) or part.true.shape[0 if left else -1] != n:
                continue
            for flip in (False, True):
                A = matrix.T if flip else matrix
                if np.linalg.cond(A) > 1e8:  # what is solved for would be rounding
                    continue
                back = np.linalg.inv(A.T)
                turn = A @ back if left else (A @ back).T
                wrong, right = (name, f"{name}.T") if not flip else (f"{name}.T", name)
                told = Sentence("diagnosis.other-side", wrong=wrong, right=right)

                def holds(p: Part, turn: Array = turn, A: Array = A, back: Array = back, left: bool = left) -> bool:
                    loss = np.abs(A) @ np.abs(back)
                    size = p.allowed + 2.0**-48 * np.abs(p.true)
                    if left:
                        return within(p, turn @ p.true, loss @ size)
                    return within(p, p.true @ turn, size @ loss.T)

                yield FixedHypothesis(Sight.OTHER_SIDE, holds, told)


def one_place(part: Part, _: Matrices) -> Iterator[FixedHypothesis]:
    """Wrong in, or right in, one row, column or entry alone."""
    wrong = _wrong(part)
    for axis in range(part.outputs, part.true.ndim):
        n = part.true.shape[axis]
        if n < 2:
            continue
        slices = np.moveaxis(wrong, axis, 0).reshape(n, -1)
        touched = slices.any(axis=1)
        if wrong.sum() < 2 and part.claimed[wrong].any():
            continue  # one wrong entry: the message of the judge names it
        for mask, word in ((touched, "wrong"), (~touched, "right")):
            if mask.sum() == 1 and n > 2:
                k = int(np.argmax(mask))
                yield from _place(part, axis, k, word)


def _place(part: Part, axis: int, k: int, word: str) -> Iterator[FixedHypothesis]:
    axes = part.true.ndim - part.outputs
    words = {1: ("entry",), 2: ("row", "column")}.get(axes)
    where = Sentence(f"diagnosis.place-{words[axis - part.outputs] if words else 'axis'}", axis=axis, place=k)

    def split(p: Part) -> tuple[Array, Array, Array]:
        wrong = np.moveaxis(_wrong(p), axis, 0)
        others = np.arange(len(wrong)) != k
        inside, outside = (wrong[[k]], wrong[others]) if word == "wrong" else (wrong[others], wrong[[k]])
        claimed = np.moveaxis(p.claimed, axis, 0)
        return inside, outside, claimed[[k]] if word == "wrong" else claimed[others]

    def holds(p: Part) -> bool:
        inside, outside, _ = split(p)
        return bool(inside.any() and not outside.any())

    def zero(p: Part) -> bool:
        return holds(p) and not split(p)[2].any()

    if zero(part):
        told = Sentence("diagnosis.part-zero" if word == "wrong" else "diagnosis.part-left", where=where)
        yield FixedHypothesis(Sight.PART_ZERO, zero, told)
    else:
        told = Sentence("diagnosis.part-wrong" if word == "wrong" else "diagnosis.part-right", where=where)
        yield FixedHypothesis(Sight.PART_WRONG, holds, told)


def _wrong(part: Part) -> Array:
    return np.asarray(np.abs(part.claimed - part.true) > part.allowed)


HYPOTHESES: tuple[Hypothesis, ...] = (
    zeros, one_factor, transposed, rearranged, constant_added, about_x, clipped, entrywise, normalised, summed, other_side,
    one_place,
)


def candidates(part: Part, known: Matrices) -> list[FixedHypothesis]:
    """What reproduces a wrong part at this point, the simpler first."""
    return [found for hypothesis in HYPOTHESES for found in hypothesis(part, known) if found.holds(part)]
