"""How a file is written so that nobody ever finds half of it."""

import os
import tempfile
from pathlib import Path


def write_atomically(path: Path, content: bytes) -> None:
    """Write beside the target, then put it in place in one step; on any error, or Ctrl-C, the old file stays.

    Folders that are missing on the way are made. A link is followed; what is no ordinary file (a pipe, ``/dev/stdout``) is
    written as it comes, never replaced.
    """
    check_writable(path)
    if path.exists() and not path.is_file():
        try:
            path.write_bytes(content)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise _refused(path, error) from None
        return
    path = Path(os.path.realpath(path))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.", suffix=".part")
    except OSError as error:
        raise _refused(path, error) from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, _mode(path))
        os.replace(temporary, path)
    except OSError as error:
        raise _refused(path, error) from None
    finally:
        Path(temporary).unlink(missing_ok=True)


def check_writable(path: Path) -> None:
    """Raise OSError, saying what to try, where a file could not be written: tried before long work, and nothing is left."""
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a directory; name a file in it")
    if path.exists() and not os.access(path, os.W_OK):
        raise PermissionError(f"cannot write {path}: it is write-protected; choose another name")
    if path.exists() and not path.is_file():
        return
    place = _nearest(Path(os.path.realpath(path)).parent)
    if not place.is_dir():
        raise NotADirectoryError(f"cannot write {path}: {place} is a file, no directory; choose another place")
    try:
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        raise _refused(path, error) from None


def _nearest(place: Path) -> Path:
    """The directory itself, or the nearest one above it that exists."""
    while not place.exists() and place != place.parent:
        place = place.parent
    return place


def _refused(path: Path, error: OSError) -> OSError:
    return type(error)(f"cannot write {path}: {error.strerror or error}; choose another place")


def _mode(path: Path) -> int:
    """Return the permissions of the file that is replaced, else those that a new file gets here."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
