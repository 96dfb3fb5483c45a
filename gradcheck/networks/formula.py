"""The formula of a trusted gradient function on balls: the same call as on floats, at the same point, on exact numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from gradcheck.certified.code.reasons import CannotFollow, Undecided
from gradcheck.certified.formula import Status
from gradcheck.certified.numbers.arrays import objects
from gradcheck.certified.numbers.constants import SINGLE
from gradcheck.certified.numbers.nodes import CONSTANT
from gradcheck.certified.replacements.small_constants import small_constants
from gradcheck.certified.runs.evaluate import RunSettings, call, followed, inputs
from gradcheck.judge.truth import Truth
from gradcheck.networks.claim import BadClaim, call_functions_contract, gradient_parts
from gradcheck.sentences.sentence import Sentence, told_by
from gradcheck.witnesses.formula_on_balls import MOST_ON_BALLS, Meant, NetworkFormula, compared
from reference_nets.activations import Array
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec
from symbolic.balls import Enclosure, enclosure

Backward = Callable[..., Any]
LARGEST_WHERE_HIDDEN = 250_000  # parameters: some ten seconds


def formula_at(
    spec: NetworkSpec,
    backward: Backward,
    point: Point,
    truth: Truth,
    floats: Mapping[str, Array],
    *,
    dx: bool = False,
    hidden: bool = False,
) -> NetworkFormula:
    """What balls say of the formula of ``backward``, which gave ``floats`` here; ``hidden`` where rounding says nothing."""
    if spec.n_params > (LARGEST_WHERE_HIDDEN if hidden else MOST_ON_BALLS):
        return NetworkFormula(Status.UNKNOWN, Sentence("networks.why-large", count=spec.n_params))

    def exactly(bits: int) -> dict[str, Enclosure]:
        return _on_balls(spec, backward, point, RunSettings(bits), dx)

    try:
        return compared(exactly, truth, floats, _readings(spec, backward, point, dx))
    except CannotFollow as error:
        return NetworkFormula(Status.UNKNOWN, str(error.reason))


def _readings(spec: NetworkSpec, backward: Backward, point: Point, dx: bool) -> Iterator[Meant]:
    """Constants as wide as they were meant, those in arrays that the code keeps, those of float32; small ones left out."""

    def widened(widen: int) -> Callable[[int], dict[str, Enclosure]]:
        return lambda bits: _on_balls(spec, backward, point, RunSettings(bits, widen=widen), dx)

    yield Meant(widened(1))
    yield Meant(widened(2))
    yield Meant(widened(SINGLE), slack=False)
    small = frozenset(small_constants((backward,)))

    def without(bits: int) -> dict[str, Enclosure] | None:
        try:
            return _on_balls(spec, backward, point, RunSettings(bits, small=small), dx)
        except CannotFollow:  # a comparison that they decide
            return None

    if small:
        yield Meant(without, slack=False, part_of_formula=False)


def _on_balls(spec: NetworkSpec, backward: Backward, point: Point, settings: RunSettings, dx: bool) -> dict[str, Enclosure]:
    with followed((backward,), settings, None) as choices:
        given = inputs({**point.params, "x": point.x, "y": point.y}, 0)
        returned = call(lambda: call_functions_contract(backward, spec, given, given["x"], given["y"]))
        try:
            parts = gradient_parts(returned, spec, dx=dx)
        except BadClaim as error:
            words = Sentence("networks.why-something-else", error=told_by(error))
            raise CannotFollow("shape", words) from error
        if choices.ties:
            raise Undecided(Sentence("following.gradient-compares"))
        shapes = {**spec.shapes, "x": point.x.shape} if dx else spec.shapes
        return {key: _enclosed(key, parts[key], shape) for key, shape in shapes.items()}


def _enclosed(key: str, value: Any, shape: tuple[int, ...]) -> Enclosure:
    """One array's balls; a row or a column for a vector is meant plainly, as on floats."""
    cells = objects(value)
    if cells.shape != shape and not (len(shape) == 1 and cells.shape in ((1, *shape), (*shape, 1))):
        words = Sentence("networks.why-other-shape", key=key, got=str(cells.shape), expected=str(shape))
        raise CannotFollow("shape", words)
    if all(cell.node == CONSTANT for cell in cells.flat) and any(cell.ball != 0 for cell in cells.flat):
        raise CannotFollow("constant", Sentence("networks.why-constant", key=key))
    found = enclosure(np.frompyfunc(lambda cell: cell.ball, 1, 1)(cells.reshape(shape)))
    if not (np.isfinite(found.mid) & np.isfinite(found.rad)).all():
        raise CannotFollow("wide", Sentence("networks.why-not-finite", key=key))
    return found
