from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from mpmath import mpf

from reference_nets.examples.published import EXAMPLES
from reference_nets.examples.worked_examples import (
    PublishedFigure,
    entries,
    parse_quantity,
    read_matrix,
    recompute,
)
from reference_nets.network import backward
from reference_nets.points import check_numbers, check_shapes

# What was printed and is not what comes out: Mazur's ending, and two numbers that lost their last digits when printed.
WRONG = {
    "mazur": {"0.291027924", "0.0000351085", "0.000035085", "0.015912196", "0.984065734"},
    "coursera-week2": {"5.801545319394553", "0.001455578136784208"},
}


@pytest.fixture(scope="module")
def mazur():
    return recompute(EXAMPLES["mazur"])


def disagreements(values):
    """The figures whose floating-point value is not what was printed, allowing for rounding on both sides."""
    for figure, value in values.items():
        if not abs(value - float(figure.published)) <= figure.half_unit + 4 * np.spacing(abs(value)):
            yield figure


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_figure_comes_out_to_all_printed_digits_but_the_known_wrong_ones(name):
    values = recompute(EXAMPLES[name])
    assert list(values) == list(EXAMPLES[name].figures)
    assert {figure.published for figure in disagreements(values)} == WRONG.get(name, set())


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_changed_last_digit_is_noticed(name):
    """Each figure that agrees, with its last digit moved by one, no longer agrees."""
    values = recompute(EXAMPLES[name], steps=300)
    right = set(values) - set(disagreements(values))
    moved = {replace(figure, published=last_digit_moved(figure)): values[figure] for figure in right}
    assert set(disagreements(moved)) == set(moved)


def last_digit_moved(figure):
    mantissa, mark, exponent = figure.published.partition("e")
    digit = int(mantissa[-1])
    return mantissa[:-1] + str(digit + 1 if digit < 9 else digit - 1) + mark + exponent


def test_mazurs_total_error_is_what_exact_arithmetic_gives(mazur):
    after = {figure.after: value for figure, value in mazur.items() if figure.quantity == "cost"}
    assert after[0] == pytest.approx(0.298371108760, abs=5e-13)
    assert after[1] == pytest.approx(0.291027773694, abs=5e-13)
    assert after[10_000] == pytest.approx(3.51018778e-5, abs=5e-14)


def test_mazurs_ending_comes_out_where_hidden_deltas_use_updated_weights():
    example = EXAMPLES["mazur"]

    def with_updated_weights(spec, params, x, y):
        grads = backward(spec, params, x, y)
        a = 1 / (1 + np.exp(-(params["W1"] @ x[0] + params["b1"])))
        delta = (grads["b2"] @ (params["W2"] - 0.5 * grads["W2"])) * a * (1 - a)
        return {**grads, "W1": np.outer(delta, x[0]), "b1": delta}

    values = recompute(example, gradient=with_updated_weights)
    still_wrong = {figure.published for figure in disagreements(values)}
    assert WRONG["mazur"] & still_wrong == {"0.0000351085"}  # a misprint: one digit more than in copies of the page
    assert "0.149780716" in still_wrong  # the page is inconsistent with itself


def test_a_wrong_gradient_contradicts_the_figures():
    def transposed(spec, params, x, y):
        grads = backward(spec, params, x, y)
        return {**grads, "W2": grads["W2"].T.copy()}

    wrong = {figure.quantity for figure in disagreements(recompute(EXAMPLES["mazur"], gradient=transposed, steps=1))}
    assert {"W2[0, 1]", "W2[1, 0]", "cost"} <= wrong and "W2[0, 0]" not in wrong


def test_a_linear_example_is_exact_in_fractions():
    """hmkcode is linear: every figure is a fraction, computed without any rounding by the same lines of code."""
    example = EXAMPLES["hmkcode"]
    values = {figure.quantity: value for figure, value in recompute(example, number=Fraction, steps=0).items()}
    assert values["a2[0, 0]"] == Fraction(191, 1000) and values["cost"] == Fraction("0.3272405")
    new = {figure.quantity: value for figure, value in recompute(example, number=Fraction).items() if figure.after == 1}
    w5, w6 = Fraction("0.14") + Fraction("0.68765") / 20, Fraction("0.15") + Fraction("0.38832") / 20
    h1 = Fraction("0.85") + (2 * Fraction("0.22652") + 3 * Fraction("0.33978")) / 20
    h2 = Fraction("0.48") + (2 * Fraction("0.2427") + 3 * Fraction("0.36405")) / 20
    assert [new["W2[0, 0]"], new["W2[0, 1]"], new["a2[0, 0]"]] == [w5, w6, h1 * w5 + h2 * w6]


def test_decimals_are_read_as_they_are_printed():
    point = EXAMPLES["mazur"].point(Fraction)
    assert point.params["W1"][0, 0] == Fraction(3, 20) and point.params["b2"].tolist() == [Fraction(3, 5)] * 2
    assert EXAMPLES["mazur"].point(mpf).x[0, 0] == mpf("0.05")
    assert EXAMPLES["mazur"].point().params["W1"].dtype == np.float64


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_a_usable_point_with_a_source(name):
    example = EXAMPLES[name]
    point = example.point()
    check_shapes(example.spec, point.params, point.x, point.y)
    check_numbers(example.spec, point.params, point.x, point.y)
    assert set(example.updates) <= set(example.spec.keys) and example.source and example.title and example.figures
    assert len(set(example.figures)) == len(example.figures)


def test_steps_leave_later_figures_out():
    assert {figure.after for figure in recompute(EXAMPLES["mazur"], steps=1)} == {0, 1}


def test_half_a_unit_is_that_of_the_last_printed_digit():
    units = {"0.3775": 5e-5, "-9.2783e-03": 5e-8, "12": 0.5, "0.0000351085": 5e-11, "-1.5": 0.05}
    for published, unit in units.items():
        assert PublishedFigure("cost", published).half_unit == pytest.approx(unit)


def test_entries_of_matrices_and_vectors_are_numbered_as_in_code():
    assert [figure.quantity for figure in entries("dW2", "1 _; 3 4")] == ["dW2[0, 0]", "dW2[1, 0]", "dW2[1, 1]"]
    assert [figure.quantity for figure in entries("db1", "1 2")] == ["db1[0]", "db1[1]"]
    assert [figure.quantity for figure in entries("b1", "1", after=3)] == ["b1[0]"]
    assert [figure.quantity for figure in entries("dx", "1 2")] == ["dx[0, 0]", "dx[0, 1]"]


def test_data_cost_leaves_the_l2_term_out():
    example = replace(
        EXAMPLES["cs231n-toy"], figures=(PublishedFigure("data cost", "1.2658570521"), PublishedFigure("cost", "1.30378789133"))
    )
    assert list(disagreements(recompute(example))) == []


@pytest.mark.parametrize("quantity", ["W", "cost[0", "dz1[0, 0]", "w1[0]", "dx", "a1[0,0]", "cost(0)"])
def test_a_quantity_that_is_none_says_what_one_looks_like(quantity):
    with pytest.raises(ValueError, match="is no quantity, expected one such as cost, a2"):
        parse_quantity(quantity)


def test_nan_agrees_with_nothing():
    assert list(disagreements({PublishedFigure("cost", "1.0"): float("nan")}))


def test_a_matrix_is_rows_separated_by_semicolons():
    assert read_matrix("1 2; 3.5 -4").tolist() == [[1, 2], [3.5, -4]]


def test_the_network_of_eleven_lines_learns_as_it_was_printed():
    """10,000 steps, in floats alone: on balls they would take minutes, because every step widens them."""
    example = EXAMPLES["trask-eleven-lines"]
    printed = replace(example, figures=(PublishedFigure("mean error", "0.00858452565325", after=10_000),))
    assert list(disagreements(recompute(printed))) == []
