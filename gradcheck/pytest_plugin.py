"""pytest for a submission: ``pytest --submission FILE [--network N] [--contract C]``. Without that option it does nothing.

Each quantity, property and behaviour is a test of its own; what fails says why in the words of `gradcheck validate`, without
a stack trace. Only these tests are collected: no test file and no conftest of the submission's folder is loaded. What pytest
loads before any plugin (an ini file, ``-p`` options, other installed plugins) cannot be prevented here.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import combinations, product
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

if TYPE_CHECKING:
    from gradcheck.submissions.not_judged import NotJudged
    from gradcheck.submissions.validation import Row, Validation

# One marker a lesson: `pytest --submission FILE -m gradient`.
LESSONS = {
    "interface": "the submission answers, with the right shapes",
    "forward": "its output and its cost",
    "gradient": "each quantity of the gradient",
    "output_layer": "the gradient of the last layer",
    "hidden_layer": "the gradient of the layers before",
    "properties": "what holds of every right gradient",
    "behaviour": "inputs unchanged, no state, no chance, no differences",
}
_LESSON_OF = {
    "interface": "interface",
    "forward": "forward",
    "loss": "forward",
    "gradient": "gradient",
    "property": "properties",
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


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the plugin."""
    group = parser.getgroup("gradcheck", "judging a submission (gradcheck)")
    group.addoption("--submission", metavar="FILE", help="judge this file, and collect nothing else")
    group.addoption("--network", metavar="N", default=None, help="the network it is meant for, as 3-4:tanh-2")
    group.addoption("--contract", metavar="C", default="auto", help="how it is called (default: found out)")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """No conftest is loaded beside a submission: it would run in this very process."""
    if getattr(early_config.known_args_namespace, "submission", None):
        early_config.known_args_namespace.noconftest = True
    return (yield)


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers; refuse to run inside of the submission's own folder."""
    for name, meaning in LESSONS.items():
        config.addinivalue_line("markers", f"{name}: {meaning} (gradcheck)")
    if given := config.getoption("--submission"):
        config.option.noconftest = True
        if given in ("-", "/dev/stdin", "/dev/fd/0"):
            _misuse("--submission: pytest keeps standard input to itself; name a file, or use: gradcheck validate -")
        if not os.path.lexists(given):
            _misuse(f"--submission {given}: there is no such file")
        for path in {Path(os.path.abspath(given)), Path(given).resolve()}:  # a link stands in one folder and leads to another
            if path.is_file() or path.is_dir():  # a pipe lies in no folder of the submission
                _refuse_its_folder(path, config)
        _refuse_to_overwrite(config)


def _refuse_its_folder(path: Path, config: pytest.Config) -> None:
    folder = path if path.is_dir() else path.parent
    inside = [
        name
        for name, place in (("the ini file", config.inipath), ("rootdir", config.rootpath))
        if place and _within(place, folder)
    ]
    if inside:
        _misuse(
            f"{' and '.join(inside)} lies in the submission's folder {folder}, where pytest runs what it finds; start pytest "
            "from another folder, or use: gradcheck validate"
        )


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
    from gradcheck.commands.shared.places import overwrites, same_file
    from gradcheck.submissions.reading.teachers_adapter import is_adapter

    read = [Path(config.getoption("--submission"))]
    read += [Path(contract)] if is_adapter(contract := config.getoption("--contract")) else []
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
    raise pytest.UsageError(_spelled(text))


def _within(place: Path, folder: Path) -> bool:
    return folder == place or folder in place.parents


def pytest_report_header(config: pytest.Config) -> list[str]:
    """What is judged, and what was not loaded."""
    if not (given := config.getoption("--submission")):
        return []
    path = Path(given)
    folder = path if path.is_dir() else path.parent
    ignored = [f"gradcheck: {folder / 'conftest.py'} was not loaded"] if (folder / "conftest.py").exists() else []
    return [_spelled(line) for line in (f"gradcheck: judging {path}", *ignored)]


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> list[pytest.Item] | None:
    """The checks of the submission are the only tests there are."""
    config = session.config
    if not (given := config.getoption("--submission")):
        return None
    try:
        from gradcheck.submissions.validation import validate

        result = validate(given, network=config.getoption("--network"), contract=config.getoption("--contract"))
    except ValueError as error:
        raise pytest.UsageError(_plain(str(error))) from None
    if result.exit_code == CHECKERS_FAULT and not result.rows:
        pytest.exit(_plain(str(result)), CHECKERS_FAULT)  # no test may fail by it, and none pass
    config.stash[_RESULT] = result
    parent = SubmissionFile.from_parent(session, path=Path(_spelled(os.path.abspath(given))), name=_spelled(result.submission))
    checks = [CheckItem.from_parent(parent, name=_spelled(_sentence(row)), row=row, result=result) for row in result.rows]
    others = [
        NotJudgedItem.from_parent(parent, name=_spelled(f"{one.name} is not judged"), why=one) for one in result.not_judged
    ]
    session.items = [*checks, *others]
    config.hook.pytest_collection_modifyitems(session=session, config=config, items=session.items)
    session.testscollected = len(session.items)
    config.hook.pytest_collection_finish(session=session)
    return session.items


CHECKERS_FAULT = 4
_RESULT: pytest.StashKey[Any] = pytest.StashKey()


def _sentence(row: Row) -> str:
    """The name of a test, as a sentence."""
    if row.name == "gradient":
        return (
            f"the gradient d{row.quantity} is right" if row.quantity and ":" not in row.quantity else f"{row.quantity} is right"
        )
    if row.name == "property":
        return f"{str(row.quantity).replace('-', ' ')} holds"
    return _SENTENCES.get(row.name, row.name)


class SubmissionFile(pytest.File):
    """The submission as the parent of its checks; it is not read here."""

    def collect(self) -> list[pytest.Item]:
        """Nothing beside what `pytest_collection` made."""
        return []


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
        if verdict in ("mismatch", "error", "inconclusive"):
            raise NotRight(self.row.message)
        if verdict == "inaccurate":
            self.add_report_section("call", "gradcheck", _plain(self.row.message))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        """The words of the report instead of a stack trace."""
        if not isinstance(excinfo.value, NotRight):
            return str(super().repr_failure(excinfo, style))
        own = [
            _spelled(f"{d.id}: {d.message}")
            for d in self.result.diagnoses
            if d.quantity == self.row.quantity or self.row.name != "gradient"
        ]
        return "\n".join([*own[:3], _plain(str(excinfo.value))])

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
        pytest.skip(_spelled(f"{self.why.name}: {self.why.reason.words}"))

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where it stands: in the submission."""
        return self.path, None, self.name


class NotRight(Exception):  # noqa: N818 - what a failing check raises; its text is all that is shown
    """A check that failed."""


def _lessons(row: Row, result: Validation) -> list[str]:
    lessons = [_LESSON_OF.get(row.name, "behaviour")]
    if row.name == "gradient" and row.quantity and row.quantity[1:].isdigit():
        last = max(int(r.quantity[1:]) for r in result.rows if r.name == "gradient" and r.quantity)
        lessons.append("output_layer" if int(row.quantity[1:]) == last else "hidden_layer")
    return lessons


def _plain(text: str) -> str:
    """Control characters made visible: a message may hold a submission's own words."""
    return "\n".join(_spelled(line) for line in text.split("\n"))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """The verdict in one sentence, and what to fix first."""
    result = config.stash.get(_RESULT, None)
    if result is not None:
        terminalreporter.section("gradcheck")
        for line in str(result).splitlines()[:3]:
            terminalreporter.write_line(_plain(line))


def _spelled(text: str) -> str:
    """Text of a stranger, harmless. Imported late: when pytest starts, a user's own `reports` is left alone."""
    from reports.neutral import spelled

    return spelled(text)
