import numpy as np
import pytest

from reference_nets.spec import ACTIVATIONS, COSTS, NetworkSpec
from symbolic.exact.field import constant, field_numbers, field_point
from symbolic.exact.identity import directional_derivative, gradient_identity, identity_test
from symbolic.mistakes.catalogue import all_variants, plant
from symbolic.programs.build import program
from symbolic.programs.interpret import collect, point_inputs, run

OUTPUTS = {"quadratic": "tanh", "mse": "identity", "bce": "sigmoid", "cross_entropy": "softmax", "huber": "silu"}
WIDTHS = (2, 3, 3, 2, 4, 2)


def rng():
    return np.random.default_rng(5)


def test_the_identity_holds_for_every_output_and_cost(spec):
    identity = identity_test(program(spec), rng())
    assert identity.holds and identity.quantity is None and identity.index is None
    assert 0 < identity.error_probability < 1e-16


@pytest.mark.parametrize("cost", COSTS)
@pytest.mark.parametrize("hidden", range(5))
def test_the_identity_holds_at_any_depth_for_every_activation_with_and_without_l2(hidden, cost):
    for number, name in enumerate(ACTIVATIONS[:-1]):  # each with both, at one depth or the next
        spec = NetworkSpec((*WIDTHS[: hidden + 1], 3), (*[name] * hidden, OUTPUTS[cost]), cost, 0.1 * ((number + hidden) % 2))
        assert identity_test(program(spec), rng()).holds, str(spec)


def test_a_network_as_large_as_digits_is_tested_too():
    spec = NetworkSpec.parse("64-16:relu-10:softmax/cross_entropy+l2=0.0001")
    assert identity_test(program(spec), rng()).holds


def residue_gradient(changed, point):
    inputs = point_inputs(changed.spec, point.params, point.x, point.y, constant)
    inputs["eta"] = constant(3)
    return collect(changed.spec, run(changed.statements, inputs, field_numbers(point.key)))


FULL = pytest.mark.extra("resource")  # run by make test-all
PLANTED = ["2-3-3-2", "2-3:relu-3:leaky_relu-2:tanh/huber+l2=0.5", "2-3:tanh-3:elu-2:softmax/mse", "2-3-3-2/cross_entropy"]


@pytest.mark.parametrize("notation", [*PLANTED[:2], *(pytest.param(one, marks=FULL) for one in PLANTED[2:])])
def test_every_planted_mistake_is_refuted_and_the_first_wrong_entry_from_the_output_named(notation):
    spec = NetworkSpec.parse(notation)
    right = program(spec)
    point = field_point(spec, rng(), 4)
    true = residue_gradient(right, point)
    for variant in all_variants(spec):
        grads = residue_gradient(plant(spec, variant), point)
        wrong = [key for key in reversed(spec.keys) if (grads[key] != true[key]).any()]
        identity = gradient_identity(right, point, grads, rng())
        assert identity.holds == (not wrong), variant.label
        if wrong:
            assert identity.quantity == f"d{wrong[0]}", variant.label
            assert grads[wrong[0]][identity.index] != true[wrong[0]][identity.index], variant.label
    assert all_variants(spec)


def test_nothing_hides_on_2_3_3_2():
    spec = NetworkSpec.parse("2-3-3-2")
    point = field_point(spec, rng(), 4)
    for variant in all_variants(spec):
        grads = residue_gradient(plant(spec, variant), point)
        assert not gradient_identity(program(spec), point, grads, rng()).holds, variant.label


@pytest.mark.smoke
def test_a_single_wrong_entry_is_found():
    spec = NetworkSpec.parse("2-3:tanh-3:tanh-2")
    point = field_point(spec, rng(), 4)
    for key, index in (("W1", (2, 0)), ("b2", (1,)), ("W3", (0, 2))):
        grads = residue_gradient(program(spec), point)
        grads[key][index] = grads[key][index] + 1
        identity = gradient_identity(program(spec), point, grads, rng())
        assert (identity.quantity, identity.index) == (f"d{key}", index)


def test_dual_numbers_give_each_partial_derivative_by_itself():
    """Without the recursion's help: the derivative of (w x + b - y)^2 is known by heart."""
    spec = NetworkSpec.parse("1-1:identity/mse")
    point = field_point(spec, rng(), 1)
    w, b, x, y = point.params["W1"][0, 0], point.params["b1"][0], point.x[0, 0], point.y[0, 0]
    along_w = {"W1": constant(1).reshape(1, 1)}
    assert directional_derivative(program(spec), point, along_w) == 2 * (w * x + b - y) * x
    assert directional_derivative(program(spec), point, {"b1": constant(1)}) == 2 * (w * x + b - y)
