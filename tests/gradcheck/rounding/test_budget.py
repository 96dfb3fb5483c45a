from itertools import permutations, product

import numpy as np
import pytest

from benchmarks.false_alarms import DPHI, PHI, unfused_delta
from gradcheck.rounding.budget import cost_budget, rounding_budget
from gradcheck.rounding.values import SAFETY, Roundoff, exact
from gradcheck.witnesses.network_truth import truth_at
from gradcheck.witnesses.points import safe_point
from reference_nets.network import backward, cost
from reference_nets.points import Point, init_params, random_batch
from reference_nets.spec import ACTIVATIONS, COSTS, NetworkSpec, pair_problem
from symbolic.balls import enclosure, precision
from symbolic.exact.ball_reading import ball_inputs, ball_numbers
from symbolic.mistakes.catalogue import all_variants, plant
from symbolic.programs.build import program
from symbolic.programs.compiled import closed_form, compile_gradient
from symbolic.programs.interpret import run

PAIRS = [(name, cost) for cost in COSTS for name in ACTIVATIONS if pair_problem(name, 3, cost) is None]


def random_point(spec, rng, scale=1.0, m=4, dtype=np.float64):
    return Point(init_params(spec, rng, scale=scale, dtype=dtype), *random_batch(spec, rng, m, dtype=dtype))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("hidden", ACTIVATIONS[:-1])
def test_no_correct_implementation_exceeds_it(hidden, dtype):
    """Two that share no formula, at outputs and costs in turn, from tiny to saturating weights."""
    rng = np.random.default_rng(0)
    for output, cost_name in PAIRS[ACTIVATIONS.index(hidden) % 4 :: 4]:
        spec = NetworkSpec((2, 4, 3), (hidden, output), cost_name, float(rng.choice([0, 0.1])))
        point = random_point(spec, rng, 10 ** rng.uniform(-2, 1), int(rng.integers(1, 20)), dtype)
        truth = truth_at(spec, point, dtype=dtype)
        for gradient in (backward(spec, point.params, point.x, point.y), closed_form(spec)(point.params, point.x, point.y)):
            for key in spec.keys:
                error = truth.gradient[key].distance(gradient[key])
                reach = truth.budget.highest[key] - truth.budget.lowest[key]
                assert (error <= truth.budget.rounding[key] + reach).all(), (str(spec), key)


@pytest.mark.smoke
@pytest.mark.parametrize("notation", ["2-3-3-2", "3-4:relu-2:tanh/huber+l2=0.5", "2-3:gelu-3/cross_entropy"])
def test_every_wrong_formula_exceeds_it_in_every_entry_that_it_changes(notation):
    spec = NetworkSpec.parse(notation)
    point = safe_point(spec, np.random.default_rng(1))
    truth, true = truth_at(spec, point), closed_form(spec)(point.params, point.x, point.y)
    for variant in all_variants(spec):
        wrong = compile_gradient(plant(spec, variant))(point.params, point.x, point.y)
        for key in spec.keys:
            changed = np.abs(wrong[key] - true[key]) > 1e-10 * np.abs(true[key]).max()
            assert (truth.gradient[key].distance(wrong[key]) > truth.budget.rounding[key])[changed].all(), variant.label


@pytest.mark.parametrize("notation", ["2-3-3-2", "3-4:relu-2/huber", "4-8:tanh-3/cross_entropy+l2=0.1", "2-1/bce"])
def test_it_is_small(notation):
    """A few thousand units in the last place: what hides below it is no formula."""
    spec = NetworkSpec.parse(notation)
    truth = truth_at(spec, safe_point(spec, np.random.default_rng(2)))
    for key in spec.keys:
        assert (truth.budget.rounding[key] < 5e-13 * np.abs(truth.gradient[key].mid).max()).all()


def test_in_float32_it_is_larger_by_the_ratio_of_the_roundoffs():
    spec = NetworkSpec.parse("2-3:tanh-2")
    point = safe_point(spec, np.random.default_rng(3))
    wide, narrow = (rounding_budget(spec, point.params, point.x, point.y, dtype=t) for t in (np.float64, np.float32))
    for key in spec.keys:
        assert narrow.rounding[key] / wide.rounding[key] == pytest.approx(2.0**29, rel=0.01)


def test_the_formats_are_those_of_ieee_754():
    assert (Roundoff.of(np.float64).u, Roundoff.of(np.float64).tiny) == (2.0**-53, 2.0**-1074)
    assert (Roundoff.of(np.float32).u, Roundoff.of(np.float32).tiny) == (2.0**-24, 2.0**-149)
    assert Roundoff.of(np.float64).gamma(3) == pytest.approx(3 * 2.0**-53, rel=1e-12, abs=0)
    assert SAFETY == 4


def test_a_product_and_a_sum_carry_their_errors():
    format = Roundoff.of(np.float64)
    three, seven = exact(3.0, format), exact(7.0, format)
    product = three * seven
    assert product.value == 21 and product.error == 21 * format.u + format.tiny
    square = product * product
    assert square.error == pytest.approx((2 * 21 * 21 + 441) * format.u, rel=1e-10, abs=0)
    inverse = product**-1
    assert inverse.error == pytest.approx(2 * format.u / 21, rel=1e-10, abs=0)


def crossing(notation):
    """A network whose only weighted input is -3.6 + 1.5 - 5.2 + 7.3: its sign depends on the order of the sum."""
    spec = NetworkSpec.parse(notation)
    params = {"W1": np.array([[-3.6, 1.5, -5.2, 7.3]]), "b1": np.zeros(1), "W2": np.array([[1.7]]), "b2": np.array([0.3])}
    return spec, Point(params, np.ones((1, 4)), np.array([[1.0]]))


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "elu"])
def test_a_weighted_input_within_its_own_error_of_zero_may_lie_on_either_side(activation):
    spec, point = crossing(f"4-1:{activation}-1:identity/quadratic")
    truth = truth_at(spec, point)
    signs = set()
    for order in map(list, permutations(range(4))):
        signs.add(np.sign(sum(point.params["W1"][0, order].tolist())))
        params = point.params | {"W1": point.params["W1"][:, order]}
        ours = backward(spec, params, point.x[:, order], point.y)
        ours["W1"] = ours["W1"][:, np.argsort(order)]
        for key in spec.keys:
            low, high, slack = truth.budget.lowest[key], truth.budget.highest[key], truth.budget.rounding[key]
            inside = (ours[key] >= low - slack) & (ours[key] <= high + slack)
            assert (inside | (truth.gradient[key].distance(ours[key]) <= slack)).all(), (order, key)
    assert signs >= {-1.0, 1.0}
    kinked = (truth.budget.highest["W1"] > truth.budget.lowest["W1"]).all()
    assert kinked == (activation != "elu")
    assert (truth.budget.highest["W2"] == truth.budget.lowest["W2"]).all()


LARGE = (1e-12, 1e-3, 0.1, 1 / 3, 1.0, 2.7, 5.0, 8.3, 12.0, 16.5, 18.1, 19.3, 23.0, 30.0, 36.3, 37.1, 39.0)


def one_unit(notation, z, dtype, target):
    """A network of one hidden (or output) unit with this weighted input."""
    spec = NetworkSpec.parse(notation)
    params = {"W1": [[z]], "b1": [0], "W2": [[1.5]], "b2": [0.25]}
    point = Point({key: np.array(params[key], dtype) for key in spec.keys}, np.ones((1, 1), dtype), np.array([[target]], dtype))
    return point, truth_at(spec, point, dtype=dtype)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", DPHI)
def test_every_usual_form_of_an_activation_and_its_derivative_keeps_it_from_tiny_to_saturated(name, dtype):
    for z in (sign * size for size in LARGE for sign in (1, -1)):
        point, truth = one_unit(f"1-1:{name}-1:identity/quadratic", z, dtype, 0.125)
        params = point.params
        for phi, dphi in product(PHI[name], DPHI[name]):
            with np.errstate(all="ignore"):
                a = phi(params["W1"])
                delta = a * params["W2"] + params["b2"] - point.y
                below = delta * params["W2"] * dphi(params["W1"], a)
            for key, claimed in {"W1": below, "b1": below[0], "W2": delta * a, "b2": delta[0]}.items():
                assert (truth.gradient[key].distance(claimed) <= truth.budget.rounding[key]).all(), (z, key)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("z", [3.0, 12.0, 20.0, 40.0])
def test_one_minus_a_may_cancel_where_books_write_it(z, dtype):
    point, truth = one_unit("1-1:sigmoid/cross_entropy", z, dtype, 1.0)
    a = PHI["sigmoid"][0](point.params["W1"])
    assert (truth.gradient["W1"].distance(-point.y * (1 - a)) <= truth.budget.rounding["W1"]).all()


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("notation", ["2-2:softmax/bce", "2-3:softmax/cross_entropy", "2-2/bce", "2-2:sigmoid/cross_entropy"])
def test_the_cost_slope_times_phi_prime_keeps_it_where_the_program_fuses_the_two(notation, dtype):
    spec, rng, whole = NetworkSpec.parse(notation), np.random.default_rng(0), 0
    for _ in range(100):
        point = random_point(spec, rng, 10 ** rng.uniform(-1, 1), 5, dtype)
        z = point.x @ point.params["W1"].T + point.params["b1"]
        a = PHI[spec.activations[-1]][0](z)
        with np.errstate(all="ignore"):
            delta = unfused_delta(spec, z, a, point.y, rng) / dtype(5)
        if not np.isfinite(delta).all():  # 1 - a has rounded to 0
            continue
        whole += 1
        truth = truth_at(spec, point, dtype=dtype, vouched=False)
        for key, claimed in {"W1": delta.T @ point.x, "b1": delta.sum(axis=0)}.items():
            assert (truth.gradient[key].distance(claimed) <= truth.budget.rounding[key]).all(), key
    assert whole > 50


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("notation", ["1-2:softmax/bce", "1-1/bce", "1-1:sigmoid/cross_entropy"])
def test_the_budget_stays_finite_at_saturated_outputs(notation, dtype):
    spec = NetworkSpec.parse(notation)
    for z in (sign * size for size in (1.0, 10.0, 16.8, 17.5, 30.0, 36.9, 38.0, 80.0, 300.0, 1233.0) for sign in (1, -1)):
        params = {"W1": np.full((spec.sizes[-1], 1), z, dtype), "b1": np.zeros(spec.sizes[-1], dtype)}
        params["W1"][1:] = 0
        y = np.array([[1, 0][: spec.sizes[-1]], [0, 1][: spec.sizes[-1]]], dtype)
        budget = rounding_budget(spec, params, np.ones((2, 1), dtype), y, dtype=dtype)
        most = np.exp(abs(z)) * np.finfo(dtype).eps * 1e3 if abs(z) < 15 else 1e4
        assert all((value < most).all() for value in budget.rounding.values()), z


def test_at_a_kink_a_choice_of_subgradient_reaches_from_none_to_all_of_the_derivative():
    spec = NetworkSpec.parse("1-1:relu-1:identity/quadratic")
    one = np.ones((1, 1))
    point = Point({"W1": one, "b1": -np.ones(1), "W2": 3 * one, "b2": np.zeros(1)}, one, one)  # z = 0, delta_2 = -1
    budget = truth_at(spec, point).budget
    assert (budget.lowest["b1"], budget.highest["b1"]) == (-3, 0)
    assert (budget.lowest["b2"], budget.highest["b2"]) == (-1, -1)


@pytest.mark.parametrize("cost_name", COSTS)
def test_the_budget_of_the_cost_holds_its_rounding_error(cost_name):
    spec = NetworkSpec.parse(f"2-3:tanh-2/{cost_name}+l2=0.1")
    rng = np.random.default_rng(4)
    for _ in range(20):
        point = random_point(spec, rng)
        with precision(400):
            inputs = ball_inputs(spec, point.params, point.x, point.y)
            true = enclosure(run(program(spec).forward, inputs, ball_numbers())["C"])
        budget = cost_budget(spec, point.params, point.x, point.y)
        assert true.distance(np.array([cost(spec, point.params, point.x, point.y)]))[0] <= budget < 1e-12
