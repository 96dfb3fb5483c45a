"""Rarer forms, numbers that are read off the claim, and two mistakes in one statement are named; what is planted is by hand."""

import numpy as np
import pytest

from gradcheck.diagnosis.catalogue_search import explain
from gradcheck.diagnosis.fitted import factor_in
from gradcheck.diagnosis.other_network import of_another_network
from gradcheck.diagnosis.own_cost import Factor
from gradcheck.sentences.sentence import told
from gradcheck.witnesses.points import safe_point
from reference_nets.activations import ACTIVATIONS
from reference_nets.network import output_delta, weighted_inputs
from reference_nets.spec import NetworkSpec
from symbolic.mistakes.catalogue import Variant
from symbolic.mistakes.combined import combined
from symbolic.mistakes.further import further_variants
from symbolic.programs.build import program

SPEC = NetworkSpec.parse("3-4:tanh-2")


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def backward(slope=lambda z, a: 1 - a**2, end=lambda g: g, back=lambda d, W: d @ W, top=lambda d, a: d, inputs=lambda x: x):
    """``backward(params, x, y)`` written by hand, with a place to put another step into."""

    def gradient(params, x, y):
        W1, b1, W2, b2 = (params[key] for key in ("W1", "b1", "W2", "b2"))
        z1 = x @ W1.T + b1
        a1 = np.tanh(z1)
        a2 = sigmoid(a1 @ W2.T + b2)
        d2 = top((a2 - y) * a2 * (1 - a2) / len(x), a2)
        d1 = back(d2, W2) * slope(z1, a1)
        grads = {"W1": d1.T @ inputs(x), "b1": d1.sum(axis=0), "W2": d2.T @ a1, "b2": d2.sum(axis=0)}
        return end(grads) if end.__code__.co_argcount == 1 else end(grads, params)

    return gradient


def causes(gradient, spec=SPEC):
    points = [safe_point(spec, np.random.default_rng(5 + m), m=m) for m in (5, 7)]
    return explain(spec, [(p, gradient(p.params, p.x, p.y)) for p in points]).told


def ids(gradient, spec=SPEC):
    return [one.id for one in causes(gradient, spec)]


def spread(delta, W):
    return np.outer(delta.sum(axis=1), np.ones(4))


def changed(key, change):
    return lambda grads: grads | {key: change(grads[key])}


NO_OUTPUT_SLOPE = "missing-output-activation-derivative"
WRONG_SLOPE, MISSING = "activation-derivative-wrong-formula", "missing-hidden-activation-derivative"


@pytest.mark.parametrize(
    ("slope", "form"),
    [
        (lambda z, a: sigmoid(z) * (1 - sigmoid(z)), "of sigmoid"),
        (lambda z, a: a * (1 - a), "of sigmoid, taken of a"),
        (lambda z, a: 1.0 * (z > 0), "of relu"),
        (lambda z, a: np.where(z > 0, 1.0, 0.01), "of leaky_relu"),
        (lambda z, a: (1 - a**2) ** 2, "phi' twice"),
        (lambda z, a: 1 - np.tanh(1 - a**2) ** 2, "phi' of phi'"),
        (lambda z, a: a**2 - 1, "-phi'"),
    ],
)
def test_the_slope_of_another_activation_is_named(slope, form):
    (found,) = causes(backward(slope))
    assert found.id == WRONG_SLOPE and form in found.message and found.layer == 1


def test_relu_and_sigmoid_layers_with_the_slope_of_tanh():
    for phi, forward in (("relu", lambda z: z * (z > 0)), ("sigmoid", sigmoid)):
        spec = NetworkSpec.parse(f"3-4:{phi}-2:identity/mse")

        def gradient(params, x, y, forward=forward):
            a1 = forward(x @ params["W1"].T + params["b1"])
            d2 = (a1 @ params["W2"].T + params["b2"] - y) / len(x)  # 2 / (m K) with K = 2
            d1 = d2 @ params["W2"] * (1 - a1**2)
            return {"W1": d1.T @ x, "b1": d1.sum(axis=0), "W2": d2.T @ a1, "b2": d2.sum(axis=0)}

        (found,) = causes(gradient, spec)
        assert found.id == WRONG_SLOPE and "of tanh, taken of a" in found.message


@pytest.mark.parametrize(
    ("end", "id", "form"),
    [
        (changed("W1", lambda g: g + 0.01), "constant-added", "+ 0.01, in dW"),
        (changed("b2", lambda g: g - 0.5), "constant-added", "- 0.5, in db"),
        (changed("W2", lambda g: 0.3 * g), "constant-factor", "times 3/10, in dW"),
        (changed("b1", lambda g: -g), "sign-flipped", "in db"),
        (changed("W1", lambda g: g[::-1]), "wrong-order", "rows backwards"),
        (changed("W1", lambda g: g[[2, 0, 3, 1]]), "wrong-order", "rows 2 0 3 1, in dW"),
        (changed("W1", lambda g: g[:, [1, 2, 0]]), "wrong-order", "columns 1 2 0, in dW"),
        (changed("b1", lambda g: g[[1, 0, 2, 3]]), "wrong-order", "entries 1 0 2 3, in db"),
        (changed("W1", lambda g: np.zeros_like(g)), "zero-gradient", "in dW"),
        (lambda grads, params: grads | {"W2": grads["W2"] + 0.02 * params["W2"]}, "l2-factor", "+ 0.02 W2"),
        (lambda grads, params: grads | {"b1": grads["b1"] + 0.02 * params["b1"]}, "l2-on-bias", "+ 0.02 b1"),
        (lambda grads: {key: np.clip(g, -0.02, 0.02) for key, g in grads.items()}, "gradient-clipped", "beyond 0.02"),
    ],
)
def test_a_number_is_read_off_the_claim(end, id, form):
    (found,) = causes(backward(end=end))
    assert (found.id, found.complete) == (id, True) and form in found.message, found


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"slope": lambda z, a: 2.0, }, {MISSING, "constant-factor"}),
        ({"slope": lambda z, a: 1.0, "back": lambda d, W: d @ W * len(d)}, {MISSING, "missing-batch-average"}),
        ({"slope": lambda z, a: 1.0, "back": spread}, {MISSING, "delta-not-propagated"}),
        ({"slope": lambda z, a: 0.3 * a * (1 - a)}, {WRONG_SLOPE, "constant-factor"}),
        ({"slope": lambda z, a: 1.0, "end": changed("W2", lambda g: g + 0.1)}, {MISSING, "constant-added"}),
        ({"slope": lambda z, a: 1 - a, "inputs": lambda x: x[::-1]}, {WRONG_SLOPE, "wrong-order"}),
        ({"top": lambda d, a: d / (a * (1 - a)), "slope": lambda z, a: a * (1 - a)}, {NO_OUTPUT_SLOPE, WRONG_SLOPE}),
    ],
)  # fmt: skip
def test_two_mistakes_are_both_named_in_the_same_delta_too(parts, expected):
    found = causes(backward(**parts))
    assert {one.id for one in found} == expected and all(one.complete for one in found)


def test_three_mistakes_are_all_named():
    gradient = backward(slope=lambda z, a: 1.0, top=lambda d, a: -d, end=changed("b1", lambda g: g + 1.0))
    assert set(ids(gradient)) == {MISSING, "output-delta-sign", "constant-added"}


def test_what_is_none_of_all_this_is_not_named():
    noise = np.random.default_rng(0)
    assert ids(backward(end=changed("W1", lambda g: g + 0.01 * noise.normal(size=g.shape)))) == []


@pytest.mark.parametrize("rate", [0.1, 0.01, 1024.0])
def test_weights_that_were_updated_first_are_named_at_the_usual_rates(rate):
    def gradient(params, x, y):
        W2 = params["W2"]
        a1 = np.tanh(x @ params["W1"].T + params["b1"])
        a2 = sigmoid(a1 @ W2.T + params["b2"])
        d2 = (a2 - y) * a2 * (1 - a2) / len(x)
        dW2 = d2.T @ a1
        d1 = (d2 @ (W2 - rate * dW2)) * (1 - a1**2)
        return {"W1": d1.T @ x, "b1": d1.sum(axis=0), "W2": dW2, "b2": d2.sum(axis=0)}

    (found,) = causes(gradient)
    assert found.id == "weights-updated-before-backpropagation" and f"eta = {rate:g}" in found.message


def test_softplus_with_a_slope_that_grows():
    spec = NetworkSpec.parse("3-4:softplus-2")

    def gradient(params, x, y):
        z1 = x @ params["W1"].T + params["b1"]
        a1 = np.log(1 + np.exp(z1))
        a2 = sigmoid(a1 @ params["W2"].T + params["b2"])
        d2 = (a2 - y) * a2 * (1 - a2) / len(x)
        d1 = (d2 @ params["W2"]) * np.exp(z1)
        return {"W1": d1.T @ x, "b1": d1.sum(axis=0), "W2": d2.T @ a1, "b2": d2.sum(axis=0)}

    (found,) = causes(gradient, spec)
    assert found.id == WRONG_SLOPE and "exp(z)" in found.message


@pytest.mark.parametrize(("sign", "words"), [(0.0, "is left out of z"), (-1.0, "is subtracted in z")])
def test_a_bias_that_is_left_out_or_subtracted_is_named(sign, words):
    points = [safe_point(SPEC, np.random.default_rng(5 + m), m=m) for m in (5, 7)]

    def gradient(params, x, y):
        return backward()(params | {"b1": sign * params["b1"]}, x, y)

    found = of_another_network(SPEC, [(p, gradient(p.params, p.x, p.y)) for p in points])
    assert found.id == "wrong-forward" and found.layer == 1 and words in found.message
    assert "第 1 层" in told(found.message, "zh")


def test_a_factor_is_a_fraction_times_a_power_of_the_batch():
    a = np.array([1.0, -2.0])
    assert factor_in([(3 * a, a, 5), (3 * a, a, 7)]) == Factor(3)
    assert factor_in([(2.5 * a, a, 5), (3.5 * a, a, 7)]).power == 1
    assert factor_in([(a, a, 5), (a, a, 7)]) is None
    assert factor_in([(2 * a, a, 5), (3 * a, a, 7)]) is None


def test_two_mistakes_that_exclude_each_other_are_not_made_together():
    p = program(SPEC)
    slopes = [v for v in further_variants(SPEC, p) if v.mistake == WRONG_SLOPE and v.layer == 1]
    assert combined(p, slopes[:2]) is None
    nothing = Variant("bias-gradient-missing", 1, "", {"db1_0": p.by_name["db1_0"].rhs * 0})
    assert combined(p, [nothing]) == nothing.changes


@pytest.mark.parametrize("network", ["4-4-4", "3-3-3-3", "4-4-4-2"])
@pytest.mark.parametrize("letters", ["W", "b", "Wb"])
def test_two_layers_in_each_others_place_are_named(network, letters):
    spec = NetworkSpec.parse(network)

    def gradient(params, x, y):
        grads = reference(spec, params, x, y)
        return grads | {f"{k}1": grads[f"{k}2"] for k in letters} | {f"{k}2": grads[f"{k}1"] for k in letters}

    (found,) = causes(gradient, spec)
    assert found.id == "layers-swapped" and found.complete


def test_a_decay_that_is_not_divided_by_the_batch_is_one_mistake():
    spec = NetworkSpec.parse("4-5-3/bce+l2=0.2")
    m = {5: 5, 7: 7}

    def gradient(params, x, y):
        grads = reference(spec, params, x, y)
        more = {f"W{l}": grads[f"W{l}"] + (m[len(x)] - 1) * 0.2 * params[f"W{l}"] for l in (1, 2)}
        return grads | more

    (found,) = causes(gradient, spec)
    assert found.id == "l2-factor" and "m lambda" in found.message


@pytest.mark.parametrize("network", ["3-4-2:identity/mse", "3-4:tanh-3:softmax/cross_entropy", "3-4-2/bce"])
def test_a_slope_where_the_output_has_none_is_one_too_many(network):
    spec = NetworkSpec.parse(network)

    def gradient(params, x, y):
        return reference(spec, params, x, y, top=lambda delta, a, z: delta * np.where(z > 0, 1.0, 0.0))

    (found,) = causes(gradient, spec)
    assert found.id == "extra-output-activation-derivative"


def reference(spec, params, x, y, top=lambda delta, a, z: delta):
    """The recursion by the reference's own parts, with a place to change delta_L."""
    z, a = weighted_inputs(spec, params, x)
    delta = top(output_delta(spec, z[spec.L], a[spec.L], y), a[spec.L], z[spec.L])
    grads = {}
    for l in reversed(spec.layers):
        grads[f"W{l}"], grads[f"b{l}"] = delta.T @ a[l - 1] + spec.l2 * params[f"W{l}"], delta.sum(axis=0)
        if l > 1:
            delta = (delta @ params[f"W{l}"]) * ACTIVATIONS[spec.activations[l - 2]].dphi(z[l - 1])
    return grads


def test_a_slope_taken_at_what_comes_back_is_named():
    spec = NetworkSpec.parse("3-4:tanh-2")

    def gradient(params, x, y):
        z, a = weighted_inputs(spec, params, x)
        delta = output_delta(spec, z[2], a[2], y)
        back = delta @ params["W2"]
        below = back * (1 - np.tanh(back) ** 2)
        return {"W2": delta.T @ a[1], "b2": delta.sum(axis=0), "W1": below.T @ x, "b1": below.sum(axis=0)}

    (found,) = causes(gradient, spec)
    assert found.id == "activation-derivative-of-upstream"


@pytest.mark.parametrize("l2", ["", "+l2=0.5"])
def test_rows_in_another_order_are_named_beside_a_mistake_in_their_sums(l2):
    spec = NetworkSpec.parse(f"3-4:tanh-2{l2}")
    order = [2, 0, 3, 1]

    def gradient(params, x, y):
        grads = backward(slope=lambda z, a: 1.0)(params, x, y)
        grads = {key: g + spec.l2 * params[key] * (key[0] == "W") for key, g in grads.items()}
        return grads | {"W1": grads["W1"][order]}

    found = causes(gradient, spec)
    assert {one.id for one in found} == {MISSING, "wrong-order"} and all(one.complete for one in found)
    assert any("rows 2 0 3 1, in dW" in one.message for one in found)


@pytest.mark.parametrize(("count", "id"), [(32, "batch-averaged-by-wrong-count"), (1, "missing-batch-average")])
def test_a_number_in_the_place_of_m_is_one_mistake(count, id):
    def gradient(params, x, y):
        return {key: g * len(x) / count for key, g in reference(SPEC, params, x, y).items()}

    (found,) = causes(gradient)
    assert found.id == id and found.complete and found.alone


def test_a_layer_with_the_other_sign_is_one_mistake():
    def gradient(params, x, y):
        grads = reference(SPEC, params, x, y)
        return grads | {"W2": -grads["W2"], "b2": -grads["b2"]}

    (found,) = causes(gradient)
    assert found.id == "sign-flipped"


@pytest.mark.parametrize("axis", [0, None])
def test_a_softmax_over_the_batch_is_named(axis):
    spec = NetworkSpec.parse("3-4:tanh-3:softmax/cross_entropy")

    def gradient(params, x, y):
        def top(delta, a, z):
            e = np.exp(z)
            return (e / e.sum(axis=axis, keepdims=True) - y) / len(x)

        return reference(spec, params, x, y, top=top)

    points = [safe_point(spec, np.random.default_rng(5 + m), m=m) for m in (5, 7)]
    found = of_another_network(spec, [(p, gradient(p.params, p.x, p.y)) for p in points])
    assert found is not None and found.id == "softmax-over-batch"
    right = [(p, reference(spec, p.params, p.x, p.y)) for p in points]
    assert of_another_network(spec, right) is None
