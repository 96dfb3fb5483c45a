"""Are the tests able to fail? Faults planted into what decides, one at a time, and the tests of that module run on each.

``python -m benchmarks mutation --sample 40 --seed 1 --only judge subgradients``. A mutant is killed if a test fails, survives
if none does, and is timed out if they take five times as long as without it (counted as killed: somebody would notice).
Survivors are explained in ``docs/mutation.md`` or get a test.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from random import Random
from time import monotonic
from xml.etree import ElementTree

from benchmarks.mutants import Mutant, places, planted

ROOT = Path(__file__).resolve().parent.parent
GOAL = 0.9  # of the mutants of a sample
PATIENCE, LEAST_SECONDS = 5.0, 60.0  # times the time of the tests as they are; other work may share the machine
CERTIFIED = ("certified/test_tape.py", "certified/test_kinks.py", "certified/test_rounding.py", "certified/test_followed.py",
             "certified/test_reasons.py", "certified/test_linked_comparisons.py", "certified", "test_check_grad.py",
             "test_second_witness.py")  # fmt: skip
# Which tests answer for a module, the quickest first; the first row that fits counts.
TESTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("judge.py", ("test_judge.py", "test_subgradients.py", "test_glance.py", "test_network_check.py", "test_check_grad.py")),
    (
        "subgradients.py",
        ("test_subgradients.py", "test_judge.py", "certified/test_linked_comparisons.py", "certified/test_kinks.py"),
    ),
    ("verdicts.py", ("test_verdicts.py", "test_judge.py", "test_cli.py")),
    ("budget.py", ("test_budget.py", "test_subgradients.py", "test_judge.py", "test_network_check.py")),
    ("approximate*.py", ("test_budget.py", "test_subgradients.py", "test_judge.py", "test_network_check.py")),
    ("diagnosis.py", ("test_diagnosis.py", "test_planted_mistakes.py", "test_network_check.py")),
    ("lost_digits.py", ("test_check_grad.py", "test_no_false_alarms.py", "test_code_as_people_write_it.py")),
    ("second_witness.py", ("test_second_witness.py",)),
    ("slope_evidence.py", ("test_slope_evidence.py", "test_second_witness.py")),
    ("along_line.py", ("test_slope_evidence.py", "test_second_witness.py")),
    ("certified/*.py", CERTIFIED),
)


@dataclass
class Score:
    """What became of the mutants."""

    killed: int = 0
    timed_out: int = 0
    survived: list[Mutant] = field(default_factory=list)

    @property
    def share(self) -> float:
        """The part that somebody would have noticed."""
        noticed = self.killed + self.timed_out
        return noticed / (noticed + len(self.survived)) if noticed or self.survived else 1.0


def main(words: Sequence[str] = ()) -> int:
    """Plant a sample of mutants and print what became of each; 1 where fewer than the goal were noticed."""
    arguments = _parser().parse_args(list(words))
    chosen = sample(arguments.sample, arguments.seed, arguments.only)
    score = Score()
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".git", ".venv", "*.pyc", "__pycache__", "out", ".*_cache"))
        usual: dict[tuple[str, ...], Usual] = {}
        for mutant in chosen:
            tests = tests_of(mutant.module, copy)
            if tests not in usual:
                usual[tests] = _without(tests, copy)
            _judge(mutant, tests, copy, usual[tests], score)
    lost = len(score.survived)
    total = score.killed + score.timed_out + lost
    print(f"\n{total} mutants: {score.killed} killed, {score.timed_out} timed out, {lost} survived: {score.share:.0%}")
    print("\n".join(f"survived  {mutant}" for mutant in score.survived))
    return int(score.share < GOAL)


def sample(how_many: int, seed: int, only: Sequence[str]) -> list[Mutant]:
    """So many mutants, drawn from all of the modules in question."""
    sources = {module: (ROOT / module).read_text(encoding="utf-8") for module in targets(only)}
    pool = [place for module, source in sources.items() for place in places(module, source)]
    return [planted(place, sources[place.module]) for place in Random(seed).sample(pool, min(how_many, len(pool)))]


def targets(only: Sequence[str]) -> list[str]:
    """The modules that decide, relative to the root; with ``only``, those whose name is among them or fits a pattern."""
    files = sorted((ROOT / "gradcheck").glob("*.py")) + sorted((ROOT / "gradcheck" / "certified").glob("*.py"))
    modules = [str(path.relative_to(ROOT)) for path in files if _row(str(path.relative_to(ROOT)))]
    return [m for m in modules if not only or any(fnmatch(m, f"*/{name.removesuffix('.py')}.py") for name in only)]


def _row(module: str) -> tuple[str, ...]:
    name = module.removeprefix("gradcheck/")
    return next((tests for pattern, tests in TESTS if fnmatch(name, pattern) and ("/" in pattern) == ("/" in name)), ())


def tests_of(module: str, root: Path) -> tuple[str, ...]:
    """The test files of a module that are there, as paths below the root."""
    places = [f"tests/gradcheck/{name}" for name in _row(module)]
    return tuple(place for place in places if (root / place).exists())


@dataclass(frozen=True)
class Usual:
    """The tests as they are: how long they take, and which fail without any mutant and are left out."""

    seconds: float
    left_out: tuple[str, ...] = ()


def _judge(mutant: Mutant, tests: tuple[str, ...], copy: Path, usual: Usual, score: Score) -> None:
    target = copy / mutant.module
    before = target.read_text(encoding="utf-8")
    start = monotonic()
    try:
        target.write_text(mutant.source, encoding="utf-8")
        code = _run((*tests, *usual.left_out), copy, max(LEAST_SECONDS, PATIENCE * usual.seconds), "-x")
    finally:
        target.write_text(before, encoding="utf-8")
    if code is None:
        score.timed_out += 1
    elif code:
        score.killed += 1
    else:
        score.survived.append(mutant)
    became = "timed out" if code is None else "killed" if code else "SURVIVED"
    print(f"{became:<10}{monotonic() - start:5.0f} s  {mutant}", flush=True)


def _without(tests: tuple[str, ...], copy: Path) -> Usual:
    """One run without any mutant. What fails then says nothing of a mutant; where all fails there is no judge."""
    start, told = monotonic(), copy.parent / "told.xml"
    code = _run(tests, copy, None, f"--junitxml={told}")
    seconds = monotonic() - start
    if code == 0:
        return Usual(seconds)
    failing = _failing(told) if code == 1 else []
    if not failing:
        raise RuntimeError(f"the tests do not run without any mutant: {', '.join(tests)}")
    print(f"left out, as they fail without any mutant: {', '.join(failing)}", flush=True)
    return Usual(seconds, tuple(word for test in failing for word in ("--deselect", test)))


def _failing(told: Path) -> list[str]:
    """The tests that failed, as pytest takes them, from its report."""
    cases = ElementTree.parse(told).getroot().iter("testcase")
    failed = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
    return [f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name')}" for case in failed]


def _run(tests: tuple[str, ...], copy: Path, seconds: float | None, how: str) -> int | None:
    """The exit code of pytest; None after so many seconds."""
    command = [sys.executable, "-m", "pytest", how, "-q", "-n", "0", "-p", "no:cacheprovider", "--hypothesis-profile=ci"]
    command += ["--basetemp", str(copy.parent / "pytest"), *tests]
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    process = subprocess.Popen(
        command, cwd=copy, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        return None
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks mutation", description=__doc__)
    parser.add_argument("--sample", type=int, default=40, metavar="N", help="how many mutants (default: 40)")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="which ones (default: 0)")
    parser.add_argument("--only", nargs="+", default=[], metavar="MODULE", help="modules by name: judge, certified/tape")
    return parser
