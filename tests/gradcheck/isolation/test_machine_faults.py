"""What the machine does to a submission is never held against it: stopped, starved, killed, at whatever it was asked."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from gradcheck.commands.cli import main
from gradcheck.isolation import session as sessions
from gradcheck.isolation.choose import isolation
from gradcheck.isolation.faults import MachineFault
from gradcheck.isolation.kernel import watch
from gradcheck.isolation.kernel.accounts import Activity, Reading
from gradcheck.isolation.kernel.watch import Watch
from gradcheck.isolation.session import Session
from gradcheck.submissions.validation import validate
from reports.render import render

RIGHT = Path(__file__).parents[2] / "submissions" / "right"
GOOD = (RIGHT / "plain_loop.py").read_text()
WRONG = GOOD.replace("* a * (1 - a) / len(x)", "/ len(x)")
LAYERS = """
import time
def affine_forward(x, w, b): return x @ w + b, (x, w, b)
def affine_backward(dout, cache):
    x, w, b = cache
    time.sleep(1000)
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)
"""
WAITS = "import time\ntime.sleep(1000)\n"


def waits_at(call: int, text: str = GOOD) -> str:
    """The file, whose gradient waits for ever at one call."""
    waiting = "\nright, asked = backward, []\ndef backward(params, x, y):\n    asked.append(1)\n"
    return f"import time\n{text}{waiting}    if len(asked) == {call}: time.sleep(1000)\n    return right(params, x, y)\n"


def in_call(statement: str) -> str:
    return f"def backward(params, x, y):\n    {statement}\n"


@pytest.fixture
def held_up(monkeypatch):
    """The machine stops what does not answer at once, as far as the judge can see; its patience is short."""

    def holding(activity: Activity, waited: float | None = 0.0) -> None:
        watched = Session._watched
        seen = Reading(0.0, waited, 0, frozenset({1}), activity)

        def short(session: Session, seconds: float) -> Watch:
            is_start = seconds == sessions.START_SECONDS
            return watched(session, seconds) if is_start else Watch(0.1, lambda: seen, lambda: 0.0)

        monkeypatch.setattr(Session, "_watched", short)
        monkeypatch.setattr(watch, "LONGEST_TIMES", 6)
        isolation()

    return holding


def student(directory: Path, text: str) -> Path:
    (directory / "student.py").write_text(text)
    return directory / "student.py"


@pytest.mark.parametrize(
    ("activity", "waited", "words"),
    [
        (Activity.STOPPED, 0.0, "is stopped, from outside"),
        (Activity.DISK, 0.0, "waits for a disk"),
        (Activity.READY, 0.0, "this machine is too busy"),
        (Activity.READY, None, "cannot be told"),
    ],
)
def test_a_submission_that_is_held_up_is_ungradable(activity, waited, words, held_up, tmp_path):
    path = student(tmp_path, WAITS + GOOD)
    held_up(activity, waited)
    result = validate(path, network="3-4-2", examples=0)
    assert (result.verdict, result.error.kind, result.exit_code) == ("ungradable", "machine", 4)
    assert words in result.error.message
    assert (result.score, result.max_score, result.diagnoses) == (0.0, 0.0, ())
    assert "nothing is said about it" in render(result.report(), "text")
    for view in ("student", "teacher"):
        for format in ("text", "html", "markdown", "latex"):
            assert "The machine did not let" in render(result.report(view), format)
    assert json.loads(render(result.report(), "json"))["verdict"] == "ungradable"


@pytest.mark.parametrize("call", [2, 6, 9, 12, 14, 17])
@pytest.mark.parametrize("text", [GOOD, WRONG], ids=["right", "wrong"])
def test_it_is_ungradable_at_whatever_it_was_asked(call, text, held_up, tmp_path):
    """Layout, labels, gradient, behaviour, properties, counts, balls, shrinking, traces: none takes it for an answer."""
    path = student(tmp_path, waits_at(call, text))
    held_up(Activity.STOPPED)
    result = validate(path, network="3-4-2", examples=2)
    assert (result.verdict, result.exit_code, result.rows) == ("ungradable", 4, ())


def test_layer_functions_are_ungradable_as_well(held_up, tmp_path):
    path = student(tmp_path, LAYERS)
    held_up(Activity.DISK)
    assert validate(path, contract="layers").verdict == "ungradable"


def test_the_command_ends_with_4(held_up, tmp_path, capsys):
    path = student(tmp_path, WAITS)
    held_up(Activity.READY)
    assert main(["validate", str(path), "--network", "3-4-2"]) == 4
    assert "too busy" in capsys.readouterr().out


def test_the_help_says_whose_seconds_count(capsys):
    with pytest.raises(SystemExit):
        main(["validate", "--help"])
    told = " ".join(capsys.readouterr().out.split())
    assert "processor seconds for all calls together, and what it sleeps" in told
    assert "is ungradable (exit 4), never wrong" in told


def test_a_level_is_not_passed_over_for_a_busy_machine(monkeypatch):
    monkeypatch.setattr(watch, "LONGEST_TIMES", 0.0)
    monkeypatch.setattr(sessions, "read", lambda pids: Reading(0.0, 0.0, 0, frozenset({1}), Activity.READY))
    with pytest.raises(MachineFault, match="too busy"):
        isolation(remember=False)


OUTSIDE = """
import sys
from gradcheck.isolation import session as sessions
from gradcheck.submissions.validation import validate
from threading import Timer
import os, signal
asking = sessions.Session._ask
def ask(self, header, payload, expected):
    if header["op"] == "load":
        Timer(0.3, lambda: os.kill(self._process.members()[-1], signal.SIGINT)).start()
    return asking(self, header, payload, expected)
sessions.Session._ask = ask
result = validate(sys.argv[1], network="3-4-2", examples=0, seconds=1.0)
print(result.verdict, result.exit_code, result.error)
"""


@pytest.mark.parametrize(("sent", "level"), [
    *((sent, level) for sent in (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP) for level in (None, "A-", "C")),
    (signal.SIGSTOP, None),  # it takes six seconds until a process counts as stopped
    *(pytest.param(signal.SIGSTOP, level, marks=pytest.mark.extra("resource")) for level in ("A-", "C")),  # make test-all
])  # fmt: skip
def test_a_signal_from_outside_is_no_fault_of_its_own(sent, level, tmp_path, monkeypatch):
    path = student(tmp_path, waits_at(1))
    asking = Session._ask

    def ask(self, header, payload, expected):
        if header["op"] == "load":
            threading.Timer(0.3, lambda: os.kill(self._process.members()[-1], sent)).start()
        return asking(self, header, payload, expected)

    monkeypatch.setattr(Session, "_ask", ask)
    result = validate(path, network="3-4-2", examples=0, seconds=1.0, level=level)
    assert (result.verdict, result.exit_code) == ("ungradable", 4), result
    assert ("stopped, from outside" if sent is signal.SIGSTOP else "killed from outside") in str(result.error)


def test_an_interrupt_is_meant_for_the_judge(tmp_path):
    path = student(tmp_path, waits_at(1).replace("1000", "0.6"))
    told = subprocess.run([sys.executable, "-c", OUTSIDE, str(path)], capture_output=True, text=True, check=False)
    assert told.stdout.startswith("pass 0"), told


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        (waits_at(1), "timeout", "it waited without computing"),
        (GOOD + "import threading\nl = threading.Lock(); l.acquire(); l.acquire()\n", "timeout", "it waited without computing"),
        (GOOD + "import os\nr, w = os.pipe(); os.read(r, 1)\n", "timeout", "it waited without computing"),
        (GOOD + "import threading\nthreading.Event().wait()\n", "timeout", "it waited without computing"),
        (in_call("input()"), "exception", "EOFError"),
        (GOOD + "while True: pass\n", "timeout", "seconds of computing"),
        (
            GOOD + "import threading\nfor _ in range(3): threading.Thread(target=lambda: sum(iter(int, 1))).start()\n"
            "threading.Event().wait()\n",
            "timeout",
            "seconds of computing",
        ),
        (in_call("import os, signal; os.kill(os.getpid(), signal.SIGSTOP)"), "forbidden", "PermissionError"),
        (in_call("import os, signal; os.kill(os.getpid(), signal.SIGKILL)"), "forbidden", "PermissionError"),
        (in_call("import os, signal; os.kill(os.getpid(), signal.SIGTERM)"), "forbidden", "PermissionError"),
        (in_call("import signal; signal.raise_signal(signal.SIGTSTP)"), "forbidden", "PermissionError"),
        (GOOD + "import os; os.abort()\n", "crash", "SIGABRT"),
        (in_call("import os; os._exit(137)"), "exit", "an exit code above 127"),
        (in_call("import ctypes, threading; threading.Thread(target=ctypes.CDLL(None)._exit, args=[143]).start(); x.sort()"),
         "exit", "an exit code above 127"),
        (GOOD + "import os, signal; os.kill(os.getpid(), signal.SIGXCPU)\n", "timeout", "seconds of computing"),
    ],
)
def test_what_it_does_itself_stays_its_own(text, kind, words, tmp_path):
    result = validate(student(tmp_path, text), network="3-4-2", examples=0, seconds=0.5)
    assert (result.error.kind, result.exit_code) == (kind, 1), result.error
    assert words in result.error.message


def test_pytest_neither_fails_nor_passes_a_submission_that_was_held_up(tmp_path):
    (tmp_path / "s").mkdir()
    words = ["--gradcheck-submission", str(student(tmp_path / "s", WAITS)), "--gradcheck-network", "3-4-2"]
    code = (
        "import sys, pytest\nfrom gradcheck.isolation import choose\nfrom gradcheck.isolation.kernel import watch\n"
        "from gradcheck.isolation.kernel.accounts import Activity, Reading\nchoose.isolation()\n"
        "watch.WALL_TIMES = 0.03\n"
        "watch.Watch._explain = lambda self, gap, *_: setattr(self, 'unexplained', self.unexplained + gap)\n"
        f"sys.exit(pytest.main(['-p', 'no:cacheprovider', '-p', 'pytest_gradcheck', *{words!r}]))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert told.returncode == 4, told
    assert "ungradable" in told.stdout + told.stderr
    assert "failed" not in told.stdout and "passed" not in told.stdout
