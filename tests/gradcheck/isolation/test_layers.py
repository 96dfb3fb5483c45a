"""The layers by themselves: the filter read instruction by instruction, levels by trial, what is swept and remembered."""

import os
import struct
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from gradcheck.isolation import choose, process, spawn
from gradcheck.isolation import places as finding
from gradcheck.isolation import session as sessions
from gradcheck.isolation.child.seccomp import assemble
from gradcheck.isolation.child.syscalls import AARCH64, GUARDED, PLAIN, X86_64
from gradcheck.isolation.choose import isolation
from gradcheck.isolation.faults import SandboxFailure
from gradcheck.isolation.kernel import sweep
from gradcheck.isolation.layers import LEVELS
from gradcheck.isolation.limits import Limits, threads_of
from gradcheck.isolation.places import places
from gradcheck.isolation.probes import NAMES, probe
from gradcheck.isolation.session import Session
from gradcheck.submissions.validation import validate

PID = 4321
KILL, EPERM, ENOSYS, ALLOW = 0x80000000, 0x50001, 0x50026, 0x7FFF0000
GOOD = (Path(__file__).parents[2] / "submissions" / "right" / "plain_loop.py").read_text()
C = next(level for level in LEVELS if level.name == "C")


def decision(processor, name, *arguments, arch=None, offset=0):
    """What the filter answers to one system call: a reading of BPF in a dozen lines."""
    code = assemble(processor, PID)
    number = processor.numbers[name] if isinstance(name, str) else name
    data = struct.pack("<IIQ6Q", number + offset, arch or processor.audit, 0, *[*arguments, *[0] * 6][:6])
    accumulator, place = 0, 0
    while True:
        operation, yes, no, value = struct.unpack_from("<HBBI", code, 8 * place)
        place += 1
        if operation == 0x20:
            accumulator = struct.unpack_from("<I", data, value)[0]
        elif operation == 0x06:
            return value
        else:
            held = {0x15: accumulator == value, 0x35: accumulator >= value, 0x45: bool(accumulator & value)}[operation]
            place += yes if held else no


@pytest.mark.parametrize("processor", [X86_64, AARCH64], ids=["x86_64", "aarch64"])
def test_the_filter_looks_at_arguments(processor):
    read, write, append, create = 0o2000000, 0o1, 0o2001, 0o102
    assert decision(processor, "openat", 0, 0, read) == ALLOW
    assert {decision(processor, "openat", 0, 0, flags) for flags in (write, append, create, 0o2, 0o20200000)} == {EPERM}
    assert decision(processor, "clone", 0x3D0F00) == ALLOW  # a thread
    assert decision(processor, "clone", 17) == EPERM  # a process
    assert decision(processor, "clone3") == ENOSYS
    assert (decision(processor, "kill", PID, 6), decision(processor, "kill", PID + 1, 6)) == (ALLOW, EPERM)
    assert decision(processor, "kill", 2**64 - 1, 6) == EPERM  # everyone
    assert (decision(processor, "tgkill", PID, PID, 6), decision(processor, "tgkill", PID, PID, 19)) == (ALLOW, EPERM)
    assert {decision(processor, "kill", PID, signal) for signal in (1, 9, 15, 19, 20, 21, 22)} == {EPERM}  # SIGKILL, ...
    assert (decision(processor, "prlimit64", 0, 7, 0), decision(processor, "prlimit64", PID, 7, 0)) == (ALLOW, ALLOW)
    assert {decision(processor, "prlimit64", *a) for a in ((0, 7, 1), (0, 7, 1 << 32), (PID + 1, 7, 0))} == {EPERM}
    assert (decision(processor, "fcntl", 1, 3), decision(processor, "fcntl", 1, 8)) == (ALLOW, EPERM)  # F_GETFL, F_SETOWN
    assert (decision(processor, "ioctl", 0, 0x5401), decision(processor, "ioctl", 0, 0x5412)) == (ALLOW, EPERM)  # TIOCSTI


@pytest.mark.parametrize("processor", [X86_64, AARCH64], ids=["x86_64", "aarch64"])
def test_no_exit_code_is_that_of_a_signal(processor):
    """The kernel keeps the lowest eight bits, bubblewrap says 128 + 9 for SIGKILL: such an end is a death by SIGSYS instead."""
    for name in ("exit", "exit_group"):
        codes = range(-300, 600)
        found = {code for code in codes if decision(processor, name, code % 2**64) == KILL}
        assert found == {code for code in codes if code & 0xFF >= 128}
        assert {decision(processor, name, code % 2**64) for code in set(codes) - found} == {ALLOW}


def test_a_foreign_table_of_calls_ends_the_process():
    assert decision(X86_64, "getpid", arch=0x40000003) == KILL  # i386
    assert decision(X86_64, "getpid", offset=0x40000000) == KILL  # x32
    assert decision(X86_64, 2**32 - 1) == KILL


@pytest.mark.parametrize("processor", [X86_64, AARCH64], ids=["x86_64", "aarch64"])
def test_whatever_is_not_listed_is_refused(processor):
    listed = {processor.numbers[name] for name in (*PLAIN, *GUARDED) if name in processor.numbers}
    others = [number for number in range(600) if number not in listed]
    assert {decision(processor, number) for number in others} == {EPERM}
    assert {decision(processor, name) for name in PLAIN if name in processor.numbers} == {ALLOW}


def test_a_level_that_stops_nothing_says_so():
    assert {name for name, outcome in probe(C, places()).items() if outcome != "stopped"} >= {"read", "tcp", "fork"}


def test_a_level_that_lets_a_probe_through_is_passed_over_with_its_reason(monkeypatch):
    outcomes = dict.fromkeys(NAMES, "stopped")
    leaky = {**outcomes, "tcp": "NOT STOPPED"}
    monkeypatch.setattr(choose, "probe", lambda level, _: leaky if level.name == "A" else outcomes)
    found = isolation(remember=False)
    assert found.level.name == "A-"
    assert found.passed_over == ("A (bubblewrap + landlock + seccomp + rlimits): not stopped: tcp",)


def test_threads_are_counted_from_those_that_the_user_runs_already():
    """The kernel holds all threads of a user against the limit: on a busy desktop none would be left."""
    released = threading.Event()
    before = threads_of(os.getuid())
    waiting = [threading.Thread(target=released.wait) for _ in range(40)]
    for thread in waiting:
        thread.start()
    assert threads_of(os.getuid()) >= before + 20  # other processes of this user come and go
    assert Limits().resources_of(os.getuid())["NPROC"] >= 128 + 40
    released.set()
    assert threads_of(2**31) == 0


def test_a_session_that_cannot_start_leaves_nothing(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(spawn, "find_bubblewrap", lambda: None)
    before, adopting = len(os.listdir("/proc/self/fd")), sweep._sessions
    for level in (level for level in LEVELS if "bubblewrap" in level.layers):
        with pytest.raises(SandboxFailure, match="bubblewrap is not installed"):
            Session(level, places(), Limits())
    assert (len(os.listdir("/proc/self/fd")), sweep._sessions, os.listdir(tmp_path)) == (before, adopting, [])


def test_a_judge_without_standard_input_and_error_judges_all_the_same(tmp_path):
    (tmp_path / "student.py").write_text(GOOD)
    command = f"{sys.executable} -m gradcheck validate {tmp_path}/student.py --network 3-4-2 --examples 0 <&- 2>&-"
    told = subprocess.run(["sh", "-c", command], stdout=subprocess.PIPE, text=True, check=False)
    assert (told.returncode, "The gradient is right" in told.stdout) == (0, True), told


def test_a_judge_without_standard_output_says_so(tmp_path):
    (tmp_path / "student.py").write_text(GOOD)
    command = f"{sys.executable} -m gradcheck validate {tmp_path}/student.py --network 3-4-2 >&-"
    told = subprocess.run(["sh", "-c", command], stderr=subprocess.PIPE, text=True, check=False)
    assert (told.returncode, told.stderr.count("\n")) == (2, 1), told
    assert "standard output is closed; name a file for the report with --output" in told.stderr


def test_level_c_is_refused_where_it_is_not_accepted(tmp_path):
    (tmp_path / "student.py").write_text(GOOD)
    result = validate(tmp_path / "student.py", network="3-4-2", level="C", accept_level_c=False)
    assert (result.error.kind, result.exit_code) == ("sandbox", 4)
    assert "--accept-no-isolation" in result.error.message


def test_a_daemon_is_swept_even_where_it_can_be_started(tmp_path, monkeypatch):
    """At level C a submission can fork; when it is done nothing of it is left."""
    daemon = (
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    os.fork() or time.sleep(60)\n    os._exit(0)\nos.wait()\n"
    )
    mark = "a mark of this test"
    monkeypatch.setattr(process.secrets, "token_hex", lambda _: mark)
    (tmp_path / "student.py").write_text(daemon + GOOD)
    start = time.monotonic()
    assert validate(tmp_path / "student.py", network="3-4-2", level="C", examples=0).verdict == "pass"
    assert time.monotonic() - start < 20
    assert not [pid for pid in os.listdir("/proc") if pid.isdigit() and mark.encode() in environment(pid)]


def environment(pid: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return b""


def test_a_layer_that_does_not_hold_is_seen_at_every_start(monkeypatch):
    """The runner is told to leave seccomp off; what it then can do is noticed before any submission runs."""
    level = next(level for level in LEVELS if level.name == "A-")
    monkeypatch.setattr(sessions, "plan", _without_seccomp(sessions.plan))
    with (
        pytest.raises(SandboxFailure, match="not refused although it should be: socket, fork"),
        Session(level, places(), Limits()) as s,
    ):
        s.ready()


def _without_seccomp(plan):
    def changed(*args):
        whole = plan(*args)
        return {**whole, "layers": [layer for layer in whole["layers"] if layer != "seccomp"]}

    return changed


@pytest.mark.parametrize(("seconds", "memory", "message"), [(0, 512, "seconds is 0"), (1, 64, "memory_mib is 64")])
def test_limits_that_make_no_sense_are_misuse(seconds, memory, message):
    with pytest.raises(ValueError, match=message):
        Limits(seconds, memory)


def test_the_runner_is_compiled_where_the_confined_process_looks(tmp_path, monkeypatch):
    """It is told nothing of a place where this process keeps what it compiles."""
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "elsewhere"))
    (tmp_path / "runner.py").write_text("answer = 42\n")
    finding._compile([tmp_path / "runner.py"])
    assert [path.name for path in (tmp_path / "__pycache__").iterdir()] == [f"runner.{sys.implementation.cache_tag}.pyc"]
