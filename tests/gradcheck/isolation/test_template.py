"""What is forked from a template is what would have been started: as empty, as confined, as well known in its end."""

import json
import os
import signal
import time

import pytest

from gradcheck.isolation import kept
from gradcheck.isolation.choose import isolation, open_session
from gradcheck.isolation.faults import MachineFault, SandboxFailure, SubmissionFault
from gradcheck.isolation.layers import LEVELS
from gradcheck.isolation.limits import Limits
from gradcheck.isolation.places import places
from gradcheck.isolation.process import FreshProcess
from gradcheck.isolation.session import Session
from gradcheck.isolation.template import ForkedProcess, serves

# What a process finds in itself: asked by the self-test's door, as code of our own.
FOUND = """
import json, os, resource, signal, sys, threading
def is_open(number):
    try: os.fstat(number)
    except OSError: return False
    return True
told["modules"] = json.dumps(sorted(sys.modules))
told["environment"] = json.dumps(sorted(name for name in os.environ if name != "GRADCHECK_SESSION"))
told["open"] = str(sum(map(is_open, range(64))))
told["limits"] = json.dumps([resource.getrlimit(n) for n in range(16) if n != resource.RLIMIT_NPROC])
told["signals"] = json.dumps([str(signal.getsignal(n)) for n in range(1, 32)])
told["threads"] = str(threading.active_count())
told["place"] = os.getcwd()
told["user"] = str(os.getuid())
told["hash"] = str(hash("a"))
"""


@pytest.fixture(params=["A", "A-"])
def chosen(request):
    try:
        return isolation(request.param)
    except SandboxFailure as failure:
        pytest.skip(f"NOT RUN: level {request.param} is not to be had here: {failure}")


def ask(session: Session, code: str) -> dict[str, str]:
    return session.ask({"op": "probe", "facts": {}}, code.encode(), expected=1).told if "told" in code else {}


def ending(chosen, code: str) -> str:
    """The kind of fault that a submission's code leads to."""
    with open_session(chosen, Limits(2, 512)) as session:
        try:
            session.ask({"op": "probe", "facts": {}}, code.encode(), expected=1)
            session.finish()
        except (SubmissionFault, MachineFault) as fault:
            return getattr(fault, "kind", "machine")
    return "ok"


def is_alive(pid: int) -> bool:
    return os.path.exists(f"/proc/{pid}")


def test_a_fork_finds_what_a_fresh_process_finds(chosen):
    found = {}
    for forked in (False, True):
        with kept.templates(kept=forked), open_session(chosen, Limits()) as session:
            found[forked] = ask(session, FOUND)
            assert isinstance(session._process, ForkedProcess if forked else FreshProcess)
    users = [found[forked].pop("user") for forked in (False, True)]
    assert found[True] == found[False]
    assert os.geteuid() != 0 or users[0] != users[1] or chosen.level.name == "A-"


def test_nothing_goes_from_one_fork_to_the_next(chosen):
    leave = "import builtins, os, numpy; builtins.left = numpy.left = os.environ['left'] = 'x'; told['a'] = 'b'"
    look = (
        "import builtins, os, numpy; told['n'] = str([hasattr(builtins, 'left'), hasattr(numpy, 'left'), 'left' in os.environ])"
    )
    with kept.templates():
        with open_session(chosen, Limits()) as first, open_session(chosen, Limits()) as second:
            ask(first, leave)
            assert ask(second, look) == {"n": "[False, False, False]"}  # it was forked before
        with open_session(chosen, Limits()) as third:
            assert ask(third, look) == {"n": "[False, False, False]"}


def test_two_forks_do_not_draw_the_same_random_numbers(chosen):
    draw = (
        "import random, numpy as np; told['n'] = str([random.random(), np.random.random(), np.random.default_rng().random()])"
    )
    drawn = []
    with kept.templates():
        for _ in range(2):
            with open_session(chosen, Limits()) as session:
                drawn.append(json.loads(ask(session, draw)["n"]))
    assert not set(drawn[0]) & set(drawn[1])


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("told['fine'] = 'x'", "ok"),
        ("raise ValueError", "exception"),
        ("raise SystemExit(0)", "exit"),
        ("import os; os._exit(0)", "exit"),
        ("import os; os._exit(3)", "exit"),
        ("import os; os._exit(137)", "exit"),  # a code that bubblewrap would use for SIGKILL
        ("import ctypes; ctypes.string_at(0)", "crash"),
        ("import os; os.abort()", "crash"),
        ("while True: pass", "timeout"),
        ("import time; time.sleep(60)", "timeout"),
        ("bytearray(1 << 33)", "memory"),
        ("import os; os.closerange(3, 64)", "exit"),
        ("import os; [os.write(1, bytes(1 << 20)) for _ in range(20)]", "output-limit"),
        ("import os; [os.write(n, b'x' * 80) for n in range(3, 64) if n not in told and not told.setdefault(n, None)]", None),
    ],
)
def test_a_fork_ends_as_a_fresh_process_ends(code, kind):
    chosen = isolation()
    ends = []
    for forked in (False, True):
        with kept.templates(kept=forked):
            ends.append(ending(chosen, code))
    assert ends[0] == ends[1]
    assert kind in (None, ends[0])


def test_the_next_session_has_a_new_template_where_the_old_one_was_killed(chosen):
    with kept.templates(), open_session(chosen, Limits()) as before:
        before.ready()
        (template,) = kept._kept.values()
        os.killpg(template._process.pid, signal.SIGKILL)
        template._process.wait()
        with open_session(chosen, Limits()) as session:
            assert ask(session, "told['a'] = 'b'") == {"a": "b"}
        with pytest.raises(MachineFault):  # its fork died with it, which is no doing of the submission's
            ask(before, "import time; time.sleep(1); told['a'] = 'b'")
        with open_session(chosen, Limits()) as session:
            session.ready()
            assert isinstance(session._process, ForkedProcess)


def test_nothing_is_left_of_a_template_and_its_forks(chosen):
    before = os.listdir("/proc/self/fd")
    with kept.templates():
        one, other = (open_session(chosen, Limits()) for _ in range(2))
        one.ready()
        other.ready()
        pids = [*one._process.members(), *other._process.members()]
        (template,) = kept._kept.values()
        assert len(set(pids)) == 2 and all(map(is_alive, pids))
        one.close()
        one.close()
        assert not is_alive(pids[0])
        other.close()
        pids.append(template._process.pid)
    until = time.monotonic() + 20
    while any(map(is_alive, pids)) and time.monotonic() < until:
        time.sleep(0.01)
    assert not any(map(is_alive, pids))
    assert len(os.listdir("/proc/self/fd")) == len(before)


def test_a_template_serves_where_nothing_confined_can_reach_another_process():
    assert [serves(level) for level in LEVELS] == [True, True, False, False, False, False]
    with kept.templates(), Session(LEVELS[-1], places(), Limits()) as session:
        session.ready()
        assert isinstance(session._process, FreshProcess)


def test_where_no_template_can_be_had_a_process_is_started(monkeypatch):
    def broken(*_):
        raise OSError("no memory")

    monkeypatch.setattr(kept, "Template", broken)
    with kept.templates(), open_session(isolation(), Limits()) as session:
        session.ready()
        assert isinstance(session._process, FreshProcess)
