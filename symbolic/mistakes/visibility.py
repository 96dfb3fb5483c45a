"""Which mistakes a network can show: a variant is equivalent where it changes no entry of the gradient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reference_nets.spec import NetworkSpec
from symbolic.balls import disjoint
from symbolic.exact.ball_reading import enclose
from symbolic.mistakes.catalogue import Variant, plant
from symbolic.programs.build import program
from symbolic.programs.interpret import Array

Batch = tuple[Mapping[str, Array], Array, Array]


def differing_entries(spec: NetworkSpec, variant: Variant, batch: Batch) -> dict[str, Array]:
    """Where the variant's true numbers differ from the right ones at (params, x, y): disjoint balls, entry by entry."""
    right, _ = enclose(program(spec), *batch)
    wrong, _ = enclose(plant(spec, variant), *batch)
    return {key: disjoint(right[key], wrong[key]) for key in right}


def is_equivalent(spec: NetworkSpec, variant: Variant, batches: Sequence[Batch]) -> bool:
    """Whether the variant gives the right gradient at each of these points: never planted, never reported there."""
    return not any(entries.any() for batch in batches for entries in differing_entries(spec, variant, batch).values())
