import re
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_nets.spec import ACTIVATIONS, COSTS, NetworkSpec, NotationError, pair_problem, quantity_of

ALL_ACTIVATIONS = "identity, sigmoid, tanh, relu, leaky_relu, elu, softplus, silu, gelu, softmax"

CANONICAL = [
    ("2-3-1", "2-3:sigmoid-1:sigmoid/quadratic"),
    ("3-4:tanh-2", "3-4:tanh-2:sigmoid/quadratic"),
    ("2-1/bce", "2-1:sigmoid/bce"),
    ("4-8:relu-3/cross_entropy", "4-8:relu-3:softmax/cross_entropy"),
    ("2-1/mse", "2-1:identity/mse"),
    ("2-1/huber", "2-1:identity/huber"),
    ("2-3-1+l2=0.5", "2-3:sigmoid-1:sigmoid/quadratic+l2=0.5"),
    ("2-1+l2=1", "2-1:sigmoid/quadratic+l2=1"),
    ("2-1+l2=0", "2-1:sigmoid/quadratic"),
    ("2-2:softmax/bce", "2-2:softmax/bce"),
    ("4-8:relu-8:relu-3:softmax/cross_entropy+l2=0.01", "4-8:relu-8:relu-3:softmax/cross_entropy+l2=0.01"),
]


@pytest.mark.parametrize(("text", "canonical"), CANONICAL)
def test_canonical_text_spells_every_activation_and_the_cost(text, canonical):
    assert str(NetworkSpec.parse(text)) == canonical


OPTIONS = "l2=NUMBER, l2b=NUMBER (the biases in it, too) or nobias, each once, as in +nobias+l2=0.01"
ERRORS = [
    ("", 0, "a layer size is missing", "a whole number from 1 to 1000000"),
    ("2", 1, "a network needs an input and an output size", "'-' and the size of the next layer, as in 2-1"),
    ("2-", 2, "a layer size is missing", "a whole number from 1 to 1000000"),
    ("2--1", 2, "a layer size is missing", "a whole number from 1 to 1000000"),
    ("0-1", 0, "'0' is no layer size", "a whole number from 1 to 1000000"),
    ("2-1000001", 2, "'1000001' is no layer size", "a whole number from 1 to 1000000"),
    ("2-x-1", 2, "'x' is no layer size", "a whole number from 1 to 1000000"),
    ("2- 3-1", 2, "' 3' is no layer size", "a whole number from 1 to 1000000"),
    ("2-\u0663-1", 2, "'\u0663' is no layer size", "a whole number from 1 to 1000000"),
    ("2-1.5", 2, "'1.5' is no layer size", "a whole number from 1 to 1000000"),
    ("2:relu-1", 1, "the input layer has no activation", "'-' and the next layer's size"),
    ("2-3:rely-1", 4, "unknown activation 'rely'", ALL_ACTIVATIONS),
    ("2-3:-1", 4, "unknown activation ''", ALL_ACTIVATIONS),
    ("2-3:softmax-1", 4, "softmax belongs to the output layer only", ALL_ACTIVATIONS.removesuffix(", softmax")),
    ("2-1/qadratic", 4, "unknown cost 'qadratic'", "quadratic, mse, bce, cross_entropy, huber"),
    ("2-1/", 4, "unknown cost ''", "quadratic, mse, bce, cross_entropy, huber"),
    ("2-1+l1=0.1", 4, "after '+' only l2, l2b and nobias may stand", OPTIONS),
    ("2+3", 2, "after '+' only l2, l2b and nobias may stand", OPTIONS),
    ("2-1++nobias", 4, "after '+' only l2, l2b and nobias may stand", OPTIONS),
    ("2-1+nobias=1", 4, "after '+' only l2, l2b and nobias may stand", OPTIONS),
    ("2-1+l2=0.1+", 11, "after '+' only l2, l2b and nobias may stand", OPTIONS),
    ("2-1+nobias+nobias", 11, "an option is named twice", OPTIONS),
    ("2-1+l2=1+l2b=1", 9, "an option is named twice", OPTIONS),
    ("2-1+nobias+l2b=x", 15, "'x' is no L2 factor", "a finite number >= 0, as in +l2=0.01"),
    ("2-1+l2=", 7, "'' is no L2 factor", "a finite number >= 0, as in +l2=0.01"),
    ("2-1+l2=-1", 7, "'-1' is no L2 factor", "a finite number >= 0, as in +l2=0.01"),
    ("2-1+l2=nan", 7, "'nan' is no L2 factor", "a finite number >= 0, as in +l2=0.01"),
    ("2-1+l2=inf", 7, "'inf' is no L2 factor", "a finite number >= 0, as in +l2=0.01"),
    (
        "2-3:relu/bce",
        4,
        "bce takes logarithms of probabilities: it needs sigmoid or softmax outputs, not relu",
        "sigmoid, softmax",
    ),
    (
        "2-3:tanh/cross_entropy",
        4,
        "cross_entropy takes logarithms of probabilities: it needs softmax or sigmoid outputs, not tanh",
        "softmax, sigmoid",
    ),
    (
        "2-1/cross_entropy",
        3,
        "softmax needs at least two outputs (over a single one it is always 1)",
        "a size of 2 or more, or another activation",
    ),
]


@pytest.mark.parametrize(("text", "position", "problem", "allowed"), ERRORS)
def test_bad_notation_shows_the_text_a_caret_and_what_is_allowed(text, position, problem, allowed):
    with pytest.raises(NotationError) as caught:
        NetworkSpec.parse(text)
    assert str(caught.value) == f"{problem}\n    {text}\n    {' ' * position}^\nallowed here: {allowed}"


def test_a_notation_that_is_no_text_is_a_type_error():
    with pytest.raises(TypeError, match="expected a notation such as '3-4:tanh-2', got int"):
        NetworkSpec.parse(3)


CONSTRUCTION = [
    ((2, 0), ("tanh",), "quadratic", 0.0, "size 1 of 2-0:tanh/quadratic is 0, expected a whole number from 1 to"),
    ((2, True), ("tanh",), "quadratic", 0.0, "size 1 of 2-True:tanh/quadratic is True, expected a whole number"),
    ((2, 1.0), ("tanh",), "quadratic", 0.0, "size 1 of 2-1.0:tanh/quadratic is 1.0, expected a whole number"),
    ((2,), (), "quadratic", 0.0, "1 sizes with 0 activations: expected at least an input and an output size"),
    ((2, 1), (), "quadratic", 0.0, "2 sizes with 0 activations: expected at least an input and an output size"),
    ((2, 1), ("rely",), "quadratic", 0.0, "unknown activation 'rely', expected one of identity, sigmoid"),
    ((2, 2, 1), ("softmax", "tanh"), "quadratic", 0.0, "softmax in layer 1: it belongs to the output layer only"),
    ((2, 1), ("tanh",), "l1", 0.0, "unknown cost 'l1', expected one of quadratic, mse, bce"),
    ((2, 1), ("tanh",), "bce", 0.0, "bce takes logarithms of probabilities: it needs sigmoid"),
    ((2, 1), ("softmax",), "quadratic", 0.0, "softmax needs at least two outputs"),
    ((2, 1), ("tanh",), "quadratic", -0.1, "l2 is -0.1, expected a finite number >= 0"),
    ((2, 1), ("tanh",), "quadratic", float("nan"), "l2 is nan, expected a finite number >= 0"),
    ((2, 1), ("tanh",), "quadratic", "1", "l2 is '1', expected a finite number >= 0"),
]


@pytest.mark.parametrize(("sizes", "activations", "cost", "l2", "message"), CONSTRUCTION)
def test_a_spec_built_by_hand_is_checked_as_well(sizes, activations, cost, l2, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        NetworkSpec(sizes, activations, cost, l2)


@st.composite
def specs(draw):
    output, cost = draw(st.sampled_from([(a, c) for a, c in product(ACTIVATIONS, COSTS) if not pair_problem(a, 2, c)]))
    hidden = draw(st.lists(st.tuples(st.integers(1, 999), st.sampled_from(ACTIVATIONS[:-1])), max_size=4))
    sizes = (draw(st.integers(1, 1_000_000)), *(size for size, _ in hidden), draw(st.integers(2, 50)))
    return NetworkSpec(sizes, (*(name for _, name in hidden), output), cost, draw(st.floats(0, 1e300)))


@given(specs())
def test_canonical_text_parses_back_to_an_equal_spec(spec):
    assert NetworkSpec.parse(str(spec)) == spec


@given(specs())
def test_shapes_chain_from_input_to_output_and_add_up_to_n_params(spec):
    shapes = spec.shapes
    assert list(shapes) == [f"{kind}{layer}" for layer in range(1, spec.L + 1) for kind in "Wb"] == list(spec.keys)
    assert [shapes[f"W{layer}"] for layer in spec.layers] == list(zip(spec.sizes[1:], spec.sizes, strict=False))
    assert spec.n_params == sum((before + 1) * size for before, size in zip(spec.sizes, spec.sizes[1:], strict=False))


def test_equal_specs_hash_alike_and_a_whole_l2_equals_its_float():
    spec = NetworkSpec.parse("2-3-1+l2=1")
    assert spec == replace(spec, l2=1) == replace(spec, l2=1.0)
    assert hash(spec) == hash(replace(spec, l2=1))


def test_a_spec_cannot_be_changed():
    with pytest.raises(AttributeError, match="cannot assign"):
        NetworkSpec.parse("2-1").l2 = 1.0


def test_a_name_says_its_kind_its_layer_and_its_indices():
    found = [tuple(quantity_of(name)) for name in ("W1", "delta12_0", "gW2_10_3", "x_4", "C", "lam")]
    wanted = [("W", 1, ()), ("delta", 12, (0,)), ("gW", 2, (10, 3)), ("x", 0, (4,)), ("C", 0, ()), ("lam", 0, ())]
    assert found == wanted
    assert [quantity_of(name).parameter for name in ("dW2_0_1", "gW3_1_0", "db1_0", "W4")] == ["W2", "W3", "b1", "W4"]
    for name in ("", "W1-0", "W1_", "1W", "dW1[0]"):
        with pytest.raises(ValueError, match="is no name of a program"):
            quantity_of(name)


@pytest.mark.parametrize(
    ("text", "canonical", "keys", "regularised"),
    [
        ("2-1+nobias", "2-1:sigmoid/quadratic+nobias", ("W1",), ()),
        ("2-1/mse+l2=0.5+nobias", "2-1:identity/mse+nobias+l2=0.5", ("W1",), ("W1",)),
        ("2-2-1+l2b=0.5", "2-2:sigmoid-1:sigmoid/quadratic+l2b=0.5", ("W1", "b1", "W2", "b2"), ("W1", "b1", "W2", "b2")),
        ("2-1+l2b=1e+16", "2-1:sigmoid/quadratic+l2b=1e+16", ("W1", "b1"), ("W1", "b1")),
        ("2-1+l2b=0", "2-1:sigmoid/quadratic", ("W1", "b1"), ()),
        ("2-1+nobias+l2b=1", "2-1:sigmoid/quadratic+nobias+l2=1", ("W1",), ("W1",)),
    ],
)
def test_networks_without_biases_and_with_regularised_ones(text, canonical, keys, regularised):
    spec = NetworkSpec.parse(text)
    assert str(spec) == canonical and NetworkSpec.parse(canonical) == spec
    assert spec.keys == keys and spec.regularised == regularised
    assert spec.biases == tuple(key for key in keys if key[0] == "b")
    assert [spec.decay(key) for key in keys] == [spec.l2 if key in regularised else 0.0 for key in keys]


def test_no_option_stays_where_it_says_nothing():
    spec = NetworkSpec.parse("2-3-1+l2b=0.5")
    assert replace(spec, l2=0.0) == NetworkSpec.parse("2-3-1")
    assert replace(spec, has_biases=False) == NetworkSpec.parse("2-3-1+nobias+l2=0.5")
    assert [spec.of_layer(l) for l in spec.layers] == [("W1", "b1"), ("W2", "b2")]
    assert replace(spec, has_biases=False).of_layer(2) == ("W2",)
