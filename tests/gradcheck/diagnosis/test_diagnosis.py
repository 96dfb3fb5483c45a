"""A wrong gradient is named by the catalogue entry that gives its numbers, and by no other."""

import numpy as np
import pytest

from gradcheck.diagnosis.catalogue_search import MOST_PARAMETERS_READ, diagnose
from gradcheck.diagnosis.narrow_witness import NarrowWitness
from gradcheck.diagnosis.search import Search
from gradcheck.judge.search_limits import MOST_WORK
from gradcheck.rounding.values import Roundoff
from gradcheck.witnesses.points import safe_point
from reference_nets.network import backward
from reference_nets.spec import NetworkSpec
from symbolic.mistakes.catalogue import CATALOGUE, all_variants, plant, variants
from symbolic.mistakes.visibility import is_equivalent
from symbolic.programs.compiled import compile_gradient

FULL = pytest.mark.extra("resource")  # run by make test-all; every day each mistake is planted in a file
SPECS = ["2-2:tanh-2:sigmoid-1+l2=0.1", "3-4:relu-2/cross_entropy", "2-3:leaky_relu-2:softmax/mse"]


def claims(spec, gradient, count=2, seed=0):
    points = [safe_point(spec, np.random.default_rng(seed + k)) for k in range(count)]
    return [(point, gradient(point.params, point.x, point.y)) for point in points]


@pytest.mark.parametrize("text", [SPECS[0], *(pytest.param(text, marks=FULL) for text in SPECS[1:])])
def test_every_visible_mistake_is_named_or_among_those_that_look_alike(text):
    spec = NetworkSpec.parse(text)
    unnamed = []
    for variant in all_variants(spec):
        made = claims(spec, compile_gradient(plant(spec, variant)), count=1)
        if is_equivalent(spec, variant, [(p.params, p.x, p.y) for p, _ in made]):
            continue
        names = {name for found in diagnose(spec, made) for name in (found.id, *found.alternatives)}
        if variant.mistake not in names:
            unnamed.append((variant.label, names))
    assert unnamed == []


@pytest.mark.parametrize("text", SPECS)
def test_a_right_gradient_has_no_diagnosis(text):
    spec = NetworkSpec.parse(text)
    assert diagnose(spec, claims(spec, lambda params, x, y: backward(spec, params, x, y))) == ()


def test_two_mistakes_in_different_layers_are_both_named():
    spec = NetworkSpec.parse(SPECS[0])
    found = {variant.label: variant for variant in all_variants(spec)}
    pair = found["l2-factor layer 3 2 lambda"], found["missing-hidden-activation-derivative layer 1"]
    diagnoses = diagnose(spec, claims(spec, compile_gradient(plant(spec, *pair))))
    assert [diagnosis.id for diagnosis in diagnoses] == ["l2-factor", "missing-hidden-activation-derivative"]


def diagnosed(text, *labels):
    """What is said of these mistakes, planted by their labels: (id, message)."""
    spec = NetworkSpec.parse(text)
    found = {variant.label: variant for variant in all_variants(spec)}
    made = claims(spec, compile_gradient(plant(spec, *(found[label] for label in labels))))
    return [(diagnosis.id, diagnosis.message) for diagnosis in diagnose(spec, made)]


NO_L2, NO_SLOPE = "l2-missing", "missing-hidden-activation-derivative"
ALONE = "in this layer alone"


@pytest.mark.parametrize(
    ("label", "wrong"),
    [
        (f"l2-missing layer 1 {ALONE}", "in layer 1, no term"),
        (f"l2-on-bias layer 2 {ALONE}", "in layer 2, + lambda b"),
        (f"l2-factor layer 2 2 lambda, {ALONE}", "in layer 2, 2 lambda W, lambda/2 W (2 lambda)"),
        ("l2-missing layer 3", "no term"),
        (f"bias-gradient-not-averaged layer 3 {ALONE}", "in layer 3, sum, while dW is averaged"),
        (f"missing-batch-average layer 1 in dW, {ALONE}", "in layer 1, sum over the batch (in dW)"),
        ("layers-swapped layer 1 db2 for db1", "in layer 1, the gradient of layer l+1 (db2 for db1)"),
    ],
)
def test_the_layer_of_a_mistake_is_told_where_it_is_one(label, wrong):
    mistake = label.split()[0]
    message = f"{wrong} stands where {CATALOGUE[mistake].right} is right"
    assert diagnosed("4-3:tanh-3:relu-2+l2=0.1", label) == [(mistake, message)]


def test_a_mistake_in_all_layers_and_one_in_a_hidden_layer_are_told_apart_from_one_in_one_layer():
    text, slope = "2-3:tanh-3:tanh-2+l2=0.1", f"{NO_SLOPE} layer 2"
    assert [message.split(" stands")[0] for _, message in diagnosed(text, "l2-missing layer 3", slope)] == [
        "no term",
        "in layer 2, delta_{l+1} W",
    ]
    for layer in (3, 2, 1):
        told = diagnosed(text, f"l2-missing layer {layer} {ALONE}", slope)
        assert sorted(told)[0] == (NO_L2, f"in layer {layer}, no term stands where + lambda W is right")
        assert [name for name, _ in sorted(told)] == [NO_L2, NO_SLOPE]


@pytest.mark.parametrize(
    ("layers", "place"), [((3, 2, 1), "in every layer"), ((3, 1), "in layers 3 and 1"), ((2,), "in layer 2")]
)
@pytest.mark.parametrize("wrong", ["activation-derivative-at-activation", "activation-derivative-wrong-formula 1 + a^2"])
def test_one_wrong_derivative_in_several_layers_is_told_once(layers, place, wrong):
    mistake, _, form = wrong.partition(" ")
    labels = [f"{mistake} layer {layer} {form}".strip() for layer in layers]
    ((name, message),) = diagnosed("2-3:tanh-4:tanh-2:tanh", *labels)
    assert name == mistake and message.startswith(f"{place}, phi'")


def test_a_mistake_that_changes_nothing_here_is_not_named():
    """phi'(a) is phi'(z) for relu, with a kink wherever a unit is off: there any number between two fits."""
    spec = NetworkSpec.parse("10-12:relu-8:relu-4/cross_entropy")

    def gradient(params, x, y):
        return {key: value * (1.001 if key[1:] == "1" else 1) for key, value in backward(spec, params, x, y).items()}

    (found,) = diagnose(spec, claims(spec, gradient))
    assert found.id == "constant-factor" and "times 1001/1000, in delta" in found.message


def test_what_no_entry_explains_has_no_diagnosis():
    spec = NetworkSpec.parse(SPECS[1])
    rng = np.random.default_rng(1)
    assert diagnose(spec, claims(spec, lambda p, x, y: {key: rng.standard_normal(p[key].shape) for key in p})) == ()


def test_a_diagnosis_says_what_stands_where_and_how_well_it_fits():
    spec = NetworkSpec.parse("3-4:tanh-2")
    variant = next(v for v in all_variants(spec) if v.mistake == "missing-hidden-activation-derivative")
    (found,) = diagnose(spec, claims(spec, compile_gradient(plant(spec, variant))))
    assert found.message == "in layer 1, delta_{l+1} W stands where delta_{l+1} W * phi'(z_l) is right"
    assert found.digits > 14
    assert found.to_dict()["id"] == "missing-hidden-activation-derivative"


def test_a_large_network_that_cannot_be_asked_again_has_no_diagnosis():
    spec = NetworkSpec.parse("30-30-2")
    assert spec.n_params > MOST_PARAMETERS_READ
    assert diagnose(spec, claims(spec, lambda p, x, y: {key: 0 * p[key] for key in p}, count=1)) == ()


# A mistake in a network of many parameters is named where all but a few units are cut off, and only if it explains the whole.

LARGE = "30-25:tanh-25:sigmoid-10"


def large(gradient, text=LARGE):
    spec = NetworkSpec.parse(text)
    assert spec.n_params > MOST_PARAMETERS_READ
    return diagnose(spec, claims(spec, gradient, count=1), ask=lambda point: gradient(point.params, point.x, point.y))


def planted(mistake, layer, text=LARGE):
    spec = NetworkSpec.parse(text)
    variant = next(v for v in variants(spec, CATALOGUE[mistake]) if v.layer == layer)
    return compile_gradient(plant(spec, variant))


@pytest.mark.parametrize(
    ("mistake", "layer"),
    [("activation-derivative-at-activation", 1), ("weight-transpose-missing", 1), ("missing-hidden-activation-derivative", 2)],
)
def test_a_mistake_in_a_large_network_is_named(mistake, layer):
    (found,) = large(planted(mistake, layer))
    assert (found.id, found.layer) == (mistake, layer)
    assert found.digits > 12


def test_a_right_gradient_of_a_large_network_has_no_diagnosis():
    spec = NetworkSpec.parse(LARGE)
    assert large(lambda params, x, y: backward(spec, params, x, y)) == ()


def test_a_mistake_that_explains_the_few_units_and_not_the_whole_is_not_named():
    spec, wrong = NetworkSpec.parse(LARGE), planted("activation-derivative-at-activation", 1)

    def gradient(params, x, y):
        whole = bool(params["W1"][-1].any())  # not so where all but a few units are cut off
        grads = wrong(params, x, y)
        return {key: value * (1.01 if whole and key == "W1" else 1) for key, value in grads.items()}

    assert large(gradient) == ()
    assert spec.n_params > MOST_PARAMETERS_READ


def test_one_unit_that_is_wrong_by_itself_is_not_explained():
    spec = NetworkSpec.parse(LARGE)

    def gradient(params, x, y):
        grads = backward(spec, params, x, y)
        grads["b1"][7] *= 1.1
        return grads

    assert large(gradient) == ()


@pytest.mark.parametrize(
    ("sizes", "left"),
    [("64-64-30-10", (6, 6, 5, 10)), ("5-10-10", (5, 10, 10)), ("784-30-10", (6, 5, 10)), ("6-5-5-3", (6, 5, 5, 3))],
)
def test_equal_widths_stay_equal_and_different_ones_different(sizes, left):
    assert NarrowWitness.of(NetworkSpec.parse(sizes)).narrow.sizes == left


def test_the_gradient_for_the_units_that_are_left_is_that_of_the_narrow_network():
    for text in (LARGE, "12-20:relu-3:softmax/cross_entropy+l2=0.1"):
        spec = NetworkSpec.parse(text)
        witness = NarrowWitness.of(spec)
        y = safe_point(spec, np.random.default_rng(0)).y
        small, whole = witness.point(y, np.random.default_rng(1))
        expected = backward(witness.narrow, small.params, small.x, small.y)
        got = witness.part(backward(spec, whole.params, whole.x, whole.y))
        assert all(np.allclose(got[key], expected[key], rtol=1e-12, atol=1e-15) for key in expected)


def test_the_digits_are_those_of_the_quantity_that_the_mistake_reaches():
    """A large dW beside it neither hides nor lends digits to a mistake in db."""
    spec = NetworkSpec.parse("2-3:tanh-2")
    variant = next(v for v in all_variants(spec) if {name[:3] for name in v.changes} == {"db1"})
    made = claims(spec, compile_gradient(plant(spec, variant)), count=1)
    search = Search(spec, made, Roundoff.of(np.float64), MOST_WORK)
    made[0][1]["b1"] = made[0][1]["b1"] * (1 + 1e-5)
    assert search.told(variant, (variant,), ()).digits == pytest.approx(5, abs=0.5)
    made[0][1]["W1"] = made[0][1]["W1"] * 1e6
    assert search.told(variant, (variant,), ()).digits == pytest.approx(5, abs=0.5)


def test_a_fit_to_fewer_than_three_digits_is_no_diagnosis(monkeypatch):
    spec = NetworkSpec.parse("3-4:tanh-2")
    variant = next(v for v in all_variants(spec) if v.mistake == "missing-hidden-activation-derivative")
    made = claims(spec, compile_gradient(plant(spec, variant)))
    assert diagnose(spec, made)
    monkeypatch.setattr(Search, "_digits", lambda *_: 2.9)
    assert diagnose(spec, made) == ()
