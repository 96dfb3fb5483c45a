"""A terminal shows every line within its width, and every number whole."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reports.document import Callout, Cell, Code, Document, Equation, Figure, Link, Section, Table, bullets, prose
from reports.render import render, wants_color
from reports.wrapping import glyphs, paint, text_width, wrap
from tests.reports.sample import hostile, sample

WORDS = st.text("ab cd/-_=+中文，é\u0301", max_size=60)
NUMBERS = st.one_of(st.none(), st.floats(), st.integers(-(10**9), 10**9))
CELLS = st.one_of(WORDS, NUMBERS, st.builds(Cell, st.one_of(WORDS, NUMBERS), st.sampled_from(["good", "bad", "muted"])))


@st.composite
def tables(draw: st.DrawFn) -> Table:
    size = draw(st.integers(1, 9))
    rows = draw(st.lists(st.lists(CELLS, min_size=size, max_size=size), max_size=4))
    digits = draw(st.sampled_from([None, 12]))
    return Table(draw(st.lists(WORDS, min_size=size, max_size=size)), rows, digits=digits, total=draw(st.booleans()))


def assert_fits(document: Document, width: int) -> None:
    for line in render(document, "text", width=width).split("\n"):
        assert text_width(line) <= width and line == line.rstrip()


@pytest.mark.parametrize("width", [20, 33, 40, 60, 80, 120])
def test_no_line_of_the_samples_is_wider_than_asked(width: int) -> None:
    assert_fits(sample(), width)
    assert_fits(hostile(), width)


@given(tables(), st.integers(20, 100))
def test_no_table_is_wider_than_asked(table: Table, width: int) -> None:
    assert_fits(Document("t", [Callout("bad", [table])]), width)


@given(st.text("ab (+)中 ", max_size=300), st.integers(20, 100))
@example("x" * 300, 20)
def test_no_block_is_wider_than_asked(text: str, width: int) -> None:
    drawing = f"{text}\n  {text[:50]}\n{text[3:]}"
    item = prose(text)
    blocks = [item, bullets(text, ordered=True), Equation("x", text, tag="BP1", note=item), Equation("x", drawing)]
    assert_fits(Document(text, [Section(text, [*blocks, Code(drawing), Figure("", drawing, caption=text)])]), width)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=12), st.integers(60, 100))
def test_numbers_are_never_broken_however_many_columns(values: list[float], width: int) -> None:
    table = Table([f"column {k}" for k in range(len(values))], [values], digits=17)
    words = render(Document("t", [table]), "text", width=width).split()
    for value in values:
        assert any(re.fullmatch(r"-?[\d.]+(e-?\d+)?", word) and float(word) == value for word in words)


def test_columns_that_do_not_fit_stand_below_with_the_first_repeated() -> None:
    table = Table(["net", *(f"c{k}" for k in range(12))], [["2-3-1", *[1.5e-9] * 12]])
    text = render(Document("t", [table]), "text", width=50)
    assert text.count("2-3-1") == 3 and text.count("1.5e-9") == 12


def test_a_long_notation_is_broken_after_its_punctuation() -> None:
    lines = wrap(glyphs("4-8:relu-8:relu-3:softmax/cross_entropy+l2=0.01"), 20)
    assert [paint(line, False) for line in lines] == ["4-8:relu-8:relu-3:", "softmax/cross_", "entropy+l2=0.01"]


def test_chinese_is_aligned_by_the_columns_it_takes() -> None:
    text = render(Document("t", [Table(["层", "n"], [["输出层", 1], ["ab", 22]])]), "text")
    assert text.split("\n")[3:7] == ["层       n", "──────  ──", "输出层   1", "ab      22"]


def test_a_line_of_chinese_does_not_begin_with_a_full_stop() -> None:
    assert [paint(line, False) for line in wrap(glyphs("误差反向传播。"), 12)] == ["误差反向传", "播。"]


def test_a_total_stands_apart() -> None:
    text = render(Document("t", [Table(["a", "n"], [["x", 1], ["sum", 1]], total=True)]), "text")
    assert text.split("\n")[3:] == ["a    n", "───  ─", "x    1", "───  ─", "sum  1", ""]


def test_tones_can_be_told_without_colour() -> None:
    cells = [Cell("a", "good"), Cell("b", "bad"), Cell("c", "warn"), Cell("d", "muted")]
    text = render(Document("t", [Table(["1", "2", "3", "4"], [cells])]), "text")
    assert "\x1b" not in text and text.split("\n")[5].split("  ") == ["✓ a", "✗ b", "! c", "d"]


def test_a_link_shows_where_it_leads() -> None:
    shown = render(Document("t", [prose(Link("page", "https://example.org"), " ", Link("below", "#x"))]), "text")
    assert "page (https://example.org) below\n" in shown


class Stream:
    def __init__(self, terminal: bool) -> None:
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


def test_colour_is_for_terminals_that_want_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert wants_color(Stream(True)) is True  # type: ignore[arg-type]
    assert wants_color(Stream(False)) is False  # type: ignore[arg-type]
    monkeypatch.setenv("NO_COLOR", "1")
    assert wants_color(Stream(True)) is False  # type: ignore[arg-type]
