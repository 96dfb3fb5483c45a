"""How a table is set on paper: booktabs rules, pages that continue, columns of text that wrap."""

from collections.abc import Callable, Sequence

from reports.columns import pieces, share_out
from reports.document import Cell, Inline, Table, Tone, Value
from reports.formats.latex_escape import text
from reports.inline import plain
from reports.marks import MARKS, alignments, split_cell
from reports.number_text import number_text
from reports.wrapping import glyphs, longest_part, width_of

ROOM = 82  # characters of \small in a line, columns of two characters between columns included
GAP = 3
WORD = 18
LETTERS = {"left": "l", "right": "r", "center": "c"}
RAGGED = {"left": r"\raggedright", "right": r"\raggedleft", "center": r"\centering"}
COLORS: dict[Tone, str] = {"good": "Good", "bad": "Bad", "warn": "Warn", "muted": "Muted"}
Writer = Callable[[Sequence[Inline]], str]


def table_lines(table: Table, inline: Writer) -> list[str]:
    """Write the table, in several parts if its columns cannot stand side by side."""
    sizes = [[plain(title) for title in table.columns]]
    sizes += [[_plain_cell(cell, table.digits) for cell in row] for row in table.rows]
    columns = [[glyphs(row[column]) for row in sizes] for column in range(len(table.columns))]
    least = [max(longest_part(cell, WORD) for cell in column) for column in columns]
    natural = [max(map(width_of, column)) for column in columns]
    lines: list[str] = []
    for chosen in pieces(least, ROOM, GAP):
        room = ROOM - GAP * (len(chosen) - 1)
        widths = share_out([natural[c] for c in chosen], [least[c] for c in chosen], room)
        layout = [_column(alignments(table)[c], natural[c], width) for c, width in zip(chosen, widths, strict=True)]
        lines += _piece(table, chosen, "".join(layout), inline)
    return lines


def _column(align: str, natural: int, width: int) -> str:
    if width >= natural:
        return LETTERS[align]
    return f">{{{RAGGED[align]}\\arraybackslash}}p{{{width / (ROOM + 4):.3f}\\linewidth}}"


def _piece(table: Table, chosen: list[int], layout: str, inline: Writer) -> list[str]:
    head = " & ".join(f"\\textbf{{{inline([table.columns[column]])}}}" for column in chosen)
    rows = [" & ".join(_cell(row[column], table.digits, inline) for column in chosen) + " \\\\" for row in table.rows]
    if table.total and rows:
        rows.insert(len(rows) - 1, "\\midrule")
    caption = ["{\\small\\color{Muted}" + text(table.caption, breakable=True) + "\\par}"] if table.caption else []
    return [
        f"{{\\small\\setlength{{\\LTleft}}{{0pt}}\\begin{{longtable}}{{@{{}}{layout}@{{}}}}",
        f"\\toprule {head} \\\\ \\midrule \\endhead",
        *rows,
        "\\bottomrule",
        "\\end{longtable}}",
        *caption,
    ]


def _cell(cell: Value | Cell, digits: int | None, inline: Writer) -> str:
    value, tone = split_cell(cell)
    shown = text(number_text(value, digits)) if isinstance(value, int | float | None) else inline([value])
    if tone is None:
        return f"{{}}{shown}"
    return f"\\textcolor{{{COLORS[tone]}}}{{{text(MARKS[tone])}{'~' if MARKS[tone] else ''}{shown}}}"


def _plain_cell(cell: Value | Cell, digits: int | None) -> str:
    value, tone = split_cell(cell)
    shown = number_text(value, digits) if isinstance(value, int | float | None) else plain(value)
    return f"{MARKS[tone]} {shown}" if tone and MARKS[tone] else shown
