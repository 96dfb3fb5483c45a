"""A submission as tests, once ``--gradcheck-submission FILE`` was given to pytest: `pytest_gradcheck` has the options.

Each quantity, property and behaviour is a test of its own; what fails says why in the words of `gradcheck validate`, without
a stack trace. Only these tests are collected: no test file and no conftest of the submission's folder is loaded. What pytest
loads before any plugin (an ini file, ``-p`` options, other installed plugins) cannot be prevented here.
"""

from __future__ import annotations

import os
from itertools import combinations, product
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from gradcheck.commands.shared.broken import Broken, unless_broken
from gradcheck.commands.shared.places import overwrites, same_file
from gradcheck.judge.exit_codes import ExitCode
from gradcheck.sentences.sentence import Sentence
from gradcheck.submissions.reading.teachers_adapter import is_adapter
from reports.neutral import spelled

if TYPE_CHECKING:
    from gradcheck.submissions.not_judged import NotJudged
    from gradcheck.submissions.validation import Row, Validation

# One marker a lesson: `pytest --gradcheck-submission FILE -m gradcheck_gradient`.
LESSONS = {
    "gradcheck_interface": "the submission answers, with the right shapes",
    "gradcheck_forward": "its output and its cost",
    "gradcheck_gradient": "each quantity of the gradient",
    "gradcheck_output_layer": "the gradient of the last layer",
    "gradcheck_hidden_layer": "the gradient of the layers before",
    "gradcheck_properties": "what holds of every right gradient",
    "gradcheck_behaviour": "inputs unchanged, no state, no chance, no differences",
}
_LESSON_OF = {
    "interface": "gradcheck_interface",
    "forward": "gradcheck_forward",
    "loss": "gradcheck_forward",
    "gradient": "gradcheck_gradient",
    "property": "gradcheck_properties",
}
_SENTENCES = {
    "interface": "the submission answers with a gradient",
    "forward": "the output is right",
    "loss": "the cost is right",
    "self-consistency": "the gradient is the slope of its own cost",
    "determinism": "equal calls give equal answers",
    "inputs-unchanged": "inputs stay as they were",
    "no-state": "nothing is kept between calls",
    "analytic": "the gradient is derived, not differenced",
}


# What pytest and its usual companions write, by the name of the option's value.
_WRITTEN = {
    "xmlpath": "--junit-xml",
    "log_file": "--log-file",
    "basetemp": "--basetemp",
    "htmlpath": "--html",
    "report_log": "--report-log",
}


def _refuse_to_overwrite(config: pytest.Config) -> None:
    """No report of pytest's may take the place of what is read, and no folder that it empties may hold it."""
    read = [Path(config.getoption("--gradcheck-submission"))]
    read += [Path(contract)] if is_adapter(contract := config.getoption("--gradcheck-contract")) else []
    named = {option: config.getoption(name, None) for name, option in _WRITTEN.items()}
    named["log_file"] = config.getini("log_file") if not named["--log-file"] else None
    written = {option: Path(str(value)) for option, value in named.items() if value}
    for (option, path), source in product(written.items(), read):
        emptied = option == "--basetemp" and _within(source.resolve(), path.resolve())
        if emptied or overwrites(path, source):
            _misuse(f"{option} {path} is read (as {source}) and would be overwritten; give what is written another name")
    for (option, path), (other, another) in combinations(written.items(), 2):
        if same_file(path, another):
            _misuse(f"{option} and {other} both name {path}; give each a name of its own")


def _misuse(text: str) -> NoReturn:
    raise pytest.UsageError(spelled(text))


def _within(place: Path, folder: Path) -> bool:
    return folder == place or folder in place.parents


class Judging:
    """The plugin of one run: what it collects, and what it says before and after."""

    def __init__(self, config: pytest.Config, folders: set[Path]) -> None:
        self.given, self.folders = config.getoption("--gradcheck-submission"), folders
        self.result: Validation | None = None

    def pytest_configure(self, config: pytest.Config) -> None:
        """Register the markers; refuse what cannot be read, and a folder whose ini file pytest has obeyed."""
        for name, meaning in LESSONS.items():
            config.addinivalue_line("markers", f"{name}: {meaning}")
        if self.given in ("-", "/dev/stdin", "/dev/fd/0"):
            _misuse("--gradcheck-submission: pytest keeps standard input to itself; name a file, or use: gradcheck validate -")
        if not os.path.lexists(self.given):
            _misuse(f"--gradcheck-submission {self.given}: there is no such file")
        for folder in self.folders:
            if config.inipath and folder in config.inipath.parents:
                _misuse(
                    f"the ini file {config.inipath} lies in the submission's folder {folder}, where pytest runs what it finds; "
                    "start pytest from another folder, or use: gradcheck validate"
                )
        _refuse_to_overwrite(config)

    def pytest_report_header(self) -> list[str]:
        """What is judged, and what was not loaded."""
        beside = sorted(folder / "conftest.py" for folder in self.folders if (folder / "conftest.py").exists())
        lines = [f"gradcheck: judging {self.given}", *(f"gradcheck: {path} was not loaded" for path in beside)]
        return [spelled(line) for line in lines]

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> list[pytest.Item]:
        """The checks of the submission are the only tests there are."""
        config = session.config
        try:
            result = self.result = unless_broken(lambda: self._validated(config))
        except ValueError as error:
            raise pytest.UsageError(_plain(str(error))) from None
        except Broken as library:
            pytest.exit(_plain(f"gradcheck: {library}"), ExitCode.FAULT)
        if result.exit_code == ExitCode.FAULT and not result.rows:
            self.result = None
            pytest.exit(_plain(str(result)), ExitCode.FAULT)  # no test may fail by it, and none pass
        file = Path(spelled(os.path.abspath(self.given)))
        parent = SubmissionFile.from_parent(session, path=file, name=spelled(result.submission), result=result)
        report = config.hook.pytest_make_collect_report(collector=parent)
        config.hook.pytest_collectreport(report=report)
        session.items = list(report.result)
        config.hook.pytest_collection_modifyitems(session=session, config=config, items=session.items)
        session.testscollected = len(session.items)
        config.hook.pytest_collection_finish(session=session)
        return session.items

    def _validated(self, config: pytest.Config) -> Validation:
        from gradcheck.submissions.validation import validate  # not when pytest starts: NumPy, SymPy and python-flint

        options = {name: config.getoption(f"--gradcheck-{name}") for name in ("network", "contract")}
        return validate(self.given, **options, repair=config.getoption("--gradcheck-hints") == "line")

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """The verdict in one sentence, and what to fix first."""
        if self.result is not None:
            terminalreporter.section("gradcheck")
            for line in str(self.result).splitlines()[:3]:
                terminalreporter.write_line(_plain(line))


def _sentence(row: Row) -> str:
    """The name of a test, as a sentence."""
    if row.is_delta:
        return f"{row.quantity} is right"
    if row.name == "gradient":
        return (
            f"the gradient d{row.quantity} is right" if row.quantity and ":" not in row.quantity else f"{row.quantity} is right"
        )
    if row.name == "property":
        return f"{str(row.quantity).replace('-', ' ')} holds"
    return _SENTENCES.get(row.name, row.name)


class SubmissionFile(pytest.File):
    """The submission as the parent of its checks; it is not read here."""

    def __init__(self, *, result: Validation, **keywords: Any) -> None:
        super().__init__(**keywords)
        self.result = result

    def collect(self) -> list[pytest.Item]:
        """A test for each check, and one for each thing that was not judged."""
        result = self.result
        checks = [CheckItem.from_parent(self, name=spelled(_sentence(row)), row=row, result=result) for row in result.rows]
        others = [
            NotJudgedItem.from_parent(self, name=spelled(f"{one.name} is not judged"), why=one) for one in result.not_judged
        ]
        return [*checks, *others]


class CheckItem(pytest.Item):
    """One check as a test."""

    def __init__(self, *, row: Row, result: Validation, **keywords: Any) -> None:
        super().__init__(**keywords)
        self.row, self.result = row, result
        for lesson in _lessons(row, result):
            self.add_marker(lesson)

    def runtest(self) -> None:
        """Pass, skip or fail by the verdict that was already reached."""
        verdict = str(self.row.verdict)
        if verdict == "skipped":
            pytest.skip(_plain(self.row.message))
        if self.row.follows_gradient:  # the tests of the gradient fail; here nothing more is to be put right
            pytest.skip(_plain(Sentence("validation.follows-gradient-alone", words=self.row.message)))
        if self.row.is_right_given:
            self.add_report_section("call", "gradcheck", _plain(self.row.message))
            return
        if verdict in ("mismatch", "error", "inconclusive"):
            raise NotRight(self.row.message)
        if verdict == "inaccurate":
            self.add_report_section("call", "gradcheck", _plain(self.row.message))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        """The words of the report instead of a stack trace."""
        if not isinstance(excinfo.value, NotRight):
            return str(super().repr_failure(excinfo, style))
        hints = self.config.getoption("--gradcheck-hints")
        page = [_plain(self.result.hints_as_text(hints=hints))] if self.row is first_wrong(self.result) else []
        return "\n\n".join([*page, _plain(str(excinfo.value))])

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where it stands: in the submission."""
        return self.path, None, self.name


class NotJudgedItem(pytest.Item):
    """What the file offers beside: skipped, so that nobody takes it for judged."""

    def __init__(self, *, why: NotJudged, **keywords: Any) -> None:
        super().__init__(**keywords)
        self.why = why

    def runtest(self) -> None:
        """Skip, with the reason."""
        pytest.skip(spelled(f"{self.why.name}: {self.why.reason.words}"))

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where it stands: in the submission."""
        return self.path, None, self.name


class NotRight(Exception):  # noqa: N818 - what a failing check raises; its text is all that is shown
    """A check that failed."""


def first_wrong(result: Validation) -> Row | None:
    """The row that has the page beside it: the first of the gradient that is wrong by itself, else the first that is wrong."""
    wrong = [row for row in result.rows if row.verdict in ("mismatch", "error") and not row.is_right_given]
    return next((row for row in wrong if row.name == "gradient"), wrong[0] if wrong else None)


def _lessons(row: Row, result: Validation) -> list[str]:
    lessons = [_LESSON_OF.get(row.name, "gradcheck_behaviour")]
    if row.layer:
        last = max(other.layer for other in result.rows)
        lessons.append("gradcheck_output_layer" if row.layer == last else "gradcheck_hidden_layer")
    return lessons


def _plain(text: str) -> str:
    """Control characters made visible: a message may hold a submission's own words."""
    return "\n".join(spelled(line) for line in text.split("\n"))
