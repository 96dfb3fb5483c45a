"""The search through the catalogue, step by step, on names and numbers that are worked out by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from gradcheck.diagnosis import catalogue_search
from gradcheck.diagnosis.catalogue_search import explain
from gradcheck.diagnosis.narrow_witness import NarrowWitness
from gradcheck.diagnosis.own_cost import Factor
from gradcheck.diagnosis.search import (
    Search,
    _begins,
    _is_no_zero,
    _placed,
    _touched,
    lowest_layer,
    reach,
    reproduces,
)
from gradcheck.diagnosis.several import FirstLook, _Kept, _reached, best, peeled, several
from gradcheck.judge.mistake import Diagnosis
from gradcheck.judge.search_limits import MOST_WORK, NotSearched, Unsearched
from gradcheck.rounding.values import NO_KINK, Approximate, Roundoff
from gradcheck.sentences.sentence import Sentence
from gradcheck.witnesses.points import safe_point
from reference_nets.network import backward
from reference_nets.spec import NetworkSpec, quantity_of
from symbolic.mistakes.catalogue import Variant, all_variants, plant
from symbolic.programs.compiled import compile_gradient

F = Roundoff.of(np.float64)
SPEC = NetworkSpec.parse("2-3:tanh-2:tanh-2")


def made(layer, *names, mistake="m", form="f", rhs=1):
    return Variant(mistake, layer, form, dict.fromkeys(names, rhs))


def number(value, error=0.0, low=NO_KINK, high=NO_KINK):
    at = lambda part: np.atleast_1d(np.asarray(part, dtype=float))
    return Approximate(at(value), at(error), low if low is NO_KINK else at(low), high if high is NO_KINK else at(high), F)


def test_layers_and_reach_are_read_off_the_names():
    assert [quantity_of(name).layer for name in ("delta2_0", "dW1_0_1", "db3_1", "a10_0", "gW2_0_0")] == [2, 1, 3, 10, 2]
    assert [lowest_layer(keys) for keys in (["W3", "b2"], ["x", "W3"], ["x"], [])] == [2, 3, 1, 1]
    delta, weights, bias = made(2, "delta2_0", "delta2_1"), made(3, "dW3_0_1"), made(1, "db1_0", "dW1_0_0")
    assert reach(SPEC, delta) == {"W1", "b1", "W2", "b2"} and reach(SPEC, weights) == {"W3"}
    assert reach(SPEC, bias) == {"W1", "b1"}
    assert _begins(delta) == {"W2", "b2"} and _begins(bias) == {"W1", "b1"}
    assert _touched(delta) == {"W2"} and _touched(bias) == {"W1", "b1"} and _touched(made(2, "gW2_0_0", "delta1_0")) == {"W2"}
    assert _is_no_zero(made(1, "db1_0")) and not _is_no_zero(made(1, "db1_0", rhs=0))
    assert _is_no_zero(Variant("m", 1, "", {"db1_0": 0, "db1_1": 2}))


def test_the_place_of_a_mistake_is_told_by_its_layers():
    one, two, three = (made(layer, f"db{layer}_0") for layer in (1, 2, 3))
    said = Sentence("diagnosis.mistake", wrong="1", right="2")
    assert said == "1 stands where 2 is right"
    assert _placed(SPEC, [two], said) == f"in layer 2, {said}"
    assert _placed(SPEC, [three, one], said) == f"in layers 3 and 1, {said}"
    assert _placed(SPEC, [three, two, one], said) == f"in every layer, {said}"
    assert _placed(SPEC, [made(1, "db1_0", "db2_0")], said) == said


def test_a_claim_is_reproduced_within_eight_errors_and_what_kinks_move():
    reading = number([1.0, -2.0], 2.0**-10)
    at = lambda *off: reproduces(reading, np.array([1.0, -2.0]) + np.array(off))
    assert at(2.0**-7, -(2.0**-7)) and not at(2.0**-7 * (1 + 1e-9), 0) and not at(0, -(2.0**-7) * (1 + 1e-9))
    kinked = number(1.0, 2.0**-10, -0.5, 0.25)
    assert reproduces(kinked, np.array([1.5])) and not reproduces(kinked, np.array([1.51]))


def name_of(variant):
    return variant.mistake if variant.form == "f" else f"{variant.mistake} alone"


class Told(Search):
    """A search that is told which quantities are off under which mistakes."""

    def __init__(self, off, spec=SPEC, hidden=()):
        self.spec, self.off, self.hidden = spec, off, list(hidden)
        self.claims, self.factor = [(SimpleNamespace(x=np.zeros((5, 2))), {})], None
        self.variants = []

    def differing(self, planted, keys):
        off = set(self.spec.keys).intersection(*(self.off.get(name, ALL) for name in ("", *map(name_of, planted))))
        return [key for key in keys if key in off]

    def explains(self, planted):
        return not self.differing(planted, self.spec.keys)

    def shows(self, variant):
        return variant not in self.hidden


TOP, MIDDLE, SIDE = made(3, "dW3_0_0", mistake="a"), made(2, "delta2_0", mistake="b"), made(2, "db2_0", mistake="c")
HIGHER = made(3, "delta3_0", mistake="d")
ALL = set(SPEC.keys)


def test_single_mistakes_begin_where_something_is_off_and_reach_all_of_it():
    off = {"": {"W2", "b2"}, "b": set(), "c": set(), "a": set(), "d": set()}
    search = Told(off, hidden=[])
    every = [TOP, SIDE, MIDDLE, HIGHER]
    assert search.single(every) == [MIDDLE]
    search.hidden = [MIDDLE]
    assert search.single(every) == []


def test_mistakes_beside_a_factor_are_told_with_what_it_is_here():
    spec = NetworkSpec.parse("2-2")
    search = Told({}, spec)
    found = [Diagnosis("a", 1, "W1", "", "", "", 7.0), Diagnosis("b", 1, "W1", "", "", "", 9.0)]
    assert [d.alone for d in search.together(found[:1], ())] == [True]
    assert [d.alone for d in search.together(found[:1], ("b1",))] == [False]
    both = search.together(found, ())
    assert [d.alone for d in both] == [False, False] and [d.unexplained for d in both] == [(), ()]
    search.factor = Factor(power=1)
    *told, last = search.together(found, ("b1",))
    assert [(d.factor, d.alone, d.unexplained) for d in told] == [(5.0, False, ("b1",))] * 2
    assert (last.id, last.digits, last.factor) == ("missing-batch-average", 7.0, None)


def claims_of(spec, gradient):
    point = safe_point(spec, np.random.default_rng(3))
    return [(point, gradient(point.params, point.x, point.y))]


def test_a_small_network_is_searched_itself_and_no_larger_one(monkeypatch):
    spec = NetworkSpec.parse("3-4:tanh-2")
    variant = next(v for v in all_variants(spec) if v.mistake == "missing-hidden-activation-derivative")
    made_here = claims_of(spec, compile_gradient(plant(spec, variant)))
    monkeypatch.setattr(catalogue_search, "MOST_PARAMETERS_READ", spec.n_params)
    assert [d.id for d in explain(spec, made_here).told] == [variant.mistake]
    monkeypatch.setattr(catalogue_search, "MOST_PARAMETERS_READ", spec.n_params - 1)
    assert explain(spec, made_here).not_searched == NotSearched(Unsearched.SIZE)
    assert explain(spec, [], ask=lambda point: {}).not_searched == NotSearched(Unsearched.SIZE)


def test_a_large_network_is_asked_for_its_narrow_part_and_then_for_all(monkeypatch):
    spec = NetworkSpec.parse("7-6:tanh-2")  # of which six and five units are left
    (variant,) = [v for v in all_variants(spec) if v.mistake == "missing-hidden-activation-derivative"]
    wrong = compile_gradient(plant(spec, variant))
    ask = lambda point: wrong(point.params, point.x, point.y)
    monkeypatch.setattr(catalogue_search, "MOST_PARAMETERS_READ", NarrowWitness.of(spec).narrow.n_params)
    here = claims_of(spec, wrong)
    assert explain(spec, here).not_searched == explain(spec, [], ask=ask).not_searched == NotSearched(Unsearched.SIZE)
    found = explain(spec, here, ask=ask)
    assert [d.id for d in found.told] == [variant.mistake] and found.not_searched is None
    spoilt = [(point, grads | {"W1": 1.5 * grads["W1"]}) for point, grads in here]
    assert explain(spec, spoilt, ask=ask).told == ()  # it explains the few units, and not the whole
    right = claims_of(spec, backward_of(spec))
    assert explain(spec, right, ask=lambda p: backward(spec, p.params, p.x, p.y)).told == ()
    monkeypatch.setattr(catalogue_search, "MOST_PARAMETERS_READ", NarrowWitness.of(spec).narrow.n_params - 1)
    assert explain(spec, here, ask=ask).not_searched == NotSearched(Unsearched.SIZE)


def test_a_search_that_reaches_its_bound_says_how_far_it_came(monkeypatch):
    spec = NetworkSpec.parse("3-4:tanh-2")
    right = claims_of(spec, backward_of(spec))
    assert explain(spec, right).told == () and explain(spec, right).not_searched is None
    wrong = [(point, {key: value + 1 for key, value in found.items()}) for point, found in right]
    assert explain(spec, wrong).not_searched is None
    monkeypatch.setattr(catalogue_search, "MOST_WORK", 40)
    found = explain(spec, wrong)
    assert found.told == () and found.not_searched is not None and found.not_searched.why is Unsearched.WORK
    assert 0 < found.not_searched.tried < found.not_searched.of == len(all_variants(spec))


def backward_of(spec):
    return lambda params, x, y: backward(spec, params, x, y)


def test_digits_are_those_of_the_worst_entry_beside_the_largest():
    spec = NetworkSpec.parse("2-2")
    search = Search(spec, claims_of(spec, backward_of(spec)), F, MOST_WORK)
    variant = made(1, "db1_0")
    values = {"b1": np.array([100.0, -3.0]), "W1": np.zeros((2, 2))}
    readings = {0: {"b1": number([50.0, 1.0])}, 1: {"b1": number([100.0, -3.001])}}
    search.reading = lambda planted, number: readings[len(planted)]
    search.claims = [(None, values)]
    assert search._digits((variant,), variant) == pytest.approx(5.0)
    readings[1] = {"b1": number([100.0, -3.0])}
    assert search._digits((variant,), variant) == 16
    readings[0] = {"b1": number([0.0, 0.0])}
    readings[1] = {"b1": number([1e4, 0.0])}
    assert search._digits((variant,), variant) == 0
    values["b1"] = np.array([1e-3, 0.0])
    readings[0], readings[1] = {"b1": number([10.0, 0.0])}, {"b1": number([0.0, 0.0])}
    assert search._digits((variant,), variant) == pytest.approx(4.0)  # beside the right number


def test_a_mistake_shows_where_it_moves_a_number_by_more_than_its_error():
    spec = NetworkSpec.parse("2-2")
    search = Search(spec, claims_of(spec, backward_of(spec)), F, MOST_WORK)
    variant, zero = made(1, "db1_0"), np.zeros((2, 2))
    right = {"W1": number(zero), "b1": number([1.0, 2.0], 0.25)}
    for moved, shown in (([1.0, 2.25], False), ([1.0, 2.5], True), ([0.5, 2.0], True)):
        readings = {0: right, 1: {"W1": number(zero), "b1": number(moved)}}
        search.reading = lambda planted, number, readings=readings: readings[len(planted)]
        assert search.shows(variant) is shown


def test_digits_are_those_of_the_worst_of_the_quantities_that_are_touched():
    spec = NetworkSpec.parse("2-2")
    search = Search(spec, claims_of(spec, backward_of(spec)), F, MOST_WORK)
    both = made(1, "db1_0", "dW1_0_0")
    search.claims = [(None, {"b1": np.array([10.0, 1.0]), "W1": np.array([[1.0, 2.0], [3.0, 4.0]])})]
    right = {"b1": number([10.0, 1.0]), "W1": number(np.ones((2, 2)))}
    for key, at, digits in (("b1", [10.0, 1.001], 4), ("b1", [10.1, 1.0], 2)):
        readings = {0: right, 1: {"b1": number(at), "W1": number([[1.0, 2.0], [3.0, 4.0]])}}
        search.reading = lambda planted, number, readings=readings: readings[len(planted)]
        assert search._digits((both,), both) == pytest.approx(digits), key
    readings = {0: right, 1: {"b1": number([10.0, 1.0]), "W1": number([[1.0, 2.0], [3.0, 4.1]])}}
    search.reading = lambda planted, number: readings[len(planted)]
    assert search._digits((both,), both) == pytest.approx(2)


def test_what_was_read_is_kept_and_costs_nothing_again():
    spec = NetworkSpec.parse("2-3:tanh-2")
    search = Search(spec, claims_of(spec, backward_of(spec)), F, MOST_WORK)
    (variant,) = [v for v in search.variants if v.mistake == "missing-hidden-activation-derivative"]
    spent = []
    search.work.spend = spent.append
    upper = search.reading((variant,), 0, 2)
    assert not spent  # no statement of the upper layer is another one
    lower = search.reading((variant,), 0, 1)
    count = len(spent)
    assert count == 3 + 6 + 3 and lower is not upper  # the deltas, the weights, the biases
    assert search.reading((variant,), 0, 1) is search.reading((variant,), 0, 2) is lower and len(spent) == count
    assert search.tried == {variant.label}
    assert search.values((variant,), 0)["delta1_0"] is not search.right[0]["delta1_0"]


def test_a_shallow_network_is_read_with_absolute_values_and_a_deep_one_with_samples():
    for layers, sampled in ((4, False), (5, True)):
        spec = NetworkSpec.parse("2-" + "2:tanh-" * (layers - 1) + "2")
        search = Search(spec, claims_of(spec, backward_of(spec)), F, MOST_WORK)
        assert any(value.samples is not None for value in search.right[0].values()) is sampled


# Several at once


def test_what_an_iterator_gave_is_kept_as_far_as_it_was_asked():
    given = []

    def source():
        for n in range(3):
            given.append(n)
            yield (n,)

    kept = _Kept(source())
    assert next(iter(kept)) == (0,) and given == [0]
    assert list(kept) == [(0,), (1,), (2,)] == list(kept) and given == [0, 1, 2]


def test_which_gradients_of_its_layers_a_mistake_reaches():
    assert _reached(made(2, "delta2_0", "db1_0")) == {2: {"W", "b"}, 1: {"b"}}
    assert _reached(made(1, "gW1_0_0")) == {1: {"W"}} and _reached(made(1, "dW1_0_0", "db1_0")) == {1: {"W", "b"}}


def looked(spec, claim, planted=(), layer=1):
    search = Search(spec, claims_of(spec, claim), F, MOST_WORK)
    spent = []
    search.work.spend = spent.append
    off = search.differing(planted, [f"W{layer}", f"b{layer}"])
    del spent[:]
    return search, FirstLook(search, planted, layer, off), spent


def labelled(search, label):
    return next(v for v in (*search.variants, *search.further) if v.label == label)


@pytest.mark.parametrize("l2", ["", "+l2=0.5"])
def test_a_first_look_lets_pass_what_gives_one_entry_and_no_more(l2):
    spec = NetworkSpec.parse(f"2-3:tanh-2{l2}")
    names = {v.label: v for v in all_variants(spec)}
    slope, missing = names["missing-hidden-activation-derivative layer 1"], names["bias-gradient-missing layer 1"]
    search, look, spent = looked(spec, compile_gradient(plant(spec, slope)))
    passing = {v.label for v in search.variants if v.layer == 1 and look.plausible((v,))}
    assert slope.label in passing and missing.label not in passing and len(passing) <= 2
    assert len(spent) == look.looks // 4 and set(spent) <= {1}
    _, zeros, _ = looked(spec, compile_gradient(plant(spec, missing)))
    assert zeros.plausible((missing,)) and not zeros.plausible((slope,))  # 0 is met by 0 alone
    averaged = names["bias-gradient-averaged-twice layer 1 in this layer alone"]
    both = compile_gradient(plant(spec, slope, averaged))
    search, look, _ = looked(spec, both)
    assert look.plausible((slope,))  # in the weights
    _, given, _ = looked(spec, both, (slope,))
    assert given.plausible((averaged,)) and not given.plausible((missing,))
    excluded = ("activation-derivative-at-activation layer 1", "upstream-overwritten layer 1")
    assert not given.plausible(tuple(labelled(search, label) for label in excluded))


def test_mistakes_are_searched_few_before_many_and_the_same_in_several_layers_counts_once():
    spec = NetworkSpec.parse("2-3:tanh-3:tanh-2")
    names = {v.label: v for v in all_variants(spec)}
    slopes = [names[f"missing-hidden-activation-derivative layer {l}"] for l in (2, 1)]
    search = Search(spec, claims_of(spec, compile_gradient(plant(spec, *slopes))), F, MOST_WORK)
    assert several(search, search.variants, 1, fit=False) == tuple(slopes)
    bias = names["bias-gradient-missing layer 3"]
    search = Search(spec, claims_of(spec, compile_gradient(plant(spec, slopes[0], bias))), F, MOST_WORK)
    assert several(search, search.variants, 1, fit=False) == ()
    assert several(search, search.variants, 2, fit=False) == (bias, slopes[0])


def test_what_explains_most_is_found_where_nothing_explains_all():
    spec = NetworkSpec.parse("2-3:tanh-2")
    names = {v.label: v for v in all_variants(spec)}
    bias = names["bias-gradient-missing layer 2"]
    wrong = compile_gradient(plant(spec, bias))
    noisy = lambda params, x, y: (g := wrong(params, x, y)) | {"W1": g["W1"] + np.sin(np.arange(6.0)).reshape(3, 2)}
    search = Search(spec, claims_of(spec, noisy), F, MOST_WORK)
    assert peeled(search, search.variants) == best(search, search.variants) == (bias,)
    right = Search(spec, claims_of(spec, backward_of(spec)), F, MOST_WORK)
    assert peeled(right, right.variants) == () and several(right, right.variants, 2, fit=True) == ()


def test_what_a_mistake_leaves_unexplained_is_told_with_it():
    spec = NetworkSpec.parse("2-2:tanh-2")
    (missing,) = [v for v in all_variants(spec) if v.label == "bias-gradient-missing layer 2"]
    wrong = compile_gradient(plant(spec, missing))
    noisy = lambda params, x, y: (g := wrong(params, x, y)) | {"W1": g["W1"] + np.sin(np.arange(1.0, 5.0)).reshape(2, 2)}
    (found,) = explain(spec, claims_of(spec, noisy)).told
    assert (found.id, found.unexplained, found.alone, found.complete) == (missing.mistake, ("W1",), False, False)


# Beside a factor

MISSING, NO_BIAS, AT_A = (
    "missing-hidden-activation-derivative",
    "bias-gradient-missing",
    "activation-derivative-at-activation",
)


def behind(factor, *labels, network="2-2:tanh-2"):
    """What is told of these mistakes where all that came is multiplied by a factor: (id, factor beside it, alone)."""
    spec = NetworkSpec.parse(network)
    names = {v.label: v for v in all_variants(spec)}
    wrong = compile_gradient(plant(spec, *(names[label] for label in labels)))
    points = [safe_point(spec, np.random.default_rng(m), m=m) for m in (5, 7)]
    scale = lambda p: factor(len(p.x)) if callable(factor) else factor
    claims = [(p, {key: scale(p) * g for key, g in wrong(p.params, p.x, p.y).items()}) for p in points]
    return [(one.id, one.factor, one.alone) for one in explain(spec, claims).told]


def test_a_factor_that_is_all_there_is_is_told_elsewhere_with_its_ratio():
    assert behind(7.0) == [] and behind(0.3) == []
    assert behind(lambda m: m) == [("missing-batch-average", None, True)]
    assert [id for id, *_ in behind(lambda m: 7 * m)] == ["missing-batch-average"]  # read off, in delta
    assert [id for id, *_ in behind(lambda m: -m)] == ["output-delta-sign", "missing-batch-average"]


@pytest.mark.parametrize(
    ("factor", "here", "id"),
    [(7.0, 7.0, "constant-factor"), (lambda m: m, 5.0, "missing-batch-average"), (0.5, 0.5, "cost-derivative-factor")],
)
def test_a_mistake_beside_a_factor_is_found_in_what_is_left(factor, here, id):
    assert behind(factor, f"{MISSING} layer 1") in (
        [(MISSING, here, False), (id, None, False)],
        [(id, None, False), (MISSING, None, False)],  # or as two that are both in the catalogue
    )


def test_two_mistakes_beside_a_factor_are_both_told():
    found = behind(2.0, f"{MISSING} layer 1", f"{NO_BIAS} layer 1")
    assert {id for id, *_ in found} == {MISSING, NO_BIAS, "cost-derivative-factor"} and not any(alone for *_, alone in found)


def test_beside_a_factor_what_changes_nothing_here_is_no_mistake():
    """phi'(a) is phi'(z) of relu: nothing is told of it, whatever factor stands in front."""
    assert behind(7.0, f"{MISSING} layer 1", network="2-2:relu-2:identity/mse")[0][0] == MISSING
    assert AT_A not in {id for id, *_ in behind(7.0, network="2-2:relu-2:identity/mse")}


def test_what_is_right_at_the_output_has_no_factor_in_front():
    spec = NetworkSpec.parse("2-2:tanh-2")
    right = claims_of(spec, backward_of(spec))
    search = Search(spec, [(p, g | {"W1": 7 * g["W1"]}) for p, g in right], F, MOST_WORK)
    assert catalogue_search._beside_a_factor(search) == (None, False)
    whole = Search(spec, [(p, {key: 7 * value for key, value in g.items()}) for p, g in right], F, MOST_WORK)
    assert catalogue_search._beside_a_factor(whole) == (None, True)
    assert catalogue_search._beside_others(whole) == (whole, ())


def test_a_single_rarer_form_is_named_and_what_fits_to_few_digits_is_not():
    spec = NetworkSpec.parse("2-2:tanh-2")
    points = claims_of(spec, backward_of(spec))
    (rarer,) = [v for v in Search(spec, points, F, MOST_WORK).further if v.label.endswith("layer 1 -phi'")]
    (found,) = explain(spec, claims_of(spec, compile_gradient(plant(spec, rarer)))).told
    assert (found.id, found.layer, found.alone) == ("activation-derivative-wrong-formula", 1, True) and "-phi'" in found.message
    search = Search(spec, claims_of(spec, compile_gradient(plant(spec, rarer))), F, MOST_WORK)
    search._digits = lambda planted, variant: 2.9
    assert catalogue_search._all_searched(search).told == ()
    search._digits = lambda planted, variant: 3.0
    assert len(catalogue_search._all_searched(search).told) == 1
