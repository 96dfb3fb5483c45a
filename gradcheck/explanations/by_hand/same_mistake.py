"""Is what is wrong in a small case the mistake that was found in the large one?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, islice, product

import numpy as np

from gradcheck.rounding.program import approximate_values, gradient_of
from gradcheck.rounding.values import Roundoff
from reference_nets.activations import Array
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec
from symbolic.mistakes.catalogue import Variant, plant
from symbolic.mistakes.further import every_form
from symbolic.programs.compiled import Gradient, compile_gradient

ALIKE = 1e-6  # relative to the largest entry: what is printed alike is alike
MOST_PLANTED = 200  # combinations of the forms of several mistakes that are tried


def is_alike(right: Array, other: Array) -> bool:
    """Whether two arrays are the same to the digits that are printed."""
    size = max(float(np.abs(right).max(initial=0.0)), 1e-3)
    return right.shape == other.shape and bool((np.abs(right - other) <= ALIKE * size).all())


def planted_alike(spec: NetworkSpec, mistakes: Sequence[str], point: Point, claimed: Mapping[str, Array]) -> Gradient | None:
    """The gradient with these mistakes of the catalogue in it, in the forms that give the claimed one; None where none do."""
    format = Roundoff.of(np.float64)
    ways = [list(_ways(spec, mistake)) for mistake in dict.fromkeys(mistakes)]
    for chosen in islice(product(*ways), MOST_PLANTED):
        planted = plant(spec, *(variant for way in chosen for variant in way))
        values = approximate_values(planted, point.params, point.x, point.y, format)
        gradient = gradient_of(spec, values, format)
        if all(is_alike(gradient[key].value, claimed[key]) for key in spec.keys):
            return compile_gradient(planted)
    return None


def _ways(spec: NetworkSpec, mistake: str) -> Iterator[tuple[Variant, ...]]:
    """A mistake in one layer, in each of its forms; then in every layer that it can be made in."""
    found = every_form(spec, mistake)
    yield from ((variant,) for variant in found)
    for _, alike in groupby(sorted(found, key=lambda v: v.form), key=lambda v: v.form):
        several = tuple(alike)
        if len(several) > 1:
            yield several
