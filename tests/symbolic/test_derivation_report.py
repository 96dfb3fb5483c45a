"""The report in every format, its options, and that a wrong recursion cannot be reported as a right one."""

import json
import re

import numpy as np
import pytest

from reference_nets.examples.published import MAZUR
from reference_nets.network import backward, cost
from reference_nets.spec import NetworkSpec
from reports.anchors import walk
from reports.document import Callout, Equation, Figure, Section, Table
from reports.formats.mathml import to_mathml
from reports.render import render
from symbolic import derive
from symbolic.derivation.line_check import FalseLineError
from symbolic.programs.statements import parameter_entries
from symbolic.report.derivation import Derivation
from symbolic.report.diagrams.diagram import Arrow, Circle, Dots, draw, shown_units
from symbolic.report.diagrams.svg import to_svg
from symbolic.report.diagrams.text import diagram_text
from symbolic.report.diagrams.tikz import to_tikz
from symbolic.report.differences import difference_quotients, gaps, spread_entries
from symbolic.report.options import Options, Values, weight_of
from symbolic.report.point_values import AtPoint, decimal

POINT = Values(
    {
        "W1": np.array([[0.5, -0.25], [1.0, 0.75]]),
        "b1": np.array([0.1, -0.2]),
        "W2": np.array([[-1.5, 2.0]]),
        "b2": np.array([0.3]),
    },
    np.array([[1.0, 2.0], [-0.5, 0.25]]),
    np.array([[1.0], [0.0]]),
)
MAZUR_POINT = MAZUR.point()


def titles(document):
    return [block.title for block in document.blocks if isinstance(block, Section)]


@pytest.mark.parametrize(("format", "suffix"), [("text", "txt"), ("markdown", "md"), ("latex", "tex"), ("json", "json")])
def test_the_report_looks_as_it_did(format, suffix, golden):
    document = derive("2-2:tanh-1/bce+l2=0.5").report(values=POINT, learning_rate=0.1, weight="W1[1,0]")
    golden(f"derivation.{suffix}", render(document, format))


@pytest.mark.smoke
def test_the_chinese_report_looks_as_it_did(golden):
    golden("derivation_zh.txt", render(derive("2-3:relu-2/cross_entropy").report(language="zh"), "text"))


def test_all_twelve_parts_are_there_in_order():
    document = derive("2-2-1").report(values=POINT)
    assert [title.split()[0] for title in titles(document)] == [str(number) for number in range(1, 13)]


def test_a_network_without_hidden_layer_is_the_game_for_two():
    text = render(derive("2-1/bce").report(), "text")
    assert "This is logistic regression." in text and "the error has nowhere further to go" in text
    assert "girl" not in text
    assert "girl" in render(derive("2-2-1/bce").report(), "text")


def test_brief_is_brief():
    full, brief = (render(derive("2-3-1").report(level=level), "text") for level in ("full", "brief"))
    assert len(brief) < 0.5 * len(full)
    assert all(rule in brief for rule in ("(BP1)", "(BP2)", "(BP3)", "(BP4)"))


def test_every_equation_has_an_anchor_of_its_own_and_is_mathml(spec):
    document = derive(spec).report()
    equations = [block for block in walk(document.blocks) if isinstance(block, Equation)]
    anchors = [equation.anchor for equation in equations]
    assert len(anchors) > 20 and None not in anchors and len(set(anchors)) == len(anchors)
    assert [e.latex for e in equations if to_mathml(e.latex, display=True) is None] == []


@pytest.mark.parametrize("notation", ["2-3-1", "30-20-12/cross_entropy", "2-2:softmax/bce", "3-3:gelu-2/huber+l2=1"])
def test_no_line_of_the_text_is_wider_than_a_terminal(notation):
    assert max(map(len, render(derive(notation).report(), "text", width=80).splitlines())) <= 80


def test_the_followed_weight_is_that_of_the_option():
    text = render(derive("2-3-2").report(weight="W2[1,2]"), "text")
    assert "Take one weight, W²₂₃ (in code W2[1, 2])" in text and "there is one path to the cost" in text


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"weight": "W3[0,0]"}, r"has no W3; it has W1, b1, W2, b2"),
        ({"weight": "W1[3,0]"}, r"W1 has shape \(3, 2\), so W1\[3,0\] is not in it; the last entry is W1\[2, 1\]"),
        ({"weight": "W1[1]"}, r"W1 has shape \(3, 2\)"),
        ({"weight": "first"}, r"'first' names no parameter, expected one such as W1\[0,1\] or b1\[0\]"),
        ({"language": "de"}, "there is no language 'de', expected en or zh"),
        ({"level": "long"}, "there is no level 'long', expected full or brief"),
    ],
)
def test_what_cannot_be_had_is_refused(option, message):
    with pytest.raises(ValueError, match=message):
        derive("2-3-1").report(**option)


def test_a_weight_is_read_leniently():
    assert weight_of(" b2 [0] ", NetworkSpec.parse("2-3-1")).code == "b2[0]"


def test_too_large_to_expand_is_said_at_once():
    told = []
    options = Options(expand=True, progress=lambda *what: told.append(what))
    with pytest.raises(ValueError, match="leave --expand out"):
        derive("4-8-8-3").report(options)
    assert told == []


def test_progress_is_told():
    told = []
    derive("2-2-1").report(progress=lambda what, done, total: told.append((what, done < total)))
    assert ("progress.proof", True) in told and ("progress.check", True) in told


# The numbers


def test_the_numbers_are_those_of_the_reference():
    spec = NetworkSpec.parse("2-2:tanh-1/bce+l2=0.5")
    point = AtPoint(derive(spec).program, POINT)
    expected = backward(spec, POINT.params, POINT.x, POINT.y)
    for key, value in point.gradient().items():
        np.testing.assert_allclose(value, expected[key], rtol=1e-13)
    assert point.cost == pytest.approx(cost(spec, POINT.params, POINT.x, POINT.y), rel=1e-14)


def test_the_step_lowers_the_cost_by_the_numbers_that_mazur_should_have_had():
    values = Values(dict(MAZUR_POINT.params), MAZUR_POINT.x, MAZUR_POINT.y)
    text = render(derive(MAZUR.spec).report(values=values, learning_rate=0.5), "text")
    assert "= 0.593269992" in text and "= 0.0821670406" in text
    assert "The cost falls from 0.298371109 to 0.280471447." in text


def test_a_step_that_is_too_long_is_said():
    text = render(derive("2-2-1").report(values=POINT, learning_rate=1e6), "text")
    assert re.search(r"The cost (rises|falls) from", text)


@pytest.mark.parametrize(
    ("value", "text"), [(0.15, "0.15"), (1 / 3, "0.333333"), (-2.0, "-2"), (1e-7, "1e-7"), (123456.5, "123456"), (0.0, "0")]
)
def test_a_number_is_as_short_as_it_is_exact(value, text):
    assert decimal(value) == text


def test_the_check_agrees_for_every_network(spec):
    document = derive(spec).report(level="brief")
    (last,) = [block for block in document.blocks[-1].blocks if isinstance(block, Callout)]
    assert last.tone == "good"


def test_a_kink_is_where_the_differences_disagree():
    values = Values({"W1": np.ones((1, 1)), "b1": np.zeros(1)}, np.zeros((1, 1)), np.ones((1, 1)))
    text = render(derive("1-1:relu").report(values=values), "text")
    assert "They do not agree everywhere. Either a weighted input lies on a kink here" in text


@pytest.mark.parametrize(
    ("key", "array", "message"),
    [
        ("W1", np.ones((2, 1)), r"W1 has shape \(2, 1\), expected \(2, 2\) for 2-2"),
        ("b2", None, "the point lacks b2; 2-2:sigmoid-1:sigmoid/quadratic has W1, b1, W2, b2"),
    ],
)
def test_a_point_of_another_network_is_refused(key, array, message):
    params = {**POINT.params, key: array}
    if array is None:
        del params[key]
    with pytest.raises(ValueError, match=message):
        derive("2-2-1").report(values=Values(params, POINT.x, POINT.y))


def test_entries_are_spread_over_all_parameters():
    entries = parameter_entries(NetworkSpec.parse("20-20-20"))
    chosen = spread_entries(entries, 8)
    assert len(chosen) == 8 and {key for key, _ in chosen} == {"W1", "b1", "W2", "b2"}


# A wrong recursion


def wrong(notation, name):
    right = derive(notation).program
    return Derivation(right.changed({name: 2 * right.by_name[name].rhs}))


@pytest.mark.smoke
def test_a_wrong_recursion_is_no_report():
    with pytest.raises(FalseLineError, match="does not hold"):
        wrong("2-2-1", "delta1_0").report()


def test_a_wrong_derivative_is_refuted_and_seen_by_the_differences():
    derivation = wrong("2-2-1", "db2_0")
    proof = derivation.proof()
    assert not proof.holds and proof.quantity == "db2_0"
    point = AtPoint(derivation.program, POINT)
    found = gaps([point.env["db2_0"][0]], difference_quotients(point, [("b2", (0,))], lambda done, total: None))
    assert found[0][1] is False
    right = AtPoint(derive("2-2-1").program, POINT)
    assert gaps([right.env["db2_0"][0]], difference_quotients(right, [("b2", (0,))], lambda done, total: None))[0][1]


# The JSON


def test_the_json_has_every_step_and_the_proof():
    data = json.loads(render(derive("2-3-1").report(), "json"))
    assert data["schema"] == "gradcheck.derivation/1" and data["network"] == "2-3:sigmoid-1:sigmoid/quadratic"
    assert [step["name"] for step in data["steps"]] == [step.name for step in derive("2-3-1").steps]
    assert data["proof"]["method"] == "expansion" and data["proof"]["holds"] is True
    assert data["checked_equalities"] > 50
    assert data["steps"][0] == {
        "name": "z1_0",
        "rule": "affine",
        "layer": 1,
        "index": [0],
        "depends_on": ["W1_0_0", "W1_0_1", "b1_0", "x_0", "x_1"],
        "text": "z¹₁ = W¹₁₁ x₁ + W¹₁₂ x₂ + b¹₁",
        "latex": r"z^{1}_{1} = W^{1}_{11}\, x_{1} + W^{1}_{12}\, x_{2} + b^{1}_{1}",
        "srepr": data["steps"][0]["srepr"],
    }


# The picture


def test_every_unit_and_connection_is_drawn_once():
    drawing = draw(NetworkSpec.parse("2-3-4-1"))
    circles = [shape for shape in drawing.shapes if isinstance(shape, Circle)]
    lines = [shape for shape in drawing.shapes if isinstance(shape, Arrow) and not shape.head]
    assert len(circles) == 2 + 3 + 4 + 1 and len(lines) == 6 + 12 + 4 + 1
    assert all(0 < circle.x < drawing.width and 0 < circle.y < drawing.height for circle in circles)


def test_the_paths_of_the_weight_are_set_off():
    drawing = draw(NetworkSpec.parse("2-3-2"), (1, (1, 0)))
    assert sum(isinstance(shape, Arrow) and shape.role == "path" for shape in drawing.shapes) == 1 + 2 + 2


def test_a_wide_layer_is_drawn_with_dots():
    drawing = draw(NetworkSpec.parse("784-30-10"))
    assert sum(isinstance(shape, Dots) for shape in drawing.shapes) == 3
    assert shown_units(784) == [0, 1, 2, 3, None, 783]
    assert "x₇₈₄" in diagram_text(NetworkSpec.parse("784-30-10"))


def test_the_picture_needs_nothing_from_elsewhere():
    svg = to_svg(draw(NetworkSpec.parse("2-3-1")), "2-3-1 <&>")
    assert "<title>2-3-1 &lt;&amp;&gt;</title>" in svg
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|<script|<image|url\(", svg)


def test_forward_and_back_have_colours_of_their_own():
    tikz = to_tikz(draw(NetworkSpec.parse("2-3-1")))
    assert "blue!55!black, ->, thick" in tikz and "orange!75!black, ->, thick, dashed" in tikz


def test_the_report_has_a_figure_and_tables():
    blocks = list(walk(derive("2-2-1").report().blocks))
    assert sum(isinstance(block, Figure) for block in blocks) == 1
    assert sum(isinstance(block, Table) for block in blocks) >= 4


def test_a_brief_report_counts_its_own_sections():
    numbers = [title.split()[0] for title in titles(derive("2-2-1").report(level="brief", values=POINT))]
    assert numbers == [str(number) for number in range(1, len(numbers) + 1)] and len(numbers) == 8
