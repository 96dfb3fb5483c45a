"""Which files are read and which are written: none of those written may be another one of them, told before any work.

Two names are one file where they lead to the same inode (links, hard links, other spellings), or to the same place where
nothing is yet.
"""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path

from gradcheck.sentences.sentence import sentences_of
from reports.files import check_writable

SOURCES = (".py", ".ipynb")

_say = sentences_of("commands/options")


def check_places(writes: Sequence[Path | None], reads: Sequence[Path | None] = (), *, to_output: bool = False) -> None:
    """Raise before any work where a file could not be written, would be written twice, or is one of those that are read.

    ``to_output``: the report goes to standard output, which may have been led into a file, too.
    """
    given = [path for path in writes if path is not None]
    for path in given:
        check_writable(path)
    for one, other in combinations(given, 2):
        if same_file(one, other):
            raise ValueError(_say("two-files", path=one))
    for source in [path for path in reads if path is not None]:
        for path in given:
            if overwrites(path, source):
                raise ValueError(_say("overwritten", path=path, source=source))
    if to_output and (stream := _output()) is not None:
        for path in [*given, *(path for path in reads if path is not None)]:
            if _is(path, stream):
                raise ValueError(_say("output-into", path=path))


def overwrites(path: Path, source: Path) -> bool:
    """Whether writing a path would change what is read: the file itself, or a source file in the folder that is read."""
    if not source.is_dir():
        return same_file(path, source)
    facts = _facts(path)
    return facts is not None and stat.S_ISREG(facts.st_mode) and any(same_file(path, one) for one in _sources(source))


def _sources(folder: Path) -> Iterator[Path]:
    for place, _, names in os.walk(folder):
        yield from (Path(place) / name for name in names if name.lower().endswith(SOURCES))


def same_file(one: Path, other: Path) -> bool:
    """Whether two names are one ordinary file, or will be as soon as it is made."""
    here, there = _facts(one), _facts(other)
    if here is not None and there is not None:
        return stat.S_ISREG(here.st_mode) and os.path.samestat(here, there)
    return here is there and _same_place(one, other)


def _same_place(one: Path, other: Path) -> bool:
    (place, below), (another, parts) = _to_be_made(one), _to_be_made(other)
    if not os.path.samefile(place, another):
        return False
    folded = [[part.casefold() for part in names] for names in (below, parts)]
    return below == parts or (folded[0] == folded[1] and _ignores_case(place))


def _to_be_made(path: Path) -> tuple[Path, tuple[str, ...]]:
    """The nearest folder that exists, and the names below it that do not yet."""
    real = Path(os.path.realpath(path))
    place = next(folder for folder in (real, *real.parents) if folder.exists())
    return place, real.relative_to(place).parts


def _ignores_case(place: Path) -> bool:
    """Whether a folder takes ``a`` and ``A`` for one name: tried, and nothing is left."""
    with tempfile.NamedTemporaryFile(dir=place, prefix="case-") as file:
        return Path(file.name).with_name(Path(file.name).name.swapcase()).exists()


def _facts(path: Path) -> os.stat_result | None:
    """What stands there; by way of a folder that is missing, too, as writing makes it: ``missing/../d.csv`` is ``d.csv``."""
    for name in (path, os.path.realpath(path)):
        try:
            return os.stat(name)
        except OSError:
            continue
    return None


def _is(path: Path, stream: os.stat_result) -> bool:
    facts = _facts(path)
    return facts is not None and os.path.samestat(facts, stream)


def _output() -> os.stat_result | None:
    """What standard output is, where it is an ordinary file or a pipe: a device takes whatever comes."""
    try:
        facts = os.fstat(sys.stdout.fileno())
    except (OSError, ValueError, AttributeError):  # closed, or none of the system's
        return None
    return None if stat.S_ISCHR(facts.st_mode) else facts
