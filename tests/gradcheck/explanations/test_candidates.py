"""The networks and numbers of worked cases, and which of them is taken: counted, dealt out and chosen by hand."""

from __future__ import annotations

import numpy as np
import pytest

from gradcheck.explanations.by_hand import candidates as made
from gradcheck.explanations.by_hand.asks import Asks
from gradcheck.explanations.by_hand.candidates import PATTERNS, Candidate, candidates, widths
from gradcheck.explanations.by_hand.choice import (
    Chosen,
    NotFound,
    _differing,
    _is_noise,
    _random_points,
    _readable,
    _shows,
    choose,
    clarity,
    first_wrong,
    how_hard,
)
from gradcheck.explanations.by_hand.same_mistake import is_alike, planted_alike
from gradcheck.explanations.traced.code import NoAnswer
from reference_nets.network import backward
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec
from symbolic.mistakes.catalogue import CATALOGUE, plant, variants
from symbolic.programs.compiled import compile_gradient

DEALT = """
1 | 0 | 1
1 | 0 | 2
1 | 0 | -1
1 | 0 | .5
1 | 1 | 1
1 2 | 0 | 1
2 1 | 0 | 1
1 -1 | 0 | 1
1 -1 | 0 | -1
1 | 0 1 | -1
1 -1 | 0 1 | -1
1 | 0 1 1 | 1 -1
1 -1 | 0 1 | 1
1 2 | 0 1 | 1 -1
.5 | 0 | 1
1 | 0 | 1 2
1 | 0 | 1 -1
1 -1 | 0 | 1 2
1 2 -1 | 0 | 1 -1
1 1 -1 2 | 0 | 1 2
1 -1 2 | 0 1 | 1 2 -1
.5 1 -1 .5 2 | 0 .5 | 1 -1 2
1 .5 -1 2 -.5 1 -2 | 0 1 -1 | 2 1 -1
.5 -.5 1 .5 -1 | 0 .5 -.5 | 1 -1 .5
"""


def test_the_numbers_are_a_fixed_list_and_simple():
    rows = [line.split("|") for line in DEALT.strip().split("\n")]
    wanted = [tuple(tuple(map(float, part.split())) for part in row) for row in rows]
    assert [(one.weights, one.biases, one.inputs) for one in PATTERNS] == wanted
    assert len(set(wanted)) == len(wanted)
    spec = NetworkSpec.parse("3-3:tanh-3")
    for pattern, (weights, biases, inputs) in zip(PATTERNS, wanted, strict=True):
        point = made._candidate(spec, pattern, np.zeros((1, 3))).point
        assert np.array_equal(point.params["W1"].ravel(), np.resize(weights, 9))
        assert np.array_equal(point.params["b1"], np.resize(biases, 3))
        assert np.array_equal(point.x.ravel(), np.resize(inputs, 3))


def hard_by_hand(point, sizes):
    """Half a point for each number and what its value adds, one for a second example."""
    adds = {0.0: 0, 1.0: 0, -1.0: 0.15, 2.0: 0.2, 0.5: 0.25, -2.0: 0.3, -0.5: 0.3}
    numbers = [float(v) for array in (*point.params.values(), point.x, point.y) for v in np.ravel(array)]
    return (len(point.x) - 1) + sum(0.5 + adds[value] for value in numbers)


@pytest.mark.parametrize("network", ["2-1:tanh-1", "3-4:tanh-2", "2-2/cross_entropy", "2-3:relu-3:tanh-2/mse", "6-8:tanh-2"])
def test_the_easiest_come_first_and_each_is_as_hard_as_its_numbers(network):
    spec = NetworkSpec.parse(network)
    found = list(candidates(spec))
    hard = [one.hard for one in found]
    assert hard == sorted(hard) and len(found) > 100
    assert hard == pytest.approx([hard_by_hand(one.point, one.spec.sizes) for one in found])
    keys = {(one.spec.sizes, len(one.point.x), *(v.tobytes() for v in (*one.point.params.values(), one.point.x, one.point.y)))
            for one in found}  # fmt: skip
    assert len(keys) == len(found)
    assert {one.spec.sizes for one in found} == set(widths(spec, takes_classes=False))
    assert {one.group for one in found} == {(one.spec.sizes, m) for one in found for m in (1, 2)}
    assert all(one.spec.activations == spec.activations and one.spec.cost == spec.cost for one in found)


def test_numbers_are_dealt_out_in_turn():
    spec = NetworkSpec.parse("2-2:tanh-1")
    pattern = made.Pattern((1, 2, -1), (0, 1), (1, -2))
    one = made._candidate(spec, pattern, np.zeros((2, 1)))
    assert one.point.params["W1"].tolist() == [[1, 2], [-1, 1]] and one.point.params["W2"].tolist() == [[2, -1]]
    assert one.point.params["b1"].tolist() == [0, 1] and one.point.params["b2"].tolist() == [0]
    assert one.point.x.tolist() == [[1, -2], [1, -2]]


def test_a_case_is_uniform_where_no_unit_can_be_told_from_another():
    spec = NetworkSpec.parse("2-1:tanh-1")

    def at(W, b, x):
        params = {"W1": np.array([W]), "b1": np.array([b]), "W2": np.array([[1.0]]), "b2": np.array([0.0])}
        return Candidate(spec, Point(params, np.array([x]), np.zeros((1, 1))), 0.0).is_uniform

    assert at([1.0, 1.0], 0.0, [1.0, 1.0]) and at([1.0, 1.0], 5.0, [1.0, 1.0])
    assert not at([1.0, 2.0], 0.0, [1.0, 1.0]) and not at([1.0, 1.0], 0.0, [1.0, 2.0]) and not at([2.0, 2.0], 0.0, [1.0, 1.0])


@pytest.mark.parametrize(
    ("network", "takes_classes", "expected"),
    [
        (
            "3-4:tanh-2",
            False,
            [(1, 1, 1), (1, 2, 1), (2, 1, 1), (2, 2, 1), (1, 1, 2), (2, 2, 2), (2, 3, 1), (2, 3, 2), (3, 4, 2)],
        ),
        ("3-2", False, [(1, 1), (2, 1), (1, 2), (2, 2), (3, 2)]),
        ("3-4:tanh-3/cross_entropy", False, [(1, 1, 2), (1, 2, 2), (2, 1, 2), (2, 2, 2), (1, 3, 2), (2, 3, 2), (3, 4, 3)]),
        ("3-4:tanh-3:softmax/mse", False, [(1, 1, 2), (1, 2, 2), (2, 1, 2), (2, 2, 2), (1, 3, 2), (2, 3, 2), (3, 4, 3)]),
        ("3-4:tanh-2", True, [(1, 1, 2), (1, 2, 2), (2, 1, 2), (2, 2, 2), (1, 3, 2), (2, 3, 2), (3, 4, 2)]),
        (
            "3-4:tanh-4:tanh-2",
            False,
            [(1, 1, 1, 1), (1, 2, 2, 1), (2, 1, 1, 1), (2, 2, 2, 1), (1, 1, 1, 2), (2, 2, 2, 2), (2, 3, 4, 1), (2, 3, 4, 2)],
        ),
        ("9-4:tanh-2", False, [(1, 1, 1), (1, 2, 1), (2, 1, 1), (2, 2, 1), (1, 1, 2), (2, 2, 2), (2, 3, 1), (2, 3, 2)]),
        (
            "2-7:tanh-2",
            False,
            [(1, 1, 1), (1, 2, 1), (2, 1, 1), (2, 2, 1), (1, 1, 2), (2, 2, 2), (2, 3, 1), (2, 3, 2), (2, 7, 2)],
        ),
    ],
)
def test_the_widths_are_small_and_the_network_s_own_if_it_is(network, takes_classes, expected):
    assert widths(NetworkSpec.parse(network), takes_classes=takes_classes) == expected


def test_targets_are_classes_or_zeros_ones_and_both_in_turn():
    of = lambda network, m, classes=False: [y.tolist() for y in made._targets(NetworkSpec.parse(network), m, classes)]
    assert of("2-1", 1) == [[[0]], [[1]]] and of("2-1", 2) == [[[0], [0]], [[1], [1]], [[1], [0]]]
    assert of("2-2:tanh/mse", 1) == [[[0, 0]], [[1, 1]], [[1, 0]]]
    assert of("2-3/cross_entropy", 1) == [[[1, 0, 0]], [[0, 0, 1]]]
    assert of("2-3/cross_entropy", 2) == [[[1, 0, 0], [0, 1, 0]], [[0, 0, 1], [1, 0, 0]]]
    assert of("2-2:softmax/mse", 1) == of("2-2:tanh/mse", 1, True) == [[[1, 0]], [[0, 1]]]
    assert of("2-1", 1, True) == [[[0]], [[1]]]


# Which is chosen


def test_arrays_are_alike_where_they_are_printed_alike():
    a = np.array([10.0, -1.0])
    one, other = np.eye(2)
    assert is_alike(a, a + 0.9e-5 * one) and not is_alike(a, a + 1.1e-5 * other) and not is_alike(a, a - 1.1e-5 * one)
    assert is_alike(np.zeros(2), np.full(2, 0.9e-9)) and not is_alike(np.zeros(2), np.full(2, 1.1e-9))
    assert not is_alike(a, a[:, None]) and is_alike(np.zeros(0), np.zeros(0))


def test_noise_is_what_is_small_and_not_zero():
    assert not _is_noise(np.array([0.0, 1e-3, -5.0])) and _is_noise(np.array([1.0, 0.9e-3])) and _is_noise(np.array([-0.9e-3]))
    assert _is_noise(np.array([np.nan])) and _is_noise(np.array([np.inf, 1.0])) and not _is_noise(np.zeros(2))


def test_the_first_wrong_quantities_are_those_nearest_the_output():
    assert first_wrong(["W1", "b1", "W2"]) == {"W2"} and first_wrong(["W10", "b9", "b10"]) == {"W10", "b10"}
    right = {"W1": np.ones(2), "b1": np.zeros(1)}
    assert _differing(right, right | {"b1": np.ones(1)}) == ("b1",) and _differing(right, right) == ()


def test_clarity_is_the_largest_relative_error_that_can_be_seen():
    at = lambda right, yours: clarity(np.array(right), np.array(yours))
    assert at([2.0, 1.0], [3.0, 1.1]) == 0.5 and at([1.0], [1.0]) == 0.0 and at([0.0], [1.0]) == np.inf
    assert at([0.001], [0.0019]) == 0.0 and at([0.001], [0.002]) == pytest.approx(1.0) and at([-2.0], [2.0]) == 2.0
    assert at([], []) == 0.0


def test_a_mistake_shows_where_the_same_quantities_are_clearly_wrong_first():
    right = {"W1": np.array([1.0]), "b1": np.array([1.0]), "W2": np.array([1.0]), "b2": np.array([1.0])}
    shows = lambda wrong, **yours: _shows(right, right | {key: np.array([value]) for key, value in yours.items()}, wrong)
    assert shows(("W1", "b1"), W1=2.0, b1=2.0) and shows(("W1", "b1", "W2"), W2=1.2, b1=2.0)
    assert not shows(("W1", "b1")) and not shows(("W1", "b1"), W1=2.0)  # the bias is right
    assert not shows(("W1", "b1"), W1=2.0, b1=2.0, W2=2.0)  # another is wrong first
    assert not shows(("W2", "b1"), W2=2.0, W1=2.0)  # one more is wrong
    assert not shows(("W2",), W2=1.09) and shows(("W2",), W2=1.11)
    assert not shows(("W2", "b1"), W2=2.0, b1=5e-4) and not shows(("W2",), W2=np.nan)


def test_what_makes_a_case_harder():
    spec = NetworkSpec.parse("1-1:tanh-1")
    point = Point({key: np.ones(shape) for key, shape in spec.shapes.items()}, np.ones((1, 1)), np.zeros((1, 1)))
    right = {"W1": np.array([1.0]), "b1": np.array([1.0]), "W2": np.array([1.0]), "b2": np.array([1.0])}

    def hard(wrong, right=right, **yours):
        theirs = right | {key: np.array([value]) for key, value in yours.items()}
        return how_hard(Chosen(Candidate(spec, point, 5.0), right, theirs), wrong)

    assert hard(("W1",), W1=2.0) == 5.0
    assert hard(("W1", "b1", "W2"), W1=2.0) == 5.0 + 2 * 1.5  # two are right here
    assert hard(("W1",), W1=1.4) == 6.0 and hard(("W1",), W1=1.5) == 5.0
    assert hard(("W1", "b1"), W1=2.0, b1=1.2) == 6.0
    assert hard(("W1",), right | {"W1": np.array([0.0])}, W1=2.0) == 6.0
    assert hard(("W1",), right | {"W2": np.array([0.009])}, W1=2.0) == 5.0 + 2 * 1.5  # in both
    assert hard(("W1",), W1=0.009) == 5.0 + 1.5 and hard(("W1",), W1=0.0) == 5.0


def candidate(network, W=1.0, b=0.0, x=1.0, y=0.0):
    spec = NetworkSpec.parse(network)
    params = {key: np.full(shape, W if key[0] == "W" else b) for key, shape in spec.shapes.items()}
    return Candidate(spec, Point(params, np.full((1, spec.sizes[0]), x), np.full((1, spec.sizes[-1]), y)), 0.0)


def test_a_case_is_readable_away_from_kinks_and_noise():
    readable = lambda *args, **kwargs: _readable(candidate(*args, **kwargs)) is not None
    assert readable("1-1:tanh-1") and readable("1-1:relu-1") and not readable("1-1:relu-1", x=0.2)
    assert readable("1-1:relu-1", x=0.25) and not readable("1-1:relu-1", x=-0.2)
    assert readable("1-1:tanh-1", x=0.2) and not readable("1-1:tanh-1", W=0.01)  # small numbers, no kink
    assert not readable("1-1:identity/huber", x=0.8) and readable("1-1:identity/huber", x=0.5)
    assert not readable("1-1:identity/huber", x=-1.2) and readable("1-1:identity/mse", x=0.8)
    assert not readable("1-1:identity/mse", x=1.0, y=1.0)  # the gradient is zero
    found = _readable(candidate("1-1:identity/mse", x=2.0))
    assert found is not None and found["W1"].tolist() == [[8.0]] and found["b1"].tolist() == [4.0]


def test_random_points_are_several_where_units_may_be_off():
    rng = np.random.default_rng(1)
    points = lambda network, m, classes=False: list(_random_points(NetworkSpec.parse(network), m, rng, classes))
    assert len(points("2-3:tanh-2", 2)) == 1 and len(points("2-3:relu-2", 2)) == len(points("2-3:tanh-2:relu/mse", 2)) == 8
    many = points("2-3:relu-2", 2)
    assert all(np.array_equal(one.x, many[0].x) is (one is many[0]) or one.x.shape == (2, 2) for one in many)
    assert float(np.abs(many[3].params["W1"]).mean()) > 0
    (classes,) = points("2-3:tanh-2", 3, True)
    assert classes.y.tolist() == [[0, 1], [1, 0], [0, 1]]
    (three,) = points("2-3:tanh-3", 4, True)
    assert three.y.argmax(axis=1).tolist() == [2, 1, 0, 2] and three.y.sum() == 4
    (one,) = points("2-3:tanh-1", 3, True)
    assert one.y.shape == (3, 1) and set(one.y.ravel()) != {0.0, 1.0}


SPEC = NetworkSpec.parse("3-4:tanh-2")


def wrong_of(change):
    return Asks(lambda spec, p: change(backward(spec, p.params, p.x, p.y), spec, p))


def test_the_easiest_case_that_shows_it_is_chosen():
    found = choose(SPEC, wrong_of(lambda g, spec, p: {key: 2 * v for key, v in g.items()}), SPEC.keys)
    assert found.candidate.spec.sizes == (1, 1, 1) and len(found.candidate.point.x) == 1
    assert found.wrong == ("W1", "b1", "W2", "b2") and np.array_equal(found.yours["W1"], 2 * found.right["W1"])
    swapped = lambda g, spec, p: g | {"b1": g["b1"][::-1]}
    wide = choose(SPEC, wrong_of(swapped), ("b1",))
    assert max(wide.candidate.spec.sizes) > 1 and wide.wrong == ("b1",)
    two = choose(SPEC, wrong_of(lambda g, spec, p: {key: len(p.x) * v for key, v in g.items()}), SPEC.keys)
    assert len(two.candidate.point.x) == 2


def test_where_nothing_shows_it_is_hidden_and_what_takes_one_network_is_fixed():
    slightly = wrong_of(lambda g, spec, p: {key: v * (1 + 1e-5) for key, v in g.items()})
    assert choose(SPEC, slightly, SPEC.keys) is NotFound.HIDDEN

    def none(spec, point):
        raise NoAnswer

    assert choose(SPEC, Asks(none), SPEC.keys) is NotFound.HIDDEN  # its own is small
    assert choose(NetworkSpec.parse("6-8:tanh-2"), Asks(none), SPEC.keys) is NotFound.FIXED
    large = NetworkSpec.parse("6-8:tanh-2")
    assert choose(large, slightly, large.keys) is NotFound.HIDDEN  # it did answer


def test_named_mistakes_are_asked_little_and_must_give_what_comes():
    asked = []
    mistake = "missing-hidden-activation-derivative"

    def gradient(spec, point):
        asked.append(spec.sizes)
        (variant, *_) = variants(spec, CATALOGUE[mistake])
        return compile_gradient(plant(spec, variant))(point.params, point.x, point.y)

    found = choose(SPEC, Asks(gradient), ("W1", "b1"), (mistake,))
    assert found.wrong == ("W1", "b1") and len(asked) == 2  # at random, and where it is shown
    assert choose(SPEC, Asks(gradient), ("W1", "b1"), ("delta-not-propagated",)) is NotFound.HIDDEN


def test_several_mistakes_are_planted_in_the_forms_that_give_what_came():
    point = next(_random_points(SPEC, 3, np.random.default_rng(2), False))
    ways = [variants(SPEC, CATALOGUE[m])[0] for m in ("bias-gradient-missing", "missing-hidden-activation-derivative")]
    claimed = compile_gradient(plant(SPEC, *ways))(point.params, point.x, point.y)
    found = planted_alike(SPEC, [v.mistake for v in ways], point, claimed)
    assert all(np.allclose(found(point.params, point.x, point.y)[key], claimed[key]) for key in SPEC.keys)
    assert planted_alike(SPEC, [ways[0].mistake], point, claimed) is None
    in_all = compile_gradient(plant(SPEC, *variants(SPEC, CATALOGUE["bias-gradient-missing"])))(point.params, point.x, point.y)
    both = planted_alike(SPEC, ["bias-gradient-missing"] * 2, point, in_all)
    assert both is not None and not both(point.params, point.x, point.y)["b1"].any()
