"""What a confined process gets of the ball arithmetic: the modules of a run without a tape, as compiled code.

The code travels through the channel of requests before the process is confined, so no file of the toolkit has to be
readable there. There is no tape among it: a submission finds nothing that could differentiate for it.

Which modules these are is read from their own imports: what a run imports, what that imports, and so on.
"""

from __future__ import annotations

import marshal
import re
from functools import cache
from importlib.machinery import SourceFileLoader
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
ASKED = (  # what the confined process itself asks for: what these say, and a run for values alone
    "gradcheck.sentences.english.following",
    "gradcheck.sentences.english.inputs",
    "gradcheck.certified.runs.evaluate",
)
# An import that is executed with its module stands at the beginning of a line; others (for types alone, in a function) do not.
_IMPORT = re.compile(r"^from ((?:gradcheck|symbolic|reference_nets|reports)\b[\w.]*) import (\([^)]*\)|.*)", re.MULTILINE)


@cache
def modules() -> tuple[str, ...]:
    """The names of the modules, each after those that it imports."""
    found: dict[str, None] = {}
    for name in ASKED:
        _add(name, found)
    return tuple(found)


def _add(name: str, found: dict[str, None]) -> None:
    if name in found:
        return
    for package, names in _IMPORT.findall(_file(name).read_text(encoding="utf-8")):
        parts = [part.partition(" as ")[0].strip() for part in names.strip("()").split(",")]
        is_module = package in found or _file(package).is_file()
        for one in [package] if is_module else [f"{package}.{part}" for part in parts if part]:
            _add(one, found)
    found[name] = None


@cache
def exact_code() -> bytes:
    """``[(name, code), ...]`` as bytes for the same interpreter."""
    return marshal.dumps([(name, _code(name)) for name in modules()])


@cache
def _file(name: str) -> Path:
    return ROOT.joinpath(*name.split(".")).with_suffix(".py")


def _code(name: str) -> Any:
    """The code of a module from its file, or from what was compiled of it before."""
    return SourceFileLoader(name, str(_file(name))).get_code(name)
