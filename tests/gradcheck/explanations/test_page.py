"""The parts of the page one by one: what is said once, notes beside long lines, pictures, and what made the first nan."""

from __future__ import annotations

import numpy as np
import pytest

from gradcheck.explanations.excerpt import WIDEST, excerpt
from gradcheck.explanations.heatmap import MOST, Comparison
from gradcheck.explanations.page import each_once
from gradcheck.explanations.traced.code import Kind, Made, Place, Trace
from gradcheck.explanations.traced.ended import not_finite_in
from gradcheck.explanations.traced.where import first_not_finite
from gradcheck.submissions.explaining import _nearest_output
from reports.document import Code, Prose

PLACES = [Place("file.py", 0, line) for line in (3, 4, 5)]
NAN = np.array([1.0, np.nan])


def trace(*made):
    return Trace(tuple(Made(PLACES[n], name, np.asarray(array), "f", kind) for n, name, array, kind in made), {})


def test_what_was_said_of_one_mistake_is_not_said_again_of_the_next():
    told = [(["first"], ["a = 1", "b = 2"]), (["second"], ["b = 2", "c = 3"]), (["first"], ["a = 1"])]
    blocks = each_once(told)
    assert [block.parts[0] for block in blocks if isinstance(block, Prose)] == ["first", "second"]
    assert [block.text for block in blocks if isinstance(block, Code)] == ["a = 1\nb = 2", "c = 3"]


def test_the_note_of_a_long_line_stands_below_it():
    lines = ["def f():", "    " + "x" * WIDEST, "    return x"]
    long = excerpt(lines, Place("", 0, 2), {2: "here"}).code.text.split("\n")
    assert long == ["  1 | def f():", "> 2 |     " + "x" * WIDEST, "    |     ^ here", "  3 |     return x"]
    short = excerpt(["a = 1", "b = 2"], Place("", 0, 1), {1: "here"}).code.text.split("\n")
    assert short == ["> 1 | a = 1  <- here", "  2 | b = 2"]


@pytest.mark.parametrize(("right", "yours", "is_negative"), [(0.0, 1.0, False), (1.0, 0.0, True), (-1.0, -1.0, True)])
def test_the_difference_is_yours_without_the_right_one(right, yours, is_negative):
    figure = Comparison("dW1", np.array([[right]]), np.array([[yours]])).figure
    assert ("fill:var(--error" in figure.svg) == is_negative
    assert "<title>dW1</title>" in figure.svg


def test_what_is_too_large_or_not_finite_has_no_picture():
    large = np.zeros((MOST + 1, 2))
    assert Comparison("dW1", large, large + 1).figure is None
    assert Comparison("db1", np.zeros(2), NAN).figure is None


def test_the_first_nan_is_made_and_not_handed_over():
    made = trace((0, "x", NAN, Kind.ARGUMENT), (1, "z", [1.0, 2.0], Kind.MADE), (2, "a", NAN, Kind.MADE))
    assert first_not_finite(made) == PLACES[2]
    assert not_finite_in(made) == "the first nan, in a"
    assert first_not_finite(trace((0, "x", NAN, Kind.ARGUMENT))) is None


@pytest.mark.parametrize("value", [0.0, 800.0, -800.0])
def test_what_may_have_made_a_nan_is_what_was_zero_or_large_in_its_place(value):
    made = trace((0, "z", [5.0, value], Kind.MADE), (1, "b", [0.0], Kind.MADE), (2, "a", NAN, Kind.MADE))
    assert not_finite_in(made) == f"the first nan, in a; z is {value:g} there"
    assert not_finite_in(trace((0, "z", [0.0, 5.0], Kind.MADE), (2, "a", NAN, Kind.MADE))) == "the first nan, in a"


def test_nearest_the_output_is_the_bias_of_the_last_layer():
    assert _nearest_output(["b1", "W2", "b2", "W1"]) == "b2"
    assert _nearest_output(["b9", "W10"]) == "W10"
