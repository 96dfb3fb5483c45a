"""What a student reads of a mistake, in the order where, why, by hand, put right; a teacher says how much of it."""

from __future__ import annotations

import dataclasses
import json
from itertools import pairwise
from types import SimpleNamespace

import pytest

from gradcheck import validate
from gradcheck.commands.cli import main
from gradcheck.explanations.hints import Hint
from gradcheck.submissions.first_lines import _in_places
from gradcheck.submissions.validating import _with_points
from reference_nets.spec import NetworkSpec
from reports.render import render

SOURCE = """import numpy as np

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    z1 = x @ W1.T + b1
    h = np.tanh(z1)
    out = 1 / (1 + np.exp(-(h @ W2.T + b2)))
    d2 = (out - y) * out * (1 - out) / len(x)
    d1 = d2 @ W2
    return [(d1.T @ x, d1.sum(axis=0)), (d2.T @ h, d2.sum(axis=0))]
"""
RIGHT = SOURCE.replace("d2 @ W2\n", "(d2 @ W2) * (1 - h**2)\n")
NETWORK = "3-4:tanh-2"


@pytest.fixture(scope="module")
def wrong(tmp_path_factory):
    path = tmp_path_factory.mktemp("hints") / "student.py"
    path.write_text(SOURCE)
    return validate(path, network=NETWORK, examples=1)


def headings(text):
    lines = text.splitlines()
    return [line for line, under in pairwise(lines) if under and set(under) == {"─"}]


def test_the_page_says_where_and_why_before_anything_else(wrong):
    text = render(wrong.report(), "text")
    assert headings(text)[:2] == ["Where", "Why"]
    assert ">  9 |     d1 = d2 @ W2  <- the slope of tanh is missing" in text
    assert "One mistake, in line 9." in text


def test_a_quantity_that_is_right_given_what_it_got_has_its_points_and_no_cross(wrong):
    rows = {row.quantity: row for row in wrong.rows if row.name == "gradient"}
    assert (rows["delta1"].points, rows["W1"].points, rows["b1"].points) == (-1.0, 1.0, 1.0)
    assert wrong.max_score - wrong.score == 1.0
    line = next(line for line in render(wrong.report(), "text").splitlines() if line.startswith("dW1  "))
    assert "right, given what it got" in line and "✗" not in line


def test_a_property_that_fails_with_the_gradient_costs_nothing_more(wrong):
    failing = [row for row in wrong.rows if row.follows_gradient]
    assert "taylor" in {row.quantity for row in failing}
    assert all(row.verdict == "mismatch" and row.points == row.max_points > 0 for row in failing)
    assert "fails with the gradient" in render(wrong.report(), "text")


def test_nothing_follows_where_nothing_of_the_gradient_is_right(wrong):
    kept = [row for row in wrong.rows if row.name == "property" or row.verdict == "mismatch"]
    alone = dataclasses.replace(wrong, rows=tuple(dataclasses.replace(row, follows_through=False) for row in kept))
    counted = _with_points(alone, NetworkSpec.parse(NETWORK), SimpleNamespace(points=None, hidden=()))
    assert {row.points for row in counted if row.follows_gradient} == {0.0}


PLACES = {
    "in line 4": [("a.py", 0, 4)],
    "in lines 4, 5 and 7": [("a.py", 0, 4), ("a.py", 0, 5), ("a.py", 0, 4), ("a.py", 0, 7)],
    "in line 2 of code cell 3 and line 2 of code cell 1": [("a.ipynb", 3, 2), ("a.ipynb", 1, 2)],
    "in line 3 of cost.py and line 12 of model.py": [("cost.py", 0, 3), ("model.py", 0, 12)],
    "in line 1 of code cell 2 of a.ipynb": [("a.ipynb", 2, 1)],
}


@pytest.mark.parametrize("words", PLACES)
def test_lines_are_told_with_their_file_and_cell_where_there_are_several(words):
    several = ".py" in words or ".ipynb" in words
    assert _in_places(PLACES[words], several_files=several) == words


@pytest.mark.parametrize(("level", "shown"), [("where", 1), ("why", 2), ("by-hand", 3)])
def test_no_more_is_said_than_the_level_allows(wrong, level, shown):
    data = json.loads(render(wrong.report(hints=level), "json"))["hints"]
    assert [name for name, hint in data.items() if hint is not None] == ["where", "why", "by_hand"][:shown]
    titles = headings(render(wrong.report(hints=level), "text"))
    assert [title for title in ("Where", "Why", "By hand") if title in titles] == ["Where", "Why", "By hand"][:shown]


@pytest.mark.parametrize("format", ["text", "markdown", "html", "latex", "json"])
def test_what_is_beyond_the_level_is_in_no_format(wrong, format):
    """At each level the words of the steps after it are missing, those of its own are there."""
    levels = ("where", "why", "by-hand")
    told = {level: " ".join(render(wrong.report(hints=level), format).split()) for level in levels}
    why, by_hand = "one more factor of the chain rule", "all weights 1, all biases 0"
    assert [why in text for text in told.values()] == [False, True, True]
    assert [by_hand in text for text in told.values()] == [False, False, True]
    if format == "json":
        data = {level: json.loads(text) for level, text in told.items()}
        assert [bool(one["worked_case"] and one["counterexample"]) for one in data.values()] == [False, False, True]
        assert [bool(one["diagnoses"][0]["formula"]) for one in data.values()] == [False, True, True]


def test_a_line_put_right_is_tried_and_shown_only_where_it_may_be(tmp_path):
    (tmp_path / "student.py").write_text(SOURCE)
    result = validate(tmp_path / "student.py", network=NETWORK, examples=0, repair=True)
    (one,) = result.repair
    assert (one.place.line, one.new, one.verified) == (9, "    d1 = (d2 @ W2) * (1 - h ** 2)", True)
    shown, hidden = (json.loads(render(result.report(hints=level), "json")) for level in ("line", "by-hand"))
    assert shown["repair"]["new"] == one.new and shown["hints"]["line"] is not None
    assert hidden["repair"] is None and hidden["repairs"] == [] and hidden["hints"]["line"] is None
    assert one.new.strip() not in render(result.report(), "html")
    assert "Tried: with this line every entry is right." in render(result.report("teacher"), "text")


def test_a_level_that_is_none_is_named_with_those_that_are(wrong):
    with pytest.raises(ValueError, match="there are no hints all, expected one of where, why, by-hand, line"):
        wrong.report(hints="all")
    assert Hint.LINE.allows(Hint.WHERE) and not Hint.WHERE.allows(Hint.WHY)


def test_a_file_that_is_right_has_no_hints(tmp_path):
    (tmp_path / "student.py").write_text(RIGHT)
    result = validate(tmp_path / "student.py", network=NETWORK, examples=0)
    assert result.ok
    assert set(json.loads(render(result.report(), "json"))["hints"].values()) == {None}
    assert headings(render(result.report(), "text"))[0] == "The gradient"


def test_the_command_takes_a_level(tmp_path, capsys):
    (tmp_path / "student.py").write_text(SOURCE)
    assert main(["validate", str(tmp_path / "student.py"), "--network", NETWORK, "--examples", "0", "--hints", "where"]) == 1
    assert "Why" not in headings(capsys.readouterr().out)


def test_the_first_wrong_quantity_is_pictured(wrong):
    page = render(wrong.report(), "html")
    assert "<svg" in page and "delta1, right: " in page and "<script" not in page
    assert wrong.explanation.comparison.name == "delta1"


def test_the_hints_are_told_in_chinese(wrong):
    text = render(wrong.report(language="zh"), "text")
    assert headings(text)[:2] == ["在哪里", "为什么"] and "缺少 tanh 的导数" in text
