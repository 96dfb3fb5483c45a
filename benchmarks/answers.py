"""`gradcheck validate` on files as students write them: is the verdict right, the cause, the first wrong line, the repair?

``python -m benchmarks answers [--only NAME] [--jobs 1] [--keep FOLDER]`` judges the corpus in ``benchmarks/answers`` and prints
how often each was right, with a line for every miss; exit code 1 where a goal is missed. ``--repaired`` judges the wrong files
put right by the corpus's own repairs instead: none of them may be called wrong. ``--keep`` keeps what the judge said, as JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from fnmatch import fnmatch
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.answer_files import Answer, Place, Repair, answers, write_repaired

WRONG = ("fail", "error")  # the verdicts by which a file is called wrong
UNEXPLAINED = "unknown"  # no cause is named by it, so none is invented
GOALS = {"verdict": 1.0, "cause": 0.95, "line": 0.95, "repair": 0.85}
MOST_TIMES_AS_LONG = 1.5  # a wrong file, in processor time, against a right one


@dataclass(frozen=True)
class Judged:
    """What came of one file: the JSON of the command, and the processor seconds of all its processes."""

    answer: Answer
    told: Mapping[str, Any]
    seconds: float


@dataclass
class Marks:
    """What was right about one answer; what was not asked is not in ``right``."""

    right: dict[str, bool] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def mark(self, what: str, right: bool, remark: str) -> None:
        """Note it, with words for a miss."""
        self.right[what] = right
        if not right:
            self.remarks.append(f"{what}: {remark}")


def main(words: Sequence[str] = ()) -> int:
    """Judge, print, and return 1 where a goal is missed."""
    asked = _parser().parse_args(words)
    chosen = [one for one in answers() if not asked.only or any(fnmatch(one.name, f"{name}*") for name in asked.only)]
    if not chosen:
        print(f"no answer has a name that begins with {' or '.join(asked.only)}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(asked.jobs) as pool:
        if asked.repaired:
            wrong = [one for one in chosen if one.is_wrong]
            return _none_wrong(pool.map(partial(_judged_repaired, folder=Path(folder)), wrong))
        return _report([_kept(one, asked.keep) for one in pool.map(judged, chosen)], Path(folder))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks answers", description=__doc__)
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="those whose names begin so, or match")
    parser.add_argument("--jobs", type=int, default=1, help="files judged at a time (default: %(default)s)")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="write what the judge said of each there, as JSON")
    parser.add_argument("--repaired", action="store_true", help="judge the wrong files with the corpus's own repairs")
    return parser


def judged(answer: Answer, path: Path | None = None) -> Judged:
    """Run the command on a file; raises ValueError where no JSON came."""
    command = [sys.executable, "-m", "gradcheck", "validate", str(path or answer.path), *answer.options()]
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen([*command, "--format", "json", "--view", "teacher", "--quiet"], stdout=out)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        return Judged(answer, json.loads(out.read()), usage.ru_utime + usage.ru_stime)


def _kept(one: Judged, folder: Path | None) -> Judged:
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        told = json.dumps({**one.told, "seconds": one.seconds}, indent=1, ensure_ascii=False)
        (folder / f"{one.answer.name}.json").write_text(told, encoding="utf-8")
    return one


def _judged_repaired(answer: Answer, folder: Path) -> Judged:
    own = folder / answer.name
    own.mkdir()
    return judged(answer, write_repaired(answer, answer.repairs, own))


def _none_wrong(done: Iterator[Judged]) -> int:
    not_right = [one for one in done if one.told["verdict"] != "pass"]
    for one in not_right:
        print(f"{one.answer.name}: {one.told['verdict']} with the corpus's own repair")
    print(f"{len(not_right)} of the repaired files are not called right")
    return int(bool(not_right))


def causes_told(told: Mapping[str, Any]) -> list[list[str]]:
    """The ids that the judge names, each with its alternatives."""
    named = [[one["id"], *map(str, one.get("alternatives", ()))] for one in told["diagnoses"]]
    return [ids for ids in named if ids[0] != UNEXPLAINED]


def causes_right(answer: Answer, told: Mapping[str, Any]) -> bool:
    """Whether every cause is among the named ones, itself or as an alternative, and none is named that is not there."""
    named = [set(ids) for ids in causes_told(told)]
    every = all(any(cause & ids for ids in named) for cause in answer.causes)
    return every and all(any(cause & ids for cause in answer.causes) for ids in named)


def first_line(told: Mapping[str, Any]) -> Place | None:
    """The place to which the judge points first; of an exception, where it was raised."""
    error = told.get("error") or {}
    line = told.get("first_wrong_line") or error.get("line")
    if line is None:
        return None
    file, cell = (told.get(f"first_wrong_{key}") or error.get(key) for key in ("file", "cell"))
    return Place(line, file, cell)


def is_there(answer: Answer, place: Place | None) -> bool:
    """Whether a place is one of those accepted; the entry of a folder may go without its name."""
    wanted = {(one.line, one.cell, None if one.file == answer.entry else one.file) for one in answer.lines}
    return place is not None and (place.line, place.cell, None if place.file == answer.entry else place.file) in wanted


def repairs_told(told: Mapping[str, Any]) -> list[Repair]:
    """The lines that the judge would put right."""
    return [Repair(Place(row["line"], row.get("file"), row.get("cell")), row["new"]) for row in told.get("repairs", ())]


def marked(one: Judged, folder: Path) -> Marks:
    """Compare what the judge said with what the table says."""
    answer, told, marks = one.answer, one.told, Marks()
    ids = [ids[0] for ids in causes_told(told)]
    if not answer.is_wrong:
        marks.mark("right file", told["verdict"] == "pass" and not ids, f"{told['verdict']} {' '.join(ids)}")
        return marks
    marks.mark("verdict", told["verdict"] in WRONG, told["verdict"])
    wanted = " + ".join("|".join(sorted(cause)) for cause in answer.causes) or f"no id ({answer.plain})"
    kind = "cause" if answer.causes else "nothing invented"
    marks.mark(kind, causes_right(answer, told), f"{wanted}, told {' '.join(ids) or 'none'}")
    place = first_line(told)
    marks.mark("line", is_there(answer, place), f"{answer.lines[0]}, told {place or 'none'}")
    _mark_repair(one, marks, folder)
    return marks


def _mark_repair(one: Judged, marks: Marks, folder: Path) -> None:
    shown = repairs_told(one.told)
    wanted = "; ".join(f"{repair.place}: {repair.new.strip()!r}" for repair in one.answer.repairs)
    if len(one.answer.causes) < 2 or shown:
        marks.mark("repair", bool(shown), f"{wanted}, none shown")
    if shown:
        right = _makes_right(one.answer, shown, folder)
        marks.mark("repair", right, f"{wanted}, told {shown[0].place}: {shown[0].new.strip()!r}, with which it is not right")
        marks.mark("shown repair", right, f"{shown[0].new.strip()!r} does not make the file right")


def _makes_right(answer: Answer, repairs: Sequence[Repair], folder: Path) -> bool:
    own = folder / answer.name
    own.mkdir(exist_ok=True)
    try:
        path = write_repaired(answer, repairs, own)
    except (KeyError, IndexError):
        return False
    return bool(judged(answer, path).told["verdict"] == "pass")


def _report(done: Sequence[Judged], folder: Path) -> int:
    marks = [(one, marked(one, folder)) for one in done]
    for one, own in marks:
        if own.remarks:
            print(f"{one.answer.name}: {'; '.join(own.remarks)}")
    met = True
    for what in dict.fromkeys(what for _, own in marks for what in own.right):
        asked = [own.right[what] for _, own in marks if what in own.right]
        goal = GOALS.get(what, 1.0)
        met &= sum(asked) >= goal * len(asked)
        print(f"{what}: {sum(asked)}/{len(asked)} right, the goal is {goal:.0%}")
    return int(not (_time_is_met(done) and met))


def _time_is_met(done: Sequence[Judged]) -> bool:
    wrong, right = ([one.seconds for one in done if one.answer.is_wrong == is_wrong] for is_wrong in (True, False))
    if not wrong or not right:
        return True
    ratio = median(wrong) / median(right)
    seconds = f"{median(wrong):.2f} s of a processor (at most {max(wrong):.2f}) against {median(right):.2f} s"
    print(f"time: a wrong file takes {seconds} of a right one: {ratio:.2f} x, the goal is {MOST_TIMES_AS_LONG} x")
    return ratio <= MOST_TIMES_AS_LONG
