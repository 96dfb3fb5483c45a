"""A network in characters: its layers side by side, the signal above, the error below."""

from __future__ import annotations

from reference_nets.spec import NetworkSpec
from symbolic.formulas.formula import Name, Whole
from symbolic.formulas.text import formula_text
from symbolic.report.diagrams.diagram import shown_units

GAP = 9  # characters between two columns, room for an arrow with its name


def diagram_text(spec: NetworkSpec) -> str:
    """Forward arrows with their weights above the units, error arrows below them."""
    columns = [_units(spec, layer) for layer in range(spec.L + 1)] + [["C"]]
    height, width = max(map(len, columns)), 6
    rows = [[_centred(column, height, row).center(width) for column in columns] for row in range(height)]
    between = " " * GAP
    units = [between.join(row).rstrip() for row in rows]
    names = [Whole("x"), *(Whole("a", layer) for layer in spec.layers)]
    forward = _lane(
        [formula_text(name) for name in names] + ["C"], [f"─ W{_raised(layer)} " for layer in spec.layers] + ["─"], "▶", width
    )
    deltas = ["", *(formula_text(Whole("delta", layer)) for layer in spec.layers), "C"]
    links = ["", *(f" (W{_raised(layer)})ᵀ " for layer in spec.layers if layer > 1), ""]
    backward = _back_lane(deltas, links, width)
    return "\n".join([forward, "", *units, "", backward])


def _raised(layer: int) -> str:
    return formula_text(Whole("W", layer))[1:]


def _units(spec: NetworkSpec, layer: int) -> list[str]:
    quantity, number = ("x", None) if layer == 0 else ("a", layer)
    return ["⋮" if unit is None else formula_text(Name(quantity, number, (unit,))) for unit in shown_units(spec.sizes[layer])]


def _centred(column: list[str], height: int, row: int) -> str:
    first = (height - len(column)) // 2
    return column[row - first] if first <= row < first + len(column) else ""


def _lane(names: list[str], links: list[str], head: str, width: int) -> str:
    pieces = [names[0].center(width)]
    for name, link in zip(names[1:], links, strict=True):
        pieces += [link.center(GAP - 1, "─") + head, name.center(width)]
    return "".join(pieces).rstrip()


def _back_lane(names: list[str], links: list[str], width: int) -> str:
    pieces = [names[0].center(width)]
    for number, (name, link) in enumerate(zip(names[1:], links, strict=True)):
        pieces += [" " * GAP if number == 0 else "◀" + link.center(GAP - 1, "╌"), name.center(width)]
    return "".join(pieces).rstrip()
