"""Every attack of the corpus ends in the right verdict, the judge unharmed, and nothing is left behind."""

import importlib.util
import os
import resource
import socket
import sys
import threading
import time
from pathlib import Path

import pytest

from gradcheck.isolation import session as sessions
from gradcheck.isolation.choose import isolation
from gradcheck.isolation.faults import SandboxFailure
from gradcheck.isolation.layers import LEVELS
from gradcheck.isolation.limits import Limits
from gradcheck.isolation.places import places
from gradcheck.isolation.pump import Late, Pump
from gradcheck.isolation.session import Session
from gradcheck.submission_files import BadFile
from gradcheck.validation import Validation, validate
from reports.render import render

NETWORK = "3-4-2"


def load_corpus():
    """The texts in corpus.py beside this file, loaded by path: test folders are no packages."""
    spec = importlib.util.spec_from_file_location("hostile_corpus", Path(__file__).with_name("corpus.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules["hostile_corpus"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


corpus = load_corpus()
CASES, GOOD, Case = corpus.CASES, corpus.GOOD, corpus.Case
FULL = pytest.mark.extra("resource")  # POSIX; run by make test-all


def needs(level: str) -> None:
    """Report a test as not run where its level is not to be had on this machine."""
    try:
        isolation(level)
    except SandboxFailure as failure:
        pytest.skip(f"NOT RUN: level {level} is not to be had here: {failure}")


@pytest.fixture(params=["A", "A-"])
def level(request):
    needs(request.param)
    return request.param


class World:
    """What a submission must not reach: files, listeners, and the judge itself."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.chmod(0o755)
        for name, mode in (("secret", 0o600), ("open", 0o644), ("other", 0o644)):
            (directory / name).write_text(name)
            (directory / name).chmod(mode)
        kinds = (
            (2, 1, ("127.0.0.1", 0)),
            (2, 2, ("127.0.0.1", 0)),
            (1, 1, f"{directory}/s"),
            (1, 1, f"\0hostile-{os.getpid()}-{id(self)}"),
        )
        self.listeners = []
        for family, kind, address in kinds:
            one = socket.socket(family, kind)
            one.bind(address)
            if kind == socket.SOCK_STREAM:
                one.listen()
            one.setblocking(False)
            self.listeners.append(one)
        self.before = self.state()

    @property
    def facts(self) -> dict[str, object]:
        tcp, udp = (one.getsockname()[1] for one in self.listeners[:2])
        names = {name: str(self.directory / name) for name in ("secret", "open", "other")}
        own = {"judge": os.getpid(), "directory": str(self.directory), "home": str(Path.home()), "toolkit": sessions.__file__}
        return {
            **names,
            **own,
            "tcp": tcp,
            "udp": udp,
            "unix": f"{self.directory}/s",
            "abstract": self.listeners[3].getsockname().decode(),
        }

    def state(self) -> dict[str, object]:
        """Everything that an attack might have changed."""
        return {
            "files": sorted(p.name for p in self.directory.iterdir() if p.name != "student"),
            "left in /tmp": sorted(
                p.name for p in Path("/tmp").iterdir() if p.name.startswith(("gradcheck-hostile", "gradcheck-pwned"))
            ),
            "shared memory": sorted(p.name for p in Path("/dev/shm").iterdir() if "hostile" in p.name),
            "System V": [line for line in Path("/proc/sysvipc/shm").read_text().splitlines() if " 27163 " in f" {line} "],
            "limits": [
                resource.getrlimit(which) for which in (resource.RLIMIT_NOFILE, resource.RLIMIT_CPU, resource.RLIMIT_AS)
            ],
            "priority": os.getpriority(os.PRIO_PROCESS, 0),
            "affinity": os.sched_getaffinity(0),
            "children": children(),
            "open files": len(os.listdir("/proc/self/fd")),
        }

    def heard(self) -> list[str]:
        """What came in on a listener."""
        found = []
        for one in self.listeners:
            try:
                one.recv(1) if one.type == socket.SOCK_DGRAM else one.accept()
            except BlockingIOError:
                continue
            found.append(str(one.getsockname()))
        return found

    def close(self) -> None:
        for one in self.listeners:
            one.close()


def children() -> list[int]:
    """The processes of which this one is the parent, adopted ones included."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                stat = Path(f"/proc/{name}/stat").read_text()
            except OSError:
                continue
            if int(stat.rpartition(")")[2].split()[1]) == os.getpid():
                found.append(int(name))
    return found


@pytest.fixture
def world(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADCHECK_HOSTILE", "1")
    monkeypatch.setenv("PYTHONSTARTUP", "/tmp/nothing.py")
    one = World(tmp_path)
    yield one
    one.close()


def write(world: World, case: Case) -> Path:
    path = world.directory / "student" / case.file
    path.parent.mkdir(exist_ok=True)
    source = case.source if isinstance(case.source, bytes) else f"F = {world.facts!r}\n{case.source}".encode()
    path.write_bytes(source)
    return path


def outcomes(result: Validation) -> set[str]:
    kinds = {result.error.kind} if result.error else {result.verdict}
    return kinds | {d.id for d in result.diagnoses}


def check(case: Case, world: World, level: str) -> Validation:
    start = time.monotonic()
    result = validate(write(world, case), network=NETWORK, level=level, seconds=case.seconds, examples=0)
    took = time.monotonic() - start
    assert outcomes(result) & set(case.expected), f"{result}\n{result.rows}"
    assert world.heard() == []
    assert world.state() == world.before
    assert took < case.seconds + 8  # the limit, a start, and the judge's own work on a busy machine
    return result


def params_of(cases):
    return [pytest.param(case, id=str(case), marks=() if case.quick else FULL) for case in cases]


@pytest.mark.parametrize("case", params_of(CASES))
def test_an_attack_ends_in_the_right_verdict_and_leaves_nothing(case, world, level):
    result = check(case, world, level)
    for view in ("student", "teacher"):
        for format in ("text", "html", "markdown", "json"):
            text = render(result.report(view), format)
            assert not set(text) & set("\x1b\x00\x07\u202e")
            assert "<script>alert" not in text or format != "html"
            assert len(text) < 400_000
    assert "SECRET" not in render(result.report("student"), "json")


def test_the_next_submission_is_judged_normally_after_a_hostile_one(world, level):
    crash = next(case for case in CASES if case.name == "segmentation fault")
    check(crash, world, level)
    assert (
        check(CASES[0], world, level).score == validate(write(world, CASES[0]), network=NETWORK, level=level, examples=0).score
    )


def test_a_request_that_nobody_reads_meets_its_deadline():
    """50 MB to a process that never reads (9): no deadlock, and the deadline counts all of it."""
    ends = [os.pipe() for _ in range(4)]
    pump = Pump(ends[0][1], ends[1][0], ends[2][0], ends[3][0])
    start = time.monotonic()
    with pytest.raises(Late):
        pump.send(bytes(50_000_000), start + 0.3)
    assert 0.25 < time.monotonic() - start < 2
    pump.close()
    for fd in (ends[0][0], ends[1][1], ends[2][1], ends[3][1]):
        os.close(fd)


def test_a_link_is_not_followed(tmp_path):
    (tmp_path / "link.py").symlink_to("/etc/passwd")
    with pytest.raises(BadFile, match="is a link, and links are not followed"):
        validate(tmp_path / "link.py", network=NETWORK)


def test_a_link_in_a_directory_is_passed_over(tmp_path):
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "student.py").write_text(GOOD)
    (tmp_path / "s" / "passwd.py").symlink_to("/etc/passwd")
    assert validate(tmp_path / "s", network=NETWORK, examples=0).verdict == "pass"


def test_a_source_of_fifty_megabytes_is_refused_unread(tmp_path):
    (tmp_path / "big.py").write_bytes(b"#" * 50_000_000)
    with pytest.raises(BadFile, match="larger than 4 MiB"):
        validate(tmp_path / "big.py", network=NETWORK)


@pytest.mark.parametrize("name", ["numpy.py", "random.py", "sitecustomize.py", "json.py", "_runner.py", "x.pth"])
def test_a_file_named_like_a_module_is_ignored(name, tmp_path, level):
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "student.py").write_text("import random, json\n" + GOOD)
    (tmp_path / "s" / name).write_text("raise SystemExit('mine came first')")
    result = validate(tmp_path / "s", network=NETWORK, entry="student.py", level=level, examples=0)
    assert result.verdict == "pass", result


@pytest.mark.parametrize("program", [None, "/nonexistent/bwrap", "/bin/false", "/bin/true"])
def test_a_broken_layer_is_a_sandbox_failure_and_never_the_students(program, tmp_path, monkeypatch):
    needs("A")
    monkeypatch.setattr(sessions, "find_bubblewrap", lambda: program)
    (tmp_path / "student.py").write_text(GOOD)
    result = validate(tmp_path / "student.py", network=NETWORK, level="A")
    assert (result.verdict, result.error.kind, result.exit_code) == ("error", "sandbox", 4)
    assert result.score == 0 and result.diagnoses == ()


def test_a_thread_that_runs_before_confinement_stops_the_start():
    if (os.cpu_count() or 1) < 2:
        pytest.skip("NOT RUN: one core, so the library starts no second thread")
    with (
        pytest.raises(SandboxFailure, match="a second thread runs already"),
        Session(LEVELS[1], places(), Limits(), environment={"OPENBLAS_NUM_THREADS": "2"}) as session,
    ):
        session.ready()


def test_two_hostile_submissions_at_once_do_not_reach_each_other(world, level):
    names = ("signals the judge", "shared memory", "traces the judge")
    paths, results = [], []
    for case in (case for case in CASES if case.name in names):
        path = world.directory / "student" / f"{case.number}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"F = {world.facts!r}\n{case.source}")
        paths.append(path)
    threads = [
        threading.Thread(target=lambda p=p: results.append(validate(p, network=NETWORK, level=level, examples=0)))
        for p in paths
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [result.verdict for result in results] == ["pass"] * len(paths)
    assert world.state() == world.before


@FULL
def test_two_hundred_submissions_some_hostile_are_judged_as_if_alone(world, level):
    hostile = [case for case in CASES if case.quick and case.seconds < 2][:20]
    right = Case(1, "correct", GOOD, ("pass",))
    for n in range(200):
        check(hostile[n // 10] if n % 10 == 0 and n // 10 < len(hostile) else right, world, level)
