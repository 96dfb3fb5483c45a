"""Which line made the first wrong numbers: a trace of the submission's own arrays against those of the explained mistake.

The diagnosis says which statement of the recursion was changed. Where an array of the submission equals a quantity of the
changed program and not of the right one (also transposed, unaveraged, negated, or for one example), that line is wrong.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from gradcheck.diagnosis.narrow_witness import NarrowWitness
from gradcheck.isolation.faults import FaultKind, SubmissionFault
from gradcheck.judge.mistake import Diagnosis
from gradcheck.rounding.program import approximate_values
from gradcheck.rounding.values import Approximate, Roundoff
from gradcheck.submissions.checks import Asked
from reference_nets.activations import Array
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec, quantity_of
from symbolic.mistakes.catalogue import CATALOGUE, Variant, plant, variants
from symbolic.programs.build import program
from symbolic.programs.layers import is_wide
from symbolic.programs.statements import Program, entry

WITNESS_SEED = 13
CLOSE = 1e-9  # relative: the numbers were explained to more digits than that, and only a line's number hangs on it


@dataclass(frozen=True)
class Made:
    """An array that a line made."""

    line: int
    array: Array


@dataclass(frozen=True)
class Trace:
    """The arrays that a file's lines made at a point of a network; ``within``: the wider network whose few units that is."""

    spec: NetworkSpec
    point: Point
    made: tuple[Made, ...] = ()
    within: NetworkSpec | None = None

    def line(self, mistake: str, layer: int) -> int | None:
        """The first line that made a quantity as the mistake has it, and as the right program has not."""
        found = []
        for variant in variants(self.spec, CATALOGUE[mistake]):
            if variant.layer == layer:
                found += self._first_line(variant)
        return min(found, default=None)

    def _first_line(self, variant: Variant) -> list[int]:
        wrong, right = self._values(plant(self.spec, variant)), self._right
        differing = [q for q in _quantities(self.spec) if not _same(*(_array(self.spec, env, q) for env in (wrong, right)))]
        shown = [pair for q in differing for pair in self._pairs(q, wrong, right)]
        return [one.line for one in self.made if any(_shows(one.array, *pair) for pair in shown)][:1]

    @cached_property
    def _right(self) -> dict[str, Approximate]:
        return self._values(program(self.spec))

    def _values(self, program: Program) -> dict[str, Approximate]:
        return approximate_values(program, self.point.params, self.point.x, self.point.y, Roundoff.of(np.float64))

    def _pairs(self, quantity: str, *envs: Mapping[str, Approximate]) -> list[tuple[Array, Array, tuple[int, ...], int]]:
        """A quantity, wrong and right, with its shape in the network that was asked; of delta each example's row besides."""
        wrong, right = (_array(self.spec, env, quantity) for env in envs)
        m, shape = len(self.point.x), _shape(self.within or self.spec, quantity, len(self.point.x))
        pairs = [(wrong, right, shape, m)]
        if quantity_of(quantity).kind == "delta":
            pairs += [(w, r, shape[1:], m) for w, r in zip(wrong, right, strict=True)]
        return pairs


def traced(asked: Asked, diagnoses: tuple[Diagnosis, ...]) -> tuple[Diagnosis, ...]:
    """The diagnoses with the line where each shows first, if a trace tells."""
    wanted = {(d.id, d.layer) for d in diagnoses if d.id in CATALOGUE}
    lines: dict[tuple[str, int], int] = {}
    traces = _traces(asked)
    while wanted - lines.keys() and (trace := next(traces, None)):
        lines |= {key: line for key in wanted - lines.keys() if (line := trace.line(*key)) is not None}
    return tuple(replace(d, line=lines.get((d.id, d.layer))) for d in diagnoses)


def _traces(asked: Asked) -> Iterator[Trace]:
    """The traces to look at, one after the other.

    Of a wide network first that of a narrow one of the same kind, all of whose arrays are small enough to be noted; a file
    that takes no other network is traced where all but a few units of its own are cut off.
    """
    spec, point = asked.spec, asked.points[0]
    if not is_wide(spec):
        yield from _trace(asked, Trace(spec, point), spec, point)
        return
    witness = NarrowWitness.of(spec)
    if is_wide(witness.narrow):
        return
    small, whole = witness.point(point.y, np.random.default_rng(WITNESS_SEED))
    yield from _trace(asked, Trace(witness.narrow, small), witness.narrow, small)
    yield from _trace(asked, Trace(witness.narrow, small, within=spec), spec, whole)


def _trace(asked: Asked, blank: Trace, spec: NetworkSpec, point: Point) -> Iterator[Trace]:
    """One trace; none where the file does not answer: tracing takes its time, and a submission need not bear it."""
    if not asked.submission.session.is_alive:
        return
    try:
        told = asked.submission.gradient(spec, point, trace=True).told
    except SubmissionFault as fault:
        if fault.kind is FaultKind.PROTOCOL:
            raise
        return
    yield replace(blank, made=tuple(_read(told)))


def _read(told: Mapping[str, str]) -> Iterator[Made]:
    """The records of the trace, which are the submission's word: what cannot be read is passed over."""
    for key, record in told.items():
        parts = record.split(" ")
        if not key.startswith("trace.") or len(parts) != 4:
            continue
        try:
            shape = tuple(int(part) for part in parts[2].split("x") if part)
            numbers = np.frombuffer(base64.b64decode(parts[3], validate=True), dtype="<f8")
            yield Made(int(parts[0]), numbers.reshape(shape))
        except (ValueError, binascii.Error, OverflowError):
            continue


def _quantities(spec: NetworkSpec) -> list[str]:
    return [f"{name}{l}" for l in reversed(spec.layers) for name in ("delta", "dW", "db")]


def _shape(spec: NetworkSpec, quantity: str, m: int) -> tuple[int, ...]:
    """The shape of a quantity: delta (m, n_l), dW (n_l, n_{l-1}), db (n_l,)."""
    named = quantity_of(quantity)
    return (m, spec.sizes[named.layer]) if named.kind == "delta" else spec.shapes[named.parameter]


def _array(spec: NetworkSpec, env: Mapping[str, Approximate], quantity: str) -> Array:
    """A quantity as an array."""
    kind, l, _ = quantity_of(quantity)
    shape = spec.shapes[f"W{l}"] if kind == "dW" else spec.shapes[f"b{l}"]
    parts = [np.atleast_1d(env[entry(quantity, *index)].value) for index in np.ndindex(*shape)]
    if kind == "delta":
        return np.stack(np.broadcast_arrays(*parts), axis=-1)
    return np.array([part[0] for part in parts]).reshape(shape)


def _shows(array: Array, wrong: Array, right: Array, shape: tuple[int, ...], m: int) -> bool:
    """Whether an array is the wrong quantity in some layout and scale; ``shape`` is what it has in the network asked."""
    if array.size != np.prod(shape) or not wrong.any() or _same(wrong, right):
        return False
    few = tuple(map(slice, wrong.shape))
    for candidate in (array, array.T):
        values = candidate.ravel().reshape(shape)[few]
        for scale in (1.0, m, -1.0, -float(m), 1 / m):
            if _same(values, scale * wrong) and not _same(values, scale * right):
                return True
    return False


def _same(left: Array, right: Array) -> bool:
    return left.shape == right.shape and bool((np.abs(left - right) <= CLOSE * np.abs(right).max(initial=0.0)).all())
