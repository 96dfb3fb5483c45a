"""The case as a picture: the network with its numbers on units and connections, what is wrong in red."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

import numpy as np

from gradcheck.explanations.by_hand.written import array_text, number_text, plain_shape
from gradcheck.sentences.sentence import Sentence
from reference_nets.activations import Array
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec
from reports.document import Figure

MOST_UNITS = 3  # of a layer that is drawn
LEFT, TOP, COLUMN, ROW, RADIUS = 30.0, 44.0, 96.0, 86.0, 23.0
SIZE = 12  # of a letter: three layers fit on a telephone as they are
INK, SOFT, PAPER = "var(--ink, #1d2329)", "var(--soft, #5c6670)", "var(--paper, #fdfdfc)"
WRONG = "light-dark(#b3261e,#ff8a80)"
FONT = "var(--sans, sans-serif)"


@dataclass(frozen=True)
class PictureNumbers:
    """What is written into the picture: values of units, deltas as they are right, and the code's own where they differ."""

    spec: NetworkSpec
    point: Point
    values: dict[int, Array]  # a of each layer, x as layer 0
    deltas: dict[int, Array]
    wrong_deltas: dict[int, Array]
    wrong_weights: dict[int, Array]  # where dW alone is wrong: the code's own
    cost: float


def picture(numbers: PictureNumbers) -> Figure | None:
    """The drawing of one example; None of what is too wide, or has several."""
    if max(numbers.spec.sizes) > MOST_UNITS or len(numbers.point.x) > 1:
        return None
    return Figure(_svg(numbers), "", caption=Sentence("teaching/by_hand.picture"))


def _svg(numbers: PictureNumbers) -> str:
    spec = numbers.spec
    rows = max(spec.sizes)
    width, height = LEFT * 2 + (spec.L + 1) * COLUMN, TOP + rows * ROW
    parts = [*_connections(numbers, rows), *_units(numbers, rows), _box(numbers, rows)]
    before = (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" style="font-family:{FONT}">\n<title>'
    )
    after = "</title>\n" + "\n".join(parts) + "\n</svg>"
    return Sentence("teaching/by_hand.drawing", before=before, told=_told(numbers), after=after)


def _told(numbers: PictureNumbers) -> Sentence:
    """The picture in words, for those who do not see it: numbers and names of the notation, nothing to be escaped."""
    forward = [f"x = {array_text(plain_shape(numbers.values[0]))}"]
    forward += [f"a{layer} = {array_text(plain_shape(numbers.values[layer]))}" for layer in numbers.spec.layers]
    back = [f"delta{layer} = {array_text(plain_shape(numbers.deltas[layer]))}" for layer in reversed(numbers.spec.layers)]
    wrong = [f"delta{layer}: {array_text(plain_shape(value))}" for layer, value in numbers.wrong_deltas.items()]
    wrong += [f"dW{layer}: {array_text(plain_shape(value))}" for layer, value in numbers.wrong_weights.items()]
    return Sentence("teaching/by_hand.picture-told", forward=tuple(forward), back=tuple(back), wrong=tuple(wrong))


def _place(spec: NetworkSpec, layer: int, unit: int, rows: int) -> tuple[float, float]:
    return LEFT + layer * COLUMN, TOP + (rows - spec.sizes[layer] + 1) * ROW / 2 + unit * ROW - ROW / 4


def _connections(numbers: PictureNumbers, rows: int) -> Iterator[str]:
    """Each weight on its line; red where the error of its own gradient lies."""
    spec = numbers.spec
    for layer in spec.layers:
        for unit, source in np.ndindex(spec.sizes[layer], spec.sizes[layer - 1]):
            (x1, y1), (x2, y2) = _place(spec, layer - 1, source, rows), _place(spec, layer, unit, rows)
            weight = float(numbers.point.params[f"W{layer}"][unit, source])
            off = layer in numbers.wrong_weights
            yield _line(x1 + RADIUS, y1, x2 - RADIUS, y2, WRONG if off else SOFT)
            share = 0.6 if unit == source else 0.27  # where lines cross, near the unit that they come from
            x, y = x1 + RADIUS + share * (x2 - x1 - 2 * RADIUS), y1 + share * (y2 - y1)
            yield _text(x, y - 5, number_text(weight), INK)
            if off:
                yield _text(x, y + 14, f"✗ {_short(float(numbers.wrong_weights[layer][unit, source]))}", WRONG)
    for unit in range(spec.sizes[-1]):
        (x1, y1), (x2, y2) = _place(spec, spec.L, unit, rows), (LEFT + (spec.L + 1) * COLUMN, TOP + rows * ROW / 2 - ROW / 4)
        yield _line(x1 + RADIUS, y1, x2 - RADIUS, y2, SOFT)


def _units(numbers: PictureNumbers, rows: int) -> Iterator[str]:
    """Units with their values; above them the name of the layer, below them the delta, and the code's own in red."""
    spec = numbers.spec
    for layer in range(spec.L + 1):
        yield _text(LEFT + layer * COLUMN, 16, "x" if layer == 0 else f"a{layer}", SOFT)
        for unit in range(spec.sizes[layer]):
            x, y = _place(spec, layer, unit, rows)
            off = layer in numbers.wrong_deltas
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{RADIUS:.0f}" style="fill:{PAPER};stroke:{WRONG if off else INK}"/>'
            yield _text(x, y + 4, _short(float(numbers.values[layer][0, unit])), INK)
            if layer and spec.has_biases and (bias := float(numbers.point.params[f"b{layer}"][unit])):
                yield _text(x, y - RADIUS - 5, f"b {number_text(bias)}", SOFT)
            if layer:
                yield _text(x, y + RADIUS + 14, f"δ {_short(float(numbers.deltas[layer][0, unit]))}", SOFT)
            if off:
                yield _text(x, y + RADIUS + 29, f"✗ {_short(float(numbers.wrong_deltas[layer][unit]))}", WRONG)


def _box(numbers: PictureNumbers, rows: int) -> str:
    x, y = LEFT + (numbers.spec.L + 1) * COLUMN, TOP + rows * ROW / 2 - ROW / 4
    style = f"fill:{PAPER};stroke:{INK}"
    box = f'<rect x="{x - RADIUS:.1f}" y="{y - 16:.1f}" width="{2 * RADIUS:.0f}" height="32" rx="5" style="{style}"/>'
    return box + _text(x, y + 4, _short(numbers.cost), INK) + _text(x, 16, "C", SOFT)


def _line(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" style="stroke:{colour}"/>'


def _text(x: float, y: float, content: str, colour: str) -> str:
    halo = f"stroke:{PAPER};stroke-width:3;paint-order:stroke"
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle" font-size="{SIZE}" style="fill:{colour};{halo}">'
        f"{escape(content)}</text>"
    )


def _short(value: float) -> str:
    """To four significant digits, as much as a unit has room for."""
    return number_text(float(f"{value:.4g}"))
