"""Every attack of the corpus ends in the right verdict, the judge unharmed, and nothing is left behind."""

import importlib.util
import os
import random
import resource
import socket
import sys
import threading
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest

from gradcheck.isolation import session as sessions
from gradcheck.isolation import spawn
from gradcheck.isolation.choose import isolation, open_session
from gradcheck.isolation.faults import SandboxFailure, SubmissionFault
from gradcheck.isolation.kept import templates
from gradcheck.isolation.kernel.watch import Late, Watch
from gradcheck.isolation.layers import LEVELS
from gradcheck.isolation.limits import Limits
from gradcheck.isolation.places import places
from gradcheck.isolation.pump import Pump
from gradcheck.isolation.session import Session
from gradcheck.submissions.reading.files import Files, read_submission
from gradcheck.submissions.submission import Submission
from gradcheck.submissions.validation import Validation, validate
from gradcheck.witnesses.points import safe_point
from reference_nets.network import backward
from reference_nets.spec import NetworkSpec
from reports.render import render

NETWORK = "3-4-2"


def load(name: str):
    """The texts in a file beside this one, loaded by path: test folders are no packages."""
    spec = importlib.util.spec_from_file_location(f"hostile_{name}", Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    sys.modules[f"hostile_{name}"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


corpus, beyond, by_shape = load("corpus"), load("beyond"), load("shapes")
CASES, GOOD, Case = [*corpus.CASES, *beyond.long(corpus), *by_shape.shapes(corpus)], corpus.GOOD, corpus.Case
SPEC = NetworkSpec.parse(NETWORK)
FULL = pytest.mark.extra("resource")  # POSIX; run by make test-all


def needs(level: str) -> None:
    """Report a test as not run where its level is not to be had on this machine."""
    try:
        isolation(level)
    except SandboxFailure as failure:
        pytest.skip(f"NOT RUN: level {level} is not to be had here: {failure}")


@pytest.fixture(scope="module", autouse=True)
def _each_process_is_started():
    with templates(kept=False):
        yield


# Before the world is looked at, so that the template is part of it. The layers are the same code either way: what a fork
# inherits and shares is tried where there are namespaces, what a start brings along where there are none; then crosswise.
@pytest.fixture(
    scope="module",
    params=[
        pytest.param(("A", True), id="A-forked"),
        pytest.param(("A-", False), id="A- started"),
        pytest.param(("A", False), id="A-started", marks=FULL),
        pytest.param(("A-", True), id="A- forked", marks=FULL),
    ],
)
def level(request):
    name, forked = request.param
    needs(name)
    with templates(kept=forked):
        with open_session(isolation(name), Limits()) as session:
            session.ready()
        yield name


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


def check(case: Case, world: World, level: str, *, examples: int = 0) -> Validation:
    start = time.monotonic()
    result = validate(write(world, case), network=NETWORK, level=level, seconds=case.seconds, examples=examples)
    took = time.monotonic() - start
    assert outcomes(result) & set(case.expected), f"{result}\n{result.rows}"
    assert world.heard() == []
    assert world.state() == world.before
    assert took < case.seconds + 20  # the limit, a start, and the judge's own work, at a load of six for each core
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


class Asked:
    """One process after the other, each kept for as long as it lives, asked for the gradient of file after file."""

    def __init__(self, level: str) -> None:
        self.level, self.session = level, None

    def outcome(self, case: Case) -> str:
        """The kind of fault, or what the numbers are: right, zeros, or other."""
        if self.session is None or self.session.remaining < 1.5:
            self.close()
            self.session = open_session(isolation(self.level), Limits(3, 512))
        files = Files(case.file, case.file, {case.file: case.source.encode()})
        point = safe_point(SPEC, np.random.default_rng(3))
        try:
            submission = Submission(self.session, files, SPEC, "functions")
            answers = [submission.gradient(SPEC, point).grads for _ in range(3)]
            self.session.finish()
        except SubmissionFault as fault:
            if fault.is_final or case.number == 500:
                self.close()
            return fault.kind if len(fault.message) <= 5000 and 0 <= fault.line < 2**32 else "unbounded"
        if case.number == 500:  # what it left stays in its interpreter
            self.close()
        true = backward(SPEC, point.params, point.x, point.y)
        claimed = [np.concatenate([grads[key].ravel() for key in SPEC.keys]) for grads in answers]
        if np.allclose(claimed, np.concatenate([true[key].ravel() for key in SPEC.keys])):
            return "pass"
        return "fail" if np.any(claimed) else "zeros"

    def close(self) -> None:
        if self.session is not None:
            self.session.close()
        self.session = None


@pytest.mark.parametrize("kind", [200, 300, 400, 500], ids=["returns", "raises", "writes", "leaves a hook"])
def test_odd_objects_errors_writers_and_hooks_are_the_submissions_own_fault(kind, world, level):
    asked = Asked(level)
    cases = [case for case in beyond.short(corpus) if case.number == kind]
    found = {case.name: asked.outcome(case) for case in cases}
    assert {case.name: found[case.name] for case in cases if found[case.name] not in case.expected} == {}
    assert asked.outcome(Case(1, "correct", GOOD, ("pass",))) == "pass"
    asked.close()
    assert world.heard() == []
    assert world.state() == world.before


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name, marks=FULL) for case in beyond.cheats(corpus)])
def test_what_is_right_only_where_nobody_looks_is_wrong(case, world):
    needs("A-")
    check(case, world, "A-", examples=5)


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
    watch = Watch(0.05, lambda: None, lambda: 0.0)  # of a process of which nothing is told: a clock on the wall is left
    watch.begin()
    with pytest.raises(Late):
        pump.send(bytes(50_000_000), watch)
    assert 0.25 < time.monotonic() - start < 2
    pump.close()
    for fd in (ends[0][0], ends[1][1], ends[2][1], ends[3][1]):
        os.close(fd)


def test_what_a_link_leads_to_is_told(tmp_path):
    (tmp_path / "solution.py").write_text(GOOD)
    (tmp_path / "link.py").symlink_to("solution.py")
    result = validate(tmp_path / "link.py", network=NETWORK, examples=0)
    assert result.verdict == "pass"
    assert result.notes == (f"link.py is a link; what it leads to was judged: {tmp_path / 'solution.py'}",)


def test_a_link_in_a_directory_is_passed_over(tmp_path):
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "student.py").write_text(GOOD)
    (tmp_path / "s" / "passwd.py").symlink_to("/etc/passwd")
    assert validate(tmp_path / "s", network=NETWORK, examples=0).verdict == "pass"


def test_a_source_of_fifty_megabytes_is_refused_unread(tmp_path):
    (tmp_path / "big.py").write_bytes(b"#" * 50_000_000)
    result = validate(tmp_path / "big.py", network=NETWORK)
    assert (result.exit_code, result.error.kind) == (1, "unreadable") and "larger than 4 MiB" in result.error.message


@pytest.mark.parametrize("how", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_archive_that_unpacks_without_bound_is_refused_unread(how, tmp_path):
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", how) as archive:
        archive.writestr("student.py", bytes(1 << 20))
    result = validate(tmp_path / "bomb.zip", network=NETWORK)
    assert (result.exit_code, result.error.kind) == (1, "unreadable") and "packed in an unusual way" in result.error.message


@pytest.mark.parametrize("how", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_spoilt_archive_is_told_whatever_is_spoilt(how, tmp_path):
    rng = random.Random(1)
    with zipfile.ZipFile(tmp_path / "good.zip", "w", how) as archive:
        archive.writestr("student.py", rng.randbytes(99) + GOOD.encode())
    good, spoilt, refusals = (tmp_path / "good.zip").read_bytes(), tmp_path / "spoilt.zip", 0
    for _ in range(500):
        data = bytearray(good)
        for _ in range(rng.randint(1, 4)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        spoilt.write_bytes(data)
        try:
            read_submission(spoilt)
        except SubmissionFault:
            refusals += 1
    assert refusals > 400


@pytest.mark.parametrize("offers", ["", "_forward", "affine_backward zz_backward"])
def test_functions_that_the_answer_makes_up_are_a_breach_of_protocol(offers, tmp_path, level):
    forged = "def affine_forward(x, w, b): return x @ w + b, (x, w, b)\ndef affine_backward(dout, cache): return dout\n"
    found = {"contract": "layers", "offers": offers}
    forged += f"import sys\nsys.modules['_runner.serve']._Service._found = lambda *a: {found}\n"
    (tmp_path / "student.py").write_text(forged)
    assert outcomes(validate(tmp_path / "student.py", contract="layers", level=level)) == {"protocol"}


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
    monkeypatch.setattr(spawn, "find_bubblewrap", lambda: program)
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
