"""From the bytes of a file to statements: encodings, notebooks, the print statement of Python 2."""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import CodeType

from .failures import saying


class Unreadable(SyntaxError):  # noqa: N818 - told as a syntax error
    """The file is no Python: says why, and in which line."""


def _unreadable(words: str, name: str, line: int, key: str, /, **values: str) -> Unreadable:
    return saying(Unreadable(words, (name, line, 1, None)), key, **values)


LONGEST_LINE = 1 << 16  # characters: what is to be read as Python 2 is written by hand
_BOMS = ((b"\xff\xfe\0\0", "UTF-32"), (b"\0\0\xfe\xff", "UTF-32"), (b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"))
_ASCII = bytes(range(32, 127))


def text_of(data: bytes, name: str) -> str:
    """The text of a source file, with plain ends of line; raises SyntaxError where it is none."""
    if found := next((encoding for mark, encoding in _BOMS if data.startswith(mark)), None):
        words = f"the file is saved as {found}, which Python does not read: save it as UTF-8"
        raise _unreadable(words, name, 1, "saved-as", encoding=found)
    if b"\0" in data:
        line = data[: data.index(b"\0")].count(b"\n") + 1
        raise _unreadable("the file holds null bytes: is it a Python file, saved as UTF-8?", name, line, "null-bytes")
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")).readline)
    if not _keeps_ascii(encoding):
        words = f"{encoding} is no encoding of Python source: save the file as UTF-8"
        raise _unreadable(words, name, 1, "no-encoding", encoding=encoding)
    try:
        return data.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        words = f"a character that is not {encoding}: save the file as UTF-8, or name its encoding in the first line"
        raise _unreadable(words, name, line, "not-in-encoding", encoding=encoding) from None


def _keeps_ascii(encoding: str) -> bool:
    """Whether Python's own characters are written in it as everywhere; not so in utf-16, utf-7, rot13."""
    try:
        return _ASCII.decode(encoding) == _ASCII.decode("ascii")
    except (LookupError, ValueError):
        return False


def rewritten(texts: Mapping[str, str], edits: Sequence[tuple[str, int, int, str]]) -> dict[str, str]:
    """The texts that change: in each edit lines of a file, from the first to before the last, and what stands there instead."""
    changed: dict[str, str] = {}
    for name, first, end, new in sorted(edits, key=lambda edit: -edit[1]):
        lines = changed.get(name, texts[name]).split("\n")
        lines[first - 1 : end - 1] = new.split("\n") if new else []
        changed[name] = "\n".join(lines)
    return changed


def definition_around(text: str, name: str, edits: Sequence[tuple[str, int, int, str]]) -> tuple[int, int] | None:
    """The first line and that after the end of the definition at the top level of a file that all edits lie in."""
    for statement in parse(text, name)[0]:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            first = min([statement.lineno, *(one.lineno for one in statement.decorator_list)])
            end = (statement.end_lineno or statement.lineno) + 1
            if all(first <= edit[1] <= edit[2] <= end for edit in edits):
                return first, end
    return None


def notebook_code(cells: list[str]) -> str:
    """The code cells of a notebook, one after the other; magics (``%``, ``!``, ``?``) become comments."""
    return "\n\n".join(_as_python(source) for source in cells) + "\n"


def _as_python(cell: str) -> str:
    """A cell that Python can read stays as it is; of others the magics go, and all of what defines nothing even then."""
    if _is_readable(cell):
        return cell
    without = _without_magics(cell)
    if _is_readable(without) or re.search(r"^[ \t]*(def|class|print)\b", cell, re.MULTILINE):
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
            return _statements(text, name), text.count("\n") + 1, False
        except SyntaxError as error:
            if type(error) is Unreadable or max(map(len, text.split("\n"))) > LONGEST_LINE:
                raise
            try:
                return _statements(_as_python3(text), name), text.count("\n") + 1, True
            except (SyntaxError, tokenize.TokenError):
                raise error from None


def _statements(text: str, name: str) -> list[ast.stmt]:
    try:
        with _room():
            return ast.parse(text, name).body
    except (RecursionError, MemoryError):
        raise _unreadable(TOO_DEEP, name, 1, "too-deep") from None
    except ValueError as error:  # half a character, which no file can hold and a notebook can; a null character
        words = f"the code holds a character that Python does not read ({error})"[:200]
        raise _unreadable(words, name, 1, "bad-character", error=str(error)[:200]) from None


DEEPEST = 3000  # levels: what Python compiles from a text; from a tree, which is what is compiled here, it takes 1000 of them


@contextmanager
def _room() -> Iterator[None]:
    """For reading and compiling alone: code that runs has Python's own limit."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, DEEPEST))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


TOO_DEEP = "something in the file is nested too deeply, or too large, to be read: split an expression of thousands of parts"


def compiled(statements: list[ast.stmt], name: str) -> CodeType:
    """The code of statements, each by itself; raises Unreadable where they are beyond what Python compiles."""
    try:
        with _room():
            return compile(ast.Module(statements, []), name, "exec", dont_inherit=True)
    except (RecursionError, MemoryError):
        raise _unreadable(TOO_DEEP, name, statements[-1].lineno, "too-deep") from None


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
