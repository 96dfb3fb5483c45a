"""How a document reads on paper: a complete LaTeX file for XeLaTeX and LuaLaTeX; without Chinese for pdfLaTeX, too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from reports.anchors import anchors_of, walk
from reports.document import (
    Block,
    Bullets,
    Callout,
    Code,
    CodeSpan,
    Document,
    Equation,
    Figure,
    Inline,
    Link,
    Math,
    Prose,
    Section,
    Strong,
    Table,
    Tone,
)
from reports.formats.latex_escape import formula, is_chinese, text, verbatim
from reports.formats.latex_table import table_lines
from reports.marks import MARKS, contents_word
from reports.neutral import safe_target, visible_lines
from reports.wrapping import glyphs, width_of

CODE_WIDTH = 84  # characters of \small typewriter in a line
HEADINGS = ("section", "subsection", "subsubsection", "paragraph")
COLORS: dict[Tone, str] = {"good": "Good", "bad": "Bad", "warn": "Warn", "muted": "Muted"}
PREAMBLE = r"""\documentclass[11pt,a4paper]{article}
\usepackage{iftex}
\ifPDFTeX
  \usepackage[T1]{fontenc}
  \usepackage[utf8]{inputenc}
  \usepackage{lmodern}
  \usepackage{textcomp}%(pdftex)s
\else
%(fonts)s
\fi
\usepackage[margin=25mm]{geometry}
\usepackage{amsmath,amssymb}
\usepackage{array,booktabs,longtable}
\usepackage{graphicx,xcolor}
%(tikz)s\usepackage[hidelinks,bookmarksnumbered]{hyperref}
\hypersetup{pdftitle={%(title)s}}
\definecolor{Good}{HTML}{19703E}
\definecolor{Bad}{HTML}{B3261E}
\definecolor{Warn}{HTML}{8A5A00}
\definecolor{Muted}{HTML}{5C6670}
\definecolor{Link}{HTML}{1F5FA8}
\setlength{\parindent}{0pt}
\setlength{\parskip}{0.6\baselineskip plus 1pt}
\setlength{\emergencystretch}{4em}
\setcounter{secnumdepth}{0}
\setcounter{tocdepth}{2}
\newsavebox{\reportbox}
%% A formula or drawing that is wider than its room is made smaller, never cut off.
\newcommand{\fitted}[2]{\sbox{\reportbox}{#2}%%
  \ifdim\wd\reportbox>#1\relax\resizebox{#1}{!}{\usebox{\reportbox}}\else\usebox{\reportbox}\fi}
\newcommand{\calloutrule}[1]{{\color{#1}\hrule height 0.8pt\relax}}
\begin{document}
"""
FONTS = {
    False: "  \\usepackage{fontspec}",
    True: "  \\PassOptionsToPackage{quiet}{fontspec}\n  \\usepackage[UTF8,scheme=plain,fontset=fandol]{ctex}",
}

NO_CHINESE = "\n  \\errmessage{This report holds Chinese: compile it with xelatex or lualatex}"


def render(document: Document) -> str:
    """Write the document as a LaTeX file that compiles by itself."""
    anchors = anchors_of(document)
    title = text(document.title, breakable=True)
    body = [f"{{\\LARGE\\bfseries\\raggedright {title}\\par}}", "", *_contents(document)]
    body += Latex(anchors).blocks(document.blocks)
    everything = "\n".join(body)
    preamble = PREAMBLE % {
        "fonts": FONTS[is_chinese(everything)],
        "pdftex": NO_CHINESE if is_chinese(everything) else "",
        "tikz": "\\usepackage{tikz}\n" if "\\begin{tikzpicture}" in everything else "",
        "title": "".join(sign for sign in document.title if sign.isalnum() or sign in " .,:/()-+="),
    }
    return f"{preamble}{everything}\n\\end{{document}}\n"


def _contents(document: Document) -> list[str]:
    if sum(isinstance(block, Section) for block in walk(document.blocks)) < 2:
        return []
    return [f"\\renewcommand{{\\contentsname}}{{{contents_word(document.language)}}}", "\\tableofcontents", ""]


@dataclass(frozen=True)
class Latex:
    """The lines of each kind of block, at some depth of the document."""

    anchors: Mapping[int, str]
    depth: int = 0
    nested: bool = False

    def blocks(self, blocks: Sequence[Block]) -> list[str]:
        """Write blocks one under the other, an empty line between them."""
        lines: list[str] = []
        for block in blocks:
            lines += ["", *self.block(block)]
        return lines[1:]

    def block(self, block: Block) -> list[str]:
        """Write one block."""
        match block:
            case Section():
                return self.section(block)
            case Prose():
                return [self.inline(block.parts)]
            case Bullets():
                kind = "enumerate" if block.ordered else "itemize"
                items = [f"\\item {{}}{self.inline(item.parts)}" for item in block.items]
                return [f"\\begin{{{kind}}}", *items, f"\\end{{{kind}}}"] if items else []
            case Table():
                return table_lines(block, self.inline)
            case Equation():
                return self.equation(block)
            case Figure():
                return self.figure(block)
            case Code():
                return _code(block.text)
            case Callout():
                return self.callout(block)
            case _:
                assert_never(block)

    def section(self, section: Section) -> list[str]:
        """Write a heading, the place a link leads to, and what it heads."""
        kind = HEADINGS[min(self.depth, len(HEADINGS) - 1)]
        title = text(section.title, breakable=True)
        plain = "".join(sign for sign in section.title if sign.isalnum() or sign in " .,:/()-+=")
        heading = f"\\{kind}{{\\texorpdfstring{{{title}}}{{{plain}}}}}"
        inner = replace(self, depth=self.depth + 1).blocks(section.blocks)
        return [heading, f"\\hypertarget{{{self.name(section)}}}{{}}", "", *inner]

    def equation(self, equation: Equation) -> list[str]:
        """Write a displayed formula, its name at the margin and its note under it."""
        name = self.name(equation)
        place = f"\\hypertarget{{{name}}}{{}}" if name else ""
        tag = f"\\tag*{{({text(equation.tag)})}}" if equation.tag is not None else ""
        room = "0.86\\linewidth" if tag else "\\linewidth"
        shown = f"\\fitted{{{room}}}{{$\\displaystyle {formula(equation.latex)}$}}"
        note = ["{\\small\\color{Muted}" + self.inline(equation.note.parts) + "\\par}"] if equation.note else []
        return [f"{place}\\begin{{equation*}}", shown + tag, "\\end{equation*}", *note]

    def figure(self, figure: Figure) -> list[str]:
        """Write a drawing, made smaller where it must, or its characters where there is no TikZ."""
        caption = [f"\\par{{\\small\\color{{Muted}}{text(figure.caption)}\\par}}"] if figure.caption else []
        if figure.tikz is None:
            return [*_code(figure.text), *caption] if figure.text else []
        return ["\\begin{center}", f"\\fitted{{\\linewidth}}{{{figure.tikz}}}", *caption, "\\end{center}"]

    def callout(self, callout: Callout) -> list[str]:
        """Write blocks between two rules in the colour of the tone, its mark in front."""
        color = COLORS[callout.tone]
        mark = f"\\textcolor{{{color}}}{{\\textbf{{{text(MARKS[callout.tone])}}}}}\\quad" if MARKS[callout.tone] else ""
        rule = f"\\calloutrule{{{color}}}"
        inner = self.blocks(callout.blocks)
        return [f"\\par\\bigskip{rule}\\nobreak\\smallskip", mark, *inner, f"\\par\\nobreak\\smallskip{rule}\\bigskip"]

    def name(self, block: Section | Equation) -> str:
        """Return the anchor as an ASCII name."""
        return _ascii(self.anchors.get(id(block), ""))

    def inline(self, parts: Sequence[Inline]) -> str:
        """Write the parts of a paragraph or a cell."""
        return "".join(map(self.part, parts))

    def part(self, part: Inline) -> str:
        """Write one part."""
        match part:
            case str():
                return text(part, breakable=True)
            case Math():
                return f"${formula(part.latex)}$"
            case Strong():
                return f"\\textbf{{{text(part.text, breakable=True)}}}"
            case CodeSpan():
                return f"\\texttt{{{text(part.text, breakable=True)}}}"
            case Link():
                return self.link(part)
            case _:
                assert_never(part)

    def link(self, link: Link) -> str:
        """Write a reference within the document, or a link with a harmless address."""
        target, shown = safe_target(link.target), text(link.text, breakable=True)
        if target is None:
            return f"{shown} ({text(link.target, breakable=True)})"
        if target.startswith("#"):
            known = target[1:] in self.anchors.values()
            return f"\\hyperlink{{{_ascii(target[1:])}}}{{\\textcolor{{Link}}{{{shown}}}}}" if known else shown
        return f"\\href{{{_address(target)}}}{{\\textcolor{{Link}}{{{shown}}}}}"


def _ascii(name: str) -> str:
    return "".join(sign if sign.isascii() else f"u{ord(sign):x}" for sign in name)


def _address(target: str) -> str:
    """Write an address as ASCII in which nothing is special to TeX but the signs that hyperref lets us escape."""
    plain = "".join(sign if sign.isascii() else "".join(f"%{byte:02X}" for byte in sign.encode()) for sign in target)
    plain = "".join(f"%{ord(sign):02X}" if sign in "\\{}^`\"<>|$'" else sign for sign in plain)
    return "".join(f"\\{sign}" if sign in "%#&_" else sign for sign in plain).replace("~", "\\string~")


def _code(source: str) -> list[str]:
    lines: list[str] = []
    for line in visible_lines(source):
        rest = line
        while width_of(glyphs(rest)) > CODE_WIDTH:
            lines.append(rest[: CODE_WIDTH // 2 if is_chinese(rest) else CODE_WIDTH])
            rest = rest[len(lines[-1]) :]
        lines.append(rest)
    body = [f"\\mbox{{{verbatim(line)}}}\\\\" for line in lines]
    return ["\\begin{flushleft}\\ttfamily\\small", *body[:-1], body[-1].removesuffix("\\\\"), "\\end{flushleft}"]
