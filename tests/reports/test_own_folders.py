"""Folders of killed runs go, and nothing else does: not of the living, not of others, never through a link."""

import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from reports import own_folders
from reports.own_folders import maker, own_folder, start_of, sweep_folders

HOLDS = (
    "import sys, time, tempfile\nfrom reports.own_folders import own_folder\n"
    "with own_folder('probe') as path:\n    (path / 'inside').mkdir()\n    (path / 'inside' / 'file').touch()\n"
    "    print(path, flush=True)\n    time.sleep(100)\n"
)


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def holding() -> tuple[subprocess.Popen, Path]:
    process = subprocess.Popen([sys.executable, "-c", HOLDS], stdout=subprocess.PIPE, text=True)
    return process, Path(process.stdout.readline().strip())


def end(process: subprocess.Popen, sent: signal.Signals) -> None:
    process.send_signal(sent)
    process.wait()
    process.stdout.close()


def named(place: Path, **fields) -> Path:
    """A folder by the name that some process would have given it."""
    boot, space, pid, start = maker().split("-")
    own = {"kind": "probe", "boot": boot, "space": space, "pid": pid, "start": start, "random": "abc_12"} | fields
    path = place / "gradcheck-{kind}-{boot}-{space}-{pid}-{start}-{random}".format(**own)
    path.mkdir()
    return path


def test_a_folder_goes_at_the_end(place):
    with own_folder("empty") as path:
        (path / "file").touch()
        assert path.parent == place
        assert path.stat().st_mode & 0o777 == 0o700
    assert os.listdir(place) == []


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGTERM])
def test_what_a_killed_process_left_goes_at_the_next_run(sent, place):
    process, path = holding()
    assert sweep_folders() == 0 and path.exists()  # it lives
    end(process, sent)
    assert path.exists()
    assert sweep_folders() == 1
    assert os.listdir(place) == []


def test_a_process_that_is_dead_and_not_buried_is_dead(place):
    process, _ = holding()
    process.kill()
    while start_of(process.pid) is not None:
        time.sleep(0.01)
    assert sweep_folders() == 1
    end(process, signal.SIGKILL)


def test_another_process_of_the_same_number_does_not_keep_it(place):
    left = named(place, start="1")
    assert sweep_folders() == 1
    assert not left.exists()


def test_the_folder_of_this_process_stays(place):
    assert named(place).exists()
    assert sweep_folders() == 0


@pytest.mark.parametrize(
    ("fields", "age", "goes"),
    [
        ({"boot": "00000001"}, 0, False),  # another machine that shares the folder
        ({"boot": "00000001"}, 400 * 86_400, True),  # this one, before it was started
        ({"space": "1"}, 60, False),  # a container that shares the folder
        ({"space": "1"}, 2 * 86_400, True),
        ({"pid": "4194305"}, 0, True),
        ({"pid": "9999999999"}, 0, True),
    ],
)
def test_numbers_count_for_one_boot_and_one_namespace(fields, age, goes, place):
    path = named(place, **fields)
    made = time.time() - age
    os.utime(path, (made, made))
    assert sweep_folders() == goes
    assert path.exists() is not goes


@pytest.mark.parametrize(
    "name",
    [
        "gradcheck-empty-abc123",
        "gradcheck-probe-0-0-0-0-x",
        "gradcheck-other-12345678-1-1-1-abc",
        "my-gradcheck-probe-12345678-1-1-1-abc",
        "gradcheck-probe-12345678-1-1-1-abc.zip",
        "gradcheck-probe-12345678-1-1-1-abc\n",
        "gradcheck-probe-12345678-1-1-999999999999-abc",
        "gradcheck",
        "tmpabc",
    ],
)
def test_names_of_others_are_left_alone(name, place):
    (place / name).mkdir()
    sweep_folders()
    assert (place / name).exists()


def test_links_are_not_followed(place):
    kept = place / "kept"
    (kept / "inside").mkdir(parents=True)
    link = named(place, pid="4194305")
    link.rmdir()
    link.symlink_to(kept)
    left = named(place, pid="4194305", random="other")
    (left / "link").symlink_to(kept)
    assert sweep_folders() == 1
    assert (kept / "inside").exists() and link.is_symlink() and not left.exists()


@pytest.mark.parametrize("kind", ["file", "pipe"])
def test_what_is_no_folder_is_left_alone(kind, place):
    path = named(place, pid="4194305")
    path.rmdir()
    path.touch() if kind == "file" else os.mkfifo(path)
    assert sweep_folders() == 0
    assert path.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="NOT RUN: only root can give a folder away")
def test_a_folder_of_another_user_is_left_alone(place):
    path = named(place, pid="4194305")
    os.chown(path, 65534, 65534)
    assert sweep_folders() == 0
    assert path.exists()


def test_folders_closed_to_their_owner_are_no_error(place):
    path = named(place, pid="4194305")
    (path / "inside").mkdir()
    (path / "inside" / "file").touch()
    (path / "inside").chmod(0)
    path.chmod(0)
    sweep_folders()


def test_two_sweeps_at_once_are_no_error(place):
    for number in range(200):
        left = named(place, pid="4194305", random=f"a{number}")
        (left / "file").touch()
    failed = []

    def run() -> None:
        try:
            sweep_folders()
        except BaseException as error:
            failed.append(error)

    sweeps = [threading.Thread(target=run) for _ in range(6)]
    others = [multiprocessing.get_context("spawn").Process(target=sweep_folders) for _ in range(2)]
    for one in (*sweeps, *others):
        one.start()
    for one in (*sweeps, *others):
        one.join()
    assert (failed, os.listdir(place)) == ([], [])
    assert [one.exitcode for one in others] == [0, 0]


@pytest.mark.parametrize("gone", ["missing", "a file", "unreadable"])
def test_a_temporary_folder_that_is_not_there_is_no_error(gone, place, monkeypatch):
    path = place / "t"
    if gone != "missing":
        path.touch() if gone == "a file" else path.mkdir(mode=0)
    monkeypatch.setattr(tempfile, "tempdir", str(path))
    assert sweep_folders() == 0


def test_without_proc_a_number_that_lives_keeps_its_folder(place, monkeypatch):
    monkeypatch.setattr(os.path, "exists", lambda path: False)
    monkeypatch.setattr(own_folders, "start_of", lambda pid: None)
    named(place, start="0")
    named(place, pid="4194305")
    assert sweep_folders() == 1


@pytest.mark.skipif(not Path("/proc/uptime").exists(), reason="NOT RUN: there is no /proc here")
def test_a_process_is_known_by_the_moment_of_its_start():
    ticks = os.sysconf("SC_CLK_TCK")

    def since_boot():
        return float(Path("/proc/uptime").read_text().split()[0])

    before = since_boot()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        assert before - 0.1 <= start_of(process.pid) / ticks <= since_boot() + 0.1
        process.kill()
    assert start_of(process.pid) is None
