"""The page is whole by itself: balanced, linked within, and in need of no network."""

import re
from html.parser import HTMLParser

import pytest

from reports.document import Document, Equation, Link, Math, Section, Table, prose
from reports.formats.html import fragment
from reports.formats.mathml import to_mathml
from reports.render import render
from tests.reports.sample import hostile, sample

VOID = {"meta", "wbr", "br", "hr", "img", "link", "input"}
LOADING = {"src", "srcset", "data", "poster", "action", "background", "xlink:href", "manifest"}


class Page(HTMLParser):
    """Reads a page and fails where an element is closed that was not the last one opened."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.loaded: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            self.ids += [value or ""] if name == "id" else []
            self.targets += [value or ""] if name == "href" and tag == "a" else []
            self.loaded += [value or ""] if name in LOADING or (name == "href" and tag != "a") else []

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag, f"</{tag}> closes nothing at {self.getpos()}"


@pytest.mark.parametrize("document", [sample(), hostile()], ids=["sample", "hostile"])
def test_every_element_is_closed(document: Document) -> None:
    assert Page(render(document, "html")).open == []
    assert Page(fragment(document)).open == []


@pytest.mark.parametrize("document", [sample(), hostile()], ids=["sample", "hostile"])
def test_nothing_is_loaded(document: Document) -> None:
    text = render(document, "html")
    page = Page(text)
    assert page.loaded == [] and not {"script", "link", "iframe", "img", "object", "embed"} & set(page.tags)
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style is not None and not re.search(r"url\(|@import|https?:|<", style.group(1))
    assert "default-src 'none'" in text


def test_every_link_within_leads_somewhere_and_no_anchor_is_given_twice() -> None:
    page = Page(render(sample(), "html"))
    assert len(page.ids) == len(set(page.ids))
    assert {target[1:] for target in page.targets} <= set(page.ids)
    assert {"bp2", "cost", "recursion", "published-figures"} <= set(page.ids)


def test_sections_of_the_same_name_get_anchors_of_their_own_and_a_named_anchor_is_kept() -> None:
    parts = [Section("Cost", []), Section("Cost", []), Section("Other", [], anchor="cost"), Section("误差", [])]
    assert Page(render(Document("t", parts), "html")).ids == ["cost-2", "cost-3", "cost", "误差"]


def test_mathematics_is_mathml_and_falls_back_to_text() -> None:
    formulas = prose(Math(r"\delta", "δ"), Math(r"\unheardof", "the text"))
    text = render(Document("t", [formulas, Equation(r"\unheardof", "<lines>")]), "html")
    assert "<mi>δ</mi>" in text and '<span class="formula">the text</span>' in text
    assert "<pre>&lt;lines&gt;</pre>" in text


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        (r"\ln a", '<mi>ln</mi><mspace width="0.1667em"></mspace><mi>a</mi>'),
        (r"\operatorname{relu}(z)", '<mi>relu</mi><mo stretchy="false" lspace="0" rspace="0">(</mo>'),
        (r"\mathbf{W}", "<mi>𝐖</mi>"),
        (r"\begin{aligned} a &= b \\ &= c \end{aligned}", "<mtable"),
    ],
)
def test_mathml_spaces_and_sets_as_tex_does(latex: str, expected: str) -> None:
    assert expected in (to_mathml(latex) or "")


def test_every_formula_of_the_sample_is_mathml() -> None:
    assert 'class="formula"' not in render(sample(), "html")
    blocks = [block for block in sample().blocks if isinstance(block, Section)]
    equations = [block for section in blocks for block in section.blocks if isinstance(block, Equation)]
    assert len(equations) == 5 and all(to_mathml(equation.latex, display=True) for equation in equations)


def test_contents_are_in_the_language_of_the_document_and_only_where_there_are_some() -> None:
    parts = [Section("一", []), Section("二", [])]
    assert '<nav aria-label="目录">' in render(Document("t", parts, language="zh-Hans"), "html")
    assert "<nav" not in render(Document("t", parts[:1]), "html")


def test_numbers_stand_right_and_words_left() -> None:
    text = render(Document("t", [Table(["a", "n"], [["x", 1.5], ["y", None]])]), "html")
    assert '<th scope="col" class="left">a</th><th scope="col" class="right">n</th>' in text


def test_a_link_outwards_is_kept_and_not_loaded() -> None:
    page = Page(render(Document("t", [prose(Link("x", "https://example.org/?a=1&b=2"))]), "html"))
    assert page.targets == ["https://example.org/?a=1&b=2"] and page.loaded == []


def test_a_folded_section_is_opened_by_its_heading_and_is_not_among_the_contents():
    parts = [Section("First", []), Section("Second", []), Section("More", [prose("a detail")], folded=True)]
    page = render(Document("Page", parts), "html")
    assert "<details>\n<summary><h2>More" in page and "a detail" in page
    assert page.count('<li><a href="#') == 2 and 'href="#more">More' not in page
