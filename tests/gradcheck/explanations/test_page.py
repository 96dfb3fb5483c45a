"""The parts of the page one by one: what is said once, notes beside long lines, pictures, and what made the first nan."""

from __future__ import annotations

import numpy as np
import pytest

from gradcheck.explanations.excerpt import CUT, WIDEST, excerpts
from gradcheck.explanations.heatmap import MOST, QuantityPair
from gradcheck.explanations.page import each_once
from gradcheck.explanations.traced.code import Made, Origin, SourcePlace, Trace
from gradcheck.explanations.traced.ended import not_finite_in
from gradcheck.explanations.traced.where import first_not_finite
from gradcheck.sentences.sentence import in_language
from gradcheck.submissions.explaining import _nearest_output
from reports.document import Code, Prose

PLACES = [SourcePlace("file.py", 0, line) for line in (3, 4, 5)]
NAN = np.array([1.0, np.nan])


def trace(*made):
    return Trace(tuple(Made(PLACES[n], name, np.asarray(array), "f", kind) for n, name, array, kind in made), {})


def shown(lines, notes):
    return [block.text.split("\n") for block in excerpts(lines, notes)]


def test_what_was_said_of_one_mistake_is_not_said_again_of_the_next():
    told = [(["first"], ["a = 1", "b = 2"]), (["second"], ["b = 2", "c = 3"]), (["first"], ["a = 1"])]
    blocks = each_once(told)
    assert [block.parts[0] for block in blocks if isinstance(block, Prose)] == ["first", "second"]
    assert [block.text for block in blocks if isinstance(block, Code)] == ["a = 1\nb = 2", "c = 3"]


def test_the_note_of_a_long_line_stands_below_it():
    lines = ["def f():", "    " + "x" * WIDEST, "    return x"]
    long = shown(lines, {2: "here"})[0]
    assert long == ["  1 | def f():", "> 2 |     " + "x" * WIDEST, "    |     ^ here", "  3 |     return x"]
    assert shown(["a = 1", "b = 2"], {1: "here"}) == [["> 1 | a = 1  <- here", "  2 | b = 2"]]


def test_wrong_lines_near_each_other_stand_in_one_block_and_others_do_not():
    lines = [f"v{n} = {n}" for n in range(1, 12)]
    assert [[line[:1] for line in block] for block in shown(lines, {3: "one", 4: "two"})] == [[" ", ">", ">", " "]]
    assert [len(block) for block in shown(lines, {2: "one", 5: "two", 9: "three"})] == [6, 3]
    assert shown(lines, {11: "end"})[0] == ["  10 | v10 = 10", "> 11 | v11 = 11  <- end"]


def test_a_neighbour_that_is_too_long_is_cut_and_the_wrong_line_is_not():
    (block,) = shown(["a" * 99, "b" * 99, "", "c"], {2: "here"})
    assert block == [f"  1 | {'a' * CUT}…", f"> 2 | {'b' * 99}", "    | ^ here"]


@pytest.mark.parametrize(("right", "yours", "is_negative"), [(0.0, 1.0, False), (1.0, 0.0, True), (-1.0, -1.0, True)])
def test_the_difference_is_yours_without_the_right_one(right, yours, is_negative):
    figure = QuantityPair("dW1", np.array([[right]]), np.array([[yours]])).figure
    assert (figure.svg.count("fill:var(--error") > 1) == is_negative  # once as the sign under the panels
    assert f"<title>dW1, right: {right:g}; yours: {yours:g}</title>" in figure.svg


def test_a_picture_is_told_in_the_language_of_its_report():
    figure = QuantityPair("dW1", np.array([[1.0, 2.0]]), np.array([[1.0, -2.5]])).figure
    assert "<title>dW1，正确值：1, 2；你的值：1, -2.5</title>" in in_language(figure, "zh").svg


def test_what_is_too_large_or_not_finite_has_no_picture():
    large = np.zeros((MOST + 1, 2))
    assert QuantityPair("dW1", large, large + 1).figure is None
    assert QuantityPair("db1", np.zeros(2), NAN).figure is None


def test_the_first_nan_is_made_and_not_handed_over():
    made = trace((0, "x", NAN, Origin.ARGUMENT), (1, "z", [1.0, 2.0], Origin.MADE), (2, "a", NAN, Origin.MADE))
    assert first_not_finite(made) == PLACES[2]
    assert not_finite_in(made) == "the first nan, in a"
    assert first_not_finite(trace((0, "x", NAN, Origin.ARGUMENT))) is None


@pytest.mark.parametrize("value", [0.0, 800.0, -800.0])
def test_what_may_have_made_a_nan_is_what_was_zero_or_large_in_its_place(value):
    made = trace((0, "z", [5.0, value], Origin.MADE), (1, "b", [0.0], Origin.MADE), (2, "a", NAN, Origin.MADE))
    assert not_finite_in(made) == f"the first nan, in a; z is {value:g} there"
    assert not_finite_in(trace((0, "z", [0.0, 5.0], Origin.MADE), (2, "a", NAN, Origin.MADE))) == "the first nan, in a"


def test_nearest_the_output_is_the_bias_of_the_last_layer():
    assert _nearest_output(["b1", "W2", "b2", "W1"]) == "b2"
    assert _nearest_output(["b9", "W10"]) == "W10"
