"""Text from a stranger shows itself and does nothing, in every format."""

import json
import re
import unicodedata
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.document import CodeSpan, Document, Link, Table, prose
from reports.formats.markdown_escape import code_block, formula, line_start
from reports.formats.mathml import to_mathml
from reports.neutral import HARMFUL, safe_target, visible, visible_lines
from reports.render import FORMATS, render
from tests.reports.sample import HOSTILE, hostile

TEXTS = [name for name, row in FORMATS.items() if not row.binary]


def harmful(text: str) -> set[str]:
    return {sign for sign in text if unicodedata.category(sign) in HARMFUL and sign != "\n"}


@pytest.mark.parametrize("format", TEXTS)
def test_no_control_escape_or_bidi_character_reaches_any_format(format: str) -> None:
    assert harmful(HOSTILE) >= {"\x1b", "\x07", "\u202e", "\u2066", "\x9b", "\ud800", "\u2028"}
    text = render(hostile(), format)
    assert harmful(text) == set()
    text.encode("utf-8")


@pytest.mark.parametrize("format", ["text", "markdown", "html", "latex"])
def test_a_control_character_is_spelled_out(format: str) -> None:
    shown = render(Document("t", [prose("a\x1b[31mb")]), format)
    assert {"latex": r"a\textbackslash{}x1b[31mb", "markdown": r"a\\x1b\[31mb"}.get(format, r"a\x1b[31mb") in shown


@given(st.text())
def test_visible_is_one_harmless_line_and_leaves_harmless_text_alone(text: str) -> None:
    shown = visible(text)
    assert harmful(shown) == set() and "\n" not in shown
    if not harmful(text) and not re.search(r"\s", text):
        assert shown == text


def test_lines_of_code_keep_their_indentation_and_their_ends() -> None:
    assert visible_lines("if x:\r\n\ty = 1\x00\n\n") == ["if x:", "    y = 1\\x00", ""]


class Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, list[tuple[str, str | None]]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, attrs))


def test_html_has_no_script_and_no_handler_and_no_address_from_a_stranger() -> None:
    parser = Elements()
    parser.feed(render(hostile(), "html"))
    assert "script" not in {tag for tag, _ in parser.seen}
    names = {name for _, attrs in parser.seen for name, _ in attrs}
    assert not {name for name in names if name.startswith("on")} and "style" not in names
    targets = [value for _, attrs in parser.seen for name, value in attrs if name in {"href", "src"}]
    assert targets and all(target is not None and target.startswith("#") for target in targets)


def test_markdown_leaves_no_html_and_no_live_dollar_of_a_stranger() -> None:
    text = render(Document(HOSTILE, [prose(HOSTILE)]), "markdown")
    assert "<" not in text and not re.search(r"(?<!\\)[$`*]", text)


def test_a_pipe_in_a_cell_does_not_make_a_column() -> None:
    table = Table(["a|b", "c"], [["x | y", CodeSpan("p|q")]])
    lines = [line for line in render(Document("t", [table]), "markdown").splitlines() if line.startswith("|")]
    assert [len(re.findall(r"(?<!\\)\|", line)) for line in lines] == [3, 3, 3]


@pytest.mark.parametrize("start", ["1. x", "- x", "+ x", "# x", "=== ", "2) x", "| a |"])
def test_a_paragraph_is_not_taken_for_a_list_or_heading(start: str) -> None:
    assert line_start(start) == re.sub(r"([-+#=|.)])", r"\\\1", start, count=1)


def test_a_fence_is_longer_than_any_in_the_code() -> None:
    assert code_block("a\n````\nb\n", "py <x>") == ["`````pyx", "a", "````", "b", "`````"]


def test_a_formula_in_markdown_has_nothing_that_markdown_eats() -> None:
    assert formula(r"\{ |x| < \|y\| \}, $\$") == r"\lbrace \vert x\vert \lt \Vert y\Vert \rbrace , \$"


def test_mathml_escapes_text_and_drops_links() -> None:
    assert "&lt;script&gt;" in (to_mathml(r"\text{<script>}") or "")
    assert "javascript" not in (to_mathml(r"\href{javascript:alert(1)}{x}") or "")
    assert to_mathml(r"\unheardof{x}") is None and to_mathml("{") is None and to_mathml("") is None


@pytest.mark.parametrize(
    "target",
    ["javascript:alert(1)", "JavaScript:x", "data:text/html,x", "//evil.org", "a b", "https://x\u202e", "\x01#"],
)
def test_a_link_to_anything_but_a_page_a_file_or_an_anchor_is_shown_as_text(target: str) -> None:
    assert safe_target(target) is None
    assert "href" not in render(Document("t", [prose(Link("x", target))]), "html").split("<main>")[1]


@pytest.mark.parametrize("target", ["https://example.org/a?b=c#d", "#bp1", "report.html", "mailto:a@example.org"])
def test_an_ordinary_link_is_a_link(target: str) -> None:
    assert safe_target(target) == target


def test_latex_escapes_what_is_special() -> None:
    text = render(Document("t", [prose("50% of $x_1 & #2 {a} \\b ^ ~ <>")]), "latex")
    expected = (
        r"50\% of \$x\_\allowbreak{}1 \& \#2 \{a\} \textbackslash{}b \textasciicircum{} \textasciitilde{} "
        r"\textless{}\textgreater{}"
    )
    assert expected in text


def test_latex_names_a_character_that_no_tex_font_is_sure_to_have() -> None:
    assert r"\texttt{[U+1F600]}" in render(Document("t", [prose("\N{GRINNING FACE}")]), "latex")


def test_json_keeps_the_very_text_behind_its_escapes() -> None:
    text = render(Document("t", [], data={"text": "a\u202e\x9b中"}), "json")
    assert json.loads(text) == {"text": "a\u202e\x9b中"} and "中" in text and "\\u202e" in text
