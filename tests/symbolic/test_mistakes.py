import numpy as np
import pytest
import sympy as sp

from reference_nets.points import init_params, random_batch
from reference_nets.spec import NetworkSpec
from symbolic.mistakes.catalogue import BEHAVIOUR, CATALOGUE, Variant, all_variants, plant, variants
from symbolic.mistakes.further import further_variants
from symbolic.programs.build import program
from symbolic.programs.compiled import compile_gradient

# The ids under which mistakes are known: in JSON, in reports, in gradebooks. None may go, none may change its name.
IDS = [
    "missing-output-activation-derivative",
    "extra-output-activation-derivative",
    "output-delta-sign",
    "cost-derivative-factor",
    "activation-derivative-of-error",
    "softmax-diagonal-only",
    "softmax-derivative-ignored",
    "softmax-over-batch",
    "missing-hidden-activation-derivative",
    "activation-derivative-at-activation",
    "activation-derivative-of-upstream",
    "activation-value-for-derivative",
    "activation-derivative-wrong-formula",
    "activation-derivative-wrong-layer",
    "upstream-overwritten",
    "relu-mask-from-gradient",
    "relu-mask-always-one",
    "leaky-slope-missing",
    "weight-transpose-missing",
    "weight-from-wrong-layer",
    "delta-not-propagated",
    "output-derivative-lost-in-recursion",
    "weights-updated-before-backpropagation",
    "activation-overwritten-in-place",
    "weight-gradient-uses-z",
    "weight-gradient-wrong-activation",
    "weight-used-for-activation",
    "weight-gradient-transposed",
    "missing-batch-average",
    "batch-average-twice",
    "batch-averaged-by-wrong-count",
    "one-example-only",
    "bias-gradient-not-averaged",
    "bias-gradient-averaged-twice",
    "bias-gradient-over-all-entries",
    "bias-gradient-wrong-axis",
    "bias-gradient-times-input",
    "bias-gradient-missing",
    "l2-missing",
    "l2-factor",
    "l2-divided-by-batch",
    "l2-on-bias",
    "sign-flipped",
    "constant-factor",
    "zero-gradient",
    "layers-swapped",
    "numeric-gradient",
    "float32-precision",
    "unstable-formula",
    "accumulates-across-calls",
    "mutates-inputs",
    "nondeterministic",
    "works-for-one-example-only",
    "wrong-forward",
    "wrong-order",
    "constant-added",
    "gradient-clipped",
]

NETWORKS = [
    "2-3-3-2",
    "3-3:tanh-3:leaky_relu-3:softmax/cross_entropy+l2=0.5",
    "2-3:relu-3:leaky_relu-2:softmax/bce",
    "3-2:elu-3:sigmoid/bce",
    "2-3:sigmoid-3:sigmoid/cross_entropy",
    "2-2:identity-2:tanh-2:identity/quadratic",
]


def test_the_catalogue_knows_every_id_and_no_other():
    assert set(CATALOGUE) | set(BEHAVIOUR) == set(IDS)
    assert not set(CATALOGUE) & set(BEHAVIOUR)
    assert len(IDS) == len(set(IDS)) == 57


def test_every_row_says_what_is_wrong_and_what_is_right():
    for mistake in CATALOGUE.values():
        assert mistake.wrong and mistake.right and mistake.wrong != mistake.right and mistake.group


@pytest.mark.parametrize("network", NETWORKS)
def test_every_variant_changes_something_and_only_the_backward_part(network):
    spec = NetworkSpec.parse(network)
    right = program(spec)
    for variant in all_variants(spec):
        assert variant.changes, variant.label
        for name, rhs in variant.changes.items():
            statement = right.by_name[name]
            assert sp.expand(rhs - statement.rhs) != 0 or rhs != statement.rhs, variant.label
            assert statement not in right.forward, variant.label


@pytest.mark.parametrize("network", NETWORKS)
def test_every_variant_has_a_label_of_its_own(network):
    labels = [variant.label for variant in all_variants(NetworkSpec.parse(network))]
    assert len(labels) == len(set(labels))


def test_these_networks_have_every_row():
    there = {variant.mistake for network in NETWORKS for variant in all_variants(NetworkSpec.parse(network))}
    assert there == set(CATALOGUE)


def gradient(spec, changed):
    rng = np.random.default_rng(0)
    params, (x, y) = init_params(spec, rng), random_batch(spec, rng, 4)
    return params, x, y, compile_gradient(changed)(params, x, y)


def only(spec, mistake, **wanted):
    (found,) = [v for v in variants(spec, CATALOGUE[mistake]) if all(getattr(v, k) == w for k, w in wanted.items())]
    return found


def forms(network, mistake):
    return [(v.layer, v.form) for v in variants(NetworkSpec.parse(network), CATALOGUE[mistake])]


def test_a_mistake_of_the_whole_network_can_be_made_in_one_layer_of_several_alone():
    alone = "in this layer alone"
    assert forms("2-3:tanh-2+l2=0.5", "l2-missing") == [(2, ""), (1, alone), (2, alone)]
    assert forms("2-2+l2=0.5", "l2-missing") == [(1, "")]
    assert forms("2-3:tanh-2", "bias-gradient-not-averaged") == [(2, ""), (1, alone), (2, alone)]
    spec = NetworkSpec.parse("2-3:tanh-2+l2=0.5")
    _, _, _, true = gradient(spec, program(spec))
    for mistake, key in (("l2-missing", "W1"), ("l2-on-bias", "b1"), ("bias-gradient-averaged-twice", "b1")):
        _, _, _, wrong = gradient(spec, plant(spec, only(spec, mistake, layer=1)))
        assert [k for k in spec.keys if not np.array_equal(true[k], wrong[k])] == [key]


def test_a_wrong_derivative_is_used_at_an_output_that_has_one():
    for mistake in ("activation-derivative-at-activation", "activation-value-for-derivative"):
        assert forms("2-3:tanh-2:sigmoid/bce", mistake) == [(1, ""), (2, "")]
        assert forms("2-3:tanh-2:identity/mse", mistake) == forms("2-3:tanh-2/cross_entropy", mistake) == [(1, "")]
    spec = NetworkSpec.parse("2-3:tanh-2:tanh/quadratic")
    params, x, y, wrong = gradient(spec, plant(spec, only(spec, "activation-derivative-wrong-formula", layer=2, form="1 - a")))
    a1 = np.tanh(x @ params["W1"].T + params["b1"])
    a2 = np.tanh(a1 @ params["W2"].T + params["b2"])
    assert np.allclose(wrong["b2"], ((a2 - y) * (1 - a2) / len(x)).sum(axis=0), rtol=1e-13, atol=0)


def test_planting_changes_one_statement_and_leaves_the_rest():
    spec = NetworkSpec.parse("2-3:tanh-3:tanh-2")
    variant = only(spec, "missing-hidden-activation-derivative", layer=1)
    right, planted = program(spec), plant(spec, variant)
    different = {s.name for s in planted.statements if s.rhs != right.by_name[s.name].rhs}
    assert different == {"delta1_0", "delta1_1", "delta1_2"}
    assert [s.name for s in planted.statements] == [s.name for s in right.statements]
    _, _, _, true = gradient(spec, right)
    _, _, _, wrong = gradient(spec, planted)
    same = {key for key in spec.keys if np.array_equal(true[key], wrong[key])}
    assert same == {"W2", "b2", "W3", "b3"}


def test_two_mistakes_can_be_planted_at_once():
    spec = NetworkSpec.parse("2-3:tanh-2")
    sign, missing = only(spec, "output-delta-sign"), only(spec, "bias-gradient-missing", layer=1)
    _, _, _, true = gradient(spec, program(spec))
    _, _, _, wrong = gradient(spec, plant(spec, sign, missing))
    assert np.array_equal(wrong["W2"], -true["W2"]) and np.array_equal(wrong["b2"], -true["b2"])
    assert np.array_equal(wrong["W1"], -true["W1"]) and not wrong["b1"].any()


def test_an_update_before_backpropagation_uses_the_learning_rate():
    spec = NetworkSpec.parse("2-2:identity-1:identity/quadratic")
    params, x, y, _ = gradient(spec, program(spec))
    planted = plant(spec, only(spec, "weights-updated-before-backpropagation"))
    wrong = compile_gradient(planted, eta=0.25)(params, x, y)
    a = x @ params["W1"].T + params["b1"]
    delta = (a @ params["W2"].T + params["b2"] - y) / len(x)
    updated = params["W2"] - 0.25 * delta.T @ a
    assert np.allclose(wrong["W1"], (delta @ updated).T @ x, rtol=1e-14, atol=0)


def test_an_unknown_name_cannot_be_changed():
    spec = NetworkSpec.parse("2-1")
    with pytest.raises(KeyError, match="no statement is named delta7_0"):
        plant(spec, Variant("output-delta-sign", 1, "", {"delta7_0": sp.Integer(0)}))


def test_a_mistake_that_needs_a_feature_is_not_made_without_it():
    there = {variant.mistake for variant in all_variants(NetworkSpec.parse("2-3:tanh-1:identity/mse"))}
    assert not there & {"relu-mask-always-one", "leaky-slope-missing", "softmax-diagonal-only", "l2-missing"}
    assert not there & {"missing-output-activation-derivative", "weight-transpose-missing", "weight-from-wrong-layer"}


def test_the_rarer_forms_of_a_small_network_by_their_names():
    spec = NetworkSpec.parse("2-2:tanh-2:tanh-2:relu/quadratic")
    found = [(v.mistake, v.layer, v.form) for v in further_variants(spec, program(spec))]
    of = lambda mistake: [(layer, form) for id, layer, form in found if id == mistake]
    assert of("weight-gradient-wrong-activation") == [(1, "a_2"), (1, "a_3"), (2, "a_3"), (3, "a_1")]
    assert of("weight-from-wrong-layer") == [(1, "W_l^T"), (2, "W_l^T")]
    assert of("delta-not-propagated") == [(l, form) for form in ("sums multiplied", "delta_{l+1} in its sums") for l in (1, 2)]
    assert of("weights-updated-before-backpropagation") == [
        (l, f"eta = {rate}") for l in (1, 2) for rate in ("1", "0.1", "0.05", "0.01", "0.001", "1024")
    ]
    assert {(l, f"in {d}") for d in ("dW", "db") for l in (1, 2, 3)} <= set(of("sign-flipped"))
    assert of("constant-factor") == [(l, f"times {k}, in delta") for k in ("2", "1/2") for l in (1, 2)]
    assert of("upstream-overwritten") == [(3, "")] and of("missing-batch-average") == [(1, "in delta"), (2, "in delta")]
    assert {form for _, form in of("wrong-order") if "targets" in form} == {
        "targets backwards", "targets moved on by one", "targets moved back by one",
    }  # fmt: skip
    plain = NetworkSpec.parse("2-3:tanh-1")
    assert not [v for v in further_variants(plain, program(plain)) if v.mistake == "weight-gradient-wrong-activation"]
