"""Difference quotients of the cost, with so many digits that only the step itself makes an error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from symbolic import balls
from symbolic.exact import ball_reading
from symbolic.exact.layer_values import LayerValues
from symbolic.programs.interpret import run
from symbolic.programs.statements import entry
from symbolic.report.point_values import BITS, AtPoint

SHOWN_STEP = 2.0**-30
STEP_TEXT = ("2^{-30}", "2⁻³⁰")
AGREE = 1e-12  # the step's own error is of order h^2, some 1e-18 times a third derivative of the cost

Entry = tuple[str, tuple[int, ...]]


def spread_entries(entries: list[Entry], count: int) -> list[Entry]:
    """So many entries, evenly from each parameter, so that no layer is left out."""
    keys = list(dict.fromkeys(key for key, _ in entries))
    each = max(count // len(keys), 1)
    chosen: list[Entry] = []
    for key in keys:
        own = [item for item in entries if item[0] == key]
        chosen += [own[n * len(own) // min(each, len(own))] for n in range(min(each, len(own)))]
    return chosen


def difference_quotients(point: AtPoint, entries: list[Entry], progress: Callable[[int, int], None]) -> list[Any]:
    """``(C(w + h) - C(w - h)) / (2 h)`` for each entry, as balls."""
    quotients = []
    for number, (key, index) in enumerate(entries):
        progress(number, len(entries))
        with balls.precision(BITS):
            up, down = (_cost(point, key, index, ball_reading.ball(sign * SHOWN_STEP)) for sign in (1, -1))
            quotients.append((up - down) / ball_reading.ball(2 * SHOWN_STEP))
    return quotients


def _cost(point: AtPoint, key: str, index: tuple[int, ...], step: Any) -> Any:
    spec, values, name = point.program.spec, point.values, entry(key, *index)
    if isinstance(point.env, LayerValues):
        return point.env.cost_after(key, index, step)
    inputs = ball_reading.ball_inputs(spec, values.params, values.x, values.y)
    inputs[name] = inputs[name] + step
    return run(point.program.forward, inputs, ball_reading.ball_numbers())["C"][0]


def gaps(derived: list[Any], quotients: list[Any]) -> list[tuple[float, bool]]:
    """How far each pair is apart, and whether that is no more than the step explains."""
    with balls.precision(BITS):
        size = max([1.0, *(abs(float(value.mid())) for value in derived)])
        distances = [abs(float((value - quotient).mid())) for value, quotient in zip(derived, quotients, strict=True)]
    return [(distance, distance <= AGREE * size) for distance in distances]
