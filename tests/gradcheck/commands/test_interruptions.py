"""Every command that writes, failing or interrupted at each of its writes: old or new, never half, never lost, nothing beside.

The same at random moments, in processes of their own that are killed: ``python -m benchmarks interruptions``.
"""

import errno
import os
import tempfile

import pytest

from benchmarks.interrupted_commands import FORMER, TASKS, prepare
from benchmarks.interruptions import look
from gradcheck.commands import cli

WRITING = [task for task in TASKS if task.name in ("train", "predict", "verify", "networks", "derive")]
STEPS = {"mkstemp": tempfile, "fsync": os, "replace": os}


def failing_at(number, step, error, monkeypatch):
    """As if this step failed so when it is done for the number-th time."""
    right, times = getattr(STEPS[step], step), []

    def fail(*arguments, **options):
        if step == "mkstemp" and options.get("suffix") != ".part":  # of a library's first use, not of our writer
            return right(*arguments, **options)
        times.append(1)
        if len(times) == number:
            raise error
        return right(*arguments, **options)

    monkeypatch.setattr(STEPS[step], step, fail)


def started(task, tmp_path, monkeypatch):
    """The inputs of a task in the current folder, where a former run has left its files."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path}/out:/usr/bin:/bin")
    return prepare(task, tmp_path)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("task", WRITING, ids=lambda task: task.name)
def test_a_write_that_fails_leaves_the_old_file_and_all_others_are_written(task, step, tmp_path, monkeypatch, capsys):
    inputs = started(task, tmp_path, monkeypatch)
    failed = task.outputs[1]
    failing_at(2, step, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), monkeypatch)
    assert cli.main(task.words) == 2
    assert f"cannot write {failed}: No space left on device; choose another place" in capsys.readouterr().err
    found, flaws = look(task, tmp_path, inputs, killed=False)
    assert flaws == [] and (tmp_path / failed).read_bytes() == FORMER
    assert found == {"old": 1, "new": len(task.outputs) - 1}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("task", WRITING, ids=lambda task: task.name)
def test_a_write_that_is_interrupted_leaves_the_old_file_and_nothing_beside(task, step, tmp_path, monkeypatch, capsys):
    inputs = started(task, tmp_path, monkeypatch)
    failing_at(3, step, KeyboardInterrupt(), monkeypatch)
    assert cli.main(task.words) == 130
    assert capsys.readouterr().err.endswith("interrupted; nothing was left half-written\n")
    found, flaws = look(task, tmp_path, inputs, killed=False)
    assert (flaws, found) == ([], {"new": 2, "old": len(task.outputs) - 2})


# What looks at the files finds what is planted


@pytest.mark.parametrize(
    ("name", "content", "killed", "flaw"),
    [
        ("r.html", b"<html>half", False, "r.html is half-written"),
        ("r.json", b'{"a": ', False, "r.json is half-written"),
        ("r.md", b"", False, "r.md is half-written"),
        ("r.md", None, False, "r.md is lost"),
        ("trained.npz", b"other", False, "the input trained.npz was changed"),
        (".r.md.abcdefgh.part", b"half", False, "was left behind"),
        (".r.md.1234.part", b"half", True, "was left behind"),
        (".elsewhere.abcdefgh.part", b"half", True, "is there after the next write, too"),
    ],
)
def test_what_is_planted_is_found(name, content, killed, flaw, tmp_path, monkeypatch):
    task = next(task for task in TASKS if task.name == "predict")
    inputs = started(task, tmp_path, monkeypatch)
    assert look(task, tmp_path, inputs, killed=killed) == ({"old": 5}, [])
    (tmp_path / name).unlink(missing_ok=True)
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert any(flaw in one for one in look(task, tmp_path, inputs, killed=killed)[1])


def test_every_command_that_has_reports_is_among_those_that_are_stopped():
    assert {task.name for task in TASKS} == {*cli.COMMANDS, "demo"} - {"doctor"}  # its report is written as the others are
