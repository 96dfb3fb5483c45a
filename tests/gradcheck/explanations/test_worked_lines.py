"""The lines of a worked case, its nudge, its Python and its picture: what stands in them, worked out here once more."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import cycle, islice, product

import numpy as np
import pytest

from gradcheck.explanations.by_hand.asks import Asks
from gradcheck.explanations.by_hand.blocks import blocks
from gradcheck.explanations.by_hand.candidates import Candidate
from gradcheck.explanations.by_hand.case import LineAgreement, NoCase, Nudge, WorkedCase
from gradcheck.explanations.by_hand.choice import Chosen
from gradcheck.explanations.by_hand.lines import Calculation, CodeNumbers, EntryPlace
from gradcheck.explanations.by_hand.nudge import _rounded, nudge
from gradcheck.explanations.by_hand.paste import LONGEST, lines_to_paste
from gradcheck.explanations.by_hand.picture import WRONG, PictureNumbers, picture
from gradcheck.explanations.by_hand.worked import WrongGradient, foretelling, worked_case, wrong_place
from gradcheck.explanations.by_hand.written import Writing, array_text, index_text, number_text, plain_shape
from gradcheck.explanations.traced.code import NoAnswer
from gradcheck.judge.mistake import Diagnosis
from reference_nets.activations import ACTIVATIONS
from reference_nets.costs import COSTS
from reference_nets.network import backward, cost, output_delta, weighted_inputs
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec, pair_problem
from reports.document import Code, Prose, Table


def at(network, W=(1.0, 2.0, -1.0), b=(0.0, 1.0), x=(1.0, 2.0), m=1, y=(0.0, 1.0)):
    """A network and a point with these numbers in turn."""
    spec = NetworkSpec.parse(network)
    weights, biases, params = cycle(W), cycle(b), {}
    for key, shape in spec.shapes.items():
        values = islice(weights if key[0] == "W" else biases, int(np.prod(shape)))
        params[key] = np.array(list(values)).reshape(shape)
    return spec, Point(params, np.resize(x, (m, spec.sizes[0])), np.resize(y, (m, spec.sizes[-1])))


def doubled(spec, point):
    return {key: 2 * value for key, value in backward(spec, point.params, point.x, point.y).items()}


def rows_of(network, place=("W1", (0, 0)), names=None, own=None, **numbers):
    spec, point = at(network, **numbers)
    own = own or {f"d{key}": value for key, value in doubled(spec, point).items()}
    return Calculation(spec, point, CodeNumbers(own, names or {})).rows(EntryPlace(*place))


SINGLE = [
    "z1 = W1 x + b1 = 1·1 + 0",
    "a1 = tanh(z1) = tanh(1)",
    "z2 = W2 a1 + b2 = 2·0.761594 + 1",
    "a2 = sigmoid(z2) = sigmoid(2.52319)",
    "C = ½ (a2 − y)² = ½ (0.925752 − 0)²",
    "delta2 = (a2 − y) a2 (1 − a2) = (0.925752 − 0)·0.925752·(1 − 0.925752)",
    "db2 = delta2",
    "dW2 = delta2 a1 = 0.0636321·0.761594",
    "d1 = W2 delta2 (1 − a1²) = 2·0.0636321·(1 − 0.761594²)",
    "db1 = d1",
    "dW1 = d1 x = 0.0534477·1",
]
WIDE = [
    "z1 = W1 x + b1",
    "a1 = sigmoid(z1)",
    "z2 = W2[0] a1[0] + W2[1] a1[1] + b2 = 2·0.993307 − 1·0.880797 + 0",
    "a2 = sigmoid(z2) = sigmoid(1.10582)",
    "C = ½ (a2 − y)² + λ/2 · (Σⱼ Σᵢ W1² + Σⱼ Σᵢ W2²)",
    "delta2 = (a2 − y) a2 (1 − a2) = (0.751348 − 0)·0.751348·(1 − 0.751348)",
    "db2 = delta2",
    "dW2 = delta2 a1ᵀ + λ W2",
    "delta1 = W2ᵀ delta2 ⊙ a1 (1 − a1)",
    "delta1[0] = W2[0] delta2 a1[0] (1 − a1[0]) = 2·0.14037·0.993307·(1 − 0.993307)",
    "db1 = delta1",
    "dW1 = delta1 xᵀ + λ W1",
    "dW1[0, 0] = delta1[0] x[0] + λ W1[0, 0] = 0.00186637·1 + 0.5·1",
]
BATCH = [
    "z1 = W1 x + b1",
    "a1 = tanh(z1)",
    "z2 = W2 a1 + b2",
    "a2 = sigmoid(z2)",
    "C = 1/m · Σₑ [−[y ln a2 + (1 − y) ln(1 − a2)]]",
    "delta2 = 1/m · (a2 − y)",
    "db2 = Σₑ delta2 = 0.462876 − 0.025392",
    "dW2 = Σₑ delta2 a1 = 0.462876·0.761594 − 0.025392·0.964028",
    "delta1 = W2 delta2 (1 − a1²)",
    "db1 = Σₑ delta1 = 0.388792 − 0.00358793",
    "dW1 = Σₑ delta1 x = 0.388792·1 − 0.00358793·2",
]


@pytest.mark.parametrize(
    ("network", "m", "names", "lines"),
    [("1-1:tanh-1", 1, {"delta1": "d1"}, SINGLE), ("2-2:sigmoid-1+l2=0.5", 1, {}, WIDE), ("1-1:tanh-1/bce", 2, {}, BATCH)],
)
def test_the_lines_stand_as_they_are_read(network, m, names, lines):
    assert [f"{row.name} = {row.formula}" for row in rows_of(network, names=names, m=m)] == lines


NETWORKS = [
    "1-1:tanh-1", "2-2:sigmoid-1+l2=0.5", "1-1:relu-2/cross_entropy", "2-2:tanh-2:identity/mse", "1-1:silu-1:identity/huber",
    "1-2:leaky_relu-1/bce", "1-1:elu-1:softplus/quadratic", "2-3:identity-2:softmax/quadratic", "1-1:gelu-2:tanh/mse+l2=0.25",
    "1-1:identity+l2=0.5", "1-1:tanh-1:tanh-1", "2-2:relu-3:identity/mse",
]  # fmt: skip
SCALAR = [(name, row.phi) for name, row in ACTIVATIONS.items() if name != "softmax"]
FUNCTIONS = {name: lambda z, phi=phi: float(phi(np.array([float(z)]))[0]) for name, phi in SCALAR}


def value_of(words):
    """The numbers of a line as Python reads them."""
    text = words.replace("½ ", "0.5*").replace("²", "**2").translate(str.maketrans("−·[]", "-*()"))
    text = re.sub(r"([\d)]) ([(l])", r"\1*\2", text)
    huber = lambda e: e**2 / 2 if abs(e) <= 1 else abs(e) - 0.5
    slope = lambda e: max(-1.0, min(1.0, e))
    text = re.sub(r"\bH′\(", "slope(", re.sub(r"\bH\(", "huber(", text))
    return eval(text, {**FUNCTIONS, "ln": np.log, "huber": huber, "slope": slope, "exp": np.exp})


@pytest.mark.parametrize(("network", "m"), list(product(NETWORKS, (1, 2))))
def test_every_line_has_the_right_number_and_its_numbers_give_it(network, m):
    spec, point = at(network, m=m)
    rows = {row.key: row for row in rows_of(network, m=m)}
    z, a = weighted_inputs(spec, point.params, point.x)
    wanted = {f"z{l}": z[l] for l in spec.layers} | {f"a{l}": a[l] for l in spec.layers}
    delta = output_delta(spec, z[spec.L], a[spec.L], point.y)
    for l in reversed(spec.layers):
        wanted[f"delta{l}"] = delta
        if l > 1:
            delta = (delta @ point.params[f"W{l}"]) * ACTIVATIONS[spec.activations[l - 2]].dphi(z[l - 1])
    grads = backward(spec, point.params, point.x, point.y)
    wanted |= {f"d{key}": value for key, value in grads.items()}
    wanted["C"] = cost(spec, point.params, point.x, point.y)
    order = [f"{q}{l}" for l in spec.layers for q in "za"] + ["C"]
    order += [f"{q}{l}" for l in reversed(spec.layers) for q in ("delta", "db", "dW")]
    assert [key for key in rows if "[" not in key] == order
    for key, row in rows.items():
        name, _, index = key.partition("[")
        value = np.squeeze(wanted[name])
        value = value[tuple(map(int, index.rstrip("]").split(", ")))] if index else value
        np.testing.assert_allclose(row.right, value, rtol=1e-12, atol=1e-14)
        *_, last = row.formula.split(" = ")
        if " = " in row.formula and not re.search(r"[λΣ]", last):
            total = value_of(last) / (m if key == "C" and m > 1 and "1/m" not in last else 1)
            if key != "C" or m == 1:
                assert total == pytest.approx(float(value), rel=2e-4, abs=2e-4), row.formula


@pytest.mark.parametrize(
    ("network", "place", "lines"),
    [
        ("2-2:tanh-1", ("W1", (1, 0)), ["delta1[1]", "dW1[1, 0]"]),
        ("2-2:tanh-1", ("b1", (1,)), ["delta1[1]"]),
        ("2-2:tanh-1", ("W2", (0, 1)), ["dW2[1]"]),
        ("2-2:tanh-1", ("b2", (0,)), []),
        ("1-1:tanh-2", ("W2", (1, 0)), ["delta2[1]", "dW2[1]"]),
        ("1-1:tanh-1", ("W1", (0, 0)), []),
    ],
)
def test_a_wrong_entry_has_a_line_of_its_own_with_its_delta(network, place, lines):
    assert [row.key for row in rows_of(network, place) if "[" in row.key] == lines
    of_two = [row.key for row in rows_of(network, place, m=2) if "[" in row.key]
    assert of_two == [key for key in lines if key.startswith("dW")]  # of two examples there are two deltas
    own = [row for row in rows_of(network, place) if row.key.startswith("dW") and "[" in row.key]
    assert all(row.yours == pytest.approx(2 * row.right) for row in own)


def test_lines_are_compared_with_the_code_s_own():
    spec, point = at("1-1:tanh-1")
    right = {row.key: row.right for row in rows_of("1-1:tanh-1")}
    own = {
        "a1": np.array([[right["a1"]]]),
        "delta2": np.array([[right["delta2"] * 3]]),
        "dW2": np.array([[9.0]]),
        "C": np.array(1.0),
    }
    how = {row.key: row.compared for row in rows_of("1-1:tanh-1", own=own)}
    different = {
        "C": LineAgreement.FIRST,
        "delta2": LineAgreement.DIFFERENT,
        "dW2": LineAgreement.DIFFERENT,
        "a1": LineAgreement.SAME,
    }
    assert how == {key: different.get(key, LineAgreement.UNKNOWN) for key in right}
    yours = {row.key: row.yours for row in rows_of("1-1:tanh-1", own=own)}
    assert yours["dW2"].shape == () and float(yours["dW2"]) == 9 and yours["z1"] is None
    assert spec.L == 2 and point.x.shape == (1, 1)


@pytest.mark.parametrize(
    ("network", "m", "words"),
    [
        ("1-1:identity/mse", 1, "(a1 − y)² = (1 − 0)²"),
        ("1-2:identity/mse", 1, "½ [(a1[0] − y[0])² + (a1[1] − y[1])²]"),
        ("1-1:identity+l2=0.5", 1, "½ (a1 − y)² + λ/2 · W1² = ½ (1 − 0)² + 0.5/2 · 1²"),
        ("2-2:identity/quadratic+l2=0.5", 1, "½ [(a1[0] − y[0])² + (a1[1] − y[1])²] + λ/2"),
        ("1-3:softmax/cross_entropy", 1, "−Σₖ y[k] ln a1[k]"),
        ("1-1:identity/mse", 2, "1/m · Σₑ (a1 − y)²"),
    ],
)
def test_the_cost_is_told_with_its_numbers_where_these_are_few(network, m, words):
    told = next(row for row in rows_of(network, m=m) if row.key == "C").formula
    few = words.replace("[k]", "") if words not in told else words
    assert told.startswith(few) or few in told, told


# Writing


def test_numbers_arrays_and_places_in_text():
    assert [number_text(v) for v in (1.0, -0.5, 1 / 3, 2.0, 0.0)] == ["1", "−0.5", "0.333333", "2", "0"]
    assert array_text(np.array(2.0)) == "2" and array_text(np.array([[1.0, 2.0], [0.5, -1.0]])) == "[[1, 2], [0.5, −1]]"
    assert plain_shape(np.ones((1, 2, 1))).shape == (2,) and plain_shape(np.ones((1, 1))).shape == ()
    assert index_text((2, 3), (1, 2)) == "[1, 2]" and index_text((1, 3), (0, 2)) == "[2]"
    assert index_text((3, 1), (2, 0)) == "[2]" and index_text((1, 1), (0, 0)) == index_text((), ()) == ""


def test_a_name_that_means_another_layer_there_is_told_by_its_layer():
    spec = NetworkSpec.parse("1-1:tanh-1")
    writing = Writing(spec, 1, {"delta1": "delta2", "a1": "h"})
    assert [writing.name(q) for q in ("delta1", "delta2", "a1", "a2")] == ["delta2", "δ2", "h", "a2"]


# The nudge


def test_a_nudge_has_as_few_decimals_as_tell_right_from_wrong():
    point = Point({"W1": np.array([[2.0, 3.0]])}, np.zeros((1, 2)), np.zeros((1, 1)))
    square = lambda p: float(p.params["W1"][0, 1] ** 2 + p.params["W1"][0, 0])
    found = nudge(point, EntryPlace("W1", (0, 1)), 6.0, 12.0, square, None)
    assert (found.parameter, found.value, found.step) == ("W1[1]", 3.0, 0.001)
    assert (found.above, found.below, found.quotient) == ("11.0060", "10.9940", "6.00")
    assert (found.right, found.yours, found.is_own_cost) == (6.0, 12.0, False)
    assert point.params["W1"].tolist() == [[2.0, 3.0]]
    own = lambda factor: nudge(point, EntryPlace("W1", (0, 1)), 6.0, 12.0, square, lambda p: factor * square(p)).is_own_cost
    assert own(1.0) and not own(1.001) and own(1 + 1e-7)
    assert nudge(point, EntryPlace("W1", (0, 1)), 6.0, 6.001, square, None) is None  # the same in so many digits
    assert nudge(point, EntryPlace("W1", (0, 1)), 6.0, 6.01, square, None).quotient == "6.00"
    assert nudge(point, EntryPlace("W1", (0, 1)), 5.0, 12.0, square, None) is None  # what is told as right is not
    close = nudge(point, EntryPlace("W1", (0, 1)), 6.02, 12.0, square, None)
    assert close.quotient == "6.0"  # in two digits
    zero = nudge(point, EntryPlace("W1", (0, 1)), 0.0, 1.0, lambda p: 1.0, None)
    assert (zero.quotient, zero.above, zero.parameter) == ("0.000", "1.0000", "W1[1]")


def test_numbers_are_rounded_to_the_digits_of_another():
    assert _rounded(0.0534477, 0.0534477, 3) == "0.0534" and _rounded(0.106895, 0.0534477, 3) == "0.1069"
    assert _rounded(123.456, 123.456, 3) == "123" and _rounded(1234.5, 1234.5, 3) == "1234"
    assert _rounded(9.994, 9.994, 2) == "10.0"
    assert _rounded(-0.0001, 1.0, 2) == "0.0" and _rounded(-0.06, 1.0, 2) == "-0.1" and _rounded(0.0, 0.0, 3) == "0.000"
    assert _rounded(1.0, 0.1, 1) == "1.0"


# Python to paste


PAIRS = [(phi, c) for phi in ACTIVATIONS for c in COSTS if pair_problem(phi, 2, c) is None]


@pytest.mark.parametrize("shape", ["1-1:{0}-1:{1}/{2}", "2-2:{0}-2:{1}/{2}+l2=0.5"])
@pytest.mark.parametrize("m", [1, 2])
def test_what_is_pasted_prints_the_quotient_of_the_reference(shape, m, capsys):
    hidden = [name for name in ACTIVATIONS if name != "softmax"]
    tried = 0
    for number, (output, loss) in enumerate(PAIRS):
        text = shape.format(hidden[number % len(hidden)], output, loss)
        try:
            spec, point = at(text, W=(0.5, -0.25, 0.75), b=(0.1, 0.2), x=(0.5, -0.7), m=m, y=(0.0, 1.0, 1.0, 0.0))
        except ValueError:  # softmax of one unit
            continue
        for place in (EntryPlace("W1", (0, 0)), EntryPlace(f"b{spec.L}", (0,)), EntryPlace("W2", (spec.sizes[2] - 1, 0))):
            up, here, down = (cost(spec, moved(point, place, by).params, point.x, point.y) for by in (0.001, 0.0, -0.001))
            if not np.isfinite(here):
                continue
            value = float(point.params[place.key][place.index])
            one = Nudge("", value, 0.001, "", "", "q", 0.0, 5.0, False)
            lines = lines_to_paste(spec, point, place, one)
            assert lines[0] == "import numpy as np" and lines[-1].endswith("  # q, not 5") and len(lines[1]) <= LONGEST
            exec("\n".join(lines), {})
            printed = float(capsys.readouterr().out)
            assert printed == pytest.approx((up - down) / 0.002, rel=1e-6, abs=1e-9), lines
            tried += 1
    assert tried > 25


def moved(point, place, by):
    array = point.params[place.key].copy()
    array[place.index] += by
    return replace(point, params={**point.params, place.key: array})


@pytest.mark.parametrize(
    ("network", "cost_line"),
    [
        ("1-1:tanh-1:identity/mse", "C = lambda W1: (2 * np.tanh(W1 * 1) + 1 - 0)**2"),
        ("1-1:identity/mse", "C = lambda W1: (W1 * 1 - 0)**2"),
        ("1-1:identity-1:identity/mse", "C = lambda W1: (2 * (W1 * 1) + 1 - 0)**2"),
        ("1-1:identity+l2=0.5", "C = lambda W1: (W1 * 1 - 0)**2 / 2 + 0.5 / 2 * (W1**2)"),
        ("1-1:silu-1:identity/huber", ""),
    ],
)
def test_a_short_cost_of_single_units_is_one_line(network, cost_line):
    one = Nudge("W1", 1.0, 0.001, "", "", "q", 0.0534, 0.106895, False)
    lines = lines_to_paste(*at(network), EntryPlace("W1", (0, 0)), one)
    assert [line for line in lines if line.startswith("C = ")] == ([cost_line] if cost_line else [])
    assert ("def C(W1):" in lines) is not bool(cost_line)
    two = lines_to_paste(*at("1-1:tanh-1:identity/mse", m=2), EntryPlace("W1", (0, 0)), one)
    assert "def C(W1):" in two and "    x, y = np.array([1, 2]), np.array([0, 1])" in two


# The picture


def numbers_of(network, wrong=(), weights=(), **numbers):
    spec, point = at(network, **numbers)
    z, a = weighted_inputs(spec, point.params, point.x)
    deltas = {}
    delta = output_delta(spec, z[spec.L], a[spec.L], point.y)
    for l in reversed(spec.layers):
        deltas[l] = delta
        delta = (delta @ point.params[f"W{l}"]) * (ACTIVATIONS[spec.activations[l - 2]].dphi(z[l - 1]) if l > 1 else 1)
    off = {l: 3 * deltas[l][0] for l in wrong}
    return PictureNumbers(spec, point, a, deltas, off, {l: 3 * point.params[f"W{l}"] for l in weights}, 0.125)


def drawn(svg):
    """What is drawn: circles, lines and texts with their places and colours."""
    found = re.findall(r'<circle cx="(\S+)" cy="(\S+)" r="23" style="([^"]*)"', svg)
    circles = [(float(x), float(y), WRONG in style) for x, y, style in found]
    lines = [
        (*map(float, ends), WRONG in style)
        for *ends, style in re.findall(r'<line x1="(\S+)" y1="(\S+)" x2="(\S+)" y2="(\S+)" style="([^"]*)"', svg)
    ]
    texts = [
        (float(x), float(y), words, WRONG in style)
        for x, y, style, words in re.findall(r'<text x="(\S+)" y="(\S+)" [^>]*style="([^"]*)">([^<]*)</text>', svg)
    ]
    return circles, lines, texts


def test_units_stand_in_columns_around_the_middle_and_lines_lead_from_edge_to_edge():
    svg = picture(numbers_of("1-2:tanh-1")).svg
    circles, lines, texts = drawn(svg)
    assert [(x, y) for x, y, _ in circles] == [(30, 108.5), (126, 65.5), (126, 151.5), (222, 108.5)]
    assert not any(off for *_, off in circles + lines + texts)
    assert lines == [
        (53, 108.5, 103, 65.5, False), (53, 108.5, 103, 151.5, False), (149, 65.5, 199, 108.5, False),
        (149, 151.5, 199, 108.5, False), (245, 108.5, 295, 108.5, False),
    ]  # fmt: skip
    assert 'viewBox="0 0 348 216" width="348" height="216"' in svg
    assert '<rect x="295.0" y="92.5" width="46" height="32"' in svg
    heads = [(x, words) for x, y, words, _ in texts if y == 16]
    assert heads == [(30, "x"), (126, "a1"), (222, "a2"), (318, "C")]
    assert (318.0, 112.5, "0.125", False) in texts


def test_every_number_stands_at_its_unit_or_on_its_line():
    numbers = numbers_of("1-2:tanh-1")
    *_, texts = drawn(picture(numbers).svg)
    short = lambda value: number_text(float(f"{value:.4g}"))
    there = [(x, y, words) for x, y, words, _ in texts]
    assert (30, 112.5, "1") in there
    for unit, y in ((0, 65.5), (1, 151.5)):
        assert (126, y + 4, short(numbers.values[1][0, unit])) in there
        assert (126, y + 37, f"δ {short(numbers.deltas[1][0, unit])}") in there
    assert (126, 151.5 - 28, "b 1") in there and not [words for *_, words in there if words == "b 0"]
    assert (222, 108.5 + 37, f"δ {short(numbers.deltas[2][0, 0])}") in there
    assert [words for *_, words in there].count("1") >= 1
    on_lines = {(round(x, 1), round(y, 1)): words for x, y, words in there}
    assert on_lines[round(53 + 0.6 * 50, 1), round(108.5 - 0.6 * 43 - 5, 1)] == "1"  # W1[0]
    assert on_lines[round(53 + 0.27 * 50, 1), round(108.5 + 0.27 * 43 - 5, 1)] == "2"  # W1[1]
    assert on_lines[round(149 + 0.6 * 50, 1), round(65.5 + 0.6 * 43 - 5, 1)] == "−1"  # W2[0]


def test_what_is_wrong_is_red():
    circles, lines, texts = drawn(picture(numbers_of("1-2:tanh-1", wrong=(1,))).svg)
    assert [off for *_, off in circles] == [False, True, True, False] and not any(off for *_, off in lines)
    red = [(x, y, words) for x, y, words, off in texts if off]
    assert [(x, y) for x, y, _ in red] == [(126, 65.5 + 52), (126, 151.5 + 52)]
    assert all(words.startswith("✗ ") for *_, words in red)
    circles, lines, texts = drawn(picture(numbers_of("1-2:tanh-1", weights=(2,))).svg)
    assert [off for *_, off in lines] == [False, False, True, True, False] and not any(off for *_, off in circles)
    red = [(round(x, 1), round(y, 1), words) for x, y, words, off in texts if off]
    assert red == [
        (179, round(65.5 + 0.6 * 43 + 14, 1), "✗ −3"),
        (round(149 + 0.27 * 50, 1), round(151.5 - 0.27 * 43 + 14, 1), "✗ 3"),
    ]


def test_a_picture_is_of_one_example_and_of_few_units():
    assert picture(numbers_of("1-2:tanh-1", m=2)) is None and picture(numbers_of("1-4:tanh-1")) is None
    assert picture(numbers_of("3-3:tanh-1")) is not None
    title = re.search("<title>(.*)</title>", picture(numbers_of("1-1:tanh-1", wrong=(1,), weights=(2,))).svg)[1]
    for words in ("x = 1", "a1 = 0.76", "a2 = 0.92", "delta2 = 0.06", "delta1 = 0.05", "delta1: 0.16", "dW2: 6"):
        assert words in title


# The case as a whole


def test_the_wrong_place_is_a_bias_where_one_is_wrong_and_the_entry_that_is_off_most():
    spec, point = at("1-2:tanh-2")
    right = backward(spec, point.params, point.x, point.y)

    def chosen(**off):
        yours = right | {key: right[key] + np.array(value) for key, value in off.items()}
        return wrong_place(Chosen(Candidate(spec, point, 0.0), right, yours))

    assert chosen(b2=[0.1, -0.2]) == EntryPlace("b2", (1,)) and chosen(W2=[[0, 1], [3, -2]]) == EntryPlace("W2", (1, 0))
    assert chosen(b2=[0.1, 0], W2=[[0, 1], [3, -2]]) == EntryPlace("b2", (0,))
    assert chosen(b1=[0.1, 0], W2=[[0, 1], [0, 0]]) == EntryPlace("W2", (0, 1))


def test_mistakes_foretell_only_where_the_catalogue_gives_all_the_numbers():
    one = Diagnosis("l2-missing", 1, "W1", "", "", "", 16.0)
    told = lambda *all: foretelling(all)
    assert told(one) == ("l2-missing",) and told(one, replace(one, id="l2-on-bias")) == ("l2-missing", "l2-on-bias")
    assert told(replace(one, id="unknown")) == told(replace(one, id="constant-factor")) == told(replace(one, factor=2.0)) == ()
    assert told(replace(one, unexplained=("b1",))) == () and told(one, replace(one, id="unknown")) == () and told() == ()


def silent(spec, point):
    raise NoAnswer


def case_of(change=lambda g: {key: 2 * v for key, v in g.items()}, network="3-4:tanh-2", wrong=None, **asks):
    spec = NetworkSpec.parse(network)
    gradient = lambda small, p: change(backward(small, p.params, p.x, p.y))
    return worked_case(spec, Asks(gradient, **asks), WrongGradient(wrong or spec.keys))


def test_the_code_s_own_numbers_stand_beside_the_right_ones():
    output = lambda spec, p: weighted_inputs(spec, p.params, p.x)[1][spec.L] + 1
    loss = lambda spec, p: cost(spec, p.params, p.x, p.y)
    seen = lambda spec, p: {"z1": weighted_inputs(spec, p.params, p.x)[0][1], "a1": np.full((1, 1), 77.0)}
    case = case_of(output=output, cost=loss, quantities=seen)
    how = {row.key: row.compared for row in case.rows}
    assert how["z1"] is LineAgreement.SAME and how["a1"] is LineAgreement.UNKNOWN  # what is not believed is not shown
    assert how["a2"] is LineAgreement.FIRST and how["C"] is LineAgreement.SAME and how["db2"] is LineAgreement.DIFFERENT
    nothing = case_of(output=silent, cost=silent)
    assert {row.key for row in nothing.rows if row.compared is not LineAgreement.UNKNOWN} == {"db2", "dW2", "db1", "dW1"}
    assert nothing.nudge.is_own_cost is False


def test_a_wrong_delta_is_believed_if_the_bias_is_made_of_it():
    half = lambda spec, p: {"delta2": backward(spec, p.params, p.x, p.y)["b2"].reshape(1, -1) * 2}
    case = case_of(quantities=half)
    assert next(row for row in case.rows if row.key == "delta2").compared is LineAgreement.FIRST
    other = lambda spec, p: {"delta2": backward(spec, p.params, p.x, p.y)["b2"].reshape(1, -1) * 5}
    assert next(row for row in case_of(quantities=other).rows if row.key == "delta2").compared is LineAgreement.UNKNOWN


def test_a_case_is_read_as_what_is_given_lines_proof_picture_and_python():
    case = case_of()
    found = blocks(case)
    assert isinstance(found[0], Prose) and len([one for one in found if isinstance(one, Table)]) == 1
    given = "".join(str(part) for part in found[0].parts)
    assert "x = 1" in given and "y = 0" in given and "W1 =" not in given  # all weights are one
    told = "\n".join(str(one) for one in found)
    assert all(row.name in told for row in case.rows) and "<svg" in told
    assert isinstance(found[-1], Code) and found[-1].text == "\n".join(case.python)
    (nothing,) = blocks(NoCase("no reason"))
    assert isinstance(nothing, Prose) and nothing.parts == ("no reason",)
    wide = case_of(lambda g: g | {"b1": g["b1"][::-1]}, wrong=("b1",))
    assert isinstance(wide, WorkedCase) and len(wide.point.x) == 1
    given = "".join(str(part) for part in blocks(wide)[0].parts)
    assert "b1 = [0, 1], b2 = 0" in given and "W1 =" not in given
    params = {**wide.point.params, "W2": 2 * wide.point.params["W2"], "b1": np.zeros(2)}
    given = "".join(str(part) for part in blocks(replace(wide, point=replace(wide.point, params=params)))[0].parts)
    assert "W1 = [" in given and "W2 = [" in given and ", b1 =" not in given


def test_a_case_is_data_too():
    case = case_of()
    told = case.to_dict()
    assert told["network"] == str(case.spec) and told["x"] == case.point.x.tolist() and told["python"] == list(case.python)
    assert [row["name"] for row in told["rows"]] == [row.name for row in case.rows]
    assert told["rows"][0]["yours"] is None and told["nudge"]["quotient"] == case.nudge.quotient
    counter = case.counterexample
    assert counter["expected"]["b2"] == case.right["b2"].tolist() and counter["got"]["b2"] == case.yours["b2"].tolist()
    assert set(counter["expected"]) == set(case.wrong)
