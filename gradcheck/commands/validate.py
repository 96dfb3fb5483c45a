"""Judge one submission: it runs in a confined process, is compared with the proven gradient, and what is wrong is named."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path

from gradcheck.commands.shared.output import add_report_options, check_report_options, emit
from gradcheck.commands.shared.progress import stages
from gradcheck.commands.shared.workload import Task, announce
from gradcheck.sentences.sentence import LANGUAGES, Sentence, told
from gradcheck.submissions.reading.files import STANDARD_INPUT
from gradcheck.submissions.reading.teachers_adapter import is_adapter
from gradcheck.submissions.validation import AUTO, Stage, Validation, validate
from reference_nets.names import named_spec

DEFAULT_SEED = 20250725
SECONDS = (
    "processor seconds for all calls together, and what it sleeps (default: %(default)g). A busy machine costs it none of "
    "them: what had no processor, or was stopped, for too long is ungradable (exit 4), never wrong"
)
NETWORK = "the network it is meant for, as 3-4:tanh-2, a preset, or auto: the one that the file's own answers tell"
HINTS = "how much is said of a mistake (default: by-hand for a student, line for a teacher)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    parser.add_argument(
        "file", type=_path, help="a file, a notebook, a directory or a .zip archive; - for standard input"
    )
    parser.add_argument("--network", metavar="N", help=NETWORK)
    parser.add_argument(
        "--contract", default="auto", help="how it is called: auto, a contract's name, or an adapter's .py file"
    )
    parser.add_argument("--entry", metavar="NAME", help="in a directory or an archive: the file to call")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="decides the points (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=10.0, help=SECONDS)
    parser.add_argument("--memory", type=int, default=1536, metavar="MIB", help="mebibytes of memory (default: %(default)s)")
    parser.add_argument("--examples", type=int, default=20, help="examples for each property (default: %(default)s)")
    parser.add_argument(
        "--isolation", choices=("A", "A-", "B", "C"), help="insist on a level (default: the best that holds here)"
    )
    parser.add_argument("--allow", action="append", default=[], metavar="PACKAGE", help="a package it may import beside NumPy")
    parser.add_argument("--view", choices=("student", "teacher"), default="student", help="whose report (default: %(default)s)")
    parser.add_argument("--hints", choices=("where", "why", "by-hand", "line"), help=HINTS)
    parser.add_argument("--strict", action="store_true", help="lost digits count as wrong")
    parser.add_argument("--lang", choices=tuple(LANGUAGES), default="en", help="language of the report (default: %(default)s)")
    add_report_options(parser)


def _path(word: str) -> Path:
    return STANDARD_INPUT if word == "-" else Path(word)


def run(arguments: argparse.Namespace) -> int:
    """Validate, report, and return the exit code."""
    adapter = Path(arguments.contract) if is_adapter(arguments.contract) else None
    check_report_options(arguments, reads=[arguments.file, adapter])
    if arguments.examples < 0:
        raise ValueError(Sentence("validation.examples", examples=arguments.examples))
    if arguments.network and arguments.network != AUTO:
        announce(Task.VALIDATE, [named_spec(arguments.network)], quiet=arguments.quiet, language=arguments.lang)
    with stages(quiet=arguments.quiet) as tell:
        result = _validated(arguments, partial(_at, tell, arguments.lang))
    emit(result.report(arguments.view, arguments.lang, arguments.hints), arguments)
    return _code(result, strict=arguments.strict)


def _at(tell: Callable[[str, int, int], None], language: str, stage: Stage) -> None:
    tell(told(Sentence(f"validation.stage-{stage}"), language), list(Stage).index(stage), len(Stage))


def _validated(arguments: argparse.Namespace, on_stage: Callable[[Stage], None]) -> Validation:
    return validate(
        arguments.file,
        network=arguments.network,
        contract=arguments.contract,
        entry=arguments.entry,
        seed=arguments.seed,
        seconds=arguments.seconds,
        memory_mib=arguments.memory,
        level=arguments.isolation,
        examples=arguments.examples,
        allow=arguments.allow,
        repair=arguments.hints == "line" or (arguments.hints is None and arguments.view == "teacher"),
        on_stage=on_stage,
    )


def _code(result: Validation, *, strict: bool) -> int:
    lost = any(str(row.verdict) == "inaccurate" for row in result.rows)
    return 1 if strict and result.exit_code == 0 and lost else result.exit_code
