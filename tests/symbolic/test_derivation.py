"""The derivation as data: steps that rebuild, depend on earlier ones, and compile to the gradient of the network."""

import numpy as np
import pytest
import sympy as sp

from reference_nets.network import backward
from reference_nets.points import init_params, random_batch
from reference_nets.spec import NetworkSpec
from symbolic import derive
from symbolic.derivation.expand import (
    MOST_SYMBOLS,
    _written_out,
    all_sizes,
    check_size,
    expanded,
    expanded_size,
    readable,
)
from symbolic.derivation.line_check import LineCheck
from symbolic.formulas.formula import Formula
from symbolic.formulas.teaching_order import name_of
from symbolic.formulas.text import formula_text
from symbolic.formulas.walk import names, parts
from symbolic.programs.functions import OPAQUE, batch_sum, softmax

FUNCTIONS = {**OPAQUE, "softmax": softmax, "batch_sum": batch_sum, "log": sp.log}


def is_written_out(formula):
    """Whether only inputs, targets and parameters are left."""
    return {name.quantity for name in names(formula)} <= {"x", "y", "W", "b", "m", "lam"}


def test_a_step_says_what_it_is_by_which_rule_and_from_what():
    step = derive("2-3-1").step("delta1", 2)
    assert (step.name, step.rule, step.layer, step.index) == ("delta1_2", "BP2", 1, (2,))
    assert step.depends_on == ("W2_0_2", "delta2_0", "z1_2")
    assert step.text == "δ¹₃ = W²₁₃ δ²₁ σ′(z¹₃)"
    assert step.latex == r"\delta^{1}_{3} = W^{2}_{13}\, \delta^{2}_{1}\, \sigma'(z^{1}_{3})"


def test_every_step_depends_on_earlier_names_alone(spec):
    known = {f"{q}{layer}" for layer in spec.layers for q in "Wb"}
    seen = {"m", "lam"} | {f"x_{i}" for i in range(2)} | {f"y_{k}" for k in range(2)}
    for step in derive(spec).steps:
        assert all(name in seen or name.split("_")[0] in known for name in step.depends_on), step.name
        seen.add(step.name)


def test_the_srepr_of_every_step_rebuilds_its_expression(spec):
    for step in derive(spec).steps:
        rebuilt = sp.sympify(step.to_dict()["srepr"], locals=FUNCTIONS)
        assert sp.expand(rebuilt - step.expression) == 0, step.name


def test_what_a_derivative_rests_on_comes_before_it_and_leaves_out_the_rest():
    names = [step.name for step in derive("2-2-2").behind("dW1_0_1")]
    assert names[-1] == "dW1_0_1" and names.index("delta2_0") < names.index("delta1_0")
    assert "delta1_1" not in names and "dW2_0_0" not in names and "C" not in names


def test_the_closed_form_is_the_gradient_of_the_network():
    spec, rng = NetworkSpec.parse("3-4:tanh-2/cross_entropy+l2=0.1"), np.random.default_rng(0)
    params, (x, y) = init_params(spec, rng), random_batch(spec, rng, 5)
    expected = backward(spec, params, x, y)
    for key, value in derive(spec).closed_form()(params, x, y).items():
        np.testing.assert_allclose(value, expected[key], rtol=1e-13, atol=1e-16)


def test_a_rule_is_quoted_with_letters_for_the_units():
    line = derive("2-3:relu-3-2").rule("BP2", 1)
    assert formula_text(line.left) == "δ¹ⱼ"
    assert formula_text(line.rights[0]) == "(Σₖ W²ₖⱼ δ²ₖ) relu′(z¹ⱼ)"


@pytest.mark.parametrize(
    ("name", "message"), [("dW3", r"has no step 'dW3_0_0', expected one such as z1_0"), ("w", "has no step 'w_0_0'")]
)
def test_a_step_that_is_not_there_is_named(name, message):
    with pytest.raises(KeyError, match=message):
        derive("2-3-1").step(name, 0, 0)


def test_a_rule_that_is_none_is_named():
    with pytest.raises(ValueError, match="there is no rule 'BP5', expected affine, activation, BP1"):
        derive("2-3-1").rule("BP5", 1)


def test_a_notebook_gets_html_and_latex():
    derivation = derive("2-2-1")
    assert "<math" in derivation._repr_html_() and "<html" not in derivation._repr_html_()
    assert derivation._repr_latex_().startswith(r"$$\begin{aligned} \delta^{2}_{j} &= ")


def leaves(formula: Formula) -> int:
    inner = list(parts(formula))
    return 1 if not inner else sum(map(leaves, inner))


@pytest.mark.parametrize("notation", ["1-1:identity", "2-2-1", "2-2:tanh-2/cross_entropy+l2=0.5", "2-3:relu-2/bce"])
def test_a_form_that_is_written_out_is_equal_and_has_no_other_names(notation):
    derivation = derive(notation)
    check = LineCheck(derivation.program)
    for key in ("dW1_0_0", "db1_0"):
        line = check(expanded(derivation.program, key))
        assert is_written_out(line.rights[0])
        assert expanded_size(derivation.program, key) <= 3 * leaves(line.rights[0])
        assert leaves(line.rights[0]) <= 3 * expanded_size(derivation.program, key)


def test_a_false_name_in_a_form_is_noticed():
    derivation = derive("2-2-1")
    assert not is_written_out(name_of("a1_0"))
    assert is_written_out(_written_out(derivation.program, name_of("a1_0")))


def test_the_size_is_known_before_the_work():
    longest, together = all_sizes(derive("4-8-8-3").program)
    assert longest > 10_000 and together > 1_000_000
    with pytest.raises(
        ValueError, match=f"written out in x, W and b, would have {together:,} symbols, expected at most {MOST_SYMBOLS:,}"
    ):
        check_size(derive("4-8-8-3").program)


def test_what_can_be_read_is_written_out_unasked():
    assert len(readable(derive("2-1").program, "dW1_0_0")) == 3
    assert readable(derive("2-3-2").program, "dW1_0_0") == ["dW1_0_0"]
    assert readable(derive("4-8-8-3").program, "dW1_0_0") == []
