"""A recheck has a bound on its time: what it did not suffice for is not confirmed, and is said."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from gradcheck.commands.cli import main
from gradcheck.functions.check import check_grad
from gradcheck.networks.certificate import certificate, write_certificate
from gradcheck.recheck.function import recheck_function
from gradcheck.recheck.network import recheck
from gradcheck.recheck.reading import Outcome
from gradcheck.recheck.watch import LONG, TimeAllowance
from gradcheck.witnesses.points import safe_point
from reference_nets.network import backward
from reference_nets.spec import NetworkSpec


def bowl(x):
    return (x * x).sum()


def slow_bowl(x):
    end = time.process_time() + 0.08
    while time.process_time() < end:
        pass
    return (x * x).sum()


def on_floats(x):
    return float((np.asarray(x, dtype=float) ** 2).sum())


@pytest.fixture(scope="module")
def of_function(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("time") / "f.json"
    check_grad(bowl, lambda x: 2 * x, np.array([0.5, -1.25, 2.0]), rng=1).write_certificate(path)
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def of_network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path, spec = tmp_path_factory.mktemp("time") / "n.json", NetworkSpec.parse("2-2-1")
    point = safe_point(spec, np.random.default_rng(0))
    write_certificate(path, certificate(spec, point, backward(spec, point.params, point.x, point.y)))
    return path


@pytest.mark.parametrize("f", [bowl, on_floats])
def test_a_function_that_there_was_no_time_for_is_not_confirmed(of_function: str, f) -> None:
    found = recheck_function(of_function, f, watch=TimeAllowance(max_seconds=-1.0))
    assert found.outcome in (Outcome.UNCONFIRMED, Outcome.REFUTED)  # refuted by its name, where it is another function
    assert any("no time" in sentence for sentence in found.open)
    assert "taken again" not in found.how


def test_with_time_enough_the_same_certificates_hold(of_function: str, of_network: Path) -> None:
    seen: list[tuple[int, int]] = []
    watch = TimeAllowance(60.0, progress=lambda done, total: seen.append((done, total)))
    assert recheck_function(of_function, bowl, watch=watch).ok
    assert {total for _, total in seen} == {3}
    assert recheck(of_network.read_text(encoding="utf-8"), TimeAllowance(60.0)).ok


def test_what_will_take_long_is_said_before_the_first_derivative(of_function: str) -> None:
    told: list[float] = []
    found = recheck_function(of_function, slow_bowl, watch=TimeAllowance(0.2, told.append))
    assert not found.ok
    (seconds,) = told
    assert seconds > LONG


def test_the_command_ends_with_3_and_names_what_was_left(of_network: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["recheck", str(of_network), "--max-seconds", "1e-9"]) == 3
    told = capsys.readouterr().out
    assert "derivatives by W1" in told and "derivatives by b2" in told
    assert "as far as the time went" in " ".join(told.replace("▌", " ").split())
    assert main(["recheck", str(of_network)]) == 0


@pytest.mark.parametrize("seconds", ["0", "-1", "inf", "nan"])
def test_a_bound_is_a_positive_number(of_network: Path, seconds: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["recheck", str(of_network), f"--max-seconds={seconds}"]) == 2
    assert "--max-seconds" in capsys.readouterr().err
