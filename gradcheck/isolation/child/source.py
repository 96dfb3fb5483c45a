"""From the bytes of a file to statements: encodings, notebooks, the print statement of Python 2."""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
import warnings


class Unreadable(SyntaxError):  # noqa: N818 - told as a syntax error
    """The file is no Python: says why, and in which line."""


def text_of(data: bytes, name: str) -> str:
    """The text of a source file or notebook; raises SyntaxError where it is neither."""
    if name.endswith(".ipynb"):
        return notebook_code(data)
    if b"\0" in data:
        line = data[: data.index(b"\0")].count(b"\n") + 1
        raise Unreadable("the file holds null bytes: is it a Python file, saved as UTF-8?", (name, line, 1, None))
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    try:
        return data.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Unreadable(f"a character that is not {encoding}: save the file as UTF-8", (name, line, 1, None)) from None
    except (LookupError, ValueError):  # codecs that are no encodings of text: rot13, undefined, idna
        raise Unreadable(f"{encoding} is no encoding of a text: save the file as UTF-8", (name, 1, 1, None)) from None


def notebook_code(data: bytes) -> str:
    """The code cells of a notebook, one after the other; magics (``%``, ``!``, ``?``) become comments."""
    try:
        cells = json.loads(data.decode("utf-8-sig"))["cells"]
        sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise Unreadable(f"the file is no Jupyter notebook: {error!r}", ("notebook", 1, 1, None)) from None
    return "\n\n".join(_as_python(source) for source in sources) + "\n"


def _as_python(cell: str) -> str:
    """A cell that Python can read stays as it is; of others the magics go, and all of what defines nothing even then."""
    if _is_readable(cell):
        return cell
    without = _without_magics(cell)
    if _is_readable(without) or re.search(r"^\s*(def|class|print)\b", cell, re.MULTILINE):
        return without
    return _all_comments(cell)


def _is_readable(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


def _all_comments(cell: str) -> str:
    return "\n".join(f"# {line}" for line in cell.split("\n"))


def _without_magics(cell: str) -> str:
    first = cell.lstrip()
    if first.startswith("%%") and not re.match(r"%%(time|timeit|capture)\b", first):
        return _all_comments(cell)
    return "\n".join(_as_comment(line) if _MAGIC.match(line) else line for line in cell.split("\n"))


# %matplotlib inline, !pip install, ?name, name?, files = !ls, t = %timeit f(): never a line of arithmetic that was broken.
_MAGIC = re.compile(r"\s*(%%?\s?[A-Za-z_]\w*\b(?!\s*[*/+\-(\[.,)\]])|!(?!=)|\?|[\w.]+\?{1,2}\s*$|[\w, ]+=\s*(!|%[a-z]))")


def _as_comment(line: str) -> str:
    return f"{line[: len(line) - len(line.lstrip())]}pass  # {line}"


def parse(text: str, name: str) -> tuple[list[ast.stmt], int, bool]:
    """The statements of a file, the line count of its text, and whether it was read as Python 2."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text, name).body, text.count("\n") + 1, False
        except SyntaxError as error:
            try:
                return ast.parse(_as_python3(text), name).body, text.count("\n") + 1, True
            except (SyntaxError, tokenize.TokenError):
                raise error from None


def _as_python3(text: str) -> str:
    """What keeps the well-known Python 2 files from being read: tabs beside spaces, print, ``except E, e``, ``raise E, w``."""
    text = text.expandtabs(8)
    text = re.sub(r"^([ \t]*except +[\w.]+|[ \t]*except *\([\w., ]+\)) *, *(\w+) *:", r"\1 as \2:", text, flags=re.MULTILINE)
    text = re.sub(r"^([ \t]*raise +[\w.]+) *, *(.+)$", r"\1(\2)", text, flags=re.MULTILINE)
    return _print_as_function(text)


def _print_as_function(text: str) -> str:
    """``print a, b`` becomes ``print(a, b)``; ``print >>file, a`` is left, it can be read as it is."""
    lines = text.split("\n")
    insertions: list[tuple[int, int, str]] = []
    opened, at_start = False, True
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if (token.type == tokenize.NEWLINE and opened) or (token.type == tokenize.COMMENT and opened):
            insertions.append((*token.start, ")"))
            opened = False
        elif at_start and token.type == tokenize.NAME and token.string == "print":
            rest = lines[token.start[0] - 1][token.end[1] :]
            if not rest.lstrip().startswith(("(", ">>")):
                insertions.append((*token.end, "("))
                opened = True
        at_start = token.type in (tokenize.NEWLINE, tokenize.NL, tokenize.INDENT, tokenize.DEDENT) or token.string in (":", ";")
    for row, column, piece in reversed(insertions):
        lines[row - 1] = lines[row - 1][:column] + piece + lines[row - 1][column:]
    return "\n".join(lines)
