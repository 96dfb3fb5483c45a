"""The code of a notebook: nbformat 3 and 4, whatever their outputs hold and however large these are.

A notebook of 5 KB of code may weigh 60 MB by its plots. So the limit is on the code; of all else nothing is kept, and what
reading it may take is bounded: pictures go before anything is parsed, and the values of the rest are counted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from gradcheck.sentences.sentence import Sentence

MOST_VALUES = 4_000_000  # objects, lists and texts of a notebook without its pictures: some 300 MiB while it is parsed
FORMATS = (3, 4)

# A picture is a text of base64 under one of these keys; its lines end with an escaped \n. Such a text is valid JSON as it is.
_PICTURE = re.compile(rb'"(?:image/[a-z]++|application/pdf|png|jpeg)"\s*+:\s*+"(?:[A-Za-z0-9+/=]++|\\n)*+"')
_TEXT = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\Z)', re.DOTALL)
_READ = frozenset({"nbformat", "worksheets", "cells", "cell_type", "source", "input"})


class BrokenNotebook(ValueError):  # noqa: N818 - it reads as a sentence in a report
    """A file that is no notebook of a format that is read: why, in a sentence."""


def code_cells(data: bytes) -> tuple[str, ...]:
    """The texts of the code cells, in their order; raises BrokenNotebook.

    Whoever speaks of a cell counts these alone, from 1 on: it is the number that ``In [1]:`` shows after a run from the top.
    """
    return tuple(_text(cell, key, number) for number, (key, cell) in enumerate(_code(_parsed(data)), 1))


def looks_like_notebook(data: bytes) -> bool:
    """Whether a file is a notebook by what it holds, whatever it is called."""
    return data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{" and b'"nbformat"' in data


def _parsed(data: bytes) -> Any:
    """The JSON with the keys that are read, and without numbers that are none of a format."""
    data = _PICTURE.sub(b'"":""', data)
    if _values(data) > MOST_VALUES:
        raise BrokenNotebook(Sentence("reading.too-many-values"))
    try:
        return json.loads(
            data.decode("utf-8-sig"),
            object_pairs_hook=lambda pairs: {key: value for key, value in pairs if key in _READ},
            parse_int=lambda digits: int(digits) if len(digits) < 6 else None,
            parse_float=lambda digits: None,
        )
    except UnicodeDecodeError:
        raise BrokenNotebook(Sentence("reading.not-utf8")) from None
    except RecursionError:
        raise BrokenNotebook(Sentence("reading.nested")) from None
    except json.JSONDecodeError as error:
        raise BrokenNotebook(Sentence("reading.no-json", line=error.lineno, error=error.msg)) from None


def _values(data: bytes) -> int:
    """How many objects, lists and texts there are, five numbers for one; what stands in texts counts only where need be."""
    texts = data.count(b'"') // 2
    if _bare_values(data) + texts > MOST_VALUES:
        data, texts = _TEXT.subn(b"", data)
    return _bare_values(data) + texts


def _bare_values(data: bytes) -> int:
    return data.count(b"[") + data.count(b"{") + data.count(b",") // 5


def _code(told: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each code cell with the key that holds its code."""
    if type(told) is not dict:
        raise BrokenNotebook(Sentence("reading.no-object"))
    format = told.get("nbformat", 3 if "worksheets" in told and "cells" not in told else 4)
    if type(format) is not int or format not in FORMATS:
        said = str(format)[:20] if type(format) in (int, str) else Sentence("reading.something-else")
        raise BrokenNotebook(Sentence("reading.other-format", format=said))
    sheets = [told] if format == 4 else _list(told, "worksheets", "the-notebook")
    cells = [cell for sheet in sheets for cell in _list(sheet, "cells", "the-notebook" if format == 4 else "a-worksheet")]
    for number, cell in enumerate(cells, 1):
        if type(cell) is not dict or type(cell.get("cell_type")) is not str:
            raise BrokenNotebook(Sentence("reading.no-cell-type", cell=number))
        if cell["cell_type"] == "code":
            yield "input" if format == 3 else "source", cell


def _list(holder: Any, key: str, who: str) -> Sequence[Any]:
    value = holder.get(key) if type(holder) is dict else None
    if type(value) is not list:
        raise BrokenNotebook(Sentence("reading.no-list", who=Sentence(f"reading.{who}"), key=key))
    return value


def _text(cell: dict[str, Any], key: str, number: int) -> str:
    """A text, or its lines."""
    value = cell.get(key)
    lines = [value] if type(value) is str else value
    if type(lines) is not list or not all(type(line) is str for line in lines):
        raise BrokenNotebook(Sentence("reading.no-text", cell=number, key=key))
    return "".join(lines)
