"""Every line that is printed is evaluated first: true lines pass, false ones are caught, for every activation and cost."""

from itertools import product as pairs

import pytest
import sympy as sp

from reference_nets.spec import NetworkSpec
from symbolic.derivation import slopes
from symbolic.derivation.general_rules import cost_in_general, general_rule, matrix_rule
from symbolic.derivation.line_check import FalseLineError, LineCheck
from symbolic.derivation.output_delta import jacobian, output_delta_steps
from symbolic.derivation.paths import factored, path_count, paths
from symbolic.derivation.slopes import DEFINITIONS, slope
from symbolic.formulas.formula import (
    AVERAGE,
    Call,
    Hadamard,
    Line,
    Name,
    Negative,
    Outer,
    OverBatch,
    Product,
    Sum,
    Whole,
    product,
)
from symbolic.formulas.text import formula_text
from symbolic.formulas.walk import instantiated
from symbolic.programs.build import program
from symbolic.report.derivation import derive
from symbolic.report.numpy_code import FalseCodeError, _run, numpy_code

RULES = ("affine", "activation", "BP3", "BP4")


def rules_of(spec):
    for layer in spec.layers:
        yield from ((rule, layer) for rule in (*RULES, "BP1" if layer == spec.L else "BP2"))


def test_every_statement_is_printed_as_it_is(spec):
    check = LineCheck(program(spec))
    for step in derive(spec).steps:
        check(step.line)
        check(step.line, real=True)


def test_every_general_rule_holds_for_every_unit_and_in_matrices(spec):
    check = LineCheck(program(spec))
    for rule, layer in rules_of(spec):
        line = general_rule(program(spec), rule, layer)
        for j, i in pairs(range(spec.sizes[layer]), range(spec.sizes[layer - 1])):
            at = [instantiated(side, {"j": j, "i": i}) for side in (line.left, *line.rights)]
            check(Line(at[0], tuple(at[1:])))
        check(matrix_rule(program(spec), rule, layer))
    check(cost_in_general(program(spec)))


def test_every_step_of_bp1_holds_and_ends_in_delta(spec):
    check, p = LineCheck(program(spec)), program(spec)
    for unit in range(2):
        steps = output_delta_steps(p, unit)
        for step in steps:
            check(step.line, real=step.real)
        assert steps[-1].line.left == Name("delta", spec.L, (unit,))
    if spec.activations[-1] == "softmax":
        check(jacobian(p))


def test_the_paths_of_every_parameter_add_up_to_its_derivative(spec):
    check, p = LineCheck(program(spec)), program(spec)
    for quantity, layer, index in (("W", 1, (2, 1)), ("W", 2, (1, 0)), ("b", 1, (1,))):
        name = "_".join([f"{quantity}{layer}", *map(str, index)])
        found = paths(p, name, 100)
        assert len(found) == path_count(p, name)
        for path in found:
            check(path.line)
        for line in factored(p, quantity, layer, index, found):
            check(line)


def test_the_code_that_is_shown_runs_to_the_same_gradient(spec):
    assert numpy_code(derive(spec)).count("# BP") == 2 + 2 * spec.L


@pytest.mark.parametrize(
    ("old", "new"), [("a1 * (1 - a1)", "(1 - a1)"), ("(a2 - y)", "(y - a2)"), ("delta1.T @ x", "delta1.T @ -x")]
)
def test_a_false_line_of_code_is_caught(old, new):
    derivation = derive("2-3-2")
    text = numpy_code(derivation)
    assert old in text
    with pytest.raises(FalseCodeError, match="the code shown for 2-3:sigmoid-2:sigmoid/quadratic does not give d"):
        _run(derivation, text.replace(old, new))


DELTA, A, Y, Z = (Name(quantity, 2, (0,)) for quantity in ("delta", "a", "y", "z"))
ERROR = Sum((A, Negative(Name("y", None, (0,)))))


@pytest.mark.parametrize(
    "line",
    [
        Line(DELTA, (product(AVERAGE, ERROR),)),  # the slope is missing
        Line(DELTA, (product(ERROR, Call("dsigmoid", (Z,))),)),  # 1/m is missing
        Line(DELTA, (product(AVERAGE, ERROR, Call("dsigmoid", (A,))),)),  # the slope at a
        Line(DELTA, (product(AVERAGE, ERROR, Call("dsigmoid", (Z,))), product(AVERAGE, ERROR, A))),  # right, then wrong
        Line(Whole("dW", 2), (OverBatch(Outer(Whole("delta", 2), Whole("z", 1))),)),
        Line(Whole("delta", 2), (Hadamard(Whole("a", 2), Call("dsigmoid", (Whole("z", 2),))),)),
    ],
    ids=lambda line: formula_text(line.rights[-1]),
)
@pytest.mark.parametrize("real", [False, True])
def test_a_false_line_is_caught(line, real):
    with pytest.raises(FalseLineError, match="does not hold for 3-3:tanh-2:sigmoid/quadratic"):
        LineCheck(program(NetworkSpec.parse("3-3:tanh-2")))(line, real=real)


def test_what_is_special_to_a_function_is_judged_on_balls_and_not_in_the_field():
    check = LineCheck(program(NetworkSpec.parse("1-1:tanh")))
    z, a = Name("z", 1, (0,)), Name("a", 1, (0,))
    right = Line(Call("dtanh", (z,)), (Sum((product(), Negative(Product((a, a))))),))
    wrong = Line(Call("dtanh", (z,)), (Sum((product(), Negative(a))),))
    check(right, real=True)
    with pytest.raises(FalseLineError):
        check(right)
    with pytest.raises(FalseLineError):
        check(wrong, real=True)


def test_a_general_line_is_tried_at_its_last_unit_too():
    p = program(NetworkSpec.parse("1-7"))
    check = LineCheck(p)
    check.general(general_rule(p, "BP1", 1), "j", 7)
    assert check.lines == 1
    with pytest.raises(FalseLineError):
        check.general(Line(Name("z", 1, ("j",)), (Name("z", 1, (6,)),)), "j", 7)


@pytest.mark.parametrize("name", [*DEFINITIONS])
def test_the_slope_of_every_function_is_proven(name):
    assert slope(name).name == name
    assert (slope(name).kinks != ()) == (name in ("relu", "leaky_relu"))


@pytest.mark.parametrize(
    ("name", "wrong"), [("sigmoid", sp.Symbol("a") ** 2), ("tanh", 1 + sp.Symbol("a") ** 2), ("softplus", sp.Integer(1))]
)
def test_a_wrong_slope_is_refused(name, wrong, monkeypatch):
    monkeypatch.setitem(slopes._FORMS, name, (wrong,))
    with pytest.raises(ValueError, match=f"{name}: SymPy derives .*, which is not the form that would be printed"):
        slope.__wrapped__(name)


def test_paths_are_counted_without_walking_them():
    assert path_count(program(NetworkSpec.parse("4-8-8-3")), "W1_0_0") == 8 * 3
    assert path_count(program(NetworkSpec.parse("4-8-8-8-3/cross_entropy")), "W1_0_0") == 8 * 8 * 3 * 3


def test_one_path_through_one_unit_has_one_product():
    (path,) = paths(program(NetworkSpec.parse("2-1/bce")), "W1_0_1", 10)
    assert path.names == ("W1_0_1", "z1_0", "a1_0", "c", "C")
    assert formula_text(path.value) == "1/m · ((1 − y₁)/(1 − a¹₁) − y₁/a¹₁) · σ′(z¹₁) · x₂"


@pytest.mark.parametrize(("notation", "text"), [("2-1/bce", "1/m · (aᴸⱼ − yⱼ)"), ("2-3/cross_entropy", "1/m · (aᴸⱼ − yⱼ)")])
def test_logistic_and_softmax_regression_end_in_a_minus_y(notation, text):
    line = general_rule(program(NetworkSpec.parse(notation)), "BP1", 1)
    assert formula_text(line.rights[-1]) == text.replace("ᴸ", "¹")
