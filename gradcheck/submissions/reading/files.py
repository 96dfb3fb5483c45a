"""The bytes of a submission: one file, a notebook, a directory or a zip archive, whatever they are called; nothing runs.

What is wrong with the command (no such path, an entry that is not there) is a BadFile; what is wrong with what was handed in
(a damaged archive, a file beyond every size) is a SubmissionFault, told to its author.
"""

from __future__ import annotations

import io
import json
import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from gradcheck.isolation.faults import SubmissionFault
from gradcheck.isolation.limits import LARGEST_FILE, LARGEST_READ, LARGEST_SUBMISSION, MIB, MOST_FILES
from gradcheck.sentences.sentence import Sentence, told_by
from gradcheck.submissions.reading.archive import Members, other_names
from gradcheck.submissions.reading.file_bytes import KINDS, BadFile, FileKind, kind_of, largest, opened, rest, seekable
from gradcheck.submissions.reading.notebook_cells import BrokenNotebook, code_cells
from gradcheck.submissions.reading.plain_names import told_apart
from reports.neutral import spelled

STANDARD_INPUT = Path("/dev/stdin")
MOST_VISITED = 100_000  # files of a directory that are looked at


@dataclass(frozen=True)
class Files:
    """The files of a submission by their names inside of it, and the one that is called.

    Of a notebook the content is the list of its code cells as JSON. ``notes`` say what was not taken as it stood.
    """

    name: str
    entry: str
    contents: dict[str, bytes]
    root: str = ""  # the name of the directory or archive, as a package that relative imports may climb to
    notebooks: frozenset[str] = frozenset()  # the names of those that are
    notes: tuple[str, ...] = ()

    @property
    def told(self) -> list[str]:
        """The names in their order as the confined process and the report say them."""
        return told_apart(self.contents)


@dataclass
class _Gathered:
    """The files of a submission so far, those that could not be read, and what is counted of them."""

    name: str
    contents: dict[str, bytes] = field(default_factory=dict)
    notebooks: set[str] = field(default_factory=set)
    spoilt: dict[str, SubmissionFault] = field(default_factory=dict)
    archives: list[str] = field(default_factory=list)  # archives within, which are not looked into
    read: int = 0
    kept: int = 0

    def take(self, name: str, read: Callable[[], bytes]) -> None:
        """Read a file, of a notebook its code. One that cannot be read is kept for the case that it is asked for."""
        if name in self.contents or name in self.spoilt:
            raise _unreadable("twice", name=spelled(self.name), file=spelled(name))
        try:
            data = read()
            self.read += len(data)
            self.contents[name] = self._content(name, data)
        except SubmissionFault as fault:
            self.spoilt[name] = fault
        self.kept += len(self.contents.get(name, b""))
        if self.kept > LARGEST_SUBMISSION or len(self.contents) > MOST_FILES:
            raise _unreadable("too-much-source", name=spelled(self.name), most=LARGEST_SUBMISSION >> 20, files=MOST_FILES)
        if self.read > LARGEST_READ:
            raise _unreadable("too-many-notebooks", name=spelled(self.name), most=LARGEST_READ >> 20)

    def _content(self, name: str, data: bytes) -> bytes:
        kind = kind_of(name, data)
        if kind is FileKind.ARCHIVE:
            raise _unreadable("archive-within", name=spelled(name), holder=spelled(self.name))
        if kind is FileKind.NOTEBOOK:
            data = cells_of(data, name)
            self.notebooks.add(name)
        return data


def read_submission(path: Path, entry: str | None = None) -> Files:
    """Read what is to be judged; raises BadFile or SubmissionFault. ``entry`` names the file to call in a package."""
    name, notes = name_of(path), _link_note(path)
    if path.is_dir():
        gathered = _Gathered(name)
        notes += tuple(_from_directory(path, gathered, entry))
        return _package(gathered, entry, notes)
    with opened(path) as file:
        head = file.read(MIB)
        kind = kind_of(name, head)
        if kind is FileKind.ARCHIVE:
            gathered = _Gathered(name)
            notes += tuple(_from_archive(seekable(file, head, name), gathered, entry))
            return _package(gathered, entry, notes)
        data = rest(file, head, name)
    if kind_of(name, data) is not FileKind.NOTEBOOK:
        return Files(name, name, {name: data}, notes=notes)
    return Files(name, name, {name: cells_of(data, name)}, notebooks=frozenset([name]), notes=notes)


def name_of(path: Path) -> str:
    """What a submission is called in its report: the last part of its path, for ``.`` that of the directory."""
    if path == STANDARD_INPUT:
        return "standard input"
    return path.name if path.name not in ("", "..") else Path(os.path.abspath(path)).name or "submission"


def cells_of(data: bytes, name: str) -> bytes:
    """The code cells of a notebook as JSON, within the limit for source."""
    try:
        cells = json.dumps(code_cells(data)).encode()
    except BrokenNotebook as error:
        raise SubmissionFault("syntax", Sentence("reading.about", name=spelled(name), words=told_by(error))) from None
    if len(cells) > LARGEST_FILE:
        raise _unreadable("large-code", name=spelled(name), most=LARGEST_FILE >> 20)
    return cells


def _link_note(path: Path) -> tuple[str, ...]:
    """Of a link that was named: what it leads to. Raises BadFile where nothing is there."""
    if not os.path.lexists(path):
        raise BadFile(Sentence("reading.no-such-file", name=spelled(str(path))))
    if not path.is_symlink() or path.parent in (Path("/dev"), Path("/dev/fd"), Path("/proc/self/fd")):
        return ()
    target = spelled(os.path.realpath(path))
    if not os.path.exists(path):
        raise BadFile(Sentence("reading.dead-link", name=spelled(str(path)), target=target))
    return (Sentence("reading.link", name=spelled(path.name), target=target),)


def _content(path: Path, name: str) -> bytes:
    """A file of a directory, and nothing that was put in its place."""
    try:
        with opened(path, follow=False) as file:
            return rest(file, file.read(MIB), name)
    except BadFile as error:
        raise SubmissionFault("unreadable", told_by(error)) from None


# Directories and archives


def _from_directory(root: Path, gathered: _Gathered, entry: str | None) -> Iterator[str]:
    """Read what a directory holds; gives a note for each link that leads out of it."""
    visited, real = 0, os.path.realpath(root)
    for directory, folders, names in os.walk(root, followlinks=False):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f != "__pycache__")
        for name in sorted(names):
            path = Path(directory, name)
            inside = path.relative_to(root).as_posix()
            visited += 1
            if visited > MOST_VISITED:
                raise _unreadable("too-many-files", name=spelled(gathered.name), most=MOST_VISITED)
            if not _is_source(inside, entry):
                continue
            target = os.path.realpath(path)
            if path.is_symlink() and not target.startswith(f"{real}{os.sep}"):
                yield Sentence("reading.link-out", name=spelled(inside))
                continue
            if not os.path.isfile(target):
                continue
            gathered.take(inside, partial(_content, Path(target), inside))


def _from_archive(file: io.BufferedIOBase, gathered: _Gathered, entry: str | None) -> Iterator[str]:
    """Read what an archive holds; gives a note for each link in it."""
    members = Members(file, gathered.name)  # type: ignore[arg-type]
    for name, member in members.all:
        if ".." in name.split("/"):
            yield Sentence("reading.leads-out", name=spelled(name))
            continue
        foreign = entry is not None and not _is_meant(name, entry) and any(_is_meant(o, entry) for o in other_names(member))
        if not foreign and not _is_source(name, entry):
            gathered.archives += [name] if name.lower().endswith(".zip") else []
            continue
        gathered.take(_wanted(str(entry)) if foreign else name, partial(members.read, member, name, partial(largest, name)))
    links = (name for name in members.passed_over if _is_source(name, entry))
    yield from (Sentence("reading.link-not-followed", name=spelled(name)) for name in links)


def _is_source(name: str, entry: str | None) -> bool:
    """Whether a file of a package is read: Python and notebooks, and whatever is named; nothing of hidden folders."""
    *folders, last = name.split("/")
    if any(folder.startswith(".") or folder == "__pycache__" for folder in folders):
        return False
    return KINDS.get(os.path.splitext(last)[1].lower()) in (FileKind.PYTHON, FileKind.NOTEBOOK) or _is_meant(name, entry)


def _is_meant(name: str, entry: str | None) -> bool:
    wanted = _wanted(entry) if entry is not None else None
    return wanted is not None and (name == wanted or name.endswith(f"/{wanted}"))


def _wanted(entry: str) -> str:
    return entry.replace("\\", "/").removeprefix("./")


def _package(gathered: _Gathered, entry: str | None, notes: tuple[str, ...]) -> Files:
    """The files, and the entry: named, or the only file there is."""
    name, names = gathered.name, [*gathered.contents, *gathered.spoilt]
    if not names:
        parts: list[str] = [Sentence("reading.no-source", name=spelled(name))]
        parts += [Sentence("reading.holds-archives", names=_some(gathered.archives))] if gathered.archives else []
        raise SubmissionFault("unreadable", Sentence("reading.parts", parts=(*parts, *notes)))
    if entry is None:
        found = [one for one in names if not one.rpartition("/")[2].startswith(".")] or names
        if len(found) > 1:
            raise BadFile(Sentence("reading.which-file", name=spelled(name), count=len(names), names=_some(names)))
    else:
        found = _entries(names, entry)
    if len(found) != 1:
        key = "reading.several-entries" if found else "reading.no-entry"
        raise BadFile(Sentence(key, name=spelled(name), entry=spelled(str(entry)), names=_some(found or names)))
    if found[0] in gathered.spoilt:
        raise gathered.spoilt[found[0]]
    notes += tuple(Sentence("reading.left-out", words=fault.message) for fault in gathered.spoilt.values())
    root = re.sub(r"\W", "_", re.sub(r"\.zip$", "", name, flags=re.IGNORECASE))
    root = root if root.isidentifier() else "submission"
    return Files(name, found[0], gathered.contents, root, frozenset(gathered.notebooks), notes)


def _entries(names: Iterable[str], entry: str) -> list[str]:
    """The files that are meant: by the whole path, by its end, by that in other letters, the first way that finds any."""
    wanted = _wanted(entry)
    ways = (
        [name for name in names if name in (entry, wanted)],
        [name for name in names if name.endswith((f"/{entry}", f"/{wanted}"))],
        [name for name in names if f"/{_alike(name)}".endswith(f"/{_alike(wanted)}")],
    )
    return next((found for found in ways if found), [])


def _alike(name: str) -> str:
    """The same for names that differ in case, or in how accents are stored: macOS takes letters and accents apart."""
    return unicodedata.normalize("NFC", name).casefold()


def _some(names: list[str]) -> tuple[str, ...]:
    return (*map(spelled, names[:8]), *(["..."] if len(names) > 8 else []))


def _unreadable(key: str, /, **values: object) -> SubmissionFault:
    return SubmissionFault("unreadable", Sentence(f"reading.{key}", **values))
