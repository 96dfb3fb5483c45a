"""What stands in a CSV file: features as numbers, labels as written, and every unreadable cell by row and column."""

from __future__ import annotations

import csv
import gzip
import io
import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from reference_nets.activations import Array
from reference_nets.reading.strict_json import LARGEST_FILE, DamagedFile, read_file

MISSING = frozenset({"", "?", "-", "na", "n/a", "nan", "null", "none"})  # as people write it, in lower case
LEAST_BOMB, MOST_PACKED = 16 * 2**20, 200  # a .gz may hold so many bytes, and so many times its own size
MOST_NAMED = 3  # bad cells that one message lists


class DataError(ValueError):
    """Data that no network can learn from: one sentence with file, row and column, and what to try."""


@dataclass(frozen=True)
class DataTable:
    """``features`` (m, n) with their names, and for each row its label as written; without a label column, none."""

    features: Array
    feature_names: tuple[str, ...]
    labels: tuple[str, ...] = ()
    label_name: str = ""

    def __len__(self) -> int:
        return len(self.features)


@dataclass(frozen=True)
class _Lines:
    """The cells of a file, each row with its line number, and the names of the columns."""

    file: str
    names: tuple[str, ...]
    has_header: bool
    rows: list[list[str]]
    numbers: list[int]


def read_csv(path: str | Path, *, label: str | int = -1, header: bool | None = None) -> DataTable:
    """The table in a CSV file (also .csv.gz), its label column by name or by position (negative: from the right).

    ``header=None`` takes the first line for a header where none of its cells is a number. Separators are commas,
    semicolons or tabs. Raises DataError naming line and column where a feature is missing, no number or not finite.
    """
    lines = _read_lines(path, header)
    place = _label_place(lines, label)
    features = [name for column, name in enumerate(lines.names) if column != place]
    if not features:
        raise DataError(f"{lines.file} has the label column only, expected at least one feature column beside it")
    cells = _numbers(lines, [column for column in range(len(lines.names)) if column != place])
    return DataTable(cells, tuple(features), _labels(lines, place), lines.names[place])


def read_features(path: str | Path, feature_names: Sequence[str], *, header: bool | None = None) -> DataTable:
    """New rows for a model that was trained on these features: found by name under a header, else by their order.

    Under a header other columns are left out, so that the training file itself can be read; where either file has no
    header, this one has to hold exactly these columns.
    """
    lines = _read_lines(path, header)
    if set(feature_names) <= set(lines.names):
        columns = [lines.names.index(name) for name in feature_names]
    elif len(lines.names) == len(feature_names) and not (lines.has_header and _are_names(feature_names)):
        columns = list(range(len(feature_names)))
    else:
        raise DataError(
            f"{lines.file} has the columns {_shorten(lines.names)}, expected {_shorten(feature_names)}: "
            "the features that the model was trained on"
        )
    return DataTable(_numbers(lines, columns), tuple(feature_names))


def _read_lines(path: str | Path, header: bool | None) -> _Lines:
    path = Path(path)
    try:
        content = read_file(path, empty=True)
        text = (_unpacked(path.name, content) if path.suffix == ".gz" else content).decode("utf-8-sig")
    except DamagedFile as error:
        raise DataError(str(error)) from error
    except (UnicodeDecodeError, gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise DataError(f"{path.name} is no text file in UTF-8 ({error}); save it as CSV (UTF-8)") from error
    rows, numbers = _cut(path.name, text)
    if not rows:
        raise DataError(f"{path.name} is empty, expected one line for each example")
    has_header = header if header is not None else not any(_is_number(cell) for cell in rows[0])
    names = [cell.strip() for cell in rows[0]] if has_header else _positions(len(rows[0]))
    _check_unique(path.name, names)
    if has_header and len(rows) == 1:
        raise DataError(f"{path.name} has a header and no rows, expected one line for each example")
    return _Lines(path.name, tuple(names), has_header, rows[has_header:], numbers[has_header:])


def _unpacked(file: str, content: bytes) -> bytes:
    """What a .gz file holds, if that is no more than real data have."""
    most = min(LARGEST_FILE, LEAST_BOMB + MOST_PACKED * len(content))
    with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
        text = packed.read(most + 1)
    if len(text) > most:
        raise DataError(f"{file} unpacks to more than {most // 2**20} MiB, which no table of its size does; unpack it yourself")
    return text


def _check_unique(file: str, names: Sequence[str]) -> None:
    places: dict[str, int] = {}
    for place, name in enumerate(names, 1):
        if place > (first := places.setdefault(name, place)):
            raise DataError(
                f"{file}: columns {first} and {place} of the header are both named {name!r}, expected a name of its own for "
                "each column; rename one"
            )


def _positions(count: int) -> list[str]:
    """What the columns of a file without a header are called."""
    return [f"column {i}" for i in range(1, count + 1)]


def _are_names(names: Sequence[str]) -> bool:
    return not set(names) <= set(_positions(len(names) + 1))


def _cut(file: str, text: str) -> tuple[list[list[str]], list[int]]:
    """The rows that are not blank and the numbers of the lines on which they end."""
    first = text.lstrip().partition("\n")[0]
    separator = next((mark for mark in "\t;" if mark in first), ",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows, numbers = [], []
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append(row)
                numbers.append(reader.line_num)
    except csv.Error as error:
        raise DataError(f"{file}, line {reader.line_num}: {error}") from error
    for row, number in zip(rows, numbers, strict=True):
        if len(row) != len(rows[0]):
            raise DataError(
                f"{file}, line {number} has {len(row)} columns, expected {len(rows[0])} as in line {numbers[0]}"
            )
    return rows, numbers


def _label_place(lines: _Lines, label: str | int) -> int:
    """The index of the label column; a name goes before a position written as text."""
    count = len(lines.names)
    if isinstance(label, str) and label in lines.names:
        return lines.names.index(label)
    try:
        place = int(label)
    except ValueError:
        raise DataError(f"{lines.file} has no column {label!r}, expected one of {_shorten(lines.names)}") from None
    if not -count <= place < count:
        raise DataError(
            f"{lines.file} has {count} columns, expected a label position from {-count} to {count - 1}, got {place}"
        )
    return place % count


def _labels(lines: _Lines, place: int) -> tuple[str, ...]:
    labels = tuple(row[place].strip() for row in lines.rows)
    for number, text in zip(lines.numbers, labels, strict=True):
        if text.lower() in MISSING:
            where = f"line {number}, column {lines.names[place]!r}"
            raise DataError(f"{lines.file}, {where}: the label is missing; fill it in or remove the line")
    return labels


def _numbers(lines: _Lines, columns: list[int]) -> Array:
    """The cells of these columns as floats, (m, n)."""
    try:
        cells = np.array([[float(row[column]) for column in columns] for row in lines.rows])
    except ValueError:
        raise DataError(_bad_cells(lines, columns)) from None
    if not np.isfinite(cells).all() or any("_" in row[column] for row in lines.rows for column in columns):
        raise DataError(_bad_cells(lines, columns))
    return cells


def _bad_cells(lines: _Lines, columns: list[int]) -> str:
    bad = [
        (number, column, problem)
        for number, row in zip(lines.numbers, lines.rows, strict=True)
        for column in columns
        if (problem := _problem(row[column]))
    ]
    named = [f"line {number}, column {lines.names[column]!r}: {what}" for number, column, what in bad[:MOST_NAMED]]
    more = f"; and {len(bad) - MOST_NAMED} more" if len(bad) > MOST_NAMED else ""
    if "missing" in bad[0][2]:
        advice = "fill it in or remove the line"
    elif bad[0][0] == lines.numbers[0] and not lines.has_header:
        advice = "is that line a header? Then say so"
    else:
        advice = "expected a number such as 5.1, with a decimal point"
    return f"{lines.file}, {'; '.join(named)}{more}; {advice}"


def _problem(cell: str) -> str | None:
    if cell.strip().lower() in MISSING:
        return "the value is missing"
    if not _is_number(cell):
        return f"{cell.strip()!r} is no number"
    return None if math.isfinite(float(cell)) else f"{cell.strip()} is not finite"


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return "_" not in cell  # Python reads 1_000, no spreadsheet writes it


def _shorten(names: Sequence[str]) -> str:
    shown = ", ".join(names[:8])
    return f"{shown}, ... ({len(names)} columns)" if len(names) > 8 else shown
