"""A drawing as SVG, in the colours of the page that it stands on, light or dark."""

from __future__ import annotations

from html import escape

from symbolic.formulas.formula import Formula, Name, Partial, Transposed, Whole
from symbolic.formulas.notation import letter_text, one_based
from symbolic.formulas.text import formula_text
from symbolic.report.diagrams.diagram import RADIUS, Arrow, Box, Circle, Dots, Drawing, Label, Shape

# The variables are those of the page's style; the colours beside them serve where there is none.
COLOURS = {
    "forward": "var(--link, #1f5fa8)",
    "error": "var(--error, #c2570c)",
    "path": "var(--error, #c2570c)",
    "ink": "var(--ink, #1d2329)",
    "soft": "var(--soft, #5c6670)",
}
RIM = f"fill:var(--paper, #fdfdfc);stroke:{COLOURS['ink']};stroke-width:1.3"


def to_svg(drawing: Drawing, title: str) -> str:
    """The drawing as one ``<svg>`` element that needs nothing else."""
    shapes = "\n".join(map(_shape, drawing.shapes))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {drawing.width:.0f} {drawing.height:.0f}" '
        f'width="{drawing.width:.0f}" height="{drawing.height:.0f}" style="--error:light-dark(#c2570c,#f0a35e);'
        f"font-family:'STIX Two Text','Latin Modern Roman','Cambria','Noto Serif',serif\">\n"
        f"<title>{escape(title)}</title>\n{shapes}\n</svg>"
    )


def _shape(shape: Shape) -> str:
    match shape:
        case Circle():
            circle = f'<circle cx="{shape.x:.1f}" cy="{shape.y:.1f}" r="{RADIUS:.0f}" style="{RIM}"/>'
            return circle + _text(shape.x, shape.y, _label(shape.label, 15), "ink", 15)
        case Box():
            x, y = shape.x - 15, shape.y - 15
            box = f'<rect x="{x:.1f}" y="{y:.1f}" width="30" height="30" rx="5" style="{RIM}"/>'
            return box + _text(shape.x, shape.y, _label(shape.label, 15), "ink", 15)
        case Arrow():
            return _arrow(shape)
        case Label():
            return _text(shape.x, shape.y, _label(shape.formula, 15), shape.role, 15)
        case Dots():
            return _text(shape.x, shape.y, "⋮", "soft", 20)


def _text(x: float, y: float, content: str, role: str, size: int) -> str:
    return (
        f'<text x="{x:.1f}" y="{y + 0.34 * size:.1f}" text-anchor="middle" font-size="{size}" '
        f'style="fill:{COLOURS[role]}">{content}</text>'
    )


def _label(formula: Formula, size: int) -> str:
    """A name with its layer raised and its index lowered under it; Unicode's small digits differ from font to font."""
    match formula:
        case Name() | Whole():
            index = one_based(formula.index) if isinstance(formula, Name) else ""
            layer = "" if formula.layer is None else str(formula.layer)
            return _scripted(letter_text(formula.quantity), layer, index, size)
        case Partial():
            return f"∂{_label(formula.of, size)}/∂{_label(formula.by, size)}"
        case Transposed():
            return f"({_label(formula.body, size)}){_script('⊤', -0.38, size)}{_script('', 0.38, size)}"
        case _:
            return escape(formula_text(formula))


def _scripted(letter: str, layer: str, index: str, size: int) -> str:
    raised = _script(layer, -0.38, size) if layer else ""
    lowered = _script(index, 0.24 + (0.38 if layer else 0), size, back=0.42 * size * len(layer)) if index else ""
    down = 0.24 if index else -0.38 if layer else 0.0
    end = f'<tspan dy="{-down * size:.1f}">\u200b</tspan>' if down else ""
    return f'<tspan font-style="italic">{escape(letter)}</tspan>{raised}{lowered}{end}'


def _script(text: str, shift: float, size: int, back: float = 0.0) -> str:
    moved = f' dx="{-back:.1f}"' if back else ""
    return f'<tspan{moved} dy="{shift * size:.1f}" font-size="{0.66 * size:.1f}">{escape(text) or chr(0x200B)}</tspan>'


def _arrow(arrow: Arrow) -> str:
    """A line; its head is a small triangle of its own, because markers do not take the colour of the line."""
    width = 2.2 if arrow.role == "path" else 1.8 if arrow.strength else 1.0
    faint = "" if arrow.strength or arrow.role == "path" else ";stroke-opacity:.45"
    dashed = ";stroke-dasharray:5 4" if arrow.role == "error" else ""
    colour = COLOURS[arrow.role]
    end = arrow.x2 - (6 if arrow.x2 > arrow.x1 else -6) if arrow.head else arrow.x2
    line = (
        f'<line x1="{arrow.x1:.1f}" y1="{arrow.y1:.1f}" x2="{end:.1f}" y2="{arrow.y2:.1f}" '
        f'style="stroke:{colour};stroke-width:{width}{faint}{dashed}"/>'
    )
    if not arrow.head:
        return line
    tip, back = arrow.x2, arrow.x2 - (8 if arrow.x2 > arrow.x1 else -8)
    points = f"{tip:.1f},{arrow.y2:.1f} {back:.1f},{arrow.y2 - 4:.1f} {back:.1f},{arrow.y2 + 4:.1f}"
    return line + f'<polygon points="{points}" style="fill:{colour}"/>'
