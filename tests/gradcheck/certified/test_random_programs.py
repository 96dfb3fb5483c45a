"""Random programs over every rule, against tangents written by hand, the complex step and differences."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.fuzz import FAILURES, MOST_FALLBACKS, Counts, judged, random_program, report, run, shown
from benchmarks.programs import coverage
from benchmarks.programs.cases import case_of
from benchmarks.programs.drawing import ROWS, Drawing, available
from benchmarks.programs.hessians import SECOND, hessian_findings
from benchmarks.programs.judging import Outcome
from benchmarks.programs.program import Program
from benchmarks.programs.rows import row
from gradcheck.certified.numbers import elementary as rules
from gradcheck.certified.numbers.operations import ELEMENTWISE, apply1
from gradcheck.certified.numbers.registry import ARRAY_FUNCTIONS

PARTS, DAILY, PROGRAMS = 10, 3, 20
FULL = pytest.mark.extra("resource")  # run by make test-all


@pytest.mark.parametrize("seed", [pytest.param(n, marks=FULL if n >= DAILY else ()) for n in range(PARTS)])
def test_right_and_spoiled_derivatives_of_random_programs_are_told_apart(seed):
    counts = run(PROGRAMS, 1000 + seed, progress=False)
    assert not any(counts.outcomes[kind] for kind in FAILURES), "\n\n".join(shown(*failure) for failure in counts.failures)
    assert counts.outcomes[Outcome.UNCONFIRMED] <= 1
    assert counts.outcomes[Outcome.FALLBACK] <= max(1, MOST_FALLBACKS * counts.programs), report(counts, 0)
    assert counts.programs >= 0.9 * PROGRAMS


def test_every_rule_has_a_row_or_a_reason():
    assert coverage.without_a_row() == []
    assert set(coverage.LEFT_OUT) <= set(coverage.rules())


def test_a_rule_without_a_row_is_named(monkeypatch):
    monkeypatch.setitem(ARRAY_FUNCTIONS, np.fft.hfft, lambda x: x)
    assert "numpy.fft.hfft" in coverage.without_a_row()


def test_rows_name_the_functions_that_they_ask_for():
    assert row("np.linalg.norm({a}, axis={axis})").names == {"numpy.linalg.norm"}
    assert row("math.sin({a}) + special.erf({a})").names == {"math.sin", "scipy.special.erf"}


def drawn(text, number=True):
    """A program that holds the row with this text."""
    must = next(found for found in ROWS if found.value == text)
    return next(p for p in (random_program(np.random.default_rng(seed), must, number=number) for seed in range(20)) if p)


def test_a_wrong_rule_is_found_and_shown_small(monkeypatch):
    wrong = replace(rules.RULES["sin"], slopes=(lambda x, y: x.cos() * (1 + rules.Ball(1) / 10**6),))
    monkeypatch.setitem(ELEMENTWISE, "sin", lambda a: apply1(wrong, a))
    found, counts = set(), Counts()
    for seed in range(4):
        drawing = Drawing(np.random.default_rng(seed), np.array([0.5, -1.25]))
        name = drawing.add(row("np.sin({a})", "np.cos({a}) * {da}"), "x")
        last = drawing.add(row("np.sum({A})"), drawing.add(row("{A} * 3"), name))
        program = Program(drawing.x, tuple(drawing.statements), last, drawing.constants, drawing.values)
        outcomes = judged(program, np.random.default_rng(seed))[1]
        counts.add(seed, program, outcomes)
        found |= {finding.outcome for finding in outcomes}
    assert {Outcome.CONTRADICTION, Outcome.FALSE_ALARM} <= found
    assert counts.failed
    text = shown(*counts.failures[0])
    assert "* 3" not in text
    namespace = {}
    exec(text, namespace)
    assert namespace["grad"](namespace["x"]) == pytest.approx(np.cos(namespace["x"]) if "np.sum(" in text else 0)


ALONE = ["np.linalg.solve({a}, {b})", "np.sort({a}, axis={axis})", "{A} @ {B}", "statistics.fmean([{a}, {a} * {a}, 1.0])"]


@pytest.mark.parametrize("text", ALONE)
def test_a_program_runs_by_itself(text):
    program = drawn(text)
    namespace = {}
    exec(program.text(), namespace)
    assert case_of(program, np.random.default_rng(0)) is not None
    assert np.size(namespace["f"](namespace["x"])) == 1


def test_wrong_tangents_are_not_confirmed():
    drawing = Drawing(np.random.default_rng(0), np.array([0.5, -1.25]))
    last = drawing.add(row("np.sum(np.sin({a}))", "np.sum(np.cos({a}) * {da}) * 1.001"), "x")
    program = Program(drawing.x, tuple(drawing.statements), last, drawing.constants, drawing.values)
    assert case_of(program, np.random.default_rng(0)) is None


def test_rows_whose_needs_are_not_there_are_not_drawn():
    assert not available(row("np.nowhere({a})", needs="np.nowhere"))
    assert available(row("np.exp({a})"))


def test_the_command_prints_counts(capsys):
    assert main(["fuzz", "3", "--seed", "5"]) == 0
    out = capsys.readouterr().out
    assert "3 programs in" in out
    assert "contradiction" in out
    assert "not followed, by reason:" in out


@pytest.mark.parametrize("seed", range(12))
def test_products_with_the_hessian_of_random_costs_are_told_from_spoiled_ones(seed):
    assert hessian_findings(np.random.default_rng(seed)) == []


def test_the_second_derivatives_are_those_of_the_functions():
    z, h = np.array([0.3, -0.7, 1.1]), 2.0**-12
    for phi, (first, second) in SECOND.items():
        at = lambda text, z: eval(text, {"np": np, "z": z})
        assert (at(phi, z + h) - at(phi, z - h)) / (2 * h) == pytest.approx(at(first, z), rel=1e-5, abs=1e-6)
        assert (at(first, z + h) - at(first, z - h)) / (2 * h) == pytest.approx(at(second, z), rel=1e-5, abs=1e-6)
