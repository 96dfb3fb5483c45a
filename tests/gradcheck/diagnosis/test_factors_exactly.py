"""Factors, scales, laws of differences and other networks, on numbers in which each was put by hand."""

import re
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from gradcheck.diagnosis.difference_law import (
    DifferenceSides,
    Law,
    _central,
    _fits,
    _largest,
    _next_derivatives,
    difference_law,
)
from gradcheck.diagnosis.glance_factor import OpenFactor as Seen
from gradcheck.diagnosis.glance_factor import factor_of, known_sizes, told_factor
from gradcheck.diagnosis.mistake_words import behaviour_words, form_words, right_words, wrong_words
from gradcheck.diagnosis.other_network import candidates, of_another_network
from gradcheck.diagnosis.own_cost import Factor, Scale, find_scale, scales
from gradcheck.diagnosis.remaining_factor import factors, of_factor, without_factor
from gradcheck.sentences.sentence import told
from gradcheck.witnesses.forward_truth import forward_truth
from gradcheck.witnesses.points import safe_point
from reference_nets.network import backward
from reference_nets.points import Point
from reference_nets.spec import ACTIVATIONS, COSTS, NetworkSpec, pair_problem
from symbolic.balls import Enclosure
from symbolic.mistakes.catalogue import BEHAVIOUR, CATALOGUE

HALF = Fraction(1, 2)


def point_of(spec, m=5, seed=3):
    return safe_point(spec, np.random.default_rng(seed), m=m)


# Factors and scales


def test_a_factor_is_a_number_times_a_power_of_the_batch():
    assert Factor(Fraction(3, 2), 1).exactly(4) == 6 and Factor(Fraction(3), -1).exactly(4) == Fraction(3, 4)
    assert Factor().exactly(7) == 1 and Factor(Fraction(1, 3)).at(9) == 1 / 3 and Factor(power=1).at(9) == 9.0


SCALES = {  # what the data term is times, with K = 3
    "": (1, 0), "2": (2, 0), "1/2": (HALF, 0), "m": (1, 1), "m/2": (HALF, 1), "2m": (2, 1), "1/m": (1, -1),
    "K": (3, 0), "1/K": (Fraction(1, 3), 0), "2/K": (Fraction(2, 3), 0), "K/2": (Fraction(3, 2), 0),
    "mK": (3, 1), "mK/2": (Fraction(3, 2), 1),
}  # fmt: skip
L2_SCALES = {
    "": (1, 0), "l2-1": (2, 0), "l2-1/4": (HALF, 0), "l2-1/2m": (1, -1), "l2-1/m": (2, -1), "l2-m/2": (1, 1),
}  # fmt: skip


def test_the_scales_are_all_that_are_met_and_the_notation_comes_first():
    plain = list(scales(NetworkSpec.parse("2-4:tanh-3")))
    factors = lambda one: ((one.data.number, one.data.power), (one.l2.number, one.l2.power))
    assert {one.data_name: factors(one) for one in plain} == {name: (data, (1, 0)) for name, data in SCALES.items()}
    assert plain[0].is_notation and not any(one.is_notation or one.l2_name for one in plain[1:]) and len(plain) == 13
    both = list(scales(NetworkSpec.parse("2-4:tanh-3+l2=0.5")))
    every = {(a, b): (SCALES[a], L2_SCALES[b]) for a, b in product(SCALES, L2_SCALES)}
    assert {(one.data_name, one.l2_name): factors(one) for one in both} == every
    assert both[0].is_notation and sum(one.is_notation for one in both) == 1
    assert not Scale(l2=Factor(HALF)).is_notation


def test_a_scale_is_told_in_words():
    assert str(Scale(Factor(power=1), data_name="m").words) == "the cost times m (a sum over the examples)"
    assert str(Scale(l2=Factor(HALF), l2_name="l2-1/4").words) == "the L2 term is lambda/4 sum W^2"
    both = Scale(Factor(Fraction(2)), Factor(Fraction(2)), "2", "l2-1")
    assert str(both.words) == "the cost times 2, the L2 term is lambda sum W^2"
    assert "cost times" not in str(Scale().words) and str(Scale().words)
    told_of = {on: str(Scale(Factor(Fraction(2)), data_name="2", on_biases=on).words) for on in (None, True, False)}
    assert told_of[None] == "the cost times 2" and len(set(told_of.values())) == 3


@pytest.mark.parametrize("data", [Factor(), Factor(Fraction(3), 1), Factor(HALF, -1)])
@pytest.mark.parametrize("l2", [Factor(), Factor(Fraction(2), -1)])
def test_what_a_scale_did_is_undone_in_floats_and_exactly(data, l2):
    spec = NetworkSpec.parse("2-3:tanh-3+l2=0.5")
    point = point_of(spec, m=4)
    plain = backward(NetworkSpec.parse("2-3:tanh-3"), point.params, point.x, point.y)
    right = backward(spec, point.params, point.x, point.y)
    decay = {key: 0.5 * value if key[0] == "W" else 0.0 for key, value in point.params.items()}
    theirs = {key: data.at(4) * plain[key] + l2.at(4) * decay[key] for key in plain}
    scale = Scale(data, l2)
    undone = scale.undone(theirs, point, spec)
    assert all(np.allclose(undone[key], right[key], rtol=1e-12, atol=1e-14) for key in right)
    exact = scale.undone_exactly({key: enclosed(value) for key, value in theirs.items()}, point, spec, 120)
    assert all(np.allclose(exact[key].mid, right[key], rtol=1e-12, atol=1e-14) for key in right)
    assert all((exact[key].rad <= 1e-15).all() for key in right)


def enclosed(value):
    return Enclosure(value, np.zeros_like(value), np.zeros_like(value))


@pytest.mark.parametrize("network", ["2-3:tanh-3+l2=0.5", "2-3:tanh-3"])
def test_the_scale_of_a_cost_is_found_by_its_values(network):
    spec = NetworkSpec.parse(network)
    points = [point_of(spec, m=4, seed=seed) for seed in (1, 2)]
    truths = [forward_truth(spec, point) for point in points]
    for scale in scales(spec):
        losses = [
            scale.data.at(4) * float(t.data_cost.enclosed.mid[0]) + scale.l2.at(4) * float(t.l2_cost.enclosed.mid[0])
            for t in truths
        ]
        found = find_scale(spec, 4, truths, losses)
        assert found is not None and found.data.exactly(4) == scale.data.exactly(4)
        assert found.l2.exactly(4) == scale.l2.exactly(4) or not spec.l2
        assert find_scale(spec, 4, truths, [losses[0], losses[1] * 1.001]) is None


SPEC3 = NetworkSpec.parse("2-4:tanh-3")


def factors_of(claimed, *readings, batches=(5, 7), spec=SPEC3):
    claims = [(point_of(spec, m), {f"b{spec.L}": np.array(value)}) for m, value in zip(batches, claimed, strict=True)]
    return factors(spec, claims, [[np.array(part) for part in reading] for reading in readings])


def test_the_factors_often_seen_are_tried_first():
    third = Fraction(1, 3)
    usual = [
        (2, 0), (HALF, 0), (1, 1), (1, -1), (2, 1), (HALF, 1), (3, 0), (third, 0), (2 * third, 0), (3 * HALF, 0), (3, 1),
        (third, 1), (-1, 0), (-1, 1), (-2, 0),
    ]  # fmt: skip
    one = np.ones(3)
    found = factors_of([one, one])
    assert [(f.number, f.power) for f in found] == usual
    two = factors_of([np.ones(2), np.ones(2)], spec=NetworkSpec.parse("2-4:tanh-2"))
    assert len(two) == len(set(two)) == 9 and Factor() not in two  # K is 2


def test_a_factor_is_read_off_the_output_biases():
    a, b = np.array([1.0, -2.0, 4.0]), np.array([0.5, 3.0, -1.0])
    last = lambda claimed, *readings: factors_of(claimed, *readings)[15:]
    assert last([7 * a, 7 * b], [a, b]) == [Factor(Fraction(7))]
    assert last([5 * 5 * a, 5 * 7 * b], [a, b]) == [Factor(Fraction(5), 1)]
    assert last([0.3 * a / 5, 0.3 * b / 7], [a, b]) == [Factor(Fraction(3, 10), -1)]
    assert last([7 * a, 7 * b], [a, 2 * b]) == [] and last([7 * a, 8 * b], [a, b]) == []
    assert last([7 * a, 7 * b], [a, b], [2 * a, 2 * b]) == [Factor(Fraction(7)), Factor(Fraction(7, 2))]
    assert last([7 * a, 7 * b], [a * [1, 0, 1], b]) == []  # nothing is divided by zero
    assert last([np.sqrt(2) * a, np.sqrt(2) * b], [a, b]) == []
    assert last([a * 999 / 1000, b * 999 / 1000], [a, b]) == [Factor(Fraction(999, 1000))]
    assert last([a * 1000 / 1003, b * 1000 / 1003], [a, b]) == []
    slightly = np.array([1.0, 1 + 0.9e-9, 1.0])
    assert last([7 * a * slightly, 7 * b], [a, b]) == [Factor(Fraction(7))]
    assert last([7 * a * slightly**2, 7 * b], [a, b]) == []
    assert last([7 * a * np.inf, 7 * b], [a, b]) == [] and last([0 * a, 0 * b], [a, b]) == []


def test_of_one_number_alone_a_factor_is_read_too():
    (*_, last) = factors_of([np.array([3.5])], [np.array([0.5])], batches=(5,), spec=NetworkSpec.parse("2-1"))
    assert last == Factor(Fraction(7))


def test_the_numbers_without_a_factor_keep_their_decay():
    spec = NetworkSpec.parse("2-3+l2=0.5")
    point = point_of(spec, m=4)
    claims = [(point, {"W1": np.full((3, 2), 8.0) + 0.5 * point.params["W1"], "b1": np.full(3, 8.0)})]
    assert without_factor(spec, claims, None) is claims
    ((_, undone),) = without_factor(spec, claims, Factor(Fraction(2), 1))
    assert np.allclose(undone["W1"], 1 + 0.5 * point.params["W1"]) and np.allclose(undone["b1"], 1)


@pytest.mark.parametrize(
    ("factor", "value", "id", "words"),
    [
        (Factor(power=1), 5.0, "missing-batch-average", "multiplied by m, here 5"),
        (Factor(Fraction(2), 1), 10.0, "missing-batch-average", "multiplied by 2 m, here 10"),
        (Factor(power=-1), 0.2, "batch-average-twice", "multiplied by 1/m, here 0.2"),
        (Factor(Fraction(2), -1), 0.4, "batch-average-twice", "multiplied by 2 1/m, here 0.4"),
        (Factor(Fraction(2)), 2.0, "cost-derivative-factor", "multiplied by 2"),
        (Factor(HALF), 0.5, "cost-derivative-factor", "multiplied by 1/2"),
        (Factor(Fraction(3)), 3.0, "cost-derivative-factor", "multiplied by 3"),
        (Factor(Fraction(1, 3)), 1 / 3, "cost-derivative-factor", "multiplied by 1/3"),
        (Factor(Fraction(4)), 4.0, "constant-factor", "multiplied by 4"),
        (Factor(Fraction(-1)), -1.0, "constant-factor", "multiplied by -1"),
    ],
)
def test_a_factor_beside_a_mistake_is_told_as_one_of_its_own(factor, value, id, words):
    found = of_factor(SPEC3, factor, value, ("b1",))
    assert (found.id, found.layer, found.quantity, found.digits) == (id, 2, "W2", 16.0)
    assert (found.alone, found.unexplained) == (False, ("b1",)) and found.message.endswith(words)
    assert (found.wrong, found.right) == (wrong_words(id), right_words(id))


# One look at a factor


def looked(claimed, true, allowed=1e-12):
    claimed, true = np.array(claimed, dtype=float), np.array(true, dtype=float)
    return factor_of(claimed, true, np.broadcast_to(np.array(allowed, dtype=float), true.shape))


def test_a_factor_is_that_of_the_entry_that_determines_it_best():
    assert looked([2.0, 9.0], [1.0, 3.0]) == Seen(3.0, 0.0, Fraction(3))
    assert looked([2.0, 9.0], [1.0, 3.0], [1e-13, 1e-12]) == Seen(2.0, 0.0, Fraction(2))
    assert looked([1.0, 1.0], [1.0, 1.0]) is None and looked([0.0], [1.0]) is None and looked([np.nan], [1.0]) is None
    assert looked([], []) is None and looked([1.0], [0.0]) is None
    assert looked([2e-12], [8e-12]) is None and looked([2.0], [8.5], 1.0) is not None  # eight times what is allowed
    assert looked([-1.0, 0.5], [3.0, 2.0]).fraction == Fraction(-1, 3)
    assert looked([3.0], [2.0], 0.0) == Seen(1.5, 0.0, Fraction(3, 2))
    root = looked([2 * np.sqrt(2)], [2.0], 1e-12)
    assert root.fraction is None and root.value == np.sqrt(2)
    assert root.open == pytest.approx((1 + np.sqrt(2)) * 1e-12 / 2 + 2.0**-50 * np.sqrt(2), rel=1e-12)


def test_a_fraction_is_told_only_if_it_cannot_be_chance():
    # room times the denominator's square is below 1 %: room is (1 + 1/3) allowed
    assert looked([1 / 3], [1.0], 0.01 / 9 / (4 / 3) * 0.9).fraction == Fraction(1, 3)
    assert looked([1 / 3], [1.0], 0.01 / 9 / (4 / 3) * 1.1).fraction is None
    off = 1e-6
    assert looked([1 / 3 + off], [1.0], off).fraction == Fraction(1, 3)
    assert looked([1 / 3 + off], [1.0], off / 2).fraction is None


def test_a_length_is_told_by_the_array_that_has_it():
    known = {"A": np.zeros((4, 3)), "v": np.zeros(6), "T": np.zeros((2, 5, 7))}
    sizes = {length: str(what) for length, what in known_sizes(known, np.zeros(9)).items()}
    assert set(sizes) == {3, 4, 5, 6, 7, 9, 12, 70}
    assert "rows" in sizes[4] and "A" in sizes[4]
    assert sizes[6] == sizes[6].replace("x", "") and "v" in sizes[6] and "x" in sizes[9]
    assert "T" in sizes[70] and "A" in sizes[12] and "T" in sizes[7] and "2" in sizes[7] and "1" in sizes[5]
    rows_first = known_sizes({"A": np.zeros((3, 4)), "B": np.zeros((4, 5))}, np.zeros(2))
    assert "B" in str(rows_first[4]) and "rows" in str(rows_first[4])
    entries_first = known_sizes({"A": np.zeros((5, 4)), "v": np.zeros(4)}, np.zeros(2))
    assert "v" in str(entries_first[4])
    assert 2 not in known_sizes({"A": np.zeros((2, 2))}, np.zeros(2))


def test_a_factor_is_told_with_where_it_may_come_from():
    sizes = {5: "rows of A", 7: "entries of x"}
    said = lambda value, fraction=None: told_factor(Seen(value, 0.0, fraction), sizes)
    key = lambda value, fraction=None: said(value, fraction).key
    assert key(-1.0, Fraction(-1)) == "diagnosis.opposite-sign" and key(1.41) == "diagnosis.multiple-about"
    assert key(2.0, Fraction(2)) == key(-2.0, Fraction(-2)) == "diagnosis.multiple-half"
    assert key(0.5, HALF) == key(-0.5, -HALF) == "diagnosis.multiple-two"
    assert key(5.0, Fraction(5)) == key(-7.0, Fraction(-7)) == "diagnosis.multiple-size"
    assert key(0.2, Fraction(1, 5)) == "diagnosis.multiple-part"
    assert key(6.0, Fraction(6)) == key(5 / 7, Fraction(5, 7)) == key(1 / 6, Fraction(1, 6)) == "diagnosis.multiple"
    assert "rows of A" in said(5.0, Fraction(5)) and "-7" in said(-7.0, Fraction(-7))


# Difference quotients


ONE = NetworkSpec.parse("2-3:tanh-1:sigmoid/quadratic")


def derivatives_of(spec, point, key, index):
    """``C''`` and ``C'''`` along one parameter, by central differences of the gradient with another step."""
    h = 1e-4

    def at(step):
        moved = {**point.params, key: point.params[key].copy()}
        moved[key][index] += step
        return backward(spec, moved, point.x, point.y)[key][index]

    return (at(h) - at(-h)) / (2 * h), (at(h) - 2 * at(0) + at(-h)) / h**2


@pytest.mark.parametrize("h", [1e-4, 1e-3])
def test_the_law_is_that_of_the_next_derivative(h):
    point = point_of(ONE)
    every = {(key, index): derivatives_of(ONE, point, key, index) for key in ONE.keys for index in np.ndindex(*ONE.shapes[key])}
    for (key, index), (second, third) in every.items():
        assert _next_derivatives(ONE, point, key, index) == pytest.approx((second, third), rel=2e-3, abs=2e-4)
    shapes = ONE.shapes
    errors = lambda of: {
        key: np.array([of(*every[key, i]) for i in np.ndindex(*shapes[key])]).reshape(shapes[key]) for key in ONE.keys
    }
    one_sided = difference_law(ONE, point, errors(lambda second, third: h / 2 * second))
    assert one_sided.quotient is DifferenceSides.ONE_SIDED and one_sided.step == pytest.approx(h, rel=1e-3)
    backward_step = difference_law(ONE, point, errors(lambda second, third: -h / 2 * second))
    assert backward_step.step == pytest.approx(-h, rel=1e-3)
    central = difference_law(ONE, point, errors(lambda second, third: h**2 / 6 * third))
    assert central.quotient is DifferenceSides.CENTRAL and central.step == pytest.approx(h, rel=1e-3)
    assert difference_law(ONE, point, errors(lambda second, third: -(h**2) / 6 * third)) is None
    assert difference_law(ONE, point, errors(lambda second, third: h * np.sign(second))) is None
    assert difference_law(ONE, point, errors(lambda second, third: 0 * second)) is None
    assert difference_law(ONE, point, errors(lambda second, third: second)) is None  # so large a step is none


def test_errors_speak_for_a_law_where_several_are_far_above_what_is_left_over():
    expected = np.array([1.0, -0.5, 0.4, 0.3, 0.001])
    assert _fits(expected, expected) and _fits(expected + 0.04 * np.array([1, 0, 0, 0, 0]), expected)
    assert not _fits(expected + 0.06 * np.array([1, 0, 0, 0, 0]), expected)
    assert not _fits(expected * [1, 1, 1, 0.1, 1], expected)
    few = np.array([1.0, 0.5, 0.25, 0.001])
    assert not _fits(few * (1 + 0.01), few)  # three entries are above it
    assert _fits(few * (1 + 0.0009), few)  # and two are enough where nothing is left
    assert not _fits(np.array([1.0, 0.0]), np.array([1.0, 0.0])) and _fits(np.array([1.0, 1.0]), np.array([1.0, 1.0]))


def test_a_law_has_a_step_and_an_equation():
    assert _central(-1e-4) is None and _central(0.0) is None
    assert _central(1e-4) == Law(DifferenceSides.CENTRAL, "h^2/6 C'''", 0.01)
    assert str(_central(1e-4).words).startswith("in every entry the error is h^2/6 C''' with h = 1.0e-02")
    largest = _largest({"W1": np.array([[1.0, -5.0]]), "b1": np.array([3.0])})
    assert largest == [("W1", (0, 1)), ("b1", (0,)), ("W1", (0, 0))]
    assert len(_largest({"W1": np.ones((9, 9))})) == 60


# Another network


def test_the_candidates_differ_in_one_thing_or_in_all_that_is_hidden():
    spec = NetworkSpec.parse("2-3:tanh-4:relu-2:sigmoid/bce")
    found = list(candidates(spec))
    every = set()
    for name, cost in product(ACTIVATIONS, COSTS):
        rows = [("tanh", "relu", name)]
        rows += [(name, "relu", "sigmoid"), ("tanh", name, "sigmoid"), (name, name, "sigmoid")] if name != "softmax" else []
        for activations in [spec.activations, *rows]:
            if pair_problem(activations[-1], 2, cost) is None:
                every.add((activations, cost))
    every.remove((spec.activations, spec.cost))
    assert {(one.activations, one.cost) for one in found} == every and len(found) == len(every)
    assert all(one.sizes == spec.sizes for one in found)


@pytest.mark.parametrize(
    ("wrong", "layer"), [("2-3:sigmoid-3:relu-2", 1), ("2-3:tanh-3:tanh-2", 2), ("2-3:tanh-3:relu-2:tanh/quadratic", 3)]
)
def test_another_activation_is_found_where_it_is(wrong, layer):
    spec, other = NetworkSpec.parse("2-3:tanh-3:relu-2:sigmoid/quadratic"), NetworkSpec.parse(wrong)
    points = [point_of(spec, m) for m in (5, 6)]
    claims = [(p, backward(other, p.params, p.x, p.y)) for p in points]
    found = of_another_network(spec, claims)
    if other.cost == spec.cost or layer != 3:
        assert (found.id, found.layer, found.quantity, found.digits) == ("wrong-forward", layer, f"W{layer}", 16.0)
        assert (found.wrong, found.right) == (str(NetworkSpec.parse(found.wrong)), str(spec))
    off = [(p, {key: g * (1 + 1e-9 * (key == "b1")) for key, g in grads.items()}) for p, grads in claims]
    assert of_another_network(spec, off) is None  # nearly is not enough
    assert of_another_network(spec, [claims[0], off[1]]) is None


@pytest.mark.parametrize("layers", [(1, 2, 3), (1,), (2,), (3,)])
@pytest.mark.parametrize(("sign", "key"), [(0.0, "left out"), (-1.0, "subtracted")])
def test_biases_that_are_left_out_or_subtracted_are_told_by_layer(layers, sign, key):
    spec = NetworkSpec.parse("2-3:tanh-4:sigmoid-2")
    claims = []
    for p in (point_of(spec, 5), point_of(spec, 6)):
        moved = {name: value * sign if name in {f"b{l}" for l in layers} else value for name, value in p.params.items()}
        claims.append((p, backward(spec, moved, p.x, p.y)))
    found = of_another_network(spec, claims)
    assert (found.id, found.layer, found.quantity, found.digits) == ("wrong-forward", layers[0], f"W{layers[0]}", 16.0)
    assert key in found.message and found.right == "z = W a + b"
    assert ("layers 1, 2 and 3" if len(layers) == 3 else f"layer {layers[0]}") in found.message


def test_biases_that_are_zero_are_not_left_out():
    spec = NetworkSpec.parse("2-3:tanh-3")
    p = point_of(spec)
    zero = Point({**p.params, "b1": np.zeros(3), "b2": np.zeros(3)}, p.x, p.y)
    assert of_another_network(spec, [(zero, backward(spec, zero.params, zero.x, zero.y))]) is None


# Words


def test_every_form_is_said_in_words():
    said = lambda form: [str(part) for part in form_words(form)]
    assert said("") == [] and said("in this layer alone") == []
    assert said("the last, in dW, in this layer alone") == ["the last", "in dW"]
    assert said("times 2, in delta") == ["times 2", "in delta"]
    assert said("phi' at z_2") == ["phi' at z_2"] and said("db2 for db1") == ["db2 for db1"] and said("1 - a") == ["1 - a"]
    assert said("of sigmoid, taken of a") == ["of sigmoid", "taken of a"]
    assert said("of the other side") == ["of the other side of the kink"]
    assert said("examples moved on by one") == ["the examples moved on by one"]
    assert said("targets backwards") == ["the targets backwards"] and said("beyond 0.5") == ["beyond 0.5 either way"]
    assert said("rows 1 0, in dW") == ["rows 1 0", "in dW"] and said("entries backwards") == ["entries backwards"]


def test_the_words_of_a_form_are_told_in_chinese_too():
    forms = ("the first", "the last", "reused", "examples backwards", "targets moved on by one", "rows moved back by one")
    told_in = [" ".join(told(part, "zh") for part in form_words(form)) for form in (*forms, "phi' twice", "sums multiplied")]
    assert len(set(told_in)) == len(told_in) and all(re.search("[一-鿿]", words) for words in told_in)
    assert not [words for words in told_in if re.search("backwards|moved|first|last|reused|twice|sums", words)]


def test_every_mistake_has_words():
    for id, row in CATALOGUE.items():
        assert wrong_words(id) == row.wrong and right_words(id) == row.right
    for id, said in BEHAVIOUR.items():
        assert behaviour_words(id) == said and wrong_words(id)
