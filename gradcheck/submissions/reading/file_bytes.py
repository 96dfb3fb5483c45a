"""One file as bytes, whatever it is called: how it is to be read, and how much of it; links, pipes and devices among them."""

from __future__ import annotations

import io
import os
import select
import stat
from enum import Enum
from pathlib import Path

from gradcheck.isolation.faults import SubmissionFault
from gradcheck.isolation.limits import LARGEST_FILE, LARGEST_NOTEBOOK, MIB
from gradcheck.sentences.sentence import Sentence
from gradcheck.submissions.reading.notebook_cells import looks_like_notebook
from reports.neutral import spelled

STREAM_SECONDS = 60.0  # that nothing may come through a pipe


class BadFile(ValueError):  # noqa: N818 - misuse, told in a sentence
    """A path that holds no submission: what was expected, what came, what to try."""


class FileKind(Enum):
    """How a file is read."""

    PYTHON = "Python"
    NOTEBOOK = "a notebook"
    ARCHIVE = "a zip archive"


KINDS = {".py": FileKind.PYTHON, ".pyw": FileKind.PYTHON, ".ipynb": FileKind.NOTEBOOK, ".zip": FileKind.ARCHIVE}
ZIPPED = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
# What is handed in by mistake, by how it begins.
FOREIGN = {
    b"%PDF-": "pdf", b"Rar!": "rar", b"7z\xbc\xaf": "7z", b"\x1f\x8b": "gzip",
    b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"\x89PNG": "picture", b"\xff\xd8\xff": "picture",
    b"\x7fELF": "program", b"\xd0\xcf\x11\xe0": "office", b"{\\rtf": "rtf",
}  # fmt: skip


def kind_of(name: str, head: bytes) -> FileKind:
    """By what a file holds where that is unmistakable, else by its suffix; what says neither is Python."""
    if head.startswith(ZIPPED):
        return FileKind.ARCHIVE
    for start, what in FOREIGN.items():
        if head.startswith(start):
            told = Sentence("reading.foreign", name=spelled(name), what=Sentence(f"reading.is-{what}"))
            raise SubmissionFault("unreadable", told)
    named = KINDS.get(os.path.splitext(name)[1].lower(), FileKind.PYTHON)
    return FileKind.NOTEBOOK if named is FileKind.PYTHON and looks_like_notebook(head) else named


def largest(name: str, head: bytes) -> int:
    """How much of a file is read: of a notebook with its outputs more."""
    return LARGEST_NOTEBOOK if kind_of(name, head) is FileKind.NOTEBOOK or head.lstrip()[:1] == b"{" else LARGEST_FILE


def opened(path: Path, *, follow: bool = True) -> io.BufferedIOBase:
    """A file, a pipe or a device that gives bytes, opened without waiting for anybody."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | (0 if follow else getattr(os, "O_NOFOLLOW", 0))
    try:
        handle = os.open(path, flags)
    except OSError as error:
        raise BadFile(Sentence("reading.cannot-be-read", name=spelled(str(path)), error=str(error.strerror))) from None
    mode = os.fstat(handle).st_mode
    if stat.S_ISREG(mode):
        return os.fdopen(handle, "rb")
    if follow and (stat.S_ISFIFO(mode) or stat.S_ISCHR(mode)):
        return io.BufferedReader(_Stream(handle, spelled(str(path))))  # type: ignore[type-var]
    os.close(handle)
    raise BadFile(Sentence("reading.no-file", name=spelled(str(path))))


class _Stream(io.RawIOBase):
    """A pipe: waits for bytes, but not for ever, save for those that are typed."""

    def __init__(self, handle: int, name: str) -> None:
        super().__init__()
        self._handle, self._name = handle, name
        self._patience = None if os.isatty(handle) else STREAM_SECONDS

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        """The bytes that are there; raises BadFile where none come."""
        if not select.select([self._handle], [], [], self._patience)[0]:
            raise BadFile(Sentence("reading.nothing-came", name=self._name, seconds=STREAM_SECONDS))
        data = os.read(self._handle, len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Close the handle as well."""
        if not self.closed:
            os.close(self._handle)
        super().close()


def rest(file: io.BufferedIOBase, head: bytes, name: str) -> bytes:
    """All of a file of which the beginning was read; raises SubmissionFault where that is too much."""
    most = largest(name, head)
    data = head + (file.read(most + 1 - len(head)) if len(head) >= MIB else b"")
    if len(data) > most:
        raise SubmissionFault("unreadable", Sentence("reading.too-large", where=spelled(name), most=most >> 20))
    return data


def seekable(file: io.BufferedIOBase, head: bytes, name: str) -> io.BufferedIOBase:
    """The file itself, or what came through a pipe."""
    if file.seekable():
        return file
    data = head + file.read(LARGEST_NOTEBOOK + 1 - len(head))
    if len(data) > LARGEST_NOTEBOOK:
        most = LARGEST_NOTEBOOK >> 20
        raise SubmissionFault("unreadable", Sentence("reading.too-large", where=spelled(name), most=most))
    return io.BytesIO(data)
