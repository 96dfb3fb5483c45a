"""What works on this machine: versions, each level of isolation tried now with its probes, what is optional and missing."""

from __future__ import annotations

import argparse
import platform
from typing import TYPE_CHECKING

from gradcheck.commands.examination import Examination, ExaminedPart, examine, outcomes
from gradcheck.commands.shared.libraries import Library
from gradcheck.commands.shared.output import add_report_options, check_report_options, emit
from gradcheck.commands.shared.streams import check_somewhere
from gradcheck.judge.exit_codes import ExitCode
from gradcheck.sentences.sentence import Sentence
from gradcheck.version import __version__
from reports.document import (
    Block,
    Callout,
    Cell,
    CodeSpan,
    Document,
    Prose,
    Section,
    Strong,
    Table,
    Tone,
    Value,
    bullets,
    prose,
)

if TYPE_CHECKING:
    from gradcheck.isolation.choose import Trial

WRITING = ("tabulate", "latex2mathml")  # what reports are written with
OUTCOMES = ("stopped", "NOT STOPPED", "not tested")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    add_report_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Examine, report, and return 0 where all that is needed works, 4 where not."""
    check_somewhere()  # some libraries cannot be imported from nowhere, which is no fault of theirs
    check_report_options(arguments)
    found = examine()
    if any(library.trouble for library in found.libraries if library.name in WRITING):
        print("\n".join(_lines(found)))  # a report cannot be written here, and must not be needed to learn why
    else:
        emit(doctor_document(found), arguments)
    return ExitCode.MATCH if found.ok else ExitCode.FAULT


def _lines(found: Examination) -> list[str]:
    """The examination in plain lines."""
    level = found.best.level.name if found.best else "none"
    return ["Something needed does not work.", *map(str, found.libraries), f"isolation: {level}", *_names_and_files(found)]


def _names_and_files(found: Examination) -> list[str]:
    passed_over = [f"{one}: passed over; rename it if a program is to use both" for one in found.in_the_way if one.is_code]
    files = [f"{one}: has another project written over it? install gradcheck-toolkit anew" for one in found.spoilt]
    return [*files, *passed_over]


def doctor_document(found: Examination) -> Document:
    """The examination as a report: the answer first, then what it rests on."""
    blocks: list[Block] = [
        _answer(found),
        Section("Versions", [_platform(found), _libraries(found)]),
        Section("Isolation", _isolation(found)),
        Section("Optional parts", [Table(["name", "here", "for"], [_part(part) for part in found.optional])]),
        Section("Surroundings", [_surroundings(found)]),
    ]
    if told := _names_and_files(found):
        blocks.insert(1, Section("Files in the way", [bullets(*told)]))
    return Document("What works here", blocks, data=found.to_dict())


def _answer(found: Examination) -> Callout:
    broken = [library.name for library in found.libraries if library.trouble]
    if broken:
        return Callout("bad", [prose(Strong("Something needed does not work: "), ", ".join(broken), ".")])
    if found.spoilt:
        words = "Files of the toolkit are not as they were installed: "
        return Callout("bad", [prose(Strong(words), found.spoilt[0], f" (of {len(found.spoilt)}).")])
    if found.best is None:
        words = "Submissions cannot be run: no level of isolation starts here."
        return Callout("bad", [prose(Strong(words), " All else works.")])
    level = found.best.level
    tone: Tone = "good" if level.name in ("A", "A-") else "warn"
    words = f" Submissions run at level {level.name} ({Sentence(f'validation.level-{level.name}')})."
    return Callout(tone, [prose(Strong("All that is needed works."), words)])


def _platform(found: Examination) -> Prose:
    here = f"{found.kernel.system} {found.kernel.release}, {platform.machine()}"
    return prose(f"Toolkit {__version__}, Python {platform.python_version()}, {here}.")


def _libraries(found: Examination) -> Table:
    return Table(["library", "here", "needed", "for"], [_library(library) for library in found.libraries])


def _library(library: Library) -> list[Value | Cell]:
    shown: Cell = Cell(library.version or "missing", "bad" if library.trouble else "good")
    return [CodeSpan(library.name), shown, library.needed or "not installed: unknown", library.trouble or library.purpose]


def _isolation(found: Examination) -> list[Block]:
    if not found.levels:
        return [prose("Nothing was tried: isolation needs a POSIX system and NumPy.")]
    blocks: list[Block] = [
        prose("Each level was tried now: a process was started, confined, and tried to do what it must not."),
        Table(["level", "layers", "here", *OUTCOMES], [_level(trial, trial is found.best) for trial in found.levels]),
    ]
    reasons = [trial.told for trial in found.levels if not trial.holds]
    if reasons:
        blocks.append(Section("Why not", [bullets(*reasons)]))
    if found.advice:
        blocks.append(Section("For a better level", [bullets(*found.advice)]))
    return [*blocks, _kernel(found)]


def _level(trial: Trial, best: bool) -> list[Value | Cell]:
    here = Cell("used", "good") if best else Cell("holds", "muted") if trial.holds else Cell("no", "warn")
    return [trial.level.name, " + ".join(trial.level.layers), here, *(_names(trial, outcome) for outcome in OUTCOMES)]


def _names(trial: Trial, outcome: str) -> str | None:
    """The probes with this outcome; ``all`` where they are all of them."""
    names = [name for name, what in outcomes(trial).items() if what == outcome]
    return "all" if len(names) == len(outcomes(trial)) else ", ".join(names) or None


def _kernel(found: Examination) -> Prose:
    landlock = f"ABI {found.kernel.landlock}" if found.kernel.landlock else "none"
    user = "root" if found.kernel.root else "not root"
    return prose(f"Landlock: {landlock}. User namespaces: {found.kernel.user_namespaces}. User: {user}.")


def _part(part: ExaminedPart) -> list[Value | Cell]:
    return [CodeSpan(part.name), Cell(part.found or "missing", "good" if part.found else "muted"), part.purpose]


def _surroundings(found: Examination) -> Table:
    shown, kept = found.terminal, found.cache
    signs = "" if shown["signs"] else "; it cannot write the signs of a report: set PYTHONIOENCODING=utf-8"
    unwritable = "" if kept["writable"] else "; cannot be written: every run tests the isolation anew"
    rows: list[list[Value]] = [
        ["standard output", f"{shown['encoding']}{signs}"],
        ["terminal", f"{shown['columns']} columns, {'colours' if shown['color'] else 'no colours'}; reports are 80 wide"],
        ["what is remembered", f"{kept['directory']}{unwritable}"],
    ]
    return Table(["what", "here"], rows)
