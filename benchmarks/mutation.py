"""Are the tests able to fail? Faults planted into what decides, one at a time, and the tests of that module run on each.

``python -m benchmarks mutation --sample 40 --seed 1 --only judge subgradients``. A mutant is killed if a test fails, survives
if none does, and is timed out if they take five times the processor's time that they take without it (counted as killed:
somebody would notice). Neither time depends on what else the machine does. Survivors are explained in ``docs/mutation.md``
or get a test.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from fnmatch import fnmatch
from functools import partial
from math import ceil
from pathlib import Path
from random import Random
from time import monotonic

from benchmarks import planting, which_tests
from benchmarks.mutants import Mutant, places, planted
from benchmarks.planting import OUTSIDE
from benchmarks.which_tests import Seen

ROOT = Path(__file__).resolve().parent.parent
GOAL = 0.9  # of the mutants of a sample
PATIENCE, LEAST_SECONDS = 5.0, 30.0  # times the processor's time of the tests as they are, and to start
ASLEEP = 20.0  # times that by the clock, for what waits and does no work: others may share the machine
PACKAGES = ("gradcheck", "symbolic")
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")  # a child has no other
SUITE = ("certified", "diagnosis", "explanations", "functions", "judge", "networks", "rounding", "witnesses")
LONG = ("test_random_programs.py", "test_real_code.py", "test_planted_mistakes.py")  # minutes, and no line is theirs alone
FORMULA = (
    "witnesses/test_formula_on_balls*.py", "submissions/test_submission_formula.py", "networks/test_network_formula.py",
)  # fmt: skip
DIAGNOSIS = tuple(  # those of seconds; the others take minutes for the same lines
    f"diagnosis/test_{name}.py"
    for name in ("*exactly", "glance", "layer_catalogue", "other_network", "plain_facts", "rarer_mistakes")
)
ALONG_A_LINE = ("witnesses/test_slope_evidence*.py", "witnesses/test_second_witness*.py")
# Which tests may answer for a module; the first row that fits counts. Those that run a mutant's line are asked, quickest first.
TESTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("judge/judge.py", ("judge/test_*.py", "diagnosis/test_glance*.py")),
    ("judge/lost_digits.py", ("judge/test_*.py",)),
    ("judge/subgradients.py", ("judge/test_*.py",)),
    ("judge/verdicts.py", ("judge/test_*.py",)),
    ("rounding/*.py", ("rounding/test_*.py", "judge/test_subgradients*.py", "networks/test_deep_networks.py")),
    ("diagnosis/glance*.py", ("diagnosis/test_glance*.py",)),
    ("diagnosis/*.py", DIAGNOSIS),
    ("symbolic/mistakes/*.py", ("symbolic/test_mistakes*.py", "symbolic/test_visibility.py", *DIAGNOSIS)),
    ("explanations/*.py", ("explanations/test_*.py",)),
    ("functions/glancing.py", ("diagnosis/test_glance*.py",)),
    ("functions/numbers/short_formats.py", ("functions/test_short_*.py",)),
    (
        "functions/numbers/lost_digits.py",
        ("functions/test_short_formats_exactly.py", "functions/test_check_grad.py", "functions/test_no_false_alarms.py"),
    ),
    ("networks/formula.py", FORMULA),
    ("witnesses/formula_on_balls.py", FORMULA),
    ("witnesses/second_witness.py", ("witnesses/test_second_witness*.py",)),
    ("witnesses/slope_evidence.py", ALONG_A_LINE),
    ("witnesses/along_line.py", ALONG_A_LINE),
    (
        "certified/*.py",
        ("certified/test_*.py", "networks/test_certificates.py", "functions/test_function_certificates.py"),
    ),
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

    def add(self, mutant: Mutant, became: str) -> None:
        """One more."""
        self.killed += became == "killed"
        self.timed_out += became == "timed out"
        self.survived += [mutant] if became == "survived" else []


def main(words: Sequence[str] = ()) -> int:
    """Plant a sample of mutants and print what became of each; 1 where fewer than the goal were noticed."""
    arguments = _parser().parse_args(list(words))
    chosen = sample(arguments.sample, arguments.seed, arguments.only)
    score = Score()
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".git", ".venv", "*.pyc", "__pycache__", "out", ".*_cache"))
        seen, became = _in_children(chosen, copy, arguments.jobs, arguments.seen, arguments.own)
        for mutant, (what, seconds) in zip(chosen, became, strict=True):
            if what == OUTSIDE:
                what, seconds = _anew(mutant, copy, seen)
            score.add(mutant, what)
            print(f"{what:<10}{seconds:5.0f} s  {mutant}", flush=True)
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
    """The modules that decide, relative to the root; with ``only``, those whose name fits, or that lie in such a folder."""
    files = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    modules = [str(path.relative_to(ROOT)) for path in files if path.name[0] != "_" and _row(str(path.relative_to(ROOT)))]
    return [m for m in modules if not only or any(_is_named(m, name.removesuffix(".py")) for name in only)]


def _is_named(module: str, name: str) -> bool:
    return fnmatch(module, f"*/{name}.py") or fnmatch(module, f"{name}/*")


def _row(module: str) -> tuple[str, ...]:
    name = module.removeprefix("gradcheck/")
    return next((tests for pattern, tests in TESTS if fnmatch(name, pattern)), ())


def _suite(root: Path, own: Iterable[Sequence[str]] = ()) -> list[str]:
    """All tests that may answer for a module: those of the core, which run it in their own process, and those of the rows.

    With ``own`` rows, those of these alone.
    """
    core = root / "tests" / "gradcheck"
    tests = set() if own else {path for folder in SUITE for path in (core / folder).glob("test_*.py")}
    patterns = [pattern for row in own or [row for _, row in TESTS] for pattern in row]
    tests |= {path for pattern in patterns for folder in (core, core.parent) for path in folder.glob(pattern)}
    return sorted(str(path.relative_to(root)) for path in tests if path.name not in LONG)


def _in_children(
    chosen: Sequence[Mutant], copy: Path, jobs: int, kept: Path | None, own: bool
) -> tuple[Seen, list[tuple[str, float]]]:
    """What the tests run without any mutant, and what became of each mutant (with its seconds) where all is loaded."""
    plan = copy.parent / "plan.json"
    first = {mutant.module: _row(mutant.module) for mutant in chosen}
    plan.write_text(json.dumps({"jobs": jobs, "places": [astuple(m.place) for m in chosen], "first": first}), encoding="utf-8")
    watched = plan.with_suffix(".watched")
    if kept and kept.exists():
        shutil.copy(kept, watched)
    code = _run(_suite(copy, first.values() if own else ()), copy, None, {planting.VARIABLE: str(plan)}, "benchmarks.planting")
    seen = which_tests.read(watched)
    if code not in (0, 1, 5) or not seen.seconds:
        raise RuntimeError("the tests do not run without any mutant")
    if seen.failed:
        print(f"left out, as they fail without any mutant: {', '.join(seen.failed)}", flush=True)
    if kept:
        shutil.copy(watched, kept)
    return seen, planting.became(plan, len(chosen))


def _anew(mutant: Mutant, copy: Path, seen: Seen) -> tuple[str, float]:
    """What becomes of a mutant in a process that starts with it, and after how many seconds."""
    target = copy / mutant.module
    before = target.read_text(encoding="utf-8")
    tests = seen.asked(mutant.module, before, mutant.line, _row(mutant.module))
    start = monotonic()
    try:
        target.write_text(mutant.source, encoding="utf-8")
        code = _run(tests, copy, LEAST_SECONDS + PATIENCE * sum(seen.seconds.get(test, 0.0) for test in tests))
    finally:
        target.write_text(before, encoding="utf-8")
    return "timed out" if code is None else "killed" if code else "survived", monotonic() - start


def _run(
    tests: Sequence[str], copy: Path, seconds: float | None, more: Mapping[str, str] | None = None, plugin: str = ""
) -> int | None:
    """The exit code of pytest, which a failing test ends; None after so many seconds. A plugin does as it likes."""
    command = [sys.executable, "-m", "pytest", *(["-p", plugin] if plugin else ["-x"])]
    command += ["-q", "-n", "0", "-p", "no:cacheprovider", "--hypothesis-profile=ci"]
    command += ["--all-extras"] if (copy / "tests" / "conftest.py").exists() else []
    command += ["--rootdir", str(copy), "--basetemp", str(copy.parent / "pytest"), *tests]
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1", **ONE_THREAD, **(more or {})}
    process = subprocess.Popen(
        command, cwd=copy, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        preexec_fn=partial(_work_at_most, seconds) if seconds else None,
    )  # fmt: skip
    try:
        code = process.wait(seconds and ASLEEP * seconds)
    except subprocess.TimeoutExpired:
        return None
    else:
        return None if code == -signal.SIGXCPU else code
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _work_at_most(seconds: float) -> None:
    """From here on this process may use the processor for so long; it is ended then."""
    resource.setrlimit(resource.RLIMIT_CPU, (ceil(seconds), ceil(seconds) + 5))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks mutation", description=__doc__)
    parser.add_argument("--sample", type=int, default=40, metavar="N", help="how many mutants (default: 40)")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="which ones (default: 0)")
    parser.add_argument("--only", nargs="+", default=[], metavar="MODULE", help="modules by name: judge, certified/tape")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="how many at once (default: 2)")
    help = "ask the tests of the modules' own rows alone: sooner known, and no more is noticed"
    parser.add_argument("--own", action="store_true", help=help)
    help = "keep which test runs which line there; delete it when anything has changed"
    parser.add_argument("--seen", type=Path, metavar="FILE", help=help)
    return parser
