"""Which line made the first wrong numbers: a trace of the submission's own arrays against those of the explained mistake.

The diagnosis says which statement of the recursion was changed. Where an array of the submission equals a quantity of the
changed program and not of the right one (also transposed, unaveraged, negated, or for one example), that line is wrong.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from gradcheck.isolation.faults import SubmissionFault
from gradcheck.judge.mistake import Diagnosis
from gradcheck.rounding.program import approximate_values
from gradcheck.rounding.values import Approximate, Roundoff
from gradcheck.submissions.checks import Asked
from reference_nets.activations import Array
from reference_nets.spec import NetworkSpec
from symbolic.mistakes.catalogue import CATALOGUE, Variant, plant, variants
from symbolic.programs.build import program
from symbolic.programs.statements import entry

LARGEST = 30_000  # parameters: beyond, reading the whole program takes many seconds
CLOSE = 1e-9  # relative: the numbers were explained to more digits than that, and only a line's number hangs on it


@dataclass(frozen=True)
class Made:
    """An array that a line made."""

    line: int
    array: Array


def traced(asked: Asked, diagnoses: tuple[Diagnosis, ...]) -> tuple[Diagnosis, ...]:
    """The diagnoses with the line where each shows first, if the trace tells."""
    named = {(d.id, d.layer): d for d in diagnoses}
    if not named or asked.spec.n_params > LARGEST:
        return diagnoses
    rows = [CATALOGUE[mistake] for mistake in dict.fromkeys(d.id for d in diagnoses) if mistake in CATALOGUE]
    made_by = [v for row in rows for v in variants(asked.spec, row) if (v.mistake, v.layer) in named]
    if not made_by:
        return diagnoses
    try:
        told = asked.submission.gradient(asked.spec, asked.points[0], trace=True).told
    except SubmissionFault as fault:
        if fault.kind == "protocol":
            raise
        return diagnoses  # tracing takes its time, and a submission need not bear it
    made = list(_read(told))
    lines = {key: _line(asked, made, [v for v in made_by if (v.mistake, v.layer) == key]) for key in named}
    return tuple(replace(d, line=lines[d.id, d.layer]) for d in diagnoses)


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


def _line(asked: Asked, made: list[Made], made_by: list[Variant]) -> int | None:
    """The first line that made a quantity as the mistake has it, and as the right program has not."""
    point, format = asked.points[0], Roundoff.of(np.float64)
    right = approximate_values(program(asked.spec), point.params, point.x, point.y, format)
    found = []
    for variant in made_by:
        wrong = approximate_values(plant(asked.spec, variant), point.params, point.x, point.y, format)
        quantities = [(_values(asked.spec, wrong, q), _values(asked.spec, right, q)) for q in _quantities(asked.spec)]
        differing = [(w, r) for w, r in quantities if not _same(w, r)]
        found += [one.line for one in made if any(_shows(one.array, w, r, len(point.x)) for w, r in differing)][:1]
    return min(found, default=None)


def _quantities(spec: NetworkSpec) -> list[str]:
    return [f"{name}{l}" for l in reversed(spec.layers) for name in ("delta", "dW", "db")]


def _values(spec: NetworkSpec, env: Mapping[str, Approximate], quantity: str) -> Array:
    """A quantity as an array: delta (m, n_l), dW (n_l, n_{l-1}), db (n_l,)."""
    name, l = quantity.rstrip("0123456789"), int(quantity.lstrip("abdeltW"))
    shape = spec.shapes[f"W{l}"] if name == "dW" else spec.shapes[f"b{l}"]
    parts = [np.atleast_1d(env[entry(quantity, *index)].value) for index in np.ndindex(*shape)]
    if name == "delta":
        return np.stack(np.broadcast_arrays(*parts), axis=-1)
    return np.array([part[0] for part in parts]).reshape(shape)


def _shows(array: Array, wrong: Array, right: Array, m: int) -> bool:
    """Whether an array is the wrong quantity, or one example's row of it, in some layout and scale."""
    pairs = [(wrong, right)]
    if wrong.ndim == 2 and len(wrong) == m:
        pairs += list(zip(wrong, right, strict=True))
    for w, r in pairs:
        if array.size != w.size or not w.any() or _same(w, r):
            continue
        for candidate in (array, array.T):
            values = candidate.ravel()
            for scale in (1.0, m, -1.0, -float(m), 1 / m):
                if _same(values, scale * w.ravel()) and not _same(values, scale * r.ravel()):
                    return True
    return False


def _same(left: Array, right: Array) -> bool:
    return left.shape == right.shape and bool((np.abs(left - right) <= CLOSE * np.abs(right).max(initial=0.0)).all())
