"""Several mistakes at once: layer by layer from the output, few before many, and never more work than is allowed.

The topmost layer that is not explained yet must have a mistake in it. So a search in depth asks one layer at a time. Each
mistake tried there is looked at in one entry first, in plain floats: nearly all fail so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from gradcheck.diagnosis.fitted import Sample, fitted
from gradcheck.diagnosis.search import Search, lowest_layer, reach
from reference_nets.activations import Array
from reference_nets.spec import quantity_of
from symbolic.mistakes.catalogue import Variant
from symbolic.mistakes.changes import alone
from symbolic.mistakes.combined import combined
from symbolic.programs.compiled import FUNCTIONS
from symbolic.programs.interpret import Numbers, evaluate
from symbolic.programs.statements import entry

Planted = tuple[Variant, ...]
CLOSE = 1e-6  # relative: a first look in floats; what passes is compared within its rounding
BACKWARD = ("BP1", "BP2", "BP3", "BP4", "l2")
LOOKS_A_STATEMENT = 4  # a look costs about a quarter of what a statement with its errors does
FLOATS = Numbers(lambda number: np.array([float(number)]), FUNCTIONS)


def several(search: Search, variants: Sequence[Variant], most: int, *, fit: bool) -> Planted:
    """The fewest mistakes, up to ``most``, that together give every claimed number; none where there are no such.

    The same mistake in several layers counts once. With ``fit`` numbers are read off the claim, and two mistakes made in one
    delta are looked for.
    """
    depth = _Depth(search, variants, fit)
    for count in range(1, most + 1):
        found = depth.down((), count)
        if found is not None:
            return found
    return ()


class _Depth:
    """A search in depth, with what is known of each layer."""

    def __init__(self, search: Search, variants: Sequence[Variant], fit: bool) -> None:
        self.search, self.spec, self.fit = search, search.spec, fit
        reached = [(variant, _reached(variant)) for variant in variants]
        self.in_layer = {l: [v for v, of in reached if l in of] for l in self.spec.layers}
        self.reached = {l: {id(v): of[l] for v, of in reached if l in of} for l in self.spec.layers}
        self.kept: dict[tuple[Any, ...], _Kept] = {}

    def down(self, planted: Planted, left: int) -> Planted | None:
        """These mistakes with up to so many more that explain all that is left."""
        layer, off = self._unexplained(planted)
        if not off:
            return planted
        known = {(v.mistake, v.form) for v in planted}
        key = (*((v.mistake, v.layer, v.form) for v in planted), min(left, 2))
        if key not in self.kept:
            self.kept[key] = _Kept(self._candidates(planted, layer, off, left))
        for added in self.kept[key]:
            new = len({(v.mistake, v.form) for v in added} - known)
            if new <= left and (found := self.down((*planted, *added), left - new)) is not None:
                return found
        return None

    def _unexplained(self, planted: Planted) -> tuple[int, list[str]]:
        """The layer nearest the output that these mistakes do not explain, and what is off there."""
        for layer in reversed(self.spec.layers):
            if off := self.search.differing(planted, self.spec.of_layer(layer)):
                return layer, off
        return 0, []

    def _candidates(self, planted: Planted, layer: int, off: list[str], left: int) -> Iterator[Planted]:
        """What explains more of a layer: a mistake, one with a number in it, two in the same statement."""
        known = {(v.mistake, v.form) for v in planted}
        look = FirstLook(self.search, planted, layer, off)
        for variant in self.in_layer[layer]:
            allowed = left > 0 or (variant.mistake, variant.form) in known
            if allowed and variant not in planted and look.plausible((variant,)) and self._helps(planted, (variant,), off):
                yield (variant,)
        if not (self.fit and left):
            return
        yield from ((one,) for one in self._fitted(planted, layer, off) if self._helps(planted, (one,), off))
        if left > 1:
            yield from (pair for pair in self._pairs(planted, layer, off, look) if self._helps(planted, pair, off))

    def _pairs(self, planted: Planted, layer: int, off: list[str], look: FirstLook) -> Iterator[Planted]:
        """Two mistakes that meet in the numbers of a layer, so that neither explains any of them by itself."""
        here = [v for v in self.in_layer[layer] if v not in planted and not reach(self.spec, v).isdisjoint(off)]
        for one, other in combinations(here, 2):
            meet = self.reached[layer][id(one)] == self.reached[layer][id(other)]
            if meet and look.plausible((one, other)):
                yield one, other
        for one in here:
            if combined(self.search.program, (*planted, one)) is not None:
                for factor in self._fitted((*planted, one), layer, off):
                    if look.plausible((one, factor)):
                        yield one, factor

    def _fitted(self, planted: Planted, layer: int, off: list[str]) -> Iterator[Variant]:
        search, lowest = self.search, lowest_layer(off)
        readings = [search.reading(planted, number, lowest) for number in range(len(search.claims))]
        seen = {
            key: [
                Sample(claimed[key], reading[key].value, point.params[key], len(point.x))
                for (point, claimed), reading in zip(search.claims, readings, strict=True)
            ]
            for key in off
        }
        yield from fitted(search.program, search.changes(planted), layer, seen)

    def _helps(self, planted: Planted, added: Planted, off: list[str]) -> bool:
        """Whether fewer quantities of this layer, and none that was right before, are left unexplained."""
        search, layer = self.search, lowest_layer(off)
        keys = self.spec.of_layer(layer)
        if combined(search.program, (*planted, *added)) is None:
            return False
        if any(self._spoils(planted, added, one, layer) for one in added):
            return False
        return set(search.differing((*planted, *added), keys)) < set(off) and all(search.shows(v) for v in added)

    def _spoils(self, planted: Planted, added: Planted, variant: Variant, layer: int) -> bool:
        """Whether a mistake made nearer the output than this layer leaves more unexplained there than was before."""
        made = max(quantity_of(name).layer for name in variant.changes)
        if made <= layer:
            return False
        own = self.spec.of_layer(made)
        return not set(self.search.differing((*planted, *added), own)) <= set(self.search.differing(planted, own))


class _Kept:
    """What an iterator gives, kept as far as it was asked for."""

    def __init__(self, source: Iterator[Planted]) -> None:
        self.source, self.given = source, list[Planted]()

    def __iter__(self) -> Iterator[Planted]:
        yield from list(self.given)
        for one in self.source:
            self.given.append(one)
            yield one


class FirstLook:
    """A first look at a hypothesis: one entry of each quantity that is off, at one point, in plain floats."""

    def __init__(self, search: Search, planted: Planted, layer: int, off: Sequence[str]) -> None:
        self.program, self.planted, self.off, self.layer, self.work = search.program, planted, off, layer, search.work
        claimed, expected = search.claims[0][1], search.reading(planted, 0, layer)
        self.wanted = []
        for key in off:  # where the claim is farthest from what is expected
            place = np.unravel_index(int(np.argmax(np.abs(claimed[key] - expected[key].value))), claimed[key].shape)
            room = CLOSE * float(np.abs(claimed[key]).max())
            self.wanted.append((entry(f"d{key}", *map(int, place)), float(claimed[key][place]), room))
        self.known = search.values(planted, 0, layer)
        self.looks = 0

    def plausible(self, added: Planted) -> bool:
        """Whether the entry of one quantity at least is what came."""
        self.looks += 1
        if self.looks % LOOKS_A_STATEMENT == 0:
            self.work.spend(1)
        values = _Values(self, added)
        with np.errstate(all="ignore"):
            try:
                return any(abs(float(values[name].flat[0]) - claimed) <= room for name, claimed, room in self.wanted)
            except _Excluded:
                return False


class _Excluded(Exception):  # noqa: N818 - no error: two mistakes that cannot be made in one statement
    """Two mistakes exclude each other."""


class _Values(dict[str, Array]):
    """The values of a layer with some mistakes more, each worked out when it is asked for."""

    def __init__(self, look: FirstLook, added: Planted) -> None:
        super().__init__()
        self.look, self.added = look, added

    def __missing__(self, name: str) -> Array:
        look = self.look
        statement = look.program.by_name.get(name)
        if statement is None or statement.layer != look.layer or statement.rule not in BACKWARD:
            self[name] = look.known[name].value
            return self[name]
        own = [_only(v, name) for v in (*look.planted, *self.added) if name in v.changes]
        changes = combined(look.program, own)
        if changes is None:
            raise _Excluded
        self[name] = np.asarray(evaluate(changes.get(name, statement.rhs), self, FLOATS))
        return self[name]


def _only(variant: Variant, name: str) -> Variant:
    """The variant in one statement alone."""
    return type(variant)(variant.mistake, variant.layer, variant.form, {name: variant.changes[name]})


def _reached(variant: Variant) -> dict[int, set[str]]:
    """Which gradients of its layers a mistake changes: both, if it is made in the delta."""
    reached: dict[int, set[str]] = {}
    for changed in map(quantity_of, variant.changes):
        letters = {"W", "b"} if changed.kind == "delta" else {changed.parameter[0]}
        reached.setdefault(changed.layer, set()).update(letters)
    return reached


def peeled(search: Search, variants: Sequence[Variant]) -> Planted:
    """One mistake after the other, whatever explains more of its layer; stops where none does. What is left is told."""
    depth = _Depth(search, variants, fit=True)
    found: Planted = ()
    while True:
        layer, off = depth._unexplained(found)
        better = next(depth._candidates(found, layer, off, 1), None) if off else None
        if better is None:
            return found
        found = (*found, *better)


def best(search: Search, variants: Sequence[Variant]) -> Planted:
    """What explains most of the numbers: mistakes of the whole network first, or each layer by itself."""
    there = {(v.mistake, v.form) for v in variants}
    by_layer = [v for v in variants if (v.mistake, alone(v.form)) not in there]
    both = (peeled(search, variants), peeled(search, by_layer))
    return min(both, key=lambda planted: len(search.differing(planted, search.spec.keys)))

