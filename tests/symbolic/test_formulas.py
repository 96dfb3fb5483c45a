"""Formulas in the order of the blackboard: what SymPy would sort, and how each format writes it."""

from fractions import Fraction

import pytest
import sympy as sp

from reference_nets.spec import NetworkSpec
from symbolic.formulas.formula import (
    AVERAGE,
    Line,
    Name,
    Negative,
    Number,
    OverBatch,
    Power,
    Product,
    Quotient,
    Running,
    Sum,
    Whole,
    product,
)
from symbolic.formulas.latex import formula_latex, line_latex
from symbolic.formulas.line_breaks import DOT, PLUS, broken, deeper, mark
from symbolic.formulas.notation import one_based
from symbolic.formulas.teaching_order import formula_of, name_of
from symbolic.formulas.text import formula_text, line_lines
from symbolic.formulas.walk import instantiated
from symbolic.programs.build import program


def right_side(notation, name):
    return formula_of(program(NetworkSpec.parse(notation)).by_name[name].rhs)


@pytest.mark.parametrize(
    ("notation", "name", "text", "latex"),
    [
        ("2-1", "z1_0", "W¹₁₁ x₁ + W¹₁₂ x₂ + b¹₁", r"W^{1}_{11}\, x_{1} + W^{1}_{12}\, x_{2} + b^{1}_{1}"),
        ("2-1", "c", "½ (a¹₁ − y₁)²", r"\frac{1}{2}\, (a^{1}_{1} - y_{1})^{2}"),
        ("2-1", "C", "1/m · Σₑ c", r"\frac{1}{m}\, \sum_{e} c"),
        ("2-1+l2=1", "C", "1/m · Σₑ c + R", r"\frac{1}{m}\, \sum_{e} c + R"),
        ("1-1+l2=1", "R", "λ/2 · (W¹₁₁)²", r"\frac{\lambda}{2}\, (W^{1}_{11})^{2}"),
        ("2-1", "delta1_0", "1/m · (a¹₁ − y₁) σ′(z¹₁)", r"\frac{1}{m}\, (a^{1}_{1} - y_{1})\, \sigma'(z^{1}_{1})"),
        ("2-2-1", "delta1_1", "W²₁₂ δ²₁ σ′(z¹₂)", r"W^{2}_{12}\, \delta^{2}_{1}\, \sigma'(z^{1}_{2})"),
        ("2-1", "dW1_0_1", "Σₑ δ¹₁ x₂", r"\sum_{e} \delta^{1}_{1}\, x_{2}"),
        ("2-1/bce", "c", "−[y₁ ln a¹₁ + (1 − y₁) ln(1 − a¹₁)]", None),
        ("2-2/bce", "c", "−[y₁ ln a¹₁ + (1 − y₁) ln(1 − a¹₁) + y₂ ln a¹₂ + (1 − y₂) ln(1 − a¹₂)]", None),
        ("2-2/cross_entropy", "c", "−(y₁ ln a¹₁ + y₂ ln a¹₂)", None),
        ("2-2:sigmoid/cross_entropy", "delta1_0", "−1/m · y₁ σ(−z¹₁)", None),
        ("2-3/mse", "delta1_0", "2/(3 m) · (a¹₁ − y₁)", None),
        ("12-1", "z1_0", "W¹₁₁ x₁ + W¹₁₂ x₂ + W¹₁₃ x₃ + ⋯ + b¹₁", None),
    ],
)
def test_a_statement_reads_as_on_a_board(notation, name, text, latex):
    formula = right_side(notation, name)
    assert formula_text(formula) == text
    assert latex is None or formula_latex(formula) == latex


def test_indices_count_from_one_and_get_a_comma_where_one_has_two_digits():
    assert [one_based(index) for index in ((0, 2), (0, 9), (11, 0), ("j", "i"))] == ["13", "1,10", "12,1", "ji"]


def test_a_power_never_stands_where_a_layer_does():
    assert formula_text(Power(Name("a", 1, (0,)), 2)) == "(a¹₁)²"
    assert formula_latex(Power(Name("a", 1, (0,)), 2)) == "(a^{1}_{1})^{2}"
    assert formula_text(Power(Name("z"), 2)) == "z²"


def test_brackets_around_brackets_are_square():
    formula = product(Sum((Power(Name("W", 1, (0, 0)), 2), Name("b", 1, (0,)))), Name("x", None, (0,)))
    assert formula_text(formula) == "[(W¹₁₁)² + b¹₁] x₁"


def test_a_sum_over_the_batch_is_bracketed_where_something_follows():
    assert formula_text(Product((OverBatch(Name("c")), Name("x", None, (0,))))) == "(Σₑ c) x₁"


def test_numbers_are_joined_by_a_point_and_keep_their_sign():
    x, w = Number(Fraction(-1, 2), "-0.5"), Number(Fraction(3), "3")
    assert formula_text(Sum((product(w, x), x))) == "3·(−0.5) − 0.5"
    assert formula_latex(Sum((product(w, x), x))) == r"3 \cdot ({-0.5}) - 0.5"
    assert formula_latex(Number(Fraction(1, 10**5), "1e-5")) == r"1 \cdot 10^{-5}"


def test_a_letter_becomes_a_number_but_not_inside_a_sum_that_runs_over_it():
    general = Sum((Running("i", "l-1", Name("W", "l", ("j", "i"))), Name("b", "l", ("i",))))
    at = instantiated(general, {"l": 1, "j": 0, "i": 4})
    assert formula_text(at) == "Σᵢ W¹₁ᵢ + b¹₅"


def test_the_activation_of_layer_zero_is_the_input():
    assert instantiated(Name("a", "l-1", ("i",)), {"l": 1, "i": 2}) == Name("x", None, (2,))
    assert instantiated(Whole("a", "l-1"), {"l": 1}) == Whole("x")


def test_a_name_of_no_program_is_refused():
    with pytest.raises(ValueError, match="'W1-0' is no name of a program, expected one such as W1_0_2"):
        name_of("W1-0")


def test_an_exponent_that_no_formula_has_is_refused():
    with pytest.raises(ValueError, match="is a power that no formula here has"):
        formula_of(sp.Symbol("x_0") ** sp.Symbol("y_0"))


def test_powers_of_a_root_are_powers_of_a_root():
    z = sp.Symbol("z_0", positive=True)
    assert formula_text(formula_of((1 + z**2) ** sp.Rational(3, 2))) == "(√(1 + z₁²))³"
    assert formula_text(formula_of((1 + z**2) ** sp.Rational(-3, 2))) == "1/(√(1 + z₁²))³"
    with pytest.raises(ValueError, match="is a root that no formula here has"):
        formula_of(z ** sp.Rational(1, 3))


def test_a_long_line_breaks_at_the_outermost_plus():
    text = "a (" + deeper(f"bbbbbb {mark(PLUS)}+ cccccc") + f") {mark(PLUS)}+ d{mark(DOT)} e"
    assert broken(text, 24) == ["a (bbbbbb + cccccc)", "+ d e"]
    assert broken(text, 100) == ["a (bbbbbb + cccccc) + d e"]


def test_a_line_without_a_place_to_break_stays_whole():
    assert broken("x" * 30, 10) == ["x" * 30]


def test_no_line_of_a_long_formula_is_wider_than_asked():
    spec = NetworkSpec.parse("8-1")
    line = Line(Name("z", 1, (0,)), (formula_of(program(spec).by_name["z1_0"].rhs),))
    lines = line_lines(line, width=40)
    assert len(lines) > 2 and max(map(len, lines)) <= 40
    assert line_latex(line, width=30).count(r"\\") >= 2


def test_several_equalities_stand_under_each_other():
    line = Line(Name("z", 1, (0,)), (Name("x", None, (0,)), Quotient(Name("c"), Name("m"))))
    assert line_lines(line) == ["z¹₁ = x₁", "    = c/m"]
    assert line_latex(line) == r"\begin{aligned} z^{1}_{1} &= x_{1} \\ &= \frac{c}{m} \end{aligned}"


def test_what_is_subtracted_comes_last():
    assert formula_text(formula_of(sp.Symbol("a1_0") - sp.Symbol("y_0"))) == "a¹₁ − y₁"
    assert formula_text(formula_of(1 - sp.Symbol("a1_0"))) == "1 − a¹₁"
    assert formula_text(Negative(Sum((Name("c"), Name("R"))))) == "−(c + R)"
    assert formula_text(product(AVERAGE, Name("c"))) == "1/m · c"
