"""Where is it? The line that makes the first wrong thing, for each diagnosis; or why that cannot be told."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from gradcheck.arrays.nearness import same
from gradcheck.explanations.traced.code import Made, NoAnswer, Origin, SourcePlace, Trace, TracedCode
from gradcheck.explanations.traced.first_wrong import Walk, Wrong, walk
from gradcheck.explanations.traced.quantities import Quantity, Role, ratio
from gradcheck.explanations.traced.roles import roles
from gradcheck.judge.mistake import Diagnosis
from reference_nets.activations import Array
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec
from symbolic.mistakes.catalogue import CATALOGUE
from symbolic.mistakes.further import every_form

WIDEST = 64  # units: a trace of wider layers holds too many numbers
PointsOf = Callable[[NetworkSpec], Sequence[Point]]


class Unsure(StrEnum):
    """Why no line is named."""

    NO_TRACE = "no-trace"  # the code could not be traced
    CUT_OFF = "cut-off"  # the trace was ended by its limits
    NOT_SEEN = "not-seen"  # nothing wrong was seen by itself in any variable


@dataclass(frozen=True)
class TraceReading:
    """What a trace told: the walk on the network where it was made, all that is wrong by itself, or why nothing is known."""

    walk: Walk | None = None
    wrong: tuple[Wrong, ...] = ()
    unsure: Unsure | None = None

    @property
    def is_forward(self) -> bool:
        """Whether the forward pass is what is wrong."""
        return bool(self.wrong) and self.wrong[0].quantity.role in (Role.WEIGHTED_INPUT, Role.ACTIVATION)


def find(code: TracedCode, spec: NetworkSpec, points_of: PointsOf) -> TraceReading:
    """Trace the code on the network, or on one like it whose widths are all different, and walk through what it made."""
    unsure = Unsure.NO_TRACE
    for network in _networks(spec):
        for point in points_of(network):
            try:
                trace = code.trace(network, point)
            except NoAnswer:
                break
            if trace.raised is not None:
                break
            found = walk(network, point, trace, code.lines)
            if any(one.place is not None for one in found.wrong):
                return TraceReading(found, found.wrong)
            unsure = Unsure.CUT_OFF if trace.cut else Unsure.NOT_SEEN
    return TraceReading(unsure=unsure)


def _networks(spec: NetworkSpec) -> Iterator[NetworkSpec]:
    """The network itself, if all widths are different; then one of other widths; the network itself in the end."""
    apart = len(set(spec.sizes)) == len(spec.sizes)
    if apart and max(spec.sizes) <= WIDEST:
        yield spec
        return
    sizes: list[int] = []
    for size in spec.sizes[:-1]:
        sizes.append(next(n for n in range(min(max(size, 2), 3), 10**6) if n not in sizes and n != spec.sizes[-1]))
    yield replace(spec, sizes=(*sizes, spec.sizes[-1]))
    yield spec


def placed(found: TraceReading, diagnoses: Sequence[Diagnosis]) -> tuple[Diagnosis, ...]:
    """The diagnoses with the line that each is about, in the order in which the recursion comes to them."""
    meant = [(_meant(found, one), one) for one in diagnoses]
    meant.sort(key=lambda pair: found.wrong.index(pair[0]) if pair[0] in found.wrong else -1)
    return tuple(at(one, wrong.place) if wrong is not None and wrong.place is not None else one for wrong, one in meant)


def at(diagnosis: Diagnosis, place: SourcePlace) -> Diagnosis:
    """The diagnosis with its line."""
    return replace(diagnosis, line=place.line, file=place.file, cell=place.cell or None)


def _meant(found: TraceReading, diagnosis: Diagnosis) -> Wrong | None:
    """What a diagnosis is about: the quantity that its mistake changes, in its layer; else the first that is wrong."""
    if found.walk is None:
        return None
    roles = _changed(found.walk.spec, diagnosis)
    here = [one for one in found.wrong if one.place is not None]
    layer = [one for one in here if one.quantity.layer == diagnosis.layer]
    fitting = [one for one in layer if str(one.quantity.role) in roles]
    return next(iter(fitting or (layer if roles else []) or here), None)


def _changed(spec: NetworkSpec, diagnosis: Diagnosis) -> set[str]:
    """The roles of what a mistake changes: delta, dW, db."""
    if diagnosis.id not in CATALOGUE:
        return set()
    names = {name.split("_")[0] for v in every_form(_narrowed(spec), diagnosis.id) for name in v.changes}
    return {role for role in (Role.DELTA, Role.WEIGHT_GRADIENT, Role.BIAS_GRADIENT) if any(n.startswith(role) for n in names)}


def _narrowed(spec: NetworkSpec) -> NetworkSpec:
    """A network of few units in which the same layers are as wide as each other: mistakes change the same there."""
    ranks = {size: rank for rank, size in enumerate(sorted(set(spec.sizes)))}
    return replace(spec, sizes=tuple(min(size, 2 + ranks[size]) for size in spec.sizes))


# Behaviour


def where_it_differs(code: TracedCode, spec: NetworkSpec, point: Point, *, anew: bool) -> SourcePlace | None:
    """The first line that makes something else in a second, equal call; ``anew``: the first is the file's very first."""
    try:
        one, other = code.trace(spec, point, anew=anew), code.trace(spec, point)
    except NoAnswer:
        return None
    return first_difference(one.made, other.made)


def where_it_adds(code: TracedCode, spec: NetworkSpec, point: Point, kept: Sequence[str]) -> SourcePlace | None:
    """The first line, after the object was made, that changes one of these attributes."""
    try:
        made = code.trace(spec, point).made
    except NoAnswer:
        return None
    names = tuple(f"self.{name}" for name in kept)
    changes = (one for one in made if one.kind is Origin.MADE and not one.function.endswith("__init__"))
    return next((one.place for one in changes if re.split(r"[\[]", one.name)[0] in names), None)


def first_difference(one: Sequence[Made], other: Sequence[Made]) -> SourcePlace | None:
    """The first line of the second trace that makes another thing than it made in the first one, or made nothing there."""
    before: dict[tuple[SourcePlace, str, Origin], list[Made]] = {}
    for made in one:
        before.setdefault((made.place, made.name, made.kind), []).append(made)
    for made in other:
        known = before.get((made.place, made.name, made.kind), [])
        if made.kind is not Origin.ARGUMENT and (not known or not _equal(known.pop(0), made)):
            return made.place
    return None


def _equal(left: Made, right: Made) -> bool:
    return left.array.shape == right.array.shape and same(left.array, right.array)


def where_inputs_change(code: TracedCode, spec: NetworkSpec, point: Point) -> SourcePlace | None:
    """The line after which what was handed over is no longer what it had been."""
    try:
        changed = code.trace(spec, point, anew=True, inputs=True).changed
    except NoAnswer:
        return None
    return changed[0] if changed else None


# Failures


def first_not_finite(trace: Trace) -> SourcePlace | None:
    """The line that made the first number that is none."""
    number = not_finite(trace)
    return None if number is None else trace.made[number].place


def not_finite(trace: Trace) -> int | None:
    """Which of all that was made is the first with a number that is none."""
    made = enumerate(trace.made)
    return next((n for n, one in made if one.kind is not Origin.ARGUMENT and not np.isfinite(one.array).all()), None)


def of_shape(spec: NetworkSpec, point: Point, trace: Trace, told: Mapping[str, object]) -> SourcePlace | None:
    """The line that made a gradient of a wrong shape: a sum along the wrong axis, or the first that has what came back."""
    named = re.fullmatch(r"d([Wb])([0-9]{1,3})", str(told.get("name")))
    numbers = [int(n) for n in re.findall(r"[0-9]{1,6}", str(told.get("got")))]
    known = roles(spec, point, trace.made)
    made = [one for one in known.seen if one.kind is not Origin.ARGUMENT and list(one.array.shape) == numbers]
    if named is None or not made:
        return None
    sums = [known.right_values[Quantity(Role.DELTA, layer)].sum(axis=1) for layer in spec.layers]
    for one in made if named[1] == "b" else ():  # another layer's bias may come before the one that was told
        if any(ratio(one.array.reshape(-1), summed, known.scales) is not None for summed in sums):
            return one.place
    returned = [one for one in made if one.kind is Origin.RETURNED] or made
    of_it = {fit.seen: fit.quantity for fit in known.fits}
    together = [one for one in returned if one.place == returned[-1].place and same(one.array, returned[-1].array)]
    other = of_it.get(together[-1])
    back = together[0 if other is not None and int(named[2]) < other.layer else -1]  # where both are, they stand in their order
    alike = [one for one in made if same(one.array, back.array) and one.kind is Origin.MADE]
    strange = [one for one in alike if one not in of_it]  # the right matrix, transposed, is there already
    told_of = Quantity(Role.WEIGHT_GRADIENT if named[1] == "W" else Role.BIAS_GRADIENT, int(named[2]))
    is_there = any(quantity == told_of and one not in made for one, quantity in of_it.items())  # the right one, elsewhere
    in_place = [one for one in alike if one.name == back.name and ("[" in one.name or not is_there)]
    return (strange or in_place or [back])[0].place


def of_result(trace: Trace, result: Array) -> SourcePlace | None:
    """The line that first made what a function gave back."""
    if trace.raised is not None:
        return trace.raised.place
    made = (one for one in trace.made if one.kind is not Origin.ARGUMENT and one.array.size == result.size)
    return next((one.place for one in made if same(one.array.reshape(result.shape), result)), None)
