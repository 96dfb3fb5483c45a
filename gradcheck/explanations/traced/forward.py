"""Where a forward pass goes wrong: its first array that is none of the network's, if its output is not the network's."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gradcheck.arrays.nearness import same
from gradcheck.explanations.traced.code import Origin
from gradcheck.explanations.traced.own import OwnValues
from gradcheck.explanations.traced.quantities import Quantity, Role
from gradcheck.explanations.traced.roles import LineValues
from reference_nets.activations import Array


def strange(own: OwnValues) -> tuple[Quantity, LineValues] | None:
    """What was made in the place of a right z or a; None where the output is right, or was not seen at all."""
    last = own.spec.L
    if any(_is_there(own, role, last) for role in (Role.ACTIVATION, Role.ERROR)):
        return None
    if _is_there(own, Role.WEIGHTED_INPUT, last) and _is_there(own, Role.DELTA, last):
        return None
    before = -1
    for layer in own.spec.layers:
        for role in (Role.WEIGHTED_INPUT, Role.ACTIVATION):
            quantity = Quantity(role, layer)
            fit = own.roles.right(quantity)
            if fit is not None:
                before = fit.seen.first
            elif role is Role.ACTIVATION or not _is_there(own, Role.ACTIVATION, layer):
                seen = next(_strangers(own, quantity, before), None)
                if seen is not None:
                    return quantity, seen
    return None


def _is_there(own: OwnValues, role: Role, layer: int) -> bool:
    return own.roles.right(Quantity(role, layer)) is not None


def _strangers(own: OwnValues, quantity: Quantity, after: int) -> Iterator[LineValues]:
    """What was made after another thing, has the shape of the quantity, is nothing right and no step on the way to it."""
    steps = list(_steps(own, quantity.layer))
    for seen in own.roles.seen:
        if seen.first <= after or seen.kind is Origin.ARGUMENT or seen in own.right_ones or not seen.array.any():
            continue
        views = [view.array for view in own.roles.views(seen, quantity)]
        if views and not any(_is_step(view, steps) for view in views):
            yield seen


def _steps(own: OwnValues, layer: int) -> Iterator[Array]:
    """What lies between a right a and the next: exp(-z), the exponentials of a softmax."""
    z = own.right(Role.WEIGHTED_INPUT, layer)
    yield -z
    with np.errstate(over="ignore"):
        yield np.exp(-z)
        yield 1 + np.exp(-z)
        yield np.exp(z)
    for shift in (z.max(axis=1, keepdims=True), z.max(), z.max(axis=0)):
        yield z - shift
        yield np.exp(z - shift)


def _is_step(array: Array, steps: list[Array]) -> bool:
    return any(same(array, step) for step in steps)
