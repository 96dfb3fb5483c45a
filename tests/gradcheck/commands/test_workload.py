"""What will take long is said beforehand, on standard error alone; what is hopeless is refused before any work."""

from __future__ import annotations

import pytest

from gradcheck.commands.cli import main
from gradcheck.commands.shared.workload import Task, announce, check_feasible, workload
from reference_nets.spec import NetworkSpec


@pytest.mark.parametrize("network", ["1000-1000-10", "2000-800:relu-10:softmax/cross_entropy"])
def test_a_hopeless_derivation_is_refused_at_once(network: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["derive", network]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "GB" in told.err
    assert "narrower layers" in told.err


@pytest.mark.parametrize("network", ["784-30-10", "3-4-2", "64-30-10"])
def test_what_takes_seconds_is_not_refused(network: str) -> None:
    check_feasible(Task.DERIVE, NetworkSpec.parse(network))


def test_it_is_said_on_standard_error_alone_and_not_where_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    spec = NetworkSpec.parse("784-30-10")
    assert workload(Task.DERIVE, spec).is_long
    announce(Task.DERIVE, [spec], quiet=True)
    assert capsys.readouterr().err == ""
    announce(Task.DERIVE, [spec, NetworkSpec.parse("3-4-2")], quiet=False)
    told = capsys.readouterr()
    assert told.out == ""
    assert len(told.err.splitlines()) == 1
