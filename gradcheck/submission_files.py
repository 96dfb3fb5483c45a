"""The bytes of a submission: one file, a notebook, a directory or a zip archive; nothing is followed, nothing runs."""

from __future__ import annotations

import os
import re
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from gradcheck.isolation.limits import LARGEST_FILE, LARGEST_SUBMISSION, MOST_FILES

SUFFIXES = (".py", ".ipynb")
BOUNDED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the other ways unpack a whole chunk at once, whatever becomes of it


class BadFile(ValueError):  # noqa: N818 - misuse, told in a sentence
    """A path that holds no submission: what was expected, what came, what to try."""


@dataclass(frozen=True)
class Files:
    """The files of a submission by their names inside of it, and the one that is called."""

    name: str
    entry: str
    contents: dict[str, bytes]
    root: str = ""  # the name of the directory or archive, as a package that relative imports may climb to


def read_submission(path: Path, entry: str | None = None) -> Files:
    """Read what is to be judged; raises BadFile with a sentence. ``entry`` names the file to call in a package."""
    if not os.path.lexists(path):
        raise BadFile(f"{path}: there is no such file")
    if path.is_symlink():
        raise BadFile(f"{path} is a link, and links are not followed; name the file itself")
    if path.is_dir():
        return _package(path.name, dict(_from_directory(path)), entry)
    if path.suffix == ".zip":
        return _package(path.name, dict(_from_archive(path)), entry)
    if path.suffix not in SUFFIXES:
        raise BadFile(f"{path}: expected a .py file, a .ipynb notebook, a directory or a .zip archive")
    return Files(path.name, path.name, {path.name: _read(path)})


def _read(path: Path) -> bytes:
    """A regular file of a reasonable size, opened without following a link."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        raise BadFile(f"{path} cannot be read: {error.strerror}") from error
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise BadFile(f"{path} is no regular file")
        data = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise BadFile(f"{path} is larger than {LARGEST_FILE >> 20} MiB: that is no source file")
    return data


def _from_directory(root: Path) -> Iterator[tuple[str, bytes]]:
    total = count = 0
    for directory, folders, names in os.walk(root, followlinks=False):
        folders[:] = sorted(f for f in folders if not f.startswith((".", "__pycache__")))
        for name in sorted(names):
            path = Path(directory) / name
            if path.suffix not in SUFFIXES or name.startswith(".") or path.is_symlink():
                continue
            data = _read(path)
            total, count = total + len(data), count + 1
            _check_size(str(root), total, count)
            yield path.relative_to(root).as_posix(), data


def _from_archive(path: Path) -> Iterator[tuple[str, bytes]]:
    """The source files of an archive; sizes are counted as they unpack, whatever the archive says of itself."""
    total = count = 0
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist()[:10_000]:
                name = PurePosixPath(member.filename)
                if member.is_dir() or name.suffix not in SUFFIXES or name.is_absolute() or ".." in name.parts:
                    continue
                if any(part.startswith(".") or part == "__MACOSX" for part in name.parts):
                    continue
                if member.compress_type not in BOUNDED:
                    raise BadFile(f"{name} in {path} is packed in an unusual way; pack it anew as an ordinary zip archive")
                with archive.open(member) as file:
                    data = file.read(LARGEST_FILE + 1)
                if len(data) > LARGEST_FILE:
                    raise BadFile(f"{name} in {path} is larger than {LARGEST_FILE >> 20} MiB: that is no source file")
                total, count = total + len(data), count + 1
                _check_size(str(path), total, count)
                yield str(name), data
    except BadFile:
        raise
    except Exception as error:  # a spoilt archive makes zipfile and zlib raise almost anything
        raise BadFile(f"{path} is no zip archive that can be read: {error}") from error


def _check_size(name: str, total: int, count: int) -> None:
    if total > LARGEST_SUBMISSION or count > MOST_FILES:
        raise BadFile(f"{name} holds more than {LARGEST_SUBMISSION >> 20} MiB or {MOST_FILES} files of source")


def _package(name: str, contents: dict[str, bytes], entry: str | None) -> Files:
    """The files below their common top directory, and the entry: named, or the only file there is."""
    if not contents:
        raise BadFile(f"{name} holds no .py or .ipynb file")
    if entry is None:
        if len(contents) > 1:
            some = ", ".join(list(contents)[:8])
            raise BadFile(f"{name} holds {len(contents)} files: name the one to call with --entry, one of {some}")
        entry = next(iter(contents))
    wanted = entry.replace("\\", "/").removeprefix("./")
    found = [n for n in contents if n == wanted or n.endswith(f"/{wanted}")]
    if len(found) != 1:
        some = ", ".join(list(contents)[:8])
        raise BadFile(f"{name} holds {'no' if not found else 'more than one'} file {entry}; it has {some}")
    root = re.sub(r"\W", "_", name.removesuffix(".zip"))
    return Files(name, found[0], contents, root if root.isidentifier() else "submission")
