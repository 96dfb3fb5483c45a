"""Killed, interrupted, disk full: every command that writes, at random moments; nothing half-written, nothing lost.

``python -m benchmarks interruptions [MOMENTS] [--seed N]``. Every run is a process of its own in a folder that holds its
inputs and former outputs. Half of the moments are anywhere in a run; the other half are within the writing, which is
slowed down for it. Then as many runs as there are commands, four times, on a file system without room (as root) and under a
limit on the size of files.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.interrupted_commands import FORMER, TASKS, Task, is_whole, prepare, work
from reports.files import write_atomically

SLOW = 0.02  # seconds that each step of a slowed write takes longer: the moments within are as many as those between
PATIENCE = 300
SIGNALS = (signal.SIGKILL, signal.SIGINT, signal.SIGTERM)
ENDINGS = {signal.SIGINT: 130, signal.SIGTERM: 143}
LEFT = re.compile(r"\..{1,40}\.[a-z0-9_]{8}\.part")


@dataclass
class Run:
    """How one process ended: its exit code (negative: a signal), what it told, how many steps of writing it took."""

    code: int = 0
    told: str = ""
    steps: int = 0
    seconds: float = 0.0


@dataclass
class Tally:
    """What came of all runs."""

    counts: Counter[str] = field(default_factory=Counter)
    flaws: list[str] = field(default_factory=list)


Stop = Callable[[int, Callable[[int], None]], None]  # what is done with a process, and how its steps are waited for


def run(task: Task, folder: Path, temporary: Path, stop: Stop, limit: int | None = None) -> Run:
    """Start the task in its folder and let ``stop(process, wait_for_step)`` end it, or not."""
    steps, told = os.pipe(), os.pipe()
    begun = time.perf_counter()
    process = os.fork()
    if process == 0:
        _child(task, folder, temporary, steps[1], told[1], limit)
    os.close(steps[1])
    os.close(told[1])
    seen, words = Run(), []
    reader = threading.Thread(target=lambda: words.append(_all_of(told[0])))
    reader.start()

    def wait_for(number: int) -> None:
        while seen.steps < number and os.read(steps[0], 1):
            seen.steps += 1

    stop(process, wait_for)
    seen.code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    wait_for(sys.maxsize)
    reader.join(PATIENCE)
    os.close(steps[0])
    seen.told, seen.seconds = (words or ["it did not end"])[0], time.perf_counter() - begun
    return seen


def _all_of(handle: int) -> str:
    with os.fdopen(handle, "rb") as file:
        return file.read().decode("utf-8", "replace")


def _child(task: Task, folder: Path, temporary: Path, steps: int, told: int, limit: int | None) -> None:
    """The process that is stopped: every step of writing is told to the parent, and slowed down."""
    code = 70
    try:
        os.setsid()
        for number in SIGNALS[1:]:
            signal.signal(number, signal.SIG_DFL if number == signal.SIGTERM else signal.default_int_handler)
        for number in (1, 2):
            os.dup2(told, number)
        os.chdir(folder)
        tempfile.tempdir = str(temporary)
        for place, name in ((tempfile, "mkstemp"), (os, "fsync"), (os, "replace")):
            setattr(place, name, _slow(getattr(place, name), steps))
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        code = work(task)
    except SystemExit as stop:
        code = int(stop.code or 0)
    except KeyboardInterrupt:  # before or after the command itself: nothing was begun
        code = 130
    finally:
        with suppress(OSError):
            sys.stdout.flush()
        os._exit(code)


def _slow(right: Callable[..., object], steps: int) -> Callable[..., object]:
    def slowed(*arguments: object, **options: object) -> object:
        os.write(steps, b".")
        until = time.perf_counter() + SLOW
        while (rest := until - time.perf_counter()) > 0:
            time.sleep(rest)
        result = right(*arguments, **options)
        os.write(steps, b".")
        time.sleep(SLOW)
        return result

    return slowed


def never(_: int, __: Callable[[int], None]) -> None:
    """Do not stop it."""


def at(number: int, step: int, seconds: float) -> Stop:
    """Send it a signal so many seconds after a step of writing has begun or ended; step 0 is its start."""

    def stop(process: int, wait_for: Callable[[int], None]) -> None:
        wait_for(step)
        time.sleep(seconds)
        with suppress(ProcessLookupError):
            os.kill(process, number)

    return stop


def look(task: Task, folder: Path, inputs: dict[str, bytes], *, killed: bool) -> tuple[Counter[str], list[str]]:
    """What is in the folder afterwards: old and new files, what was left, and what is wrong."""
    found, flaws = Counter[str](), []
    for name, content in inputs.items():
        if not (folder / name).is_file() or (folder / name).read_bytes() != content:
            flaws.append(f"the input {name} was changed")
    for name in task.outputs:
        path = folder / name
        if not path.is_file():
            flaws.append(f"{name} is lost")
        elif path.read_bytes() == FORMER:
            found["old"] += 1
        elif is_whole(path):
            found["new"] += 1
        else:
            flaws.append(f"{name} is half-written: {path.read_bytes()[-60:]!r}")
    known = {*inputs, *task.outputs}
    for path in [path for path in folder.rglob("*") if path.is_file() and str(path.relative_to(folder)) not in known]:
        if killed and LEFT.fullmatch(path.name):
            found["left by SIGKILL"] += 1
        else:
            flaws.append(f"{path.relative_to(folder)} was left behind")
    for name in known if killed else ():
        write_atomically(folder / name, FORMER)  # what the next run does
    if left := [path.name for path in folder.rglob("*") if LEFT.fullmatch(path.name)]:
        flaws.append(f"{left} is there after the next write, too")
    return found, flaws


@contextmanager
def places(task: Task) -> Iterator[tuple[Path, Path, dict[str, bytes]]]:
    """A folder with the task's inputs and former outputs, one for temporary files, and what the inputs hold."""
    with tempfile.TemporaryDirectory(prefix="interruptions-") as top:
        folder, temporary = Path(top) / "work", Path(top) / "temporary"
        folder.mkdir()
        temporary.mkdir()
        yield folder, temporary, prepare(task, folder)


def once(task: Task, number: int, stop: Stop, tally: Tally, label: str) -> None:
    """One run that is stopped, looked at, and counted."""
    with places(task) as (folder, temporary, inputs):
        seen = run(task, folder, temporary, stop)
        found, flaws = look(task, folder, inputs, killed=number == signal.SIGKILL)
        left = list(temporary.iterdir())
        if left and number != signal.SIGKILL:
            flaws.append(f"{[path.name for path in left]} was left in the folder for temporary files")
        if seen.code not in (*task.codes, ENDINGS.get(signal.Signals(number), -number)):
            flaws.append(f"exit code {seen.code}")
        flaws += _tracebacks(seen)
    ended = "ended before" if seen.code in task.codes else "stopped"
    tally.counts.update({"runs": 1, ended: 1, "temporary folders left by SIGKILL": bool(left) and number == signal.SIGKILL})
    tally.counts.update(found)
    tally.flaws += [f"{task.name}, {signal.Signals(number).name} {label}: {flaw}" for flaw in flaws]


def without_room(task: Task, room: int, tally: Tally, *, mounted: bool) -> None:
    """One run on a file system with so many bytes free, or under a limit of so many bytes for one file."""
    with places(task) as (folder, temporary, inputs):
        if mounted:
            shutil.rmtree(folder)
            folder.mkdir()
            subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)], check=True)
        try:
            if mounted:
                inputs = prepare(task, folder)
                _fill(folder / "ballast", room)
                inputs["ballast"] = (folder / "ballast").read_bytes()
            seen = run(task, folder, temporary, never, None if mounted else room)
            found, flaws = look(task, folder, inputs, killed=False)
        finally:
            if mounted:
                subprocess.run(["umount", str(folder)], check=True)
    if found["old"] and (seen.code != 2 or "cannot write" not in seen.told):
        flaws.append(f"exit code {seen.code} where {found['old']} files could not be written: {seen.told[-200:]}")
    flaws += _tracebacks(seen)
    kind = "full file system" if mounted else "limit on files"
    tally.counts.update({f"{kind}: runs": 1, f"{kind}: old": found["old"], f"{kind}: new": found["new"]})
    tally.flaws += [f"{task.name}, {kind}, {room} bytes: {flaw}" for flaw in flaws]


def _tracebacks(seen: Run) -> list[str]:
    before, found, after = seen.told.partition("Traceback")
    return [f"a traceback: {before[-200:]}{found}{after[:600]}"] if found else []


def _fill(path: Path, room: int) -> None:
    """Write a file until so many bytes are left."""
    facts = os.statvfs(path.parent)
    path.write_bytes(b"x" * max(facts.f_bavail * facts.f_frsize - room, 0))


def main(words: list[str] | None = None) -> int:
    """Stop, look, count; 1 where anything was half-written, lost or left behind."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks interruptions", description=__doc__)
    parser.add_argument("moments", type=int, nargs="?", default=200)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(words or [])
    rng, tally = random.Random(options.seed), Tally()
    whole: dict[str, Run] = {}
    for task in TASKS:  # how long it takes, and that it works
        with places(task) as (folder, temporary, inputs):
            whole[task.name] = seen = run(task, folder, temporary, never)
            found, flaws = look(task, folder, inputs, killed=False)
        if flaws or seen.code not in task.codes or found["old"]:
            tally.flaws.append(f"{task.name} alone: exit code {seen.code}, {flaws or dict(found)}, {seen.told[-300:]}")
        print(f"{task.name}: {seen.seconds:.1f} s, {seen.steps} steps of writing", flush=True)
    for moment in range(options.moments):
        task, number = TASKS[moment % len(TASKS)], SIGNALS[moment // len(TASKS) % len(SIGNALS)]
        usual = whole[task.name]
        if rng.random() < 0.5:
            once(task, number, at(number, 0, rng.uniform(0, usual.seconds)), tally, "at a time")
        else:
            step, seconds = rng.randint(1, max(usual.steps, 1)), rng.uniform(0, SLOW)
            once(task, number, at(number, step, seconds), tally, f"at step {step} of {usual.steps}")
    for task in TASKS:
        for _ in range(2):
            without_room(task, rng.choice((0, 1, 100, 4096, 10_000)), tally, mounted=False)
            if os.geteuid() == 0 and shutil.which("mount"):
                without_room(task, rng.choice((0, 4096, 8192, 16_384)), tally, mounted=True)
    print(json.dumps(dict(tally.counts), indent=1))
    print("\n".join(tally.flaws) or "nothing half-written, nothing lost, nothing left behind")
    return int(bool(tally.flaws))
