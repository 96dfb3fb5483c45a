import random
import re

import pytest

from benchmarks.__main__ import benchmarks, main
from benchmarks.confusion import World, page, share
from benchmarks.gradient_peers import Case, ours, ours_central
from benchmarks.gradients import Result, _document, _missed, _run
from benchmarks.readers import Counts, Reader, read_one, spoiled
from reports.render import render


def absent(case):
    raise ImportError("No module named 'peer'")


def measured(**peers):
    case = Case.of("4-5-3")
    results = {peer: {"4-5-3": _run(case, prepare, ours(case))} for peer, prepare in peers.items()}
    return render(_document({"4-5-3": case}, {"4-5-3": ours(case)}, results, {"4-5-3": 1e-16}))


def test_one_command_runs_every_benchmark_or_those_named(capsys):
    assert {"gradients", "training"} <= set(benchmarks())
    assert main(["gradient"]) == 2
    assert f"no benchmark is named gradient; there are {', '.join(benchmarks())}" in capsys.readouterr().err


def test_a_peer_that_is_absent_is_listed_as_not_run():
    text = measured(central=ours_central, peer=absent)
    assert "peer: NOT RUN (No module named 'peer')" in text
    assert text.count("NOT RUN") == 2


def test_a_peer_is_timed_as_a_ratio_and_its_error_measured():
    result = _run(Case.of("4-5-3"), ours_central, ours(Case.of("4-5-3")))
    assert 0.05 < result.ratio < 20
    assert 1e-12 < result.error < 1e-6


@pytest.mark.parametrize("ratio", [9.9, None])
def test_a_goal_that_is_missed_or_could_not_be_tested_is_said(ratio):
    names = ("4-5-3", "10-16-4", "20-32-10", "64-64-10")
    results = {"scipy complex step": dict.fromkeys(names, Result(12.0, 1e-16))}
    results["torch gradcheck"] = dict.fromkeys(names, Result(31.0, None))
    errors = dict.fromkeys(names, 1e-15)
    assert _missed(results, errors) == []
    results["scipy complex step"]["20-32-10"] = Result(ratio, None)
    (line,) = _missed(results, errors)
    assert line.startswith("NOT RUN: 10 x" if ratio is None else "MISSED: 9.9 x")
    assert line.count("20-32-10") == 1
    assert "MISSED: error 1e-13" in _missed(results, {**errors, "4-5-3": 1e-13})[-1]


@pytest.mark.parametrize("name", ["notebooks", "zips", "sources", "self-tests"])
def test_what_reads_files_is_counted_by_what_came_of_them(name, capsys):
    assert main(["readers", name, "--count", "3", "--seed", "2"]) in (0, 1)
    told = capsys.readouterr().out.partition("\n")[0]
    counts = re.findall(r"(\d+) (?:accepted|refused|crash|wrong|slow)", told)
    assert told.startswith(f"{name}: ") and sum(map(int, counts)) == 3


def test_a_crash_and_a_wrong_answer_of_a_reader_are_failures_and_a_refusal_is_none(tmp_path):
    def read(data, folder):
        del folder
        return {b"right": data, b"wrong": data}[data] if data != b"refused" else int("x")

    outcomes = []
    for data in (b"right", b"wrong", b"refused", b"crash"):
        counts = Counts()
        row = Reader("one", lambda rng, data=data: data, read, (ValueError,), lambda data, _: "wrong" * (data == b"wrong"))
        number = next(n for n in range(1000) if spoiled(row, random.Random(f"one 0 {n}")) == data)
        read_one(row, number, 0, counts)
        outcomes.append((*counts.outcomes, bool(counts.failures)))
    assert outcomes == [("accepted", False), ("wrong", True), ("refused", False), ("crash", True)]


def test_the_confusion_of_a_small_network_is_counted():
    world = World("2-1/bce")
    alone = [case for variant in world.variants[:8] if (case := world.judged((variant,)))]
    assert len(alone) == 8 and share(alone) == 1.0
    text = page(alone, [])
    assert "| `2-1/bce` | 8 | " in text and "Nothing." in text
