"""A wide network read in parts of its inputs gives what its program gives; the few units that are left are the narrow one."""

import numpy as np
import pytest

from gradcheck.diagnosis import narrow_witness
from gradcheck.diagnosis.narrow_witness import NarrowWitness, _padded, _put_together, _split, planted_gradient
from gradcheck.rounding.values import Roundoff
from gradcheck.witnesses.points import safe_point
from reference_nets.network import backward
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec
from symbolic.mistakes.catalogue import all_variants, plant
from symbolic.mistakes.further import further_variants
from symbolic.programs.build import program
from symbolic.programs.compiled import compile_gradient

F = Roundoff.of(np.float64)


@pytest.mark.parametrize(
    ("network", "labels"),
    [
        ("12-5:tanh-3", ["missing-hidden-activation-derivative layer 1"]),
        ("13-4:tanh-2+l2=0.1", ["weight-used-for-activation layer 1", "l2-missing layer 2"]),
        ("7-7:tanh-2", ["weight-gradient-transposed layer 1"]),
        ("11-5:relu-3/cross_entropy", ["output-delta-sign layer 2", "bias-gradient-missing layer 1"]),
        ("6-5:tanh-3", ["wrong-order layer 2 rows backwards, in dW"]),
    ],
)
def test_the_whole_is_read_in_parts_of_its_inputs(network, labels):
    spec = NetworkSpec.parse(network)
    point = safe_point(spec, np.random.default_rng(3), m=4)
    every = {v.label: v for v in (*all_variants(spec), *further_variants(spec, program(spec)))}
    planted = [every[label] for label in labels]
    forms = frozenset((v.mistake, v.layer, v.form) for v in planted)
    wanted = compile_gradient(plant(spec, *planted))(point.params, point.x, point.y)
    found = planted_gradient(spec, forms, point, F)
    for key in spec.keys:
        assert found[key].value.shape == spec.shapes[key]
        assert np.allclose(found[key].value, wanted[key], rtol=1e-12, atol=1e-14)
        assert (found[key].error >= 0).all() and found[key].error.shape == spec.shapes[key]


def test_what_is_no_form_there_or_too_large_is_not_read(monkeypatch):
    spec = NetworkSpec.parse("12-5:tanh-3")
    point = safe_point(spec, np.random.default_rng(3))
    one = ("missing-hidden-activation-derivative", 1, "")
    assert planted_gradient(spec, frozenset([one]), point, F) is not None
    assert planted_gradient(spec, frozenset([one, ("no-such", 1, "")]), point, F) is None
    few = NetworkSpec.parse("6-5:tanh-3").n_params  # six inputs are left: five is a width already
    monkeypatch.setattr(narrow_witness, "MOST_ENTRIES_OF_PROGRAM", few)
    assert planted_gradient(spec, frozenset([one]), point, F) is not None
    monkeypatch.setattr(narrow_witness, "MOST_ENTRIES_OF_PROGRAM", few - 1)
    assert planted_gradient(spec, frozenset([one]), point, F) is None


def test_a_mistake_that_mixes_inputs_into_what_has_none_is_not_confirmed():
    spec = NetworkSpec.parse("14-7:tanh-3")
    point = safe_point(spec, np.random.default_rng(3))
    mixed = frozenset([("bias-gradient-times-input", 1, "")])
    assert planted_gradient(spec, mixed, point, F) is None


def test_inputs_are_split_and_put_together_again():
    a = np.arange(14.0).reshape(2, 7)
    parts = _split(a, 3, 3)
    assert (
        parts.shape == (3, 2, 3)
        and parts[1].tolist() == [[3, 4, 5], [10, 11, 12]]
        and parts[2].tolist() == [[6, 0, 0], [13, 0, 0]]
    )
    assert np.array_equal(_put_together(parts, 3, (2, 7)), a)
    assert _put_together(np.ones((2, 3)), 3, (2, 7)).tolist() == np.ones((2, 7)).tolist()
    assert (
        _padded(a, (3, 8)).shape == (3, 8)
        and not _padded(a, (3, 8))[2].any()
        and _padded(a, (2, 7)).tolist() == a.tolist()
    )


@pytest.mark.parametrize("network", ["12-9:tanh-9:tanh-3", "7-8:relu-2+l2=0.5", "4-4:tanh-2"])
def test_the_units_that_are_left_have_the_gradient_of_the_narrow_network(network):
    spec = NetworkSpec.parse(network)
    witness = NarrowWitness.of(spec)
    y = safe_point(spec, np.random.default_rng(1), m=4).y
    small, whole = witness.point(y, np.random.default_rng(2))
    assert {key: value.shape for key, value in whole.params.items()} == spec.shapes and whole.x.shape == (4, spec.sizes[0])
    assert np.array_equal(small.y, y) and np.array_equal(whole.y, y)
    narrow = backward(witness.narrow, small.params, small.x, small.y)
    part = witness.part(backward(spec, whole.params, whole.x, whole.y))
    assert all(part[key].shape == narrow[key].shape and np.allclose(part[key], narrow[key], rtol=1e-12) for key in narrow)
    single, _ = witness.point(y, np.random.default_rng(2), np.float32)
    assert single.params["W1"].dtype == np.float32 and isinstance(whole, Point)
