"""The picture of a network: units in columns, the signal forward above, the error back below; drawn from the spec.

A drawing is a list of shapes with a role (forward, error, ink, soft), in a coordinate system of its own; `diagram_svg` and
`diagram_tikz` write the same shapes down, `diagram_text` has characters only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from reference_nets.spec import NetworkSpec
from symbolic.formulas.formula import Formula, Name, Partial, Transposed, Whole

Role: TypeAlias = Literal["forward", "error", "ink", "soft", "path"]

COLUMN, ROW, RADIUS, LEFT = 124.0, 52.0, 18.0, 30.0
MOST_UNITS = 6  # of a layer, drawn one by one; of a wider one the first four, dots, and the last
TOP, LANE = 74.0, 46.0  # room above the units for the forward lane, height of a lane


@dataclass(frozen=True)
class Circle:
    """A unit, with its name inside."""

    x: float
    y: float
    label: Formula
    role: Role = "ink"


@dataclass(frozen=True)
class Box:
    """The cost."""

    x: float
    y: float
    label: Formula


@dataclass(frozen=True)
class Arrow:
    """A connection; ``strength`` is 0 for the many thin ones, 1 for those that tell the story."""

    x1: float
    y1: float
    x2: float
    y2: float
    role: Role
    strength: int = 0
    head: bool = True


@dataclass(frozen=True)
class Label:
    """A formula, centred at a point."""

    x: float
    y: float
    formula: Formula
    role: Role = "ink"


@dataclass(frozen=True)
class Dots:
    """Units left out, between two rows."""

    x: float
    y: float


Shape: TypeAlias = Circle | Box | Arrow | Label | Dots


@dataclass(frozen=True)
class Drawing:
    """Shapes on a sheet of this size; later ones lie on top."""

    width: float
    height: float
    shapes: tuple[Shape, ...]


def shown_units(size: int) -> list[int | None]:
    """The units of a layer that are drawn; None stands for those left out."""
    return list(range(size)) if size <= MOST_UNITS else [0, 1, 2, 3, None, size - 1]


def is_elided(spec: NetworkSpec) -> bool:
    """Whether some layer is too wide to be drawn whole."""
    return any(size > MOST_UNITS for size in spec.sizes)


def draw(spec: NetworkSpec, weight: tuple[int, tuple[int, ...]] | None = None) -> Drawing:
    """The network, with the paths from one weight (layer, index) to the cost set off if there is one."""
    rows = max(len(shown_units(size)) for size in spec.sizes)
    height = TOP + rows * ROW + LANE + 34
    place = {(layer, unit): (x, y) for layer in range(spec.L + 1) for unit, x, y in _column(spec, layer, rows)}
    cost = (_x(spec.L + 1), TOP + rows * ROW / 2)
    shapes: list[Shape] = [*_connections(spec, place, cost, weight)]
    for (layer, unit), (x, y) in place.items():
        shapes.append(Circle(x, y, Name("x", None, (unit,)) if layer == 0 else Name("a", layer, (unit,))))
    shapes += [Dots(_x(layer), y) for layer in range(spec.L + 1) for y in _dots(spec, layer, rows)]
    shapes.append(Box(*cost, Name("C")))
    return Drawing(_x(spec.L + 1) + 42, height, (*shapes, *_lanes(spec, height)))


def _x(layer: int) -> float:
    return LEFT + layer * COLUMN + RADIUS


def _rows(spec: NetworkSpec, layer: int, rows: int) -> list[tuple[int | None, float]]:
    units = shown_units(spec.sizes[layer])
    first = TOP + (rows - len(units) + 1) * ROW / 2
    return [(unit, first + number * ROW) for number, unit in enumerate(units)]


def _column(spec: NetworkSpec, layer: int, rows: int) -> list[tuple[int, float, float]]:
    return [(unit, _x(layer), y) for unit, y in _rows(spec, layer, rows) if unit is not None]


def _dots(spec: NetworkSpec, layer: int, rows: int) -> list[float]:
    return [y for unit, y in _rows(spec, layer, rows) if unit is None]


def _connections(
    spec: NetworkSpec,
    place: dict[tuple[int, int], tuple[float, float]],
    cost: tuple[float, float],
    weight: tuple[int, tuple[int, ...]] | None,
) -> list[Shape]:
    lines: list[Shape] = []
    for layer, unit in place:
        x2, y2 = place[layer, unit]
        sources = [i for other, i in place if other == layer - 1]
        edges = [_edge(place[layer - 1, i], (x2, y2)) for i in sources]
        roles = [_role(weight, layer, unit, i) for i in sources]
        lines += [Arrow(*edge, role, head=False) for edge, role in zip(edges, roles, strict=True)]
        if layer == spec.L:
            last: Role = "path" if weight and (layer > weight[0] or weight[1][0] == unit) else "forward"
            lines.append(Arrow(*_edge((x2, y2), cost), last, head=False))
    return sorted(lines, key=lambda line: isinstance(line, Arrow) and line.role == "path")


def _role(weight: tuple[int, tuple[int, ...]] | None, layer: int, to: int, source: int) -> Role:
    """Whether the connection lies on a path from the chosen weight to the cost."""
    if weight is None or layer < weight[0]:
        return "forward"
    if layer == weight[0]:
        return "path" if (to, source) == weight[1] else "forward"
    return "path" if layer > weight[0] + 1 or source == weight[1][0] else "forward"


def _edge(start: tuple[float, float], end: tuple[float, float]) -> tuple[float, float, float, float]:
    """From the rim of one circle to the rim of the other."""
    (x1, y1), (x2, y2) = start, end
    length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5
    dx, dy = (x2 - x1) / length * RADIUS, (y2 - y1) / length * RADIUS
    return x1 + dx, y1 + dy, x2 - dx, y2 - dy


def _lanes(spec: NetworkSpec, height: float) -> list[Shape]:
    """Above the units what runs forward, below them what flows back."""
    above, below = 40.0, height - LANE / 2 - 8
    shapes: list[Shape] = [Label(_x(0), above, Whole("x"), "forward")]
    for layer in spec.layers:
        shapes.append(Arrow(_x(layer - 1) + 22, above, _x(layer) - 22, above, "forward", 1))
        shapes.append(Label((_x(layer - 1) + _x(layer)) / 2, above - 17, Whole("W", layer), "forward"))
        shapes.append(Label(_x(layer), above, Whole("a", layer), "forward"))
        shapes.append(Label(_x(layer), below, Whole("delta", layer), "error"))
        if layer > 1:
            shapes.append(Arrow(_x(layer) - 22, below, _x(layer - 1) + 22, below, "error", 1))
            middle = (_x(layer - 1) + _x(layer)) / 2
            shapes.append(Label(middle, below + 19, Transposed(Whole("W", layer)), "error"))
    shapes.append(Arrow(_x(spec.L) + 22, above, _x(spec.L + 1) - 16, above, "forward", 1))
    shapes.append(Label(_x(spec.L + 1), above, Name("C"), "forward"))
    shapes.append(Arrow(_x(spec.L + 1) - 16, below, _x(spec.L) + 22, below, "error", 1))
    shapes.append(Label(_x(spec.L + 1), below, Name("C"), "error"))
    shapes.append(Label((_x(spec.L) + _x(spec.L + 1)) / 2, below + 19, Partial(Name("C"), Whole("z", spec.L)), "error"))
    return shapes
