"""Every form of every mistake gives the numbers of the same slip in a backward pass by matrices, and none is left out."""

from functools import cache

import numpy as np
import pytest

from reference_nets.activations import ACTIVATIONS
from reference_nets.costs import COSTS
from reference_nets.points import init_params, random_batch
from reference_nets.spec import NetworkSpec
from symbolic.mistakes.catalogue import CATALOGUE, all_variants, plant
from symbolic.mistakes.further import every_form, further_variants
from symbolic.programs.build import program
from symbolic.programs.compiled import FUNCTIONS
from symbolic.programs.interpret import Numbers, collect, point_inputs, run

NETWORKS = [
    "3-3:tanh-3:leaky_relu-3:softmax/cross_entropy+l2=0.5",
    "2-2:sigmoid-2:relu-2:tanh/quadratic",
    "3-3:relu-2:tanh-3:sigmoid/bce",
    "1-2:elu-1:sigmoid/quadratic",
    "2-3:softplus-3:silu-2:softmax/bce",
    "2-3:sigmoid-2:elu-3:identity/mse",
    "3-2:leaky_relu-2:relu/huber",
    "2-3:gelu-2:sigmoid/cross_entropy+l2=0.25",
    "3-2:identity-2:softplus/mse",
    "2-1:tanh-2:leaky_relu/quadratic",
    "2-2/cross_entropy",
    "2-1:sigmoid/bce+l2=0.5",
]
M, ETA = 4, 0.25
FLOATS = Numbers(lambda number: np.array([float(number)]), FUNCTIONS)
ALONE = "in this layer alone"

sigmoid = lambda z: 1 / (1 + np.exp(-z))
of_sigmoid = lambda z: sigmoid(z) * (1 - sigmoid(z))
of_tanh = lambda z: 1 - np.tanh(z) ** 2
of_relu = lambda z: 1.0 * (z > 0)
of_leaky = lambda z: np.where(z > 0, 1, 0.01)

COMMON_SLOPES = {  # of a and z
    "tanh": {
        "1 + a^2": lambda a, z: 1 + a * a,
        "1 - a": lambda a, z: 1 - a,
        "-a^2": lambda a, z: -a * a,
        "1 - z^2": lambda a, z: 1 - z * z,
    },
    "sigmoid": {
        "a (1 + a)": lambda a, z: a + a * a,
        "a^2": lambda a, z: a * a,
        "a - 1": lambda a, z: a - 1,
        "z (1 - z)": lambda a, z: z - z * z,
    },
}
RARER_SLOPES = {
    "sigmoid": {
        "1 - a": lambda a, z: 1 - a,
        "(1 - a)^2": lambda a, z: 1 - 2 * a + a * a,
        "1 - 2 a": lambda a, z: 1 - a - a,
        "a^2 (1 - a)": lambda a, z: a * a - a * a * a,
    },
    "tanh": {
        "(1 - a)^2": lambda a, z: 1 - 2 * a + a * a,
        "a (1 - a^2)": lambda a, z: a - a**3,
        "1 + a": lambda a, z: 1 + a,
        "1 - 2 a": lambda a, z: 1 - a - a,
    },
    "softplus": {
        "exp(z)": lambda a, z: np.exp(z),
        "sigmoid(-z)": lambda a, z: 1 - sigmoid(z),
        "1 - a": lambda a, z: 1 - a,
    },
    "elu": {
        "exp(z)": lambda a, z: np.exp(z),
        "a + 1": lambda a, z: a + 1,
        "a where z < 0": lambda a, z: np.where(z > 0, 1, a),
    },
    "silu": {
        "a + sigmoid(z)": lambda a, z: a + sigmoid(z),
        "a (1 - a)": lambda a, z: a - a * a,
        "z sigmoid'(z)": lambda a, z: z * of_sigmoid(z),
        "sigmoid(z) + sigmoid'(z)": lambda a, z: sigmoid(z) + of_sigmoid(z),
    },
}
BORROWED = {
    "sigmoid": {"of sigmoid": lambda a, z: of_sigmoid(z), "of sigmoid, taken of a": lambda a, z: a - a * a},
    "tanh": {"of tanh": lambda a, z: of_tanh(z), "of tanh, taken of a": lambda a, z: 1 - a * a},
    "relu": {"of relu": lambda a, z: of_relu(z)},
    "leaky_relu": {"of leaky_relu": lambda a, z: of_leaky(z)},
    "softplus": {"of softplus": lambda a, z: sigmoid(z)},
}


class ByHand:
    """A network's backward pass by matrices at one point, with a place to put another step into."""

    def __init__(self, spec, params, x, y):
        self.spec, self.params, self.x, self.y = spec, params, x, y
        self.a, self.z = {0: x}, {}
        for l in spec.layers:
            self.z[l] = self.a[l - 1] @ params[f"W{l}"].T + params[f"b{l}"]
            self.a[l] = ACTIVATIONS[spec.activations[l - 1]].phi(self.z[l])
        self.g = COSTS[spec.cost].gradient(self.a[spec.L], y)
        self.delta = self.deltas()
        self.grads = self.gradient()

    def width(self, l):
        return self.spec.sizes[l]

    def phi(self, l):
        return self.spec.activations[l - 1]

    def slope(self, l, at):
        return ACTIVATIONS[self.phi(l)].dphi(at)

    def top(self, y):
        a, g = self.a[self.spec.L], COSTS[self.spec.cost].gradient(self.a[self.spec.L], y)
        if self.fused:
            return (a - y) / M
        if self.phi(self.spec.L) == "softmax":
            return a * (g - (g * a).sum(axis=1, keepdims=True))
        return g * self.slope(self.spec.L, self.z[self.spec.L])

    @property
    def fused(self):
        return (self.phi(self.spec.L), self.spec.cost) in [("sigmoid", "bce"), ("softmax", "cross_entropy")]

    @property
    def elementwise(self):
        return self.phi(self.spec.L) not in ("softmax", "identity")

    def deltas(self, layer=0, wrong=None):
        """The deltas, that of one layer made wrong."""
        delta = {}
        for l in reversed(self.spec.layers):
            if l == layer:
                delta[l] = wrong
            elif l == self.spec.L:
                delta[l] = self.top(self.y)
            else:
                delta[l] = delta[l + 1] @ self.params[f"W{l + 1}"] * self.slope(l, self.z[l])
        return delta

    def back(self, l):
        """What comes from above to the outputs of a layer."""
        return self.g if l == self.spec.L else self.delta[l + 1] @ self.params[f"W{l + 1}"]

    def gradient(self, delta=None, sums=None, decay=None):
        """The gradient of these deltas, with other sums over the batch, or other terms of L2, in some of the keys."""
        delta, found = delta or self.delta, {}
        for l in self.spec.layers:
            W, b = f"W{l}", f"b{l}"
            found[W], found[b] = delta[l].T @ self.a[l - 1], delta[l].sum(axis=0)
            found |= {key: value for key, value in (sums or {}).items() if key in (W, b)}
            found[W] = found[W] + self.spec.l2 * self.params[W]
        for key, wrong in (decay or {}).items():
            found[key] = found[key] - self.spec.l2 * (key[0] == "W") * self.params[key] + self.spec.l2 * wrong
        return found

    def data(self, *letters, layer=None):
        """The right sums over the batch, of all layers or of one."""
        every = {f"W{l}": self.delta[l].T @ self.a[l - 1] for l in self.spec.layers}
        every |= {f"b{l}": self.delta[l].sum(axis=0) for l in self.spec.layers}
        return {key: s for key, s in every.items() if key[0] in letters and layer in (None, int(key[1:]))}

    def in_layer(self, layer, wrong):
        """The gradient with a wrong delta in one layer."""
        return self.gradient(self.deltas(layer, wrong))


def wrong_deltas(n):
    """Mistakes in a delta: (mistake, layer, form) and the wrong delta."""
    L, a, z, y = n.spec.L, n.a, n.z, n.y
    top, e, K = n.delta[L], a[L] - y, n.width(L)
    softmax = n.phi(L) == "softmax"
    if not n.fused and n.elementwise:
        yield "missing-output-activation-derivative", L, "", n.g
    if n.fused:
        yield "extra-output-activation-derivative", L, "", top * a[L] * (1 - a[L])
    yield "output-delta-sign", L, "", -top
    yield "cost-derivative-factor", L, "times 2", 2 * top
    yield "cost-derivative-factor", L, "times 1/2", top / 2
    if K > 2:
        yield "cost-derivative-factor", L, "times K", K * top
        yield "cost-derivative-factor", L, "times 1/K", top / K
    if n.phi(L) == "sigmoid":
        yield "activation-derivative-of-error", L, "", e * (1 - e) / M
    if n.phi(L) == "tanh":
        yield "activation-derivative-of-error", L, "e * (1 - e^2)", e * (1 - e**2) / M
    if softmax:
        yield "softmax-diagonal-only", L, "", n.g * a[L] * (1 - a[L])
    if softmax or n.fused:
        yield "softmax-derivative-ignored", L, "", n.g
    if n.elementwise:
        yield "upstream-overwritten", L, "", n.slope(L, z[L])
    if n.fused or n.phi(L) == "identity":
        for form, slope in rarer_slopes(n, L).items():
            yield "extra-output-activation-derivative", L, form, top * slope(a[L], z[L])
    for l in range(1, L + 1):
        g, inner = n.back(l), l < L
        if softmax and not inner:
            continue
        if inner or n.elementwise:
            yield "activation-derivative-at-activation", l, "", g * n.slope(l, a[l])
            yield "activation-value-for-derivative", l, "", g * a[l]
        if (inner or n.elementwise) and n.phi(l) != "identity":
            yield "activation-derivative-of-upstream", l, "g phi'(g)", g * n.slope(l, g)
        if inner or n.phi(l) != "identity":
            for form, slope in COMMON_SLOPES.get(n.phi(l), {}).items():
                yield "activation-derivative-wrong-formula", l, form, g * slope(a[l], z[l])
        for form, slope in rarer_slopes(n, l).items() if inner or n.elementwise else ():
            yield "activation-derivative-wrong-formula", l, form, g * slope(a[l], z[l])
    for l in range(1, L):
        yield from wrong_hidden(n, l, n.back(l))


def rarer_slopes(n, l):
    phi, found = n.phi(l), dict(RARER_SLOPES.get(n.phi(l), {}))
    for other, rows in BORROWED.items():
        found |= rows if other != phi else {}
    if phi in ("identity", "softmax"):
        return found
    found["-phi'"] = lambda a, z: -n.slope(l, z)
    if phi in ("relu", "leaky_relu"):
        return found | {
            "of the other side": lambda a, z: n.slope(l, -z),
            "z": lambda a, z: z,
            "sign(z)": lambda a, z: np.sign(z),
        }
    found["phi' twice"] = lambda a, z: n.slope(l, z) * n.slope(l, z)
    found["phi' of phi'"] = lambda a, z: n.slope(l, n.slope(l, z))
    return found


def wrong_hidden(n, l, g):
    """Mistakes in the delta of a hidden layer."""
    above, W, spec = n.delta[l + 1], n.params[f"W{l + 1}"], n.spec
    slope = n.slope(l, n.z[l])
    yield "missing-hidden-activation-derivative", l, "", g
    if n.phi(l) != "identity":
        yield "activation-derivative-of-upstream", l, "", n.slope(l, g)
        yield "upstream-overwritten", l, "", slope
    for other in (l + 1, l - 1):
        if other and n.width(other) == n.width(l) and n.phi(other) != "softmax":
            yield "activation-derivative-wrong-layer", l, f"phi' at z_{other}", g * n.slope(l, n.z[other])
    if n.phi(l) == "relu":
        yield "relu-mask-from-gradient", l, "", np.maximum(g, 0)
        yield "relu-mask-always-one", l, "", g
    if n.phi(l) == "leaky_relu":
        yield "leaky-slope-missing", l, "", g * (n.z[l] > 0)
        yield "relu-mask-from-gradient", l, "", np.where(g > 0, g, g / 100)
        yield "relu-mask-from-gradient", l, "0 below", np.maximum(g, 0)
    if n.width(l) == n.width(l + 1):
        yield "weight-transpose-missing", l, "", above @ W.T * slope
        yield "delta-not-propagated", l, "reused", above * slope
    if W.shape == n.params[f"W{l}"].shape:
        yield "weight-from-wrong-layer", l, "", above @ n.params[f"W{l}"] * slope
    if n.width(l + 1) == n.width(l - 1):
        yield "weight-from-wrong-layer", l, "W_l^T", above @ n.params[f"W{l}"].T * slope
    yield "delta-not-propagated", l, "summed without W", above.sum(axis=1, keepdims=True) * slope
    if len(W) > 1:
        yield "delta-not-propagated", l, "sums multiplied", above.sum(axis=1, keepdims=True) * W.sum(axis=0) * slope
    if l == spec.L - 1 and n.elementwise and not n.fused:
        yield "output-derivative-lost-in-recursion", l, "", n.g @ W * slope
    for form, eta in (("", ETA), *((f"eta = {r}", float(r)) for r in ("1", "0.1", "0.05", "0.01", "0.001", "1024"))):
        new = W - eta * n.grads[f"W{l + 1}"]
        yield "weights-updated-before-backpropagation", l, form, above @ new * slope
    right = n.delta[l]
    yield "missing-batch-average", l, "in delta", M * right
    yield "batch-average-twice", l, "in delta", right / M
    yield "sign-flipped", l, "in delta", -right
    yield "constant-factor", l, "times 2, in delta", 2 * right
    yield "constant-factor", l, "times 1/2, in delta", right / 2


def scaled(sums, factor):
    return {key: factor * value for key, value in sums.items()}


def wrong_sums(n):
    """Mistakes in the sums over the batch: (mistake, layer, form) and the wrong sums."""
    L, K = n.spec.L, n.width(n.spec.L)
    both, weights, biases = n.data("W", "b"), n.data("W"), n.data("b")
    yield "missing-batch-average", L, "", scaled(both, M)
    yield "missing-batch-average", L, "in dW", scaled(weights, M)
    yield "batch-average-twice", L, "", scaled(both, 1 / M)
    yield "batch-average-twice", L, "in dW", scaled(weights, 1 / M)
    yield "batch-averaged-by-wrong-count", L, "/ (m K)", scaled(both, 1 / K)
    yield "batch-averaged-by-wrong-count", L, "/ n_in", scaled(both, M / n.width(0))
    for l, size in enumerate(n.spec.sizes):
        yield "batch-averaged-by-wrong-count", L, f"/ n_{l}", scaled(both, M / size)
    yield "bias-gradient-not-averaged", L, "", scaled(biases, M)
    yield "bias-gradient-averaged-twice", L, "", scaled(biases, 1 / M)
    for name, one in (("the last", -1), ("the first", 0)):
        yield "one-example-only", L, name, n_examples(n, "Wb", one)
        yield "one-example-only", L, f"{name}, in dW", n_examples(n, "W", one)
        yield "one-example-only", L, f"{name}, in db", n_examples(n, "b", one)
        for l in n.spec.layers:
            yield "one-example-only", l, f"{name}, {ALONE}", n_examples(n, "Wb", one, l)
            yield "one-example-only", l, f"{name}, in dW, {ALONE}", n_examples(n, "W", one, l)
            yield "one-example-only", l, f"{name}, in db, {ALONE}", n_examples(n, "b", one, l)
    for name, order in (("backwards", [3, 2, 1, 0]), ("moved on by one", [3, 0, 1, 2]), ("moved back by one", [1, 2, 3, 0])):
        moved = {f"W{l}": n.delta[l].T @ n.a[l - 1][order] for l in n.spec.layers}
        yield "wrong-order", L, f"examples {name}", moved
        for l in n.spec.layers:
            alone = f", {ALONE}" if name == "backwards" else ", in dW"
            yield "wrong-order", l, f"examples {name}{alone}", {f"W{l}": moved[f"W{l}"]}
    for l in n.spec.layers:
        yield from wrong_sums_of_layer(n, l)


def n_examples(n, letters, one, layer=None):
    every = {f"W{l}": np.outer(n.delta[l][one], n.a[l - 1][one]) for l in n.spec.layers}
    every |= {f"b{l}": n.delta[l][one] for l in n.spec.layers}
    return {key: value for key, value in every.items() if key[0] in letters and layer in (None, int(key[1:]))}


def wrong_sums_of_layer(n, l):
    W, b, delta, spec = f"W{l}", f"b{l}", n.delta[l], n.spec
    both, weights, biases = n.data("W", "b", layer=l), n.data("W", layer=l), n.data("b", layer=l)
    here, before = n.width(l), n.width(l - 1)
    if l > 1:
        yield "weight-gradient-uses-z", l, "", {W: delta.T @ n.z[l - 1]}
        if before == n.width(0):
            yield "weight-gradient-wrong-activation", l, "x", {W: delta.T @ n.x}
    for other in range(1, spec.L + 1):
        if other != l - 1 and n.width(other) == before:
            yield "weight-gradient-wrong-activation", l, "a_l" if other == l else f"a_{other}", {W: delta.T @ n.a[other]}
    if here == before:
        yield "weight-gradient-transposed", l, "", {W: n.a[l - 1].T @ delta}
    yield "weight-used-for-activation", l, "", {W: delta.sum(axis=0)[:, None] * n.params[W]}
    yield "missing-batch-average", l, ALONE, scaled(both, M)
    yield "missing-batch-average", l, f"in dW, {ALONE}", scaled(weights, M)
    yield "batch-average-twice", l, ALONE, scaled(both, 1 / M)
    yield "batch-average-twice", l, f"in dW, {ALONE}", scaled(weights, 1 / M)
    yield "bias-gradient-not-averaged", l, ALONE, scaled(biases, M)
    yield "bias-gradient-averaged-twice", l, ALONE, scaled(biases, 1 / M)
    yield "bias-gradient-missing", l, "", scaled(biases, 0)
    yield "bias-gradient-over-all-entries", l, "", {b: np.full(here, delta.sum())}
    if before in (1, here):
        yield "bias-gradient-times-input", l, "", {b: (delta * n.a[l - 1]).sum(axis=0)}
    for i in range(before):
        yield "bias-gradient-times-input", l, f"input {i}", {b: (delta * n.a[l - 1][:, i : i + 1]).sum(axis=0)}
    yield "sign-flipped", l, ALONE, scaled(both, -1)
    yield "sign-flipped", l, "in dW", scaled(weights, -1)
    yield "sign-flipped", l, "in db", scaled(biases, -1)
    yield "wrong-order", l, "rows backwards, in dW", {W: weights[W][::-1]}
    yield "wrong-order", l, "columns backwards, in dW", {W: weights[W][:, ::-1]}
    yield "wrong-order", l, "entries backwards, in db", {b: biases[b][::-1]}
    if l < spec.L and here == n.width(l + 1):
        above = n.delta[l + 1]
        yield "delta-not-propagated", l, "delta_{l+1} in its sums", {W: above.T @ n.a[l - 1], b: above.sum(axis=0)}


def wrong_wholes(n):
    """Mistakes in the terms of L2 or in what comes back: the whole gradient."""
    L, spec, right = n.spec.L, n.spec, n.grads
    layers = [(None, L, ""), *((l, l, ALONE) for l in spec.layers)]
    for only, layer, alone in layers:
        keys = [l for l in spec.layers if only in (None, l)]
        form = lambda name="", alone=alone: ", ".join(part for part in (name, alone) if part)
        W = {f"W{l}": n.params[f"W{l}"] for l in keys}
        yield "l2-missing", layer, form(), n.gradient(decay=scaled(W, 0))
        yield "l2-factor", layer, form("2 lambda"), n.gradient(decay=scaled(W, 2))
        yield "l2-factor", layer, form("lambda/2"), n.gradient(decay=scaled(W, 0.5))
        yield "l2-factor", layer, form("m lambda"), n.gradient(decay=scaled(W, M))
        yield "l2-factor", layer, form("- lambda"), n.gradient(decay=scaled(W, -1))
        yield "l2-divided-by-batch", layer, form(), n.gradient(decay=scaled(W, 1 / M))
        yield "l2-on-bias", layer, form(), n.gradient(decay={f"b{l}": n.params[f"b{l}"] for l in keys})
    yield "sign-flipped", L, "", scaled(right, -1)
    yield "constant-factor", L, "times 2", scaled(right, 2)
    yield "constant-factor", L, "times 1/2", scaled(right, 0.5)
    for l in spec.layers:
        yield "zero-gradient", l, "", right | scaled({key: right[key] for key in (f"W{l}", f"b{l}")}, 0)
        for letter in "Wb":
            here, above = f"{letter}{l}", f"{letter}{l + 1}"
            if l < L and right[here].shape == right[above].shape:
                yield "layers-swapped", l, f"d{above} for d{here}", right | {here: right[above]}
    yield from exchanged(n)
    for name, order in (("backwards", [3, 2, 1, 0]), ("moved on by one", [3, 0, 1, 2]), ("moved back by one", [1, 2, 3, 0])):
        yield "wrong-order", L, f"targets {name}", n.in_layer(L, n.top(n.y[order]))


def exchanged(n):
    """Gradients of two layers in each other's place, or of all in reverse."""
    L, right = n.spec.L, n.grads
    places = [{one: other, other: one} for one in range(1, L + 1) for other in range(one + 1, L + 1)]
    places += [{l: L + 1 - l for l in n.spec.layers}] if L > 2 else []
    for letters in ("W", "b", "Wb"):
        for place in places:
            moved = {f"{letter}{here}": f"{letter}{there}" for letter in letters for here, there in place.items()}
            if all(right[here].shape == right[there].shape for here, there in moved.items()):
                names = ", ".join(f"d{letter}{place[l]} for d{letter}{l}" for letter in letters for l in sorted(place))
                yield "layers-swapped", max(place), names, right | {here: right[there] for here, there in moved.items()}


@cache
def point(network):
    spec = NetworkSpec.parse(network)
    rng = np.random.default_rng(4)
    params, (x, y) = init_params(spec, rng), random_batch(spec, rng, M)
    params = {key: value + 0.3 * rng.standard_normal(value.shape) for key, value in params.items()}
    return ByHand(spec, params, x, y)


def expected(n):
    """The gradient of every mistake by hand."""
    found = {(id, l, form): n.in_layer(l, wrong) for id, l, form, wrong in wrong_deltas(n)}
    found |= {(id, l, form): n.gradient(sums=sums) for id, l, form, sums in wrong_sums(n)}
    return found | {(id, l, form): whole for id, l, form, whole in wrong_wholes(n)}


def planted(n, variant):
    inputs = point_inputs(n.spec, n.params, n.x, n.y, float, eta=ETA)
    return collect(n.spec, run(plant(n.spec, variant).statements, inputs, FLOATS))


def same(one, other):
    size = max(float(np.abs(value).max()) for value in one.values())
    return all(np.abs(one[key] - other[key]).max() <= 1e-10 * size for key in one)


def every_variant(spec):
    return [*all_variants(spec), *further_variants(spec, program(spec))]


@pytest.mark.parametrize("network", NETWORKS)
def test_every_form_gives_the_numbers_of_the_same_slip_by_hand(network):
    n = point(network)
    wanted, there = expected(n), every_variant(n.spec)
    right = planted_right(n)
    assert same(n.grads, right)
    off = [v.label for v in there if not same(wanted[v.mistake, v.layer, v.form], planted(n, v))]
    assert off == []


def planted_right(n):
    return collect(n.spec, run(program(n.spec).statements, point_inputs(n.spec, n.params, n.x, n.y, float), FLOATS))


@pytest.mark.parametrize("network", NETWORKS)
def test_no_form_is_left_out_but_what_changes_nothing_or_is_there_already(network):
    n = point(network)
    wanted = expected(n)
    there = {(v.mistake, v.layer, v.form) for v in every_variant(n.spec)}
    for key, grads in wanted.items():
        if key not in there:
            known = [n.grads, *(wanted[other] for other in there)]
            assert any(same(grads, other) for other in known), key


@pytest.mark.parametrize("network", NETWORKS)
def test_no_two_of_the_rarer_forms_are_one(network):
    n = point(network)
    rarer = [(v.mistake, v.layer, v.form, tuple(sorted(v.changes.items()))) for v in further_variants(n.spec, program(n.spec))]
    assert len({changes for *_, changes in rarer}) == len(rarer)
    common = {tuple(sorted(v.changes.items())) for v in all_variants(n.spec) if v.mistake in {row[0] for row in rarer}}
    assert not common & {changes for *_, changes in rarer}


def test_every_form_of_one_mistake_is_given_the_common_ones_first():
    spec = NetworkSpec.parse(NETWORKS[0])
    for mistake in CATALOGUE:
        common = [v for v in all_variants(spec) if v.mistake == mistake]
        rarer = [v for v in further_variants(spec, program(spec)) if v.mistake == mistake]
        assert every_form(spec, mistake) == [*common, *rarer]
