"""Printed figures: right to every digit, right but for rounding, wrong by a mistake that is found, or unexplained."""

from dataclasses import replace

import pytest

from gradcheck.verification.published_figures import Standing, check_example
from reference_nets.examples.published import EXAMPLES
from reference_nets.examples.worked_examples import PublishedFigure

MAZUR = EXAMPLES["mazur"]


def standings(checks):
    return {(check.figure.quantity, check.figure.after): check.standing for check in checks}


def test_every_published_figure_is_right_or_explained():
    checks = [check for example in EXAMPLES.values() for check in check_example(example)]
    assert len(checks) >= 150
    assert [check for check in checks if check.standing is Standing.UNEXPLAINED] == []


def test_all_figures_but_those_of_two_examples_match_to_every_digit():
    checks = [check for example in EXAMPLES.values() for check in check_example(example)]
    odd = {check.example for check in checks if check.standing is not Standing.MATCH}
    assert odd == {"mazur", "coursera-week2"}


def test_mazurs_total_error_comes_from_weights_updated_before_backpropagation():
    by_figure = {(c.figure.quantity, c.figure.after): c for c in check_example(MAZUR)}
    after_one = by_figure["cost", 1]
    assert after_one.figure.published == "0.291027924"
    assert after_one.exact.startswith("0.291027773693")
    assert after_one.standing is Standing.EXPLAINED
    assert after_one.mistakes == ("weights-updated-before-backpropagation",)
    for quantity in ("a2[0, 0]", "a2[0, 1]", "cost"):
        assert by_figure[quantity, 10_000].mistakes == ("weights-updated-before-backpropagation",)


def test_a_digit_too_many_is_told_as_a_misprint():
    by_text = {check.figure.published: check for check in check_example(MAZUR)}
    assert by_text["0.0000351085"].misprint == "0.000035085"
    assert by_text["0.000035085"].misprint is None
    assert by_text["0.000035085"].standing is Standing.EXPLAINED


def test_float64_cancellation_of_the_author_is_rounding():
    found = standings(check_example(EXAMPLES["coursera-week2"]))
    assert found["cost", 0] is Standing.ROUNDED
    assert found["db1[0]", 0] is Standing.ROUNDED


@pytest.mark.parametrize("digit", range(2, 11))
def test_one_altered_digit_of_a_right_figure_is_unexplained(digit):
    right = next(figure for figure in MAZUR.figures if figure.quantity == "cost" and figure.after == 0)
    altered = right.published[:digit] + str((int(right.published[digit]) + 5) % 10) + right.published[digit + 1 :]
    example = replace(MAZUR, figures=(PublishedFigure("cost", altered),))
    (check,) = check_example(example)
    assert check.standing is Standing.UNEXPLAINED


def test_a_planted_gradient_mistake_in_a_figure_is_named():
    example = EXAMPLES["ng-ex4"]
    gradient = next(figure for figure in example.figures if figure.quantity == "dW2[0, 0]")
    flipped = PublishedFigure(gradient.quantity, f"-{gradient.published}")
    (check,) = check_example(replace(example, figures=(flipped,)))
    assert check.standing is Standing.EXPLAINED
    assert "sign-flipped" in check.mistakes
