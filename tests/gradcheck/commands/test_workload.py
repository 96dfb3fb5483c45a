"""What will take long is said beforehand, on standard error alone; what is hopeless is refused before any work."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradcheck.commands.cli import main
from gradcheck.commands.shared.workload import Task, announce, check_feasible, foretold, workload
from gradcheck.networks.check import _say_beforehand
from gradcheck.networks.effort import narrower
from gradcheck.sentences.sentence import Sentence
from reference_nets.spec import NetworkSpec


@pytest.mark.parametrize("network", ["4000-4000-10", "50-3000:softmax/cross_entropy", "9000-900:relu-10:softmax/cross_entropy"])
def test_a_hopeless_derivation_is_refused_at_once(network: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["derive", network]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "GB" in told.err
    assert "narrower layers" in told.err


@pytest.mark.parametrize("network", ["784-30-10", "3-4-2", "64-30-10", "1000-1000-10", "784-128-64-10", "784-2000-10"])
def test_what_takes_seconds_is_not_refused(network: str) -> None:
    check_feasible(Task.DERIVE, NetworkSpec.parse(network))


def test_it_is_said_on_standard_error_alone_and_not_where_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    spec = NetworkSpec.parse("784-200-10")
    assert workload(Task.DERIVE, spec).is_long
    announce(Task.DERIVE, [spec], quiet=True)
    assert capsys.readouterr().err == ""
    announce(Task.DERIVE, [spec, NetworkSpec.parse("3-4-2")], quiet=False)
    told = capsys.readouterr()
    assert told.out == ""
    assert len(told.err.splitlines()) == 1


@pytest.mark.parametrize("task", Task)
@pytest.mark.parametrize("network", ["1000-1000-10", "2000-800:relu-10:softmax/cross_entropy", "900-500:tanh-1/bce+l2=0.1"])
def test_the_question_that_is_offered_is_smaller_and_of_the_same_kind(task: Task, network: str) -> None:
    spec = NetworkSpec.parse(network)
    offered = NetworkSpec.parse(narrower(spec))
    assert workload(task, spec).is_long
    assert narrower(spec) in workload(task, spec).words
    assert not workload(task, offered).is_long
    assert (offered.activations, offered.cost, offered.l2) == (spec.activations, spec.cost, spec.l2)


def test_validate_says_it_beforehand_beside_its_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that cannot be read ends early: the line is there all the same, and not where it was not wanted."""
    words = ["validate", str(tmp_path / "absent.py"), "--network", "784-128-64-10", "--format", "json"]
    main(words)
    told = capsys.readouterr()
    assert "about" in told.err
    assert narrower(NetworkSpec.parse("784-128-64-10")) in told.err
    assert "parameters: about" not in told.out
    main([*words, "--quiet"])
    assert "parameters: about" not in capsys.readouterr().err
    main(["validate", str(tmp_path / "absent.py"), "--network", "3-4-2"])
    assert "parameters: about" not in capsys.readouterr().err


def test_the_line_is_told_in_chinese_where_the_report_is(capsys: pytest.CaptureFixture[str]) -> None:
    spec = NetworkSpec.parse("784-200-10")
    announce(Task.DERIVE, [spec], quiet=False, language="zh")
    assert "个参数" in capsys.readouterr().err
    assert main(["derive", "9000-900-10", "--lang", "zh"]) == 2
    assert "内存" in capsys.readouterr().err


def test_many_items_are_foretold_after_the_first_few(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = iter(range(100))
    monkeypatch.setattr("time.process_time", lambda: float(next(clock)))
    smaller = Sentence("networks.fewer-pairs")
    assert list(foretold(range(100), 100, "qualify", smaller, quiet=False)) == list(range(100))
    (line,) = capsys.readouterr().err.splitlines()
    assert "33 seconds" in line
    assert "--pairs" in line
    assert list(foretold(range(3), 3, "qualify", smaller, quiet=False)) == [0, 1, 2]
    list(foretold(range(100), 100, "qualify", smaller, quiet=True))
    assert capsys.readouterr().err == ""


def test_check_network_tells_the_log_what_will_take_long(caplog: pytest.LogCaptureFixture) -> None:
    _say_beforehand(NetworkSpec.parse("784-300-10"), 3)
    (record,) = caplog.records
    assert narrower(NetworkSpec.parse("784-300-10")) in record.getMessage()
    _say_beforehand(NetworkSpec.parse("784-30-10"), 3)
    assert len(caplog.records) == 1
