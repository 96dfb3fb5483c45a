"""The first wrong quantity as a picture: right, yours, and the difference, each number a square of its colour."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np

from gradcheck.sentences.sentence import Sentence
from reference_nets.activations import Array
from reports.document import Figure

MOST = 32  # rows or columns: of more nothing is seen in a picture this small
WIDTH, GAP, HEAD = 100.0, 20.0, 20.0  # of a panel, between two, above one: three fit on a telephone
MOST_ROWS, MOST_COLUMNS = 6, 5  # that are written out where there is no picture
LARGEST_CELL = 25.0  # pixels
COLOURS = {True: "var(--link, #1f5fa8)", False: "var(--error, #c2570c)"}  # of positive and of negative numbers
ERROR = "--error:light-dark(#c2570c,#f0a35e)"


@dataclass(frozen=True)
class QuantityPair:
    """A quantity as it is right and as it came, by the name that a reader has for it."""

    name: str
    right: Array
    yours: Array

    @property
    def figure(self) -> Figure | None:
        """The picture; None of what is too large for one."""
        right, yours = np.atleast_2d(self.right), np.atleast_2d(self.yours)
        if max(right.shape) > MOST or not (np.isfinite(right).all() and np.isfinite(yours).all()):
            return None
        panels = {"right": right, "yours": yours, "difference": yours - right}
        caption = Sentence("validation.heatmap-caption", name=self.name)
        return Figure(_svg(panels, self.name), _text(panels), caption=caption)


def _svg(panels: dict[str, Array], name: str) -> str:
    rows, columns = panels["right"].shape
    cell = min(LARGEST_CELL, WIDTH / columns)
    width, height = len(panels) * WIDTH + (len(panels) - 1) * GAP, HEAD + rows * cell + HEAD + 2
    size = max(float(np.abs(values).max()) for values in panels.values()) or 1.0
    drawn = [_panel(name, values / size, n * (WIDTH + GAP), cell) for n, (name, values) in enumerate(panels.items())]
    before = (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" style="{ERROR};font-family:var(--sans, sans-serif)">\n<title>'
    )
    after = "</title>\n" + "\n".join([*drawn, _signs(HEAD + rows * cell + 15)]) + "\n</svg>"
    told = {kind: _listed(values) for kind, values in panels.items() if kind != "difference"}
    words = Sentence("validation.heatmap-told", name=escape(name), **told)
    return Sentence("teaching/by_hand.drawing", before=before, told=words, after=after)


def _signs(y: float) -> str:
    """Which colour is which sign, under the panels."""
    drawn = []
    for x, sign in ((0, "+"), (40, "−")):
        drawn.append(f'<rect x="{x}" y="{y - 9:.1f}" width="10" height="10" style="fill:{COLOURS[sign == "+"]}"/>')
        drawn.append(f'<text x="{x + 14}" y="{y:.1f}" font-size="12" style="fill:var(--soft, #5c6670)">{sign}</text>')
    return "".join(drawn)


def _listed(values: Array) -> str:
    """The first numbers in words, for those who do not see the picture."""
    rows = [", ".join(f"{value:.3g}" for value in row[:MOST_COLUMNS]) for row in values[:MOST_ROWS]]
    return "; ".join(rows)


def _panel(name: str, shares: Array, x: float, cell: float) -> str:
    head = f'<text x="{x:.1f}" y="12" font-size="12" style="fill:var(--soft, #5c6670)">{_HEADS[name]}</text>'
    cells = [_cell(x + j * cell, HEAD + i * cell, cell, float(share)) for (i, j), share in np.ndenumerate(shares)]
    return head + "".join(cells)


_HEADS = {"right": "✓", "yours": "✗", "difference": "✗ − ✓"}  # signs, which need no language


def _cell(x: float, y: float, cell: float, share: float) -> str:
    style = f"fill:{COLOURS[share >= 0]};fill-opacity:{abs(share):.3f};stroke:var(--line, #dfe3e6);stroke-width:0.7"
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{cell:.1f}" height="{cell:.1f}" style="{style}"/>'


def _text(panels: dict[str, Array]) -> str:
    """The numbers below each other; of a large quantity its corner."""
    corner = {name: panels[name][:MOST_ROWS, :MOST_COLUMNS] for name in ("right", "yours")}
    lines = []
    for name, values in corner.items():
        rows = ["  ".join(f"{value:>10.4g}" for value in row) for row in values]
        lines += [f"{_HEADS[name] if i == 0 else ' '} {row}" for i, row in enumerate(rows)]
    return "\n".join(lines)
