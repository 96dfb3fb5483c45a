"""Notebooks, archives and source files as they are handed in."""

from __future__ import annotations

import ast
import hashlib
import io
import json
import random
import sys
import warnings
import zipfile
from pathlib import Path
from typing import Any

from benchmarks.readers import Reader
from gradcheck.isolation.child.source import notebook_code, parse, text_of
from gradcheck.isolation.faults import SubmissionFault
from gradcheck.submissions.reading.files import BadFile, Files, read_submission

LINES = (
    "import numpy as np",
    "def backward(params, x, y):\n    return [(W * 0, b * 0) for W, b in params]",
    "x = {'a': [1.5e3, -2], 'ä': (None, True)}",
    "class Network:\n    def __init__(self, sizes):\n        self.sizes = sizes",
    "y = 'text \\\\ with \\n escapes' + \"[]{}\"",
    "def f(a, *b, c=1, **d):\n\treturn a if b else -c",
    "# a remark",
    "",
)


def _source(rng: random.Random) -> str:
    return "\n".join(rng.choices(LINES, k=rng.randint(1, 6))) + "\n"


# Notebooks


def _notebook(rng: random.Random) -> bytes:
    """Of format 4 or 3, sources as one text or as lines, with outputs that look like anything."""
    cells = []
    old = rng.randrange(3) == 0
    for _ in range(rng.randint(1, 5)):
        text: Any = _source(rng) if rng.randrange(4) else "%matplotlib inline\nx = 1"
        text = text.splitlines(keepends=True) if rng.randrange(2) else text
        kind = rng.choice(("code", "code", "markdown", "raw"))
        cell = {"cell_type": kind, "input" if old and kind == "code" else "source": text}
        if kind == "code":
            image = {"image/png": "iVBORw0KGgo" * rng.randint(0, 30), "text/plain": ['[1, "2"]', "{}"]}
            cell |= {"outputs": [{"output_type": "display_data", "data": image, "metadata": {}}], "language": "python"}
        cells.append(cell if rng.randrange(3) else {**cell, "metadata": {"source": "not this", "cells": []}})
    head = {"nbformat": 3 if old else 4, "nbformat_minor": rng.randrange(6), "metadata": {}}
    return json.dumps({**head, **({"worksheets": [{"cells": cells}]} if old else {"cells": cells})}).encode()


def _other_value(rng: random.Random, data: bytes) -> bytes:
    """The same notebook, one value of it replaced, left out or put into another."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return data
    here, places = [value], []
    while here:
        one = here.pop()
        keys = list(one) if isinstance(one, dict) else range(len(one)) if isinstance(one, list) else []
        places += [(one, key) for key in keys]
        here += [one[key] for key in keys]
    if not places:
        return data
    inside, key = rng.choice(places)
    new = [None, 0, 3, 4, 5, 4.0, "code", "source", [], {}, ["x", 1], [["x"]], {"code": 1}, inside[key], [inside[key]], True]
    if rng.randrange(4):
        inside[key] = rng.choice(new)
    elif isinstance(inside, dict):
        inside[rng.choice(("cells", "source", "input", "cell_type", "worksheets", "nbformat"))] = inside.pop(key)
    else:
        inside.insert(key, inside[key])
    return json.dumps(value).encode()


def _text(files: Files, name: str) -> str:
    """As the confined process reads a file."""
    data = files.contents[name]
    return notebook_code(json.loads(data)) if name in files.notebooks else text_of(data, name)


def _read_notebook(data: bytes, folder: Path) -> tuple[list[str], str]:
    path = folder / "notebook.ipynb"
    path.write_bytes(data)
    files = read_submission(path)
    return json.loads(files.contents[files.entry]), _text(files, files.entry)


def _wrong_notebook(data: bytes, found: tuple[list[str], str]) -> str:
    """The code cells are those that json finds, and the text holds each of them that Python reads as it stands."""
    cells, text = found
    try:
        told = json.loads(data.decode("utf-8-sig"))
        old = told.get("nbformat", 3 if "worksheets" in told and "cells" not in told else 4) == 3
        sheets = told["worksheets"] if old else [told]
        code = [cell for sheet in sheets for cell in sheet["cells"] if cell["cell_type"] == "code"]
        sources = ["".join(cell["input" if old else "source"]) for cell in code]
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as error:
        return f"it was accepted, and json says {type(error).__name__}"
    if cells != sources:
        return "other cells were read than json finds"
    missing = [one for one in sources if one.strip() and _parses(one) and one not in text]
    return f"a cell is missing: {missing[0][:80]!r}" if missing else ""


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


# Archives: each file begins with a checksum of what follows, so that whatever is read can be told to be what was packed.


def _checked(text: str) -> str:
    return f"# {hashlib.sha256(text.encode()).hexdigest()}\n{text}"


def _zip(rng: random.Random) -> bytes:
    names = ("helper.py", "a/b/c.py", "a\\d.py", "__MACOSX/._student.py", ".DS_Store", "data.csv", "übung.py", "n.ipynb")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive:
        for name in dict.fromkeys(["student.py", *rng.choices(names, k=rng.randint(0, 4))]):
            text = _checked(_source(rng))
            notebook = json.dumps({"cells": [{"cell_type": "code", "source": text}], "nbformat": 4})
            archive.writestr(name, notebook if name == "n.ipynb" else text)
    return packed.getvalue()


def _other_field(rng: random.Random, data: bytes) -> bytes:
    """A number in one of the headers replaced: sizes, offsets, counts, flags, ways of packing, lengths of names."""
    places = [at for at in range(len(data) - 4) if data[at : at + 2] == b"PK" and data[at + 2] in (1, 3, 5, 6, 7)]
    if not places:
        return data
    at = rng.choice(places) + rng.randrange(4, 44)
    number = rng.choice((0, 1, 2, 8, 9, 12, 14, 99, 0x800, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, rng.getrandbits(32)))
    width = rng.choice((1, 2, 4))
    return data[:at] + (number & (256**width - 1)).to_bytes(width, "little") + data[at + width :]


def _read_zip(data: bytes, folder: Path) -> dict[str, str]:
    path = folder / "handed-in.zip"
    path.write_bytes(data)
    files = read_submission(path, "student.py")
    return {name: _text(files, name) for name in files.contents}


def _wrong_zip(data: bytes, texts: dict[str, str]) -> str:
    del data
    spoiled = [name for name, text in texts.items() if text and not _is_checked(text)]
    return f"not as it was packed: {', '.join(spoiled)}" if spoiled else ""


def _is_checked(text: str) -> bool:
    """A notebook's text has some more blank lines at its end."""
    head, _, rest = text.partition("\n")
    shorter = (rest[: len(rest) - cut] for cut in range(3) if not rest[len(rest) - cut :].strip())
    return any(head == f"# {hashlib.sha256(one.encode()).hexdigest()}" for one in shorter)


# Source files


def _python(rng: random.Random) -> bytes:
    text = _source(rng)
    how = rng.randrange(8)
    if how == 0:
        return b"\xef\xbb\xbf" + text.encode()
    if how == 1:
        return b"# -*- coding: gbk -*-\n" + (text.replace("ä", "学")).encode("gbk")
    if how == 2:
        return b"# vim: set fileencoding=latin-1 :\n" + text.encode("latin-1")
    ends = {3: "\r\n", 4: "\r", 5: "\n\f"}.get(how, "\n")
    return text.replace("\n", ends).encode()


def _deep(rng: random.Random, data: bytes) -> bytes:
    """An expression that is nested, or a line that is long."""
    many = rng.choice((9, 50, 150, 150, 900, 2500, 9000))
    piece = rng.choice(("-", "(", "[", "not ", "lambda: ", "f(", "1+", "a.", "x if y else ", "{", "a[", "2**", "'' ", "# "))
    return data + b"\nz = " + piece.encode() * many + b"1" + rng.choice((b"", b")" * many, b"]" * many)) + b"\n"


def _read_source(data: bytes, folder: Path) -> tuple[list[ast.stmt], bool]:
    path = folder / "student.py"
    path.write_bytes(data)
    files = read_submission(path)
    statements, _, python2 = parse(_text(files, files.entry), path.name)
    return statements, python2


def _tree(data: bytes) -> ast.Module:
    """As Python reads it, with room for expressions that it compiles from a text and not from a tree."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(3000)
    try:
        return ast.parse(data)
    finally:
        sys.setrecursionlimit(limit)


def _wrong_source(data: bytes, found: tuple[list[ast.stmt], bool]) -> str:
    """What Python itself reads is read the same; what it does not is Python 2."""
    statements, python2 = found
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = _tree(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return "" if python2 else f"it was accepted, and Python says {type(error).__name__}: {error}"
    try:
        same = ast.dump(ast.Module(statements, [])) == ast.dump(expected)
    except RecursionError:  # too deep to be written out
        same = len(statements) == len(expected.body)
    return "" if same else "it was read as other statements than Python reads"


CLEAN = (BadFile, SubmissionFault, SyntaxError)
ROWS = [
    Reader("notebooks", _notebook, _read_notebook, CLEAN, _wrong_notebook, (_other_value,)),
    Reader("zips", _zip, _read_zip, CLEAN, _wrong_zip, (_other_field,)),
    Reader("sources", _python, _read_source, CLEAN, _wrong_source, (_deep,)),
]
