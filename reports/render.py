"""Which formats there are, and how a document gets into one of them or into a file."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, TextIO

from reports.document import Document
from reports.files import write_atomically
from reports.words import Words

Renderer = Callable[..., str | bytes]


@dataclass(frozen=True)
class Format:
    """One format: its suffix, the module whose ``render`` writes it, and the options which that takes."""

    suffix: str
    module: str
    options: tuple[str, ...] = ()
    binary: bool = False


FORMATS = {
    "text": Format(".txt", "reports.formats.terminal", ("width", "color")),
    "markdown": Format(".md", "reports.formats.markdown"),
    "html": Format(".html", "reports.formats.html"),
    "latex": Format(".tex", "reports.formats.latex"),
    "pdf": Format(".pdf", "reports.formats.pdf", binary=True),
    "json": Format(".json", "reports.formats.json_text"),
}


def render(document: Document, format: str = "text", *, width: int = 80, color: bool = False) -> str:
    """Return the document as text in a format of `FORMATS`; width and colour are for the terminal alone."""
    if _format(format).binary:
        raise ValueError(f"{format} is no text and goes into a file only: write(document, 'name.{format}')")
    return _rendered(document, format, {"width": width, "color": color}).decode("utf-8")


def write(document: Document, path: str | os.PathLike[str], *, format: str | None = None, width: int = 80) -> Path:
    """Write the document into a file, all of it or nothing; the format is told by the suffix unless given."""
    target = Path(path)
    chosen = format or format_of(target)
    write_atomically(target, _rendered(document, chosen, {"width": width, "color": False}))
    return target


def format_of(path: str | os.PathLike[str]) -> str:
    """Tell the format from the suffix of a path.

    >>> format_of("out/report.html")
    'html'
    """
    suffix = Path(path).suffix.lower()
    for name, row in FORMATS.items():
        if row.suffix == suffix:
            return name
    known = " ".join(row.suffix for row in FORMATS.values())
    what = Words("the suffix {suffix}", suffix=repr(suffix)) if suffix else Words("no suffix")
    raise ValueError(Words("{path} has {what}, expected one of {known}; or name the format", path=path, what=what, known=known))


def wants_color(stream: TextIO) -> bool:
    """Tell whether colours would be seen and are wanted: a terminal, no ``NO_COLOR``, not ``TERM=dumb``."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _format(name: str) -> Format:
    if name not in FORMATS:
        raise ValueError(Words("there is no format {name}, expected one of {formats}", name=repr(name), formats=tuple(FORMATS)))
    return FORMATS[name]


def _rendered(document: Document, name: str, options: dict[str, Any]) -> bytes:
    row = _format(name)
    renderer: Renderer = import_module(row.module).render
    content = renderer(document, **{option: options[option] for option in row.options})
    return content if isinstance(content, bytes) else content.encode("utf-8")
