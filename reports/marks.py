"""How a tone is told without colour, and the few words that the renderers themselves write."""

from reports.document import Cell, Table, Tone, Value
from reports.number_text import is_number

MARKS: dict[Tone, str] = {"good": "✓", "bad": "✗", "warn": "!", "muted": ""}
CONTENTS = {"en": "Contents", "zh": "目录"}


def contents_word(language: str) -> str:
    """Name the table of contents in the language of the document."""
    return CONTENTS.get(language.split("-")[0].lower(), CONTENTS["en"])


def split_cell(cell: Value | Cell) -> tuple[Value, Tone | None]:
    """Separate what a cell says from its tone."""
    return (cell.value, cell.tone) if isinstance(cell, Cell) else (cell, None)


def alignments(table: Table) -> list[str]:
    """Return left, center or right for each column: as the author says, else numbers right."""
    if table.align is not None:
        return list(table.align)
    return ["right" if _is_numeric(table, column) else "left" for column in range(len(table.columns))]


def _is_numeric(table: Table, column: int) -> bool:
    values = [split_cell(row[column])[0] for row in table.rows]
    return any(map(is_number, values)) and all(value is None or is_number(value) for value in values)
