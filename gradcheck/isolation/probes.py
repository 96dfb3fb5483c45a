"""The self-test: things that a confined process must not be able to do are tried from inside, by code of our own."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from gradcheck.isolation.faults import SandboxFailure, SubmissionFault
from gradcheck.isolation.layers import Level
from gradcheck.isolation.limits import Limits
from gradcheck.isolation.places import Places
from gradcheck.isolation.session import Session
from gradcheck.sentences.sentence import Sentence
from reports.own_folders import own_folder

# Runs in the child: `facts` names the targets, `told` takes the outcome of each attempt.
_ATTEMPTS = """
import _socket as socket, os, resource
def connect(family, kind, address):
    with socket_of(family, kind) as one: one.connect(address); kind == socket.SOCK_DGRAM and one.send(b"x")
class socket_of:
    def __init__(self, *how): self.one = socket.socket(*how)
    def __enter__(self): return self.one
    def __exit__(self, *_): self.one.close()
def fork():
    pid = os.fork()
    if pid == 0: os._exit(0)
    os.waitpid(pid, 0)
def write():
    os.close(os.open(facts["directory"] + "/written", os.O_WRONLY | os.O_CREAT)); os.unlink(facts["directory"] + "/written")
def prlimit():
    resource.prlimit(facts["judge"], resource.RLIMIT_CORE, resource.prlimit(facts["judge"], resource.RLIMIT_CORE))
attempts = {
    "read": lambda: os.close(os.open(facts["secret"], os.O_RDONLY)),
    "write": write,
    "tcp": lambda: connect(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", facts["tcp"])),
    "udp": lambda: connect(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", facts["udp"])),
    "unix": lambda: connect(socket.AF_UNIX, socket.SOCK_STREAM, facts["unix"]),
    "abstract": lambda: connect(socket.AF_UNIX, socket.SOCK_STREAM, facts["abstract"]),
    "fork": fork,
    "signal": lambda: os.kill(facts["judge"], 0),
    "prlimit": prlimit,
}
for name, attempt in attempts.items():
    try: attempt()
    except (OSError, AttributeError): told[name] = "stopped"
    else: told[name] = "NOT STOPPED"
"""
NAMES = ("read", "write", "tcp", "udp", "unix", "abstract", "fork", "signal", "prlimit")
STOPPED, NOT_STOPPED, NOT_TESTED = OUTCOMES = ("stopped", "NOT STOPPED", "not tested")


@contextmanager
def _targets() -> Iterator[dict[str, Any]]:
    """What the attempts aim at: a secret file, a directory, listeners on every kind of socket, and the judge itself."""
    with contextlib.ExitStack() as stack:
        directory = stack.enter_context(own_folder("probe"))
        secret = directory / "secret"
        secret.touch(0o600)
        directory.chmod(0o777)  # a refusal must come from the confinement, not from who owns the directory
        listening = [stack.enter_context(socket.socket(family, kind)) for family, kind in _KINDS]
        abstract = f"\0gradcheck-{os.getpid()}-{directory.name}"
        addresses: list[Any] = [("127.0.0.1", 0), ("127.0.0.1", 0), f"{directory}/socket", abstract]
        for one, address in zip(listening, addresses, strict=True):
            one.bind(address)
            if one.type == socket.SOCK_STREAM:
                one.listen()
        tcp, udp = (one.getsockname()[1] for one in listening[:2])
        facts = {"secret": str(secret), "directory": str(directory), "judge": os.getpid(), "tcp": tcp, "udp": udp}
        yield {**facts, "unix": f"{directory}/socket", "abstract": abstract}


_KINDS = (
    (socket.AF_INET, socket.SOCK_STREAM),
    (socket.AF_INET, socket.SOCK_DGRAM),
    (socket.AF_UNIX, socket.SOCK_STREAM),
    (socket.AF_UNIX, socket.SOCK_STREAM),
)


def probe(level: Level, places: Places) -> dict[str, str]:
    """Each attempt and whether it was stopped, after a control computation; raises SandboxFailure where nothing starts."""
    try:
        with _targets() as facts, Session(level, places, Limits()) as session:
            session.ready()
            told = session.ask({"op": "probe", "facts": facts}, _ATTEMPTS.encode(), expected=1).told
    except SubmissionFault as fault:
        raise SandboxFailure(Sentence("faults.self-test-unfinished", fault=fault.told)) from None
    except OSError as error:
        raise SandboxFailure(Sentence("faults.self-test-unprepared", error=str(error))) from None
    return {name: _outcome(told.get(name, "")) for name in NAMES}


def _outcome(told: str) -> str:
    return told if told in OUTCOMES else NOT_TESTED
