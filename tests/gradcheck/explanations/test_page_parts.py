"""What a page is made of, by numbers and places: colours, lines around a mistake, steps, small examples, reasons."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from gradcheck.explanations.excerpt import CUT, WIDEST, excerpts
from gradcheck.explanations.explanation import Explanation, explanation
from gradcheck.explanations.heatmap import COLOURS, MOST, QuantityPair
from gradcheck.explanations.hints import BY_VIEW, Hint, Hints
from gradcheck.explanations.layer_page import layer_hints
from gradcheck.explanations.mistake_page import _form, list_of_mistakes, mistake_page
from gradcheck.explanations.page import evidence, read_level
from gradcheck.explanations.small_example import NETWORKS, _clear, _points, small_example
from gradcheck.explanations.steps import Delta, StepState, _factor, _near, _same, steps
from gradcheck.explanations.traced.where import TraceReading
from gradcheck.explanations.why import IDS, _places, step_of, why_id
from gradcheck.explanations.why import RecursionStep as Formula
from gradcheck.judge.mistake import Diagnosis
from gradcheck.sentences.sentence import Sentence
from gradcheck.witnesses.points import safe_point
from reference_nets.network import backward
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec
from reports.document import prose
from symbolic.derivation.numpy_lines import ArrayOrder, NumpyLines
from symbolic.mistakes.catalogue import CATALOGUE, variants

# Pictures of numbers


def cells(right, yours):
    """The squares of each panel: x, y, size, whether it is of a positive number, and how strong."""
    figure = QuantityPair("dW1", np.array(right), np.array(yours)).figure
    pattern = (
        r'<rect x="(\S+)" y="(\S+)" width="(\S+)" height="(\S+)" style="fill:([^;]*);fill-opacity:([\d.]+);stroke:var\(--line'
    )
    return figure, [
        (float(x), float(y), float(w), float(h), colour == COLOURS[True], float(share))
        for x, y, w, h, colour, share in re.findall(pattern, figure.svg)
    ]


def test_each_number_is_a_square_as_strong_as_its_share_of_the_largest():
    figure, found = cells([[1.0, -2.0], [0.5, 0.0]], [[1.0, 2.0], [0.5, 0.0]])
    assert len(found) >= 12
    right, yours, difference = found[:4], found[4:8], found[8:12]
    assert [(x, y) for x, y, *_ in right] == [(0, 20), (25, 20), (0, 45), (25, 45)] and {
        w for *_, w, _, _, _ in found[:12]
    } == {25.0}
    assert [x for x, *_ in yours] == [120, 145, 120, 145] and [x for x, *_ in difference] == [240, 265, 240, 265]
    assert [(positive, share) for *_, positive, share in right] == [(True, 0.25), (False, 0.5), (True, 0.125), (True, 0.0)]
    assert [(positive, share) for *_, positive, share in yours] == [(True, 0.25), (True, 0.5), (True, 0.125), (True, 0.0)]
    assert [(positive, share) for *_, positive, share in difference] == [(True, 0), (True, 1.0), (True, 0), (True, 0)]
    assert 'width="340"' in figure.svg and "-2" in figure.text


def test_wide_quantities_have_small_squares_and_very_wide_ones_no_picture():
    _, found = cells(np.ones((1, 10)), np.zeros((1, 10)))
    assert [(x, w) for x, _, w, *_ in found[:3]] == [(0, 10), (10, 10), (20, 10)]
    at = lambda *shape: QuantityPair("dW1", np.ones(shape), np.zeros(shape)).figure
    assert at(MOST, 2) and at(2, MOST) and not at(MOST + 1, 2) and not at(2, MOST + 1) and at(3)
    text = at(8, 8).text.split("\n")
    assert len(text) == 12 and len(text[0].split()) == 6  # six rows of five numbers of each, with its sign
    assert QuantityPair("dW1", np.ones(2), np.array([1.0, np.inf])).figure is None
    assert QuantityPair("dW1", np.array([np.nan]), np.ones(1)).figure is None
    assert cells([[0.0]], [[0.0]])[1][0][-1] == 0.0


# Lines around a mistake


def shown(lines, *notes):
    return [
        block.text.split("\n") for block in excerpts(lines, {number: Sentence("teaching/short.raises") for number in notes})
    ]


LINES = ["def f(x):", "    a = x", "", "    b = a", "    c = b", "    return c", "", "d = 1"]


def test_a_wrong_line_is_shown_with_its_neighbours_and_those_near_each_other_together():
    (one,) = shown(LINES, 5)
    assert [line[:5] for line in one] == ["  4 |", "> 5 |", "  6 |"]
    (near,) = shown(LINES, 2, 5)
    assert [line[:5] for line in near] == ["  1 |", "> 2 |", "  3 |", "  4 |", "> 5 |", "  6 |"]
    first, last = shown(LINES, 1, 5)
    assert [line[:5] for line in first] == ["> 1 |", "  2 |"] and [line[:5] for line in last] == ["  4 |", "> 5 |", "  6 |"]
    (edge,) = shown(LINES, 8)
    assert [line[:5] for line in edge] == ["> 8 |"]  # an empty line at the edge is none
    (inner,) = shown(LINES, 4)
    assert [line[:5] for line in inner] == ["> 4 |", "  5 |"] and inner[1] == "  5 |     c = b"


def test_what_is_indented_far_is_moved_and_long_neighbours_are_cut():
    deep = ["        a = 1", "            b = 2", "        c = 3"]
    (found,) = shown(deep, 2)
    assert found[0] == "  1 |     a = 1" and found[1].startswith("> 2 |         b = 2")
    (wide,) = shown(["x" * (CUT + 1), "y" * CUT, "z"], 3)
    assert wide[0] == "  2 | " + "y" * CUT
    (cut,) = shown(["x" * (CUT + 1), "z"], 2)
    assert cut[0] == "  1 | " + "x" * CUT + "…"
    (tabs,) = shown(["\ta = 1", "\tb = 2  "], 1)
    assert tabs[-1] == "  2 |     b = 2"
    many = [f"a{n} = {n}" for n in range(12)]
    assert [line[:6] for line in shown(many, 10)[0]] == ["   9 |", "> 10 |", "  11 |"]


def test_a_note_stands_beside_its_line_as_long_as_there_is_room():
    note = str(Sentence("teaching/short.raises"))
    (beside,) = shown(["a" * (WIDEST - len(note))], 1)
    (under,) = shown(["a" * (WIDEST - len(note) + 1)], 1)
    assert len(beside) == 1 and len(under) == 2 and note in beside[0] and note in under[1]


# What is said to whom


def test_a_level_allows_what_says_less():
    order = [Hint.WHERE, Hint.WHY, Hint.BY_HAND, Hint.LINE]
    assert [[one.allows(other) for other in order] for one in order] == [[n <= m for n in range(4)] for m in range(4)]
    assert BY_VIEW == {"student": Hint.BY_HAND, "teacher": Hint.LINE}
    one, other = prose("a"), prose("b")
    hints = Hints({Hint.WHERE: [one], Hint.WHY: [], Hint.LINE: [other]})
    assert [list(section.blocks) for section in hints.up_to(Hint.LINE)] == [[one], [other]]
    assert [list(section.blocks) for section in hints.up_to(Hint.BY_HAND)] == [[one]]
    found = hints.documents(Hint.BY_HAND, "en")
    assert found["where"] is not None and [found[name] for name in ("why", "by_hand", "line")] == [None, None, None]
    assert hints.documents(Hint.LINE, "en")["line"] is not None


def test_a_level_is_read_or_follows_from_the_view():
    assert read_level(None, "student") is Hint.BY_HAND and read_level("why", "teacher") is Hint.WHY
    with pytest.raises(ValueError, match="all"):
        read_level("all", "student")


def test_a_line_is_told_with_its_file_where_there_are_several():
    assert not Explanation().several_files and Explanation(files=2).several_files
    assert (
        not Explanation({("a", 0): [], ("a", 1): []}).several_files and Explanation({("a", 0): [], ("b", 0): []}).several_files
    )
    code = type("Code", (), {"lines": lambda self, place: [place.file, place.cell]})()
    at = lambda line, file="f", cell=None: Diagnosis("x", 1, "W1", "", "", "", 0.0, line=line, file=file, cell=cell)
    found = explanation(code, TraceReading(), [at(3), at(None), at(4, "g", 2)], ArrayOrder(columns=True))
    assert (
        found.source == {("f", 0): ["f", 0], ("g", 2): ["g", 2]}
        and found.names == {}
        and found.layout == ArrayOrder(columns=True)
    )


def test_evidence_is_told_where_there_are_digits():
    assert evidence([]) == []
    (section,) = evidence([Diagnosis("l2-missing", 1, "W1", "words", "w", "r", 12.0, alternatives=("other",))])
    text = str(section)
    assert "l2-missing" in text and "12" in text and "other" in text
    full = Diagnosis("l2-missing", 1, "W1", "words", "w", "r", 12.0)
    assert "12" in str(evidence([full]))
    assert not [one for one in (replace(full, digits=0.0), replace(full, right="")) if "12" in str(evidence([one]))]
    left = Diagnosis("l2-missing", 1, "W1", "words", "w", "r", 12.0, alone=False, unexplained=("b1",))
    assert "db1" in str(evidence([left]))
    factor = Diagnosis("l2-missing", 1, "W1", "words", "w", "r", 12.0, alone=False, factor=7.0)
    assert "7" in str(evidence([factor])) and str(evidence([factor])) != str(evidence([left]))


# Layer functions


@pytest.mark.parametrize(
    ("function", "result", "lines"),
    [
        ("affine_backward", "x", ["dx = dout @ w.T"]),
        ("affine_backward", "w", ["dw = x.T @ dout"]),
        ("affine_backward", "b", ["db = dout.sum(axis=0)"]),
        ("tanh_backward", "x", ["dx = dout * tanh'(x)", "tanh'(x) = 1 - out**2"]),
        ("sigmoid_backward", "x", ["dx = dout * sigmoid'(x)", "sigmoid'(x) = out * (1 - out)"]),
        ("softmax_loss", "x", ["(softmax(x) - onehot(y)) / N"]),
        ("affine_forward", "out", []),
    ],
)
def test_a_layer_function_has_its_right_line(function, result, lines):
    found = layer_hints([(Diagnosis("sign-flipped", 0, "", "", "", "", 16.0), function, result)], Explanation())
    text = str(list(found.blocks[Hint.WHY])).replace("\\'", "'")
    assert all(line in text for line in lines) and (lines or "dx =" not in text)
    assert layer_hints([], Explanation()).blocks == {}


# Small examples and the pages of mistakes


def test_a_small_example_is_on_the_first_network_that_shows_it():
    of = lambda mistake: str(small_example(mistake).spec)
    assert of("output-delta-sign") == str(NetworkSpec.parse(NETWORKS[0])) and of("relu-mask-always-one") == str(
        NetworkSpec.parse(NETWORKS[1])
    )
    assert (
        of("leaky-slope-missing") == str(NetworkSpec.parse(NETWORKS[2]))
        and of("l2-missing") == "1-1:tanh-1:sigmoid/quadratic+l2=0.5"
    )
    assert of("extra-output-activation-derivative") == "1-1:sigmoid-1:sigmoid/bce"
    assert of("softmax-diagonal-only") == "1-2:softmax/cross_entropy"
    assert len(small_example("missing-batch-average").point.x) == 2 and len(small_example("output-delta-sign").point.x) == 1
    assert small_example("wrong-forward") is None


def test_the_points_of_small_examples_are_simple_and_no_two_layers_alike():
    points = list(_points(NetworkSpec.parse("2-2:tanh-2"), 2))
    assert len(points) == 4
    assert points[1].params["W1"].tolist() == [[1, -1], [1, -1]] and points[1].params["W2"].tolist() == [[-1, 1], [-1, 1]]
    assert points[2].params["W1"].tolist() == [[2, -1], [0.5, 2]] and points[2].params["b1"].tolist() == [0.5, 0.5]
    assert points[0].x.tolist() == [[1, 2], [-1, 1]] and points[0].y.tolist() == [[0, 0], [1, 0]]
    (one, *_) = _points(NetworkSpec.parse("1-2:softmax/cross_entropy"), 2)
    assert one.y.tolist() == [[1, 0], [1, 0]]


def test_what_is_clear_is_off_by_a_tenth_of_the_larger():
    a = np.array([1.0, 0.5])
    one, _ = np.eye(2)
    assert _clear(a, a + 0.12 * one) and not _clear(a, a + 0.09 * one) and not _clear(a, a) and _clear(a, -a)
    assert not _clear(a * 1e-4, -a * 1e-4) and not _clear(a, a * np.nan) and _clear(0 * a, a)
    assert _clear(10 * a, 10 * a - one)


def test_the_first_entry_that_differs_is_told():
    example = small_example("bias-gradient-missing")
    name, right, wrong = example.first
    assert name.startswith("db") and wrong == 0 and right != 0
    names = [row[0] for row in example.rows]
    assert all(np.array_equal(r, w) for _, r, w in example.rows[: names.index(name)])


def test_a_page_has_its_data():
    page = mistake_page("l2-missing", NetworkSpec.parse("3-4:tanh-2+l2=0.1")).data
    assert [(row["layer"], row["changes"]) for row in page["places"]] == [(2, ["dW1", "dW2"]), (1, ["dW1"]), (2, ["dW2"])]
    assert page["network"] == "3-4:tanh-2:sigmoid/quadratic+l2=0.1" and page["hidden"] and page["right"]
    alone = mistake_page("l2-missing").data
    assert alone["places"] == [] and alone["network"] == alone["example"]["network"] and alone["example"]["rows"]
    none = mistake_page("wrong-forward").data
    assert none["example"] is None and none["right"] is None and none["network"] == "3-4:tanh-2:sigmoid/quadratic"
    assert sum(map(len, list_of_mistakes().data["mistakes"].values())) == len(IDS) - 1


# Why


@pytest.mark.parametrize(
    ("id", "step"),
    [
        ("output-delta-sign", Formula.OUTPUT_DELTA), ("activation-derivative-at-activation", Formula.DELTA),
        ("missing-hidden-activation-derivative", Formula.HIDDEN_DELTA), ("weight-transpose-missing", Formula.HIDDEN_DELTA),
        ("weight-gradient-uses-z", Formula.WEIGHT), ("missing-batch-average", Formula.BOTH), ("l2-missing", Formula.WEIGHT),
        ("l2-on-bias", Formula.BIAS), ("bias-gradient-missing", Formula.BIAS), ("zero-gradient", Formula.QUANTITY),
        ("sign-flipped", Formula.OUTPUT_DELTA), ("wrong-forward", Formula.FORWARD), ("softmax-over-batch", Formula.OUTPUT),
        ("nondeterministic", Formula.NONE), ("unknown", Formula.QUANTITY), ("made-up", Formula.NONE),
    ],
)  # fmt: skip
def test_each_mistake_belongs_to_a_step(id, step):
    assert step_of(id) is step


@pytest.mark.parametrize(
    ("id", "layer", "quantity", "formulas"),
    [
        ("output-delta-sign", 1, "W1", ["delta3"]),
        ("missing-hidden-activation-derivative", 3, "W3", ["delta2"]),
        ("missing-hidden-activation-derivative", 1, "W1", ["delta1"]),
        ("missing-hidden-activation-derivative", 0, "W1", ["delta1"]),
        ("activation-derivative-at-activation", 3, "W3", ["delta3"]),
        ("weight-gradient-uses-z", 2, "W2", ["dW2"]),
        ("bias-gradient-missing", 2, "b2", ["db2"]),
        ("missing-batch-average", 2, "W2", ["delta3", "dW2", "db2"]),
        ("wrong-forward", 2, "W2", ["z2", "a2"]),
        ("softmax-over-batch", 1, "W1", ["a3"]),
        ("zero-gradient", 2, "W2", ["delta2", "dW2"]),
        ("zero-gradient", 2, "b2", ["delta2", "db2"]),
        ("zero-gradient", 2, "dW2", ["delta2", "dW2"]),
        ("nondeterministic", 1, "W1", []),
        ("zero-gradient", 9, "b3", ["delta3", "db3"]),
    ],
)
def test_the_formulas_below_a_reason_are_those_of_its_step(id, layer, quantity, formulas):
    found = why_id(NetworkSpec.parse("2-3:tanh-4:tanh-2"), id, layer, quantity)
    assert [line.quantity for line in found.formulas] == formulas


def test_the_layer_after_is_told_and_the_last_has_none():
    lines = NumpyLines(NetworkSpec.parse("2-3:tanh-4:tanh-2"))
    told = [_places(lines, layer) for layer in (1, 2, 3)]
    assert [(one["layer"], one["next"], one["above"], one["W_above"], one["input"]) for one in told] == [
        (1, 2, "delta2", "W2", "x"),
        (2, 3, "delta3", "W3", "a1"),
        (3, 3, "delta3", "W3", "a2"),
    ]
    assert [one["phi"] for one in told] == ["tanh", "tanh", "sigmoid"]


# Steps


SPEC = NetworkSpec.parse("3-4:tanh-5:sigmoid-2+l2=0.1")
POINT = safe_point(SPEC, np.random.default_rng(5), m=3)


def right(point: Point):
    return backward(SPEC, point.params, point.x, point.y)


def judged(change):
    """The steps of the right gradient with a change to it, as letters in the order of the keys, and of the deltas."""
    found = steps(SPEC, lambda p: change(right(p), p), POINT)
    letter = lambda step: step.value[0]
    return "".join(letter(found.gradient[key]) for key in SPEC.keys), {l: letter(d.step) for l, d in found.deltas.items()}


def term(p, key):
    return 0.1 * p.params[key]


@pytest.mark.parametrize(
    ("change", "keys", "deltas"),
    [
        (lambda g, p: g, "rrrrrr", "rrr"),
        (lambda g, p: g | {"W2": 2 * g["W2"] - term(p, "W2")}, "rrwrrr", "rrr"),
        (lambda g, p: g | {"b1": -g["b1"]}, "rwrrrr", "rrr"),
        (lambda g, p: g | {"W2": g["W2"] - term(p, "W2")}, "rrwrrr", "rrr"),
        # a delta that is wrong by itself is the same in both of its gradients, and those of the batch follow
        (lambda g, p: g | {"W1": 3 * (g["W1"] - term(p, "W1")) + term(p, "W1"), "b1": 3 * g["b1"]}, "ggrrrr", "wrr"),
        (lambda g, p: g | {"W3": 0 * g["W3"], "b3": 0 * g["b3"]}, None, None),
    ],
)
def test_a_step_is_right_given_or_wrong(change, keys, deltas):
    if keys is None:
        assert judged(change)[0][4:] == "ww"
        return
    assert judged(change) == (keys, dict(zip((1, 2, 3), deltas, strict=True)))


def test_what_goes_wrong_in_a_batch_alone_is_told_there():
    def summed(*keys):
        def change(g, p):
            scale = {key: len(p.x) if key in keys else 1 for key in SPEC.keys}
            decay = {key: term(p, key) if key[0] == "W" else 0.0 for key in SPEC.keys}
            return {key: scale[key] * (g[key] - decay[key]) + decay[key] for key in SPEC.keys}

        return judged(change)

    assert summed("b2") == ("rrrwrr", {1: "r", 2: "r", 3: "r"})
    assert summed("W2") == ("rrwrrr", {1: "r", 2: "r", 3: "r"})
    assert summed("W2", "b2") == ("rrggrr", {1: "r", 2: "w", 3: "r"})
    assert summed(*SPEC.keys) == ("gggggg", {1: "g", 2: "g", 3: "w"})
    last = judged(lambda g, p: right(Point(p.params, p.x[-1:], p.y[-1:])) | {"b1": g["b1"]})
    assert last[0] == "wrwwww"


def test_a_delta_knows_its_worst_unit():
    delta = Delta(1, StepState.WRONG, np.array([1.0, 2.0, 5.0]), np.array([1.5, 2.0, 4.0]), np.array([0.1, 1.0, 1.0]))
    assert delta.worst == 0


def test_numbers_are_near_close_and_multiples():
    assert _near(1.0, 1.0 + 0.9e-9) and not _near(1.0, 1.0 + 1.1e-9) and not _near(-1.0, 1.0)
    a = np.array([4.0, -1.0])
    one, other = np.eye(2)
    assert (
        _same(a + 3.9e-9 * other, a)
        and not _same(a - 4.1e-9 * other, a)
        and not _same(a * np.nan, a)
        and not _same(a, a * np.inf)
    )
    assert _same(0 * a, 0 * a) and not _same(a, 0 * a)
    assert _factor(3 * a, a) == pytest.approx(3) and _factor(a + one, a) is None and _factor(0 * a, 0 * a) == 1.0
    assert _factor(a, 0 * a) is None and _factor(a * np.nan, a) is None and _factor(a, a * np.inf) is None
    assert set(CATALOGUE) < set(IDS)


def test_the_form_of_a_place_is_told_where_it_has_one():
    forms = [_form(v) for v in variants(NetworkSpec.parse("2-3:tanh-2+l2=0.5"), CATALOGUE["l2-factor"])]
    plain = [_form(v) for v in variants(NetworkSpec.parse("2-3:tanh-2"), CATALOGUE["output-delta-sign"])]
    assert forms[0] == "2 lambda" and plain == [""]
