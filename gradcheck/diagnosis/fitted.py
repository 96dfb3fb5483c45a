"""Mistakes with a number in them that no table can list: a factor, a constant or c W added, a bound, another order of rows.

The number is read off the claimed gradient, given what the mistakes found so far lead one to expect. It is a mistake only if
it holds in every entry and at every point, which whoever asks finds out as for any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from gradcheck.diagnosis.own_cost import Factor
from reference_nets.activations import Array
from reference_nets.spec import NetworkSpec
from symbolic.mistakes.changes import Changes
from symbolic.mistakes.combined import FittedMistake
from symbolic.mistakes.with_numbers import cut, factored, nothing, with_multiple_added, with_number_added
from symbolic.programs.statements import Program, Statement

NEAR = 1e-7  # relative: what is farther from one number is not that number
DIGITS = 6  # a number that someone wrote has no more
MOST_PARTS = 1000  # nor a fraction a larger denominator
ADDED, CLIPPED, ORDER = "constant-added", "gradient-clipped", "wrong-order"


@dataclass(frozen=True)
class Sample:
    """One quantity at one point: what came, what is expected, the parameter itself, and the number of examples."""

    claimed: Array
    expected: Array
    parameter: Array
    m: int

    @property
    def off(self) -> Array:
        """What came beyond what is expected."""
        return self.claimed - self.expected


def fitted(p: Program, made: Changes, layer: int, seen: Mapping[str, Sequence[Sample]]) -> Iterator[FittedMistake]:
    """What may have been done to the quantities of a layer that are not yet explained, ``seen`` at each point.

    ``made`` are the right sides as the mistakes found so far have them.
    """
    now = p.changed(made) if made else p
    for key, points in seen.items():
        yield from _whole_clipped(p.spec, now, layer, key, points)
    if seen.keys() == set(p.spec.of_layer(layer)):
        yield from _in_delta(now, layer, seen)
    for key, points in seen.items():
        yield from _factors(now, layer, key, points)
        yield from _added(now, layer, key, points)
        yield from _orders(now, layer, key, points)


def _statements(p: Program, key: str) -> list[Statement]:
    """The statements of a gradient's entries."""
    names = [f"d{key}_{'_'.join(map(str, i))}" for i in np.ndindex(*p.spec.shapes[key])]
    return [p.by_name[name] for name in names]


def _sums(p: Program, layer: int, key: str) -> list[Statement]:
    """The sums over the batch in a gradient, without the term of L2 beside them."""
    rule = "BP4" if key[0] == "W" else "BP3"
    return [s for s in p.statements if s.rule == rule and s.layer == layer]


def _deltas(p: Program, layer: int) -> list[Statement]:
    return [p.by_name[f"delta{layer}_{j}"] for j in range(p.spec.sizes[layer])]


def _data(spec: NetworkSpec, key: str, points: Sequence[Sample]) -> list[tuple[Array, Array, int]]:
    """What came and what is expected, without the L2 term."""
    lam = spec.decay(key)
    return [(one.claimed - lam * one.parameter, one.expected - lam * one.parameter, one.m) for one in points]


def _in_delta(p: Program, layer: int, seen: Mapping[str, Sequence[Sample]]) -> Iterator[FittedMistake]:
    """A factor, or a constant added, in the delta that all gradients of a layer are made of."""
    factor, *others = (factor_in(_data(p.spec, key, points)) for key, points in seen.items())
    if factor is not None and all(other == factor for other in others):
        changes = factored(_deltas(p, layer), factor.number, factor.power)
        yield FittedMistake(factor_id(factor), layer, f"times {words(factor)}, in delta", changes)
    biases = seen.get(f"b{layer}")  # from dW alone a constant in delta cannot be read
    c = _constant([one.off / one.m for one in biases]) if biases else None
    if c:
        yield FittedMistake(ADDED, layer, f"{_signed(c)}, in delta", with_number_added(_deltas(p, layer), c))


def _factors(p: Program, layer: int, key: str, points: Sequence[Sample]) -> Iterator[FittedMistake]:
    """A factor in the sums of one gradient, or in all of it."""
    for data, statements in (
        (_data(p.spec, key, points), _sums(p, layer, key)),
        ([(one.claimed, one.expected, one.m) for one in points], _statements(p, key)),
    ):
        factor = factor_in(data)
        if factor is not None:
            form = f"times {words(factor)}, in d{key[0]}"
            yield FittedMistake(factor_id(factor, key[0]), layer, form, factored(statements, factor.number, factor.power))
    if all(not one.claimed.any() for one in points):
        yield FittedMistake("zero-gradient", layer, f"in d{key[0]}", nothing(_statements(p, key)))


def _added(p: Program, layer: int, key: str, points: Sequence[Sample]) -> Iterator[FittedMistake]:
    """A number, or a multiple of the parameter, added to one gradient."""
    statements = _statements(p, key)
    c = _constant([one.off for one in points])
    if c and sum(one.claimed.size for one in points) > 1:
        yield FittedMistake(ADDED, layer, f"{_signed(c)}, in d{key[0]}", with_number_added(statements, c))
    for power in (0, -1):
        with np.errstate(all="ignore"):
            ratios = [one.off / one.parameter * float(one.m) ** -power for one in points]
        c = _constant(ratios)
        if c:
            changes = with_multiple_added(statements, key, c, power)
            name = "l2-factor" if key[0] == "W" or key in p.spec.regularised else "l2-on-bias"
            yield FittedMistake(name, layer, f"{_signed(c)}{'/m' if power else ''} {key}", changes)


def _orders(p: Program, layer: int, key: str, points: Sequence[Sample]) -> Iterator[FittedMistake]:
    """The rows, columns or entries of one gradient in another order."""
    statements = {s.index: s for s in _statements(p, key)}
    for axis in range(points[0].claimed.ndim):
        order = _order(points[0], axis)
        if order is not None:
            changes: Changes = {}
            for index, s in statements.items():
                there = (*index[:axis], order[index[axis]], *index[axis + 1 :])
                changes[s.name] = statements[there].rhs
            what = "entries" if points[0].claimed.ndim == 1 else ("rows", "columns")[axis]
            yield FittedMistake(ORDER, layer, f"{what} {' '.join(map(str, order))}, in d{key[0]}", changes)


def _order(seen: Sample, axis: int) -> list[int] | None:
    """The order along an axis in which the expected slices are the claimed ones."""
    claimed, expected = (np.moveaxis(array, axis, 0).reshape(array.shape[axis], -1) for array in (seen.claimed, seen.expected))
    if len(expected) < 2:
        return None
    size = float(np.abs(expected).max())
    fits = (np.abs(claimed[:, None] - expected[None]) <= NEAR * size).all(axis=2)
    order = [int(row.argmax()) for row in fits]
    one_each = (fits.sum(axis=0) == 1).all() and (fits.sum(axis=1) == 1).all()
    return order if one_each and order != list(range(len(order))) else None


def _whole_clipped(spec: NetworkSpec, p: Program, layer: int, key: str, points: Sequence[Sample]) -> Iterator[FittedMistake]:
    """Every gradient cut off beyond a number, or this one alone."""
    bound = max(float(np.abs(one.claimed).max()) for one in points)
    c = _short(bound)
    if c is None or not any((np.abs(one.expected) > (1 + NEAR) * bound).any() for one in points):
        return
    every = [s for other in spec.keys for s in _statements(p, other)]
    yield FittedMistake(CLIPPED, spec.L, f"beyond {c:g}", cut(every, c))
    yield FittedMistake(CLIPPED, layer, f"beyond {c:g}, in d{key[0]}", cut(_statements(p, key), c))


def factor_in(data: Sequence[tuple[Array, Array, int]]) -> Factor | None:
    """The fraction, times a power of the number of examples, that leads from what is expected to what came; not 1."""
    with np.errstate(all="ignore"):
        pairs = [(got[true != 0] / true[true != 0], m) for got, true, m in data if (got[true == 0] == 0).all()]
    if len(pairs) < len(data) or not sum(ratios.size for ratios, _ in pairs):
        return None
    for power in (0, 1, -1):
        c = _constant([ratios * float(m) ** -power for ratios, m in pairs], short=False)
        if c:
            found = Fraction(c).limit_denominator(MOST_PARTS)
            close = found and abs(float(found) - c) <= NEAR * abs(c)
            return Factor(found, power) if close and Factor(found, power) != Factor() else None
    return None


def _constant(arrays: Sequence[Array], *, short: bool = True) -> float | None:
    """The one number that all entries are, rounded to what a person would write; None where they differ."""
    entries = np.concatenate([array.ravel() for array in arrays])
    if not entries.size or not np.isfinite(entries).all():
        return None
    size = float(np.abs(entries).max())
    if not size or float(np.ptp(entries)) > NEAR * size:
        return None
    return _short(float(np.median(entries))) if short else float(np.median(entries))


def _short(c: float) -> float | None:
    """The number with few digits that this one is; None where it is none."""
    if not c or not np.isfinite(c):
        return None
    written = float(f"{c:.{DIGITS}g}")
    return written if abs(written - c) <= NEAR * abs(c) else None


def _signed(c: float) -> str:
    return f"{'+' if c > 0 else '-'} {abs(c):g}"


def words(factor: Factor) -> str:
    """``2``, ``m``, ``2 m``, ``1/3 /m``."""
    power = {0: "", 1: "m", -1: "/m"}[factor.power]
    number = "" if factor.number == 1 and factor.power == 1 else str(factor.number)
    return " ".join(part for part in (number, power) if part)


def factor_id(factor: Factor, of: str = "") -> str:
    """The mistake that a factor is, in dW, in db, or in a delta."""
    if factor.power == 1 and factor.number.numerator == 1 < factor.number.denominator:
        return "batch-averaged-by-wrong-count"  # divided by another number than m
    if factor.power == 1:
        return "bias-gradient-not-averaged" if of == "b" else "missing-batch-average"
    if factor.power == -1:
        return "bias-gradient-averaged-twice" if of == "b" else "batch-average-twice"
    return "sign-flipped" if factor.number == -1 else "constant-factor"
