"""One writer for every file: whole or not at all, through links and into devices, with nothing left beside it."""

import errno
import fcntl
import os
import resource
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from reports import files
from reports.files import check_writable, descriptor, write_atomically

STEPS = ("mkstemp", "fsync", "replace", "fchmod")
REASONS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS, errno.EACCES)


def fail_at(step: str, error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if this step of writing failed so."""

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(tempfile if step == "mkstemp" else os, step, fail)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("number", REASONS)
def test_whatever_step_fails_the_old_file_stays_and_the_reason_is_the_systems(
    step: str, number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    fail_at(step, OSError(number, os.strerror(number)), monkeypatch)
    with pytest.raises(OSError, match=f"cannot write {path}: {os.strerror(number)}; choose another place") as caught:
        write_atomically(path, b"new")
    assert caught.value.errno == number
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(3), MemoryError()], ids=["ctrl-c", "exit", "memory"])
@pytest.mark.parametrize("before", [None, "old"])
def test_whatever_step_is_interrupted_nothing_is_half_written(
    step: str, error: BaseException, before: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    if before:
        path.write_text(before)
    fail_at(step, error, monkeypatch)
    with pytest.raises(type(error)):
        write_atomically(path, b"new")
    assert [entry.read_text() for entry in tmp_path.iterdir()] == ([before] if before else [])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("step", STEPS)
def test_a_signal_within_a_step_comes_after_the_file_is_whole(
    number: int, step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tempfile if step == "mkstemp" else os
    right = getattr(place, step)

    def interrupted(*arguments: object, **options: object) -> object:
        os.kill(os.getpid(), number)
        return right(*arguments, **options)

    def end(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(place, step, interrupted)
    before = signal.signal(number, end)
    try:
        with pytest.raises(KeyboardInterrupt):
            write_atomically(tmp_path / "a.txt", b"new")
        assert signal.getsignal(number) is end
    finally:
        signal.signal(number, before)
    assert [entry.read_bytes() for entry in tmp_path.iterdir()] == [b"new"]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755, 0o664, 0o2644])
def test_permissions_are_kept(mode: int, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    path.chmod(mode)
    write_atomically(path, b"new")
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"new", mode)


def test_a_new_file_has_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("")
    write_atomically(tmp_path / "a.txt", b"new")
    assert (tmp_path / "a.txt").stat().st_mode == (tmp_path / "other").stat().st_mode


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_the_owner_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    os.chown(path, 12345, 54321)
    write_atomically(path, b"new")
    assert (path.stat().st_uid, path.stat().st_gid) == (12345, 54321)


def test_links_are_followed_and_stay(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    target = tmp_path / "real" / "a.txt"
    target.write_text("old")
    (tmp_path / "one").symlink_to("real/a.txt")
    (tmp_path / "two").symlink_to("one")
    (tmp_path / "folder").symlink_to("real")
    for link in ("one", "two", "folder/a.txt"):
        write_atomically(tmp_path / link, link.encode())
        assert target.read_text() == link
    assert (tmp_path / "one").is_symlink() and (tmp_path / "two").is_symlink() and (tmp_path / "folder").is_symlink()
    assert sorted(entry.name for entry in tmp_path.rglob("*")) == ["a.txt", "folder", "one", "real", "two"]


def test_a_link_to_nothing_gets_its_target_and_a_link_to_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("below/target")
    write_atomically(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "below" / "target").read_bytes() == b"new"
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(OSError, match=r"cannot write .*loop"):
        write_atomically(tmp_path / "loop", b"new")
    assert (tmp_path / "loop").is_symlink()


def test_a_pipe_is_written_and_stays_a_pipe(tmp_path: Path) -> None:
    path, read = tmp_path / "pipe", []
    os.mkfifo(path)
    reader = threading.Thread(target=lambda: read.append(path.read_bytes()))
    reader.start()
    write_atomically(path, b"new" * 100_000)
    reader.join(30)
    assert read == [b"new" * 100_000] and stat.S_ISFIFO(path.stat().st_mode)


@pytest.mark.parametrize("device", ["/dev/null", "link"])
def test_a_device_is_written_and_stays_a_device(device: str, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/dev/null")
    write_atomically(tmp_path / device, b"new")  # an absolute path stays what it is
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_device_is_told_and_stays(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="cannot write /dev/full: No space left on device"):
        write_atomically(Path("/dev/full"), b"new")
    assert stat.S_ISCHR(os.stat("/dev/full").st_mode)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="there is no /proc here")
@pytest.mark.parametrize("pattern", ["/dev/fd/{}", "/proc/self/fd/{}", "/proc/thread-self/fd/{}", "link"])
def test_an_open_stream_is_written_where_it_stands(pattern: str, tmp_path: Path) -> None:
    path, link = tmp_path / "log.txt", tmp_path / "link"
    path.write_text("before, ")
    with path.open("ab") as file:
        link.symlink_to(f"/proc/self/fd/{file.fileno()}")
        name = link if pattern == "link" else Path(pattern.format(file.fileno()))
        assert descriptor(name) == file.fileno()
        write_atomically(name, b"new")
        file.write(b", after")
    assert path.read_text() == "before, new, after"


def test_a_stream_that_is_closed_or_only_read_is_refused_before(tmp_path: Path) -> None:
    with (tmp_path / "a").open("wb") as file:
        closed = Path(f"/dev/fd/{file.fileno()}")
    with pytest.raises(OSError, match=f"cannot write {closed}: Bad file descriptor"):
        check_writable(closed)
    (tmp_path / "b").write_text("mine")
    with (tmp_path / "b").open("rb") as file, pytest.raises(OSError, match="it is not open for writing"):
        check_writable(Path(f"/dev/fd/{file.fileno()}"))
    assert (tmp_path / "b").read_text() == "mine"


@pytest.mark.parametrize("name", ["fd/1", "proc/self/fd/1", "dev/stdout/7", "12"])
def test_a_file_of_a_streams_name_is_a_file(name: str, tmp_path: Path) -> None:
    assert descriptor(tmp_path / name) is None
    write_atomically(tmp_path / name, b"new")
    assert (tmp_path / name).read_bytes() == b"new"


def leftover(path: Path, letters: str = "abcd_012") -> Path:
    """What a process that was killed while it wrote the path has left."""
    left = path.with_name(f".{path.name[: files.LONGEST]}.{letters}.part")
    left.write_text("half")
    return left


def test_what_a_killed_process_left_is_removed_by_the_next_write(tmp_path: Path) -> None:
    path, other = tmp_path / "a.txt", tmp_path / "b.txt"
    left, of_another = [leftover(path), leftover(path, "zyxwvuts")], leftover(other)
    write_atomically(path, b"new")
    assert not any(one.exists() for one in left) and of_another.exists()


@pytest.mark.parametrize("name", [".a.txt.part", ".a.txt.abcdefg.part", ".a.txt.abcdefgh.part.txt", "a.txt.abcdefgh.part"])
def test_what_is_named_otherwise_is_left_alone(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("mine")
    write_atomically(tmp_path / "a.txt", b"new")
    assert (tmp_path / name).read_text() == "mine"


def test_what_another_process_is_writing_or_what_is_no_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    written, link, folder = leftover(path), tmp_path / ".a.txt.linklink.part", tmp_path / ".a.txt.folderfo.part"
    (tmp_path / "mine").write_text("mine")
    link.symlink_to(tmp_path / "mine")
    folder.mkdir()
    with written.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        write_atomically(path, b"new")
        assert written.read_text() == "half"
    assert link.is_symlink() and folder.is_dir() and (tmp_path / "mine").read_text() == "mine"


def test_a_temporary_file_that_is_swept_before_it_is_locked_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, right = [], tempfile.mkstemp

    def mkstemp(**options: str) -> tuple[int, str]:
        handle, name = right(**options)
        made.append(name)
        if len(made) == 1:
            os.unlink(name)
        return handle, name

    monkeypatch.setattr(tempfile, "mkstemp", mkstemp)
    write_atomically(tmp_path / "a.txt", b"new")
    assert len(made) == 2 and [entry.read_bytes() for entry in tmp_path.iterdir()] == [b"new"]


def test_many_writers_of_one_file_leave_one_of_their_contents_whole(tmp_path: Path) -> None:
    path, contents = tmp_path / "a.txt", [bytes([letter]) * 50_000 for letter in b"abcdefgh"]
    threads = [
        threading.Thread(target=lambda one=one: [write_atomically(path, one) for _ in range(10)]) for one in contents
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert path.read_bytes() in contents and list(tmp_path.iterdir()) == [path]


def test_a_limit_on_the_size_of_files_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    code = (
        "import sys; from pathlib import Path; from reports.files import write_atomically\n"
        "try: write_atomically(Path(sys.argv[1]), b'x' * 100_000)\n"
        "except OSError as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True,
        env={"PYTHONPATH": str(Path(files.__file__).parents[1]), "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000)),
    )  # fmt: skip
    assert f"cannot write {path}: File too large; choose another place" in done.stdout
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("below", ["", "new/"])
def test_a_name_longer_than_names_may_be_is_told_before(below: str, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="File name too long"):
        check_writable(tmp_path / f"{below}{'a' * 300}.txt")
    longest = tmp_path / f"{below}{'ü' * 125}.txt"
    write_atomically(longest, b"new")
    assert longest.read_bytes() == b"new"
