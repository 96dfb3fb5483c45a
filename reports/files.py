"""How a file is written so that nobody ever finds half of it, and nothing is destroyed that is not a former file of ours.

An ordinary file is written beside its place and put there in one step. What is not ordinary (a device, a pipe, a name of an
open stream such as ``/dev/stdout``) is written as it comes: nothing can be put in its place. While a file is put in its
place signals wait. A process that is killed in this moment leaves a file ``.NAME.XXXXXXXX.part``; the next write of NAME
removes it.
"""

from __future__ import annotations

import errno
import os
import re
import signal
import stat
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from reports.words import Words

SUFFIX = ".part"
LONGEST = 40  # characters of the name that stand in the temporary one; 4 bytes each leave room below a name's 255 bytes
WAITING = ("SIGINT", "SIGTERM", "SIGHUP")


def write_atomically(path: Path, content: bytes) -> None:
    """Write beside the target, then put it in place in one step; on any error, or Ctrl-C, the old file stays.

    Folders that are missing on the way are made. A link is followed, permissions are kept. Raises OSError (its kind, its
    number and its reason are the system's) in a sentence that names the file; BrokenPipeError where a pipe's reader has gone.
    """
    check_writable(path)
    try:
        stream = descriptor(path)
        if stream is not None:
            _pour(os.dup(stream), content)
        elif _is_special(path):
            _pour(os.open(path, os.O_WRONLY), content)
        else:
            with _signals_wait():
                _replace(Path(os.path.realpath(path)), content)
    except OSError as error:
        raise _refused(path, error) from None


def _pour(handle: int, content: bytes) -> None:
    if hasattr(os, "set_blocking"):
        os.set_blocking(handle, True)  # else a pipe may refuse what does not fit at once
    with os.fdopen(handle, "wb") as file:
        file.write(content)


def _replace(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    sweep(path)
    handle, temporary = _locked(path)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            _like(file.fileno(), path)
            os.fsync(file.fileno())
            os.replace(temporary, path)
    finally:
        Path(temporary).unlink(missing_ok=True)


def check_writable(path: Path) -> None:
    """Raise OSError, saying what to try, where a file could not be written: tried before long work, and nothing is left."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, Words("{path} is a directory; name a file in it", path=path))
    stream = descriptor(path)
    if stream is not None:
        _check_stream(path, stream)
        return
    if path.exists() and not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, Words("cannot write {path}: it is write-protected; choose another name", path=path))
    if _is_special(path):
        return
    real = Path(os.path.realpath(path))
    if real.is_symlink():
        raise OSError(errno.ELOOP, Words("cannot write {path}: it is a link to itself; choose another name", path=path))
    place = _nearest(real.parent)
    if not place.is_dir():
        raise NotADirectoryError(
            errno.ENOTDIR,
            Words("cannot write {path}: {place} is a file, no directory; choose another place", path=path, place=place),
        )
    try:
        _longest_name(real, place)
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        raise _refused(path, error) from None


def _longest_name(real: Path, place: Path) -> None:
    """Raise OSError where the name of the file, or of a folder on the way to it, is longer than names may be there."""
    for part in real.relative_to(place).parts:
        with suppress(FileNotFoundError):
            os.lstat(place / part)


def descriptor(path: Path) -> int | None:
    """The number of our own open stream that a path names (``/dev/stdout``, ``/dev/fd/63``), links followed; else None.

    Such a path is never opened anew: a file that stands behind it would be written from its beginning.
    """
    current = os.path.abspath(path)
    for _ in range(40):  # as many links as Linux follows
        place, name = os.path.realpath(os.path.dirname(current)), os.path.basename(current)
        if name.isascii() and name.isdigit() and re.fullmatch(rf"/dev/fd|/proc/{os.getpid()}(/task/\d+)?/fd", place):
            return int(name)
        if not os.path.islink(os.path.join(place, name)):
            return None
        current = os.path.join(place, os.readlink(os.path.join(place, name)))
    return None


def _check_stream(path: Path, stream: int) -> None:
    try:
        os.fstat(stream)
        import fcntl

        if fcntl.fcntl(stream, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY:
            raise OSError(errno.EBADF, Words("it is not open for writing"))
    except OSError as error:
        raise _refused(path, error) from None


def _is_special(path: Path) -> bool:
    """Whether something is there that is no ordinary file: a device, a pipe."""
    return path.exists() and not path.is_file()


def _nearest(place: Path) -> Path:
    """The directory itself, or the nearest one above it that exists."""
    while not place.exists() and place != place.parent:
        place = place.parent
    return place


def _refused(path: Path, error: OSError) -> OSError:
    reason = error.strerror or str(error)
    return type(error)(error.errno, Words("cannot write {path}: {reason}; choose another place", path=path, reason=reason))


# Temporary files: each is locked by the process that writes it, so that one without a lock is known to be left behind.


def _locked(path: Path) -> tuple[int, str]:
    """A new file beside the path, open and locked, and its name."""
    while True:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=_prefix(path), suffix=SUFFIX)
        if _lock(handle, wait=True) is None or os.path.lexists(temporary):
            return handle, temporary
        os.close(handle)  # a sweep took it for left behind, in the moment before it was locked


def sweep(path: Path) -> None:
    """Remove what killed processes have left beside the path: temporary files of this name, ours, that nobody has locked."""
    named = re.compile(re.escape(_prefix(path)) + "[a-z0-9_]{8}" + re.escape(SUFFIX))
    with suppress(OSError):
        for name in [name for name in os.listdir(path.parent) if named.fullmatch(name)]:
            with suppress(OSError):
                _remove_unlocked(path.parent / name)


def _remove_unlocked(leftover: Path) -> None:
    handle = os.open(leftover, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    try:
        facts = os.fstat(handle)
        ours = stat.S_ISREG(facts.st_mode) and hasattr(os, "geteuid") and facts.st_uid == os.geteuid()
        if ours and _lock(handle, wait=False):
            leftover.unlink()
    finally:
        os.close(handle)


def _lock(handle: int, *, wait: bool) -> bool | None:
    """Lock an open file; False where another process has, None where files cannot be locked."""
    try:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    except (ImportError, OSError):
        return None
    return True


def _prefix(path: Path) -> str:
    return f".{path.name[:LONGEST]}."


def _like(handle: int, path: Path) -> None:
    """Give an open file the owner and the permissions of the file that it will replace, else those of a new file here."""
    if not hasattr(os, "fchmod"):
        return
    try:
        facts = path.stat()
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        os.fchmod(handle, 0o666 & ~mask)
        return
    mine = os.fstat(handle)
    if (mine.st_uid, mine.st_gid) != (facts.st_uid, facts.st_gid):
        with suppress(PermissionError):
            os.fchown(handle, facts.st_uid, facts.st_gid)
    os.fchmod(handle, stat.S_IMODE(facts.st_mode))


@contextmanager
def _signals_wait() -> Iterator[None]:
    """Let signals that Python handles (Ctrl-C, or others where a handler is set) come after the block, not within it."""
    if threading.current_thread() is not threading.main_thread():  # signals never come here
        yield
        return
    came: list[int] = []
    numbers = [getattr(signal, name) for name in WAITING if hasattr(signal, name)]
    kept = {number: handler for number in numbers if callable(handler := signal.getsignal(number))}
    for number in kept:
        signal.signal(number, lambda number, _: came.append(number))
    try:
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
        for number in came:
            signal.raise_signal(number)
