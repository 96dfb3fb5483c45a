"""One document with every kind of block, as each format writes it."""

from collections.abc import Callable

import pytest

from reports.render import FORMATS, render
from tests.reports.sample import sample

TEXTS = [name for name, row in FORMATS.items() if not row.binary]


@pytest.mark.parametrize("format", TEXTS)
def test_the_sample_reads_as_its_golden_file(format: str, golden: Callable[[str, str], None]) -> None:
    golden(f"sample{FORMATS[format].suffix}", render(sample(), format))


@pytest.mark.parametrize("format", TEXTS)
def test_rendering_twice_gives_the_same_text(format: str) -> None:
    assert render(sample(), format) == render(sample(), format)


def test_colour_adds_codes_and_changes_no_character(golden: Callable[[str, str], None]) -> None:
    colored = render(sample(), "text", color=True)
    golden("sample-color.txt", colored.replace("\x1b", "␛"))
    for code in ("1", "2", "31", "32", "33", "36", "4"):
        assert f"\x1b[{code}m" in colored
        colored = colored.replace(f"\x1b[{code}m", "")
    assert colored.replace("\x1b[0m", "") == render(sample(), "text")
