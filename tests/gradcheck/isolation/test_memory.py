"""The self-test is remembered; a note is believed where nobody else can have written it and a test could have found it."""

import json
import os
import random
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from gradcheck.isolation import choose, memory
from gradcheck.isolation import session as sessions
from gradcheck.isolation.choose import isolation
from gradcheck.isolation.faults import SandboxFailure
from gradcheck.isolation.layers import LEVELS
from gradcheck.isolation.places import places
from gradcheck.isolation.probes import NAMES, NOT_STOPPED, OUTCOMES, STOPPED
from gradcheck.submissions.validation import validate

ALL_STOPPED = dict.fromkeys(NAMES, STOPPED)
OPEN = {**dict.fromkeys(NAMES, NOT_STOPPED), "prlimit": STOPPED}
GOOD = (Path(__file__).parents[2] / "submissions" / "right" / "plain_loop.py").read_text()


@pytest.fixture
def tested(tmp_path, monkeypatch):
    """A place for notes, and the levels that were tested; A and A- hold, the others stop nothing."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    levels = []

    def probe(level, _):
        levels.append(level.layers)
        return ALL_STOPPED if level.name in ("A", "A-") else OPEN

    monkeypatch.setattr(choose, "probe", probe)
    return levels


@pytest.fixture
def note(tested):
    """The file, after a first test."""
    isolation()
    tested.clear()
    return memory.folder() / memory.FILE


def changed(note: Path, **fields) -> None:
    states = json.loads(note.read_text())
    for found in states.values():
        found["best"] |= fields
    note.write_text(json.dumps(states))


@pytest.mark.parametrize("wanted", [None, "A", "A-", "B", "C"])
def test_it_is_tested_once(wanted, tested):
    first = isolation(wanted)
    before = list(tested)
    assert (isolation(wanted), isolation(wanted).remembered, tested) == (first, True, before)
    assert not first.remembered


def test_another_process_remembers_it(tmp_path):
    """The note once named the process that wrote it, and no other believed it."""
    code = "from gradcheck.isolation.choose import isolation; found = isolation(); print(found.level.name, found.remembered)"
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    told = [subprocess.check_output([sys.executable, "-c", code], env=environment, text=True).split() for _ in range(2)]
    assert [remembered for _, remembered in told] == ["False", "True"]
    assert told[0][0] == told[1][0]


def test_wishes_and_states_are_remembered_side_by_side(tested, monkeypatch):
    isolation()
    isolation("C")
    state = memory.state_of(places())
    monkeypatch.setattr(memory, "state_of", lambda _: "another interpreter")
    isolation()
    monkeypatch.setattr(memory, "state_of", lambda _: state)
    tested.clear()
    assert isolation().remembered and isolation("C").remembered
    for number in range(20):
        memory.keep(f"state {number}", "best", memory.SelfTestNote(LEVELS[0], ALL_STOPPED, ()))
    latest = [f"state {number}" for number in range(20)][-memory.MOST_STATES :]
    assert list(json.loads((memory.folder() / memory.FILE).read_text())) == latest


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("_text", lambda path: "another boot"),
        ("_rights", lambda: ["CapEff:\t0"]),
        ("_link", lambda path: "user:[1]"),
        ("_file", lambda path: [1]),
        ("_sources", lambda path: "another toolkit"),
        ("__version__", "0.0.0"),
        ("find_bubblewrap", lambda: None),
    ],
)
def test_whatever_the_outcome_depends_on_is_part_of_the_state(name, value, note, tested, monkeypatch):
    monkeypatch.setattr(memory, name, value)
    isolation()
    assert tested


@pytest.mark.parametrize("function", ["os.geteuid", "os.getuid", "os.getgroups", "platform.release", "platform.version"])
def test_another_user_or_kernel_is_tested_anew(function, note, monkeypatch):
    before = memory.state_of(places())
    module, name = function.split(".")
    monkeypatch.setattr(getattr(memory, module), name, lambda: [77] if name == "getgroups" else 77)
    assert memory.state_of(places()) != before


@pytest.mark.parametrize(
    "text",
    ["", "{]", "[]", "null", "7", '"A"', "{}", '{"": {}}', "[" * 50_000, '{"a":' * 9_000, "\0" * 99, "9" * 5000, " " * 70_000],
)  # fmt: skip
def test_a_spoilt_note_means_a_test(text, note, tested):
    note.write_text(text)
    assert isolation().level.name == "A"
    assert len(tested) == 1
    assert isolation().remembered  # it is whole again


def test_no_spoilt_note_is_an_error_or_raises_a_level(note, tested):
    rng = random.Random(3)
    whole = note.read_bytes()
    for _ in range(400):
        spoilt = bytearray(whole)
        for _ in range(rng.randint(1, 5)):
            kind = rng.randrange(3)
            at = rng.randrange(len(spoilt))
            if kind == 0:
                spoilt[at] = rng.randrange(256)
            elif kind == 1:
                del spoilt[at:]
            else:
                spoilt[at:at] = rng.choice([b"[", b"{", b'"', b"1e999", b"null,", b"\xff"])
            if not spoilt:
                break
        note.write_bytes(spoilt)
        found = isolation()
        assert (found.level, dict(found.probes)) == (LEVELS[0], ALL_STOPPED)


@pytest.mark.parametrize(
    "fields",
    [
        {"layers": ["rlimits"]},  # by the outcomes it would be better than any
        {"layers": ["rlimits"], "passed_over": ["A: no"] * 5, "name": "A"},
        {"layers": []},
        {"layers": ["bubblewrap"]},
        {"layers": ["rlimits", "seccomp", "landlock", "bubblewrap"]},
        {"layers": "bubblewrap"},
        {"layers": None},
        {"layers": {"bubblewrap": 1}},
        {"layers": ["landlock", "seccomp", "rlimits"]},  # and nothing that was passed over
        {"probes": {}},
        {"probes": OPEN},
        {"probes": {**ALL_STOPPED, "tcp": NOT_STOPPED}},
        {"probes": {**ALL_STOPPED, "tcp": "Stopped"}},
        {"probes": {**ALL_STOPPED, "tcp": None}},
        {"probes": {**ALL_STOPPED, "tcp": ["stopped"]}},
        {"probes": {**ALL_STOPPED, "more": STOPPED}},
        {"probes": [STOPPED] * len(NAMES)},
        {"passed_over": "nothing"},
        {"passed_over": [1]},
        {"passed_over": ["a reason too many"]},
        {"passed_over": ["x" * 10**4]},
    ],
)
def test_a_note_that_no_test_could_have_written_is_not_believed(fields, note, tested):
    changed(note, **fields)
    found = isolation()
    assert (found.level, dict(found.probes), found.remembered) == (LEVELS[0], ALL_STOPPED, False)


def test_a_note_for_one_wish_is_none_for_another(note, tested):
    states = json.loads(note.read_text())
    for found in states.values():
        found["C"] = found["B"] = found["best"]
    note.write_text(json.dumps(states))
    assert (isolation("C").level.name, isolation("B").remembered) == ("C", False)


def by_link(note: Path) -> None:
    note.rename(note.with_name("elsewhere"))
    note.symlink_to("elsewhere")


def folder_by_link(note: Path) -> None:
    note.parent.rename(note.parent.with_name("elsewhere"))
    note.parent.symlink_to("elsewhere")


def a_folder(note: Path) -> None:
    note.unlink()
    note.mkdir()


def a_pipe(note: Path) -> None:
    note.unlink()
    os.mkfifo(note, 0o600)


def a_file_as_folder(note: Path) -> None:
    note.unlink()
    note.parent.rmdir()
    note.parent.write_text("")


ODD = {
    "a link": by_link,
    "its folder a link": folder_by_link,
    "a folder": a_folder,
    "a pipe": a_pipe,
    "its folder a file": a_file_as_folder,
    "written by the group": lambda note: note.chmod(0o620),
    "written by anyone": lambda note: note.chmod(0o602),
    "its folder written by the group": lambda note: note.parent.chmod(0o770),
    "its folder written by anyone": lambda note: note.parent.chmod(0o1777),
}


@pytest.mark.parametrize("odd", ODD)
def test_a_note_that_others_may_have_written_is_not_believed(odd, note, tested):
    ODD[odd](note)
    assert (isolation().level.name, len(tested)) == ("A", 1)


@pytest.mark.skipif(os.geteuid() != 0, reason="NOT RUN: only root can give a file away")
@pytest.mark.parametrize("which", ["file", "folder"])
def test_a_note_of_another_user_is_not_believed(which, note, tested):
    os.chown(note if which == "file" else note.parent, 65534, 65534)
    assert (isolation().level.name, len(tested)) == ("A", 1)


@pytest.mark.parametrize("value", [None, "", "relative/path", ".", "/dev/null", "/proc/self/nothing", "/proc/\n", "~"])
@pytest.mark.parametrize("home", [None, "", "relative", "/dev/null", "/proc/1"])
def test_odd_environments_are_no_error(value, home, tested, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for name, one in (("XDG_CACHE_HOME", value), ("HOME", home)):
        monkeypatch.delenv(name, raising=False)
        if one is not None:
            monkeypatch.setenv(name, one)
    if home is None:  # the home of the user's record is none of this test's business
        monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    assert isolation().level.name == "A"
    assert memory.folder() is None or memory.folder().is_absolute()
    assert not os.path.exists("/.cache")
    assert os.listdir(tmp_path) == []


def test_a_folder_that_cannot_be_written_is_no_error(tested, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    for name in ("replace", "open"):
        with monkeypatch.context() as patch:
            patch.setattr(memory.os, name, full)
            assert isolation().level.name == "A"
    assert os.listdir(memory.folder()) == []


def test_many_runs_at_once_leave_one_whole_note(tested):
    runs = [threading.Thread(target=isolation) for _ in range(12)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert os.listdir(memory.folder()) == [memory.FILE]
    assert isolation().remembered


def test_what_a_killed_run_has_left_half_written_goes(note, tested):
    gone = note.with_name(f"{memory.FILE}.12345678-1-1-1.abcd")
    gone.write_text("{")
    os.utime(gone, (0, 0))
    other = note.with_name(f"{memory.FILE}.backup")
    other.write_text("mine")
    isolation(believe=False)
    assert sorted(os.listdir(note.parent)) == [memory.FILE, other.name]


def test_a_forged_level_is_found_out_before_anything_runs(tmp_path, monkeypatch):
    """The note has the right form and state, but seccomp does not hold here: the session sees it, and it is tested anew."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (tmp_path / "student.py").write_text(GOOD)
    plan = sessions.plan

    def without_seccomp(*args):
        whole = plan(*args)
        return {**whole, "layers": [layer for layer in whole["layers"] if layer != "seccomp"]}

    monkeypatch.setattr(sessions, "plan", without_seccomp)
    honest = isolation(remember=False).level
    assert "seccomp" not in honest.layers
    memory.keep(memory.state_of(places()), "best", memory.SelfTestNote(LEVELS[0], ALL_STOPPED, ()))
    result = validate(tmp_path / "student.py", network="3-4-2", examples=0)
    assert (result.verdict, result.isolation["level"]) == ("pass", honest.name)
    memory.keep(memory.state_of(places()), "A", memory.SelfTestNote(LEVELS[0], ALL_STOPPED, ()))
    assert validate(tmp_path / "student.py", network="3-4-2", level="A").error.kind == "sandbox"


def test_outcomes_that_are_better_than_they_are_here_are_found_out(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (tmp_path / "student.py").write_text(GOOD)
    true = dict(isolation("C").probes)
    memory.keep(memory.state_of(places()), "C", memory.SelfTestNote(LEVELS[-1], ALL_STOPPED, ()))
    result = validate(tmp_path / "student.py", network="3-4-2", level="C", examples=0)
    assert (result.verdict, dict(result.isolation["probes"])) == ("pass", true)
    assert set(true.values()) <= set(OUTCOMES)


def test_without_bubblewrap_the_next_level_is_remembered(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    best = isolation().level.name
    for module in (choose, memory):
        monkeypatch.setattr(module, "find_bubblewrap", lambda: None, raising=False)
    monkeypatch.setattr("gradcheck.isolation.spawn.find_bubblewrap", lambda: None)
    try:
        found = [isolation() for _ in range(2)]
    except SandboxFailure:
        pytest.skip("NOT RUN: nothing holds here without bubblewrap")
    assert "bubblewrap" not in found[0].level.layers
    assert [one.remembered for one in found] == [False, True]
    assert found[0] == found[1]
    monkeypatch.undo()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert (isolation().level.name, isolation().remembered) == (best, True)
