"""Facts about wrong numbers that nothing explains: what holds is told, what holds at one point alone is not."""

import numpy as np
import pytest

from gradcheck.diagnosis.plain_facts import FactKind, plain_facts
from gradcheck.sentences.sentence import told
from gradcheck.witnesses.points import safe_point
from reference_nets.network import backward
from reference_nets.spec import NetworkSpec

SPEC = NetworkSpec.parse("3-4:tanh-4")


def right(point):
    return backward(SPEC, point.params, point.x, point.y)


def of_examples(point, rows):
    return backward(SPEC, point.params, point.x[rows], point.y[rows])["W2"] * len(rows) / len(point.x)


CASES = [
    (lambda p: of_examples(p, list(range(len(p.x) - 1))), FactKind.EXAMPLES, {"count": 4, "all": 5}),
    (lambda p: right(p)["W2"] + 0.5 * of_examples(p, [0]), FactKind.WEIGHTED, {}),
    (lambda p: np.abs(right(p)["W2"]), FactKind.SIGNS, {"size": 16}),
    (lambda p: right(p)["W2"].T, FactKind.TRANSPOSED, {}),
    (lambda p: right(p)["W2"].ravel()[::-1].reshape(4, 4), FactKind.PLACES, {}),
    (lambda p: right(p)["W2"] - 0.3 * p.params["W2"], FactKind.ALONG, {"factor": pytest.approx(-0.3)}),
    (lambda p: right(p)["W2"] * np.array([[1], [1], [7], [1]]), FactKind.ROWS, {"which": ("2",), "count": 1}),
    (lambda p: right(p)["W2"] + np.array([[0, 0.1, 0, 0.2]]), FactKind.COLUMNS, {"which": ("1", "3")}),
]


@pytest.mark.parametrize(("wrong", "kind", "values"), CASES)
def test_what_holds_at_every_point_is_told(wrong, kind, values):
    points = [safe_point(SPEC, np.random.default_rng(seed), m=5) for seed in (1, 2)]
    (fact,) = plain_facts(SPEC, [(p, {"W2": wrong(p)}) for p in points], "W2")
    assert fact.kind is kind and values.items() <= dict(fact.values).items()
    assert "dW2" in fact.words and told(fact.words, "zh") != fact.words


def test_of_other_numbers_and_of_what_holds_at_one_point_nothing_is_told():
    one, other = (safe_point(SPEC, np.random.default_rng(seed), m=5) for seed in (1, 2))
    noise = np.random.default_rng(0).standard_normal((4, 4))
    assert plain_facts(SPEC, [(one, {"W2": noise}), (other, {"W2": noise})], "W2") == ()
    assert plain_facts(SPEC, [(one, {"W2": right(one)["W2"].T}), (other, {"W2": noise})], "W2") == ()


def test_the_entries_of_a_bias_are_told_one_by_one():
    point = safe_point(SPEC, np.random.default_rng(1), m=5)
    claimed = right(point)["b1"] + np.array([0, 0, 0.5, 0])
    (fact,) = plain_facts(SPEC, [(point, {"b1": claimed})], "b1")
    assert fact.kind is FactKind.ENTRIES and fact.values["which"] == ("2",)


def test_examples_are_told_beside_a_term_of_l2_and_of_many_the_first_and_the_last():
    spec = NetworkSpec.parse("3-4:tanh-4+l2=0.5")
    point = safe_point(spec, np.random.default_rng(1), m=9)
    term = 0.5 * point.params["W2"]
    grads = lambda rows: backward(spec, point.params, point.x[rows], point.y[rows])["W2"] - term
    part = lambda rows: grads(rows) * len(rows) / 9 + term
    (fact,) = plain_facts(spec, [(point, {"W2": part(list(range(8)))})], "W2")
    assert fact.kind is FactKind.EXAMPLES and fact.values["count"] == 8 and fact.values["which"] == ("1", "2", "...", "8")
    (few,) = plain_facts(spec, [(point, {"W2": part([0, 1, 2, 3, 4, 6])})], "W2")
    assert few.values["which"] == ("1", "2", "3", "4", "5", "7")
    tiny = safe_point(spec, np.random.default_rng(1), m=5)
    (along,) = plain_facts(spec, [(tiny, {"W2": backward(spec, tiny.params, tiny.x, tiny.y)["W2"] + tiny.params["W2"]})], "W2")
    assert along.kind is FactKind.ALONG and along.values["factor"] == pytest.approx(1.0)
