"""A drawing as TikZ, for reports that are printed."""

from __future__ import annotations

from symbolic.formulas.latex import formula_latex
from symbolic.report.diagrams.diagram import RADIUS, Arrow, Box, Circle, Dots, Drawing, Label, Shape

COLOURS = {"forward": "blue!55!black", "error": "orange!75!black", "path": "orange!75!black", "ink": "black", "soft": "gray"}
WIDEST = 400.0  # points of a text line; a wider drawing is made smaller


def to_tikz(drawing: Drawing) -> str:
    """The drawing as one ``tikzpicture``; the y axis of a page points down, that of TikZ up."""
    unit = min(0.75, WIDEST / drawing.width)
    shapes = "\n".join("  " + _shape(shape) for shape in drawing.shapes)
    scale = rf"x={unit:.3f}pt, y=-{unit:.3f}pt"
    return rf"\begin{{tikzpicture}}[{scale}, >=stealth, font=\small]" + f"\n{shapes}\n" + r"\end{tikzpicture}"


def _shape(shape: Shape) -> str:
    match shape:
        case Circle():
            return (
                rf"\draw[fill=white] ({shape.x:.1f},{shape.y:.1f}) circle[radius={RADIUS:.0f}] "
                rf"node {{\footnotesize ${formula_latex(shape.label)}$}};"
            )
        case Box():
            x, y = shape.x, shape.y
            corners = f"({x - 15:.1f},{y - 15:.1f}) rectangle ({x + 15:.1f},{y + 15:.1f})"
            name = formula_latex(shape.label)
            return rf"\draw[fill=white, rounded corners=2pt] {corners}; \node at ({x:.1f},{y:.1f}) {{${name}$}};"
        case Arrow():
            style = [COLOURS[shape.role]]
            style += ["->", "thick"] if shape.strength else ["thick"] if shape.role == "path" else ["thin", "opacity=0.5"]
            style += ["dashed"] if shape.role == "error" else []
            return rf"\draw[{', '.join(style)}] ({shape.x1:.1f},{shape.y1:.1f}) -- ({shape.x2:.1f},{shape.y2:.1f});"
        case Label():
            place, name = f"({shape.x:.1f},{shape.y:.1f})", formula_latex(shape.formula)
            return rf"\node[text={COLOURS[shape.role]}] at {place} {{$\textstyle {name}$}};"
        case Dots():
            return rf"\node at ({shape.x:.1f},{shape.y:.1f}) {{$\vdots$}};"
