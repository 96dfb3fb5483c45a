"""The model takes what it can show, and says what it cannot."""

from typing import Any

import numpy as np
import pytest

from reports.document import Bullets, Callout, Cell, Document, Math, Prose, Section, Strong, Table, bullets, prose
from reports.number_text import number_text


def test_later_changes_of_a_list_do_not_reach_the_document() -> None:
    rows: list[list[Any]] = [["a", 1]]
    table = Table(["x", "n"], rows)
    rows[0][1] = 2
    rows.append(["b", 3])
    assert table.rows == (("a", 1),)


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match=r"row 2 has 1 cells, expected 2: \('a', 'b'\)"):
        Table(["a", "b"], [[1, 2], [3]])


def test_alignments_are_checked() -> None:
    with pytest.raises(ValueError, match="align names 1 columns, the table has 2"):
        Table(["a", "b"], [], align=["left"])
    with pytest.raises(ValueError, match="align is 'up', expected one of left, center, right"):
        Table(["a"], [], align=["up"])  # type: ignore[list-item]


@pytest.mark.parametrize("make", [lambda: Cell(1, "red"), lambda: Callout("red", [])])  # type: ignore[arg-type]
def test_an_unknown_tone_is_refused(make: Any) -> None:
    with pytest.raises(ValueError, match="tone is 'red', expected one of good, bad, warn, muted"):
        make()


def test_a_text_in_place_of_a_block_is_refused() -> None:
    for make in (Document, Section):
        with pytest.raises(TypeError, match=r"expected a block, got 'x'; a text becomes one by prose\(...\)"):
            make("t", ["x"])  # type: ignore[list-item]


def test_a_text_in_place_of_parts_is_refused() -> None:
    with pytest.raises(TypeError, match="Prose takes a sequence of parts, got the text 'abc'"):
        Prose("abc")
    with pytest.raises(TypeError, match="a paragraph holds text, Math, Strong, CodeSpan or Link, got 3"):
        prose(3)  # type: ignore[arg-type]


def test_items_of_a_list_are_texts_parts_or_paragraphs() -> None:
    expected = Bullets([prose("a"), prose(Strong("b")), prose("c", Math("d", "d")), prose("e")])
    assert bullets("a", Strong("b"), ("c", Math("d", "d")), prose("e")) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.0, "0"),
        (-0.5, "-0.5"),
        (1 / 3, "0.3333"),
        (1.1102230246251565e-16, "1.1e-16"),
        (-3e-5, "-3e-5"),
        (0.001, "0.001"),
        (12345.678, "12346"),
        (999999.9, "1e6"),
        (1.5e300, "1.5e300"),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        (np.float32(0.25), "0.25"),
        (np.int64(7), "7"),
        (123456789, "123456789"),
        (True, "yes"),
        (None, "–"),
    ],
)
def test_a_number_is_written_compactly(value: object, expected: str) -> None:
    assert number_text(value) == expected


def test_twelve_digits_are_shown_on_request() -> None:
    assert number_text(0.291027773693599, digits=12) == "0.291027773694"
    assert number_text(1.23456789012345e-7, digits=12) == "1.23456789012e-7"
