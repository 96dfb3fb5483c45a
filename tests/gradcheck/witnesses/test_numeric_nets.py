import tracemalloc
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from gradcheck.witnesses import network_differences as numeric_nets
from gradcheck.witnesses.differences import central_difference, complex_step
from gradcheck.witnesses.network_differences import numeric_gradient
from reference_nets import activations, costs
from reference_nets.network import FLOATS, backward, cost
from reference_nets.points import init_params, random_batch
from reference_nets.spec import ACTIVATIONS, COSTS, NetworkSpec, pair_problem

HEADS = [(output, name) for output, name in product(ACTIVATIONS, COSTS) if not pair_problem(output, 3, name)]
HIDDEN = [name for name in ACTIVATIONS if name != "softmax"]
WIDTHS = (4, 5, 5, 2, 6, 3)  # two equal neighbours, the rest different; the last is the output


def point(spec, m=4, seed=2, dtype=np.float64):
    """A point where no parameter's gradient is the small rest of large terms: there every method loses digits."""
    rng = np.random.default_rng(seed)
    return init_params(spec, rng, dtype=dtype), *random_batch(spec, rng, m, dtype=dtype)


def network(hidden, depth, output, cost_name, l2):
    sizes = (*WIDTHS[: depth + 1], WIDTHS[-1])
    return NetworkSpec(sizes, (*[hidden] * depth, output), cost_name, l2)


def relative_error(got, expected):
    """The largest error in units of the largest entry of its array; 0 / 0 is no error."""
    assert list(got) == list(expected)
    assert [g.shape for g in got.values()] == [e.shape for e in expected.values()]
    pairs = zip(got.values(), expected.values(), strict=True)
    return max(np.abs(g - e).max() / max(np.abs(e).max(), 1e-300) for g, e in pairs)


@pytest.mark.parametrize("depth", range(5))
@pytest.mark.parametrize(("output", "cost_name"), HEADS)
def test_both_methods_agree_with_backpropagation(output, cost_name, depth):
    for number, hidden in enumerate(HIDDEN if depth else ["identity"] * 2):
        spec = network(hidden, depth, output, cost_name, 0.25 * ((number + depth) % 2))
        params, x, y = point(spec)
        exact = backward(spec, params, x, y, with_dx=True)
        assert relative_error(numeric_gradient(spec, params, x, y, with_dx=True), exact) <= 1e-14, spec
        central = numeric_gradient(spec, params, x, y, method="central", with_dx=True)
        largest = max(1.0, cost(spec, params, x, y))
        assert max(np.abs(central[key] - exact[key]).max() for key in exact) <= 1e-9 * largest, spec


NETWORKS = ["3-2", "4-5:tanh-3:softmax/cross_entropy+l2=0.125", "3-4:gelu-4:relu-2/bce", "4-8:elu-3:softmax/bce"]


@pytest.mark.parametrize("text", NETWORKS)
def test_the_batched_pass_gives_what_plain_differences_of_the_cost_give(text):
    spec = NetworkSpec.parse(text)
    params, x, y = point(spec)
    for method, plain, tolerance in [("complex-step", complex_step, 1e-14), ("central", central_difference, 1e-7)]:
        expected = plain(lambda p: cost(spec, p, x, y), params)
        expected["x"] = plain(lambda x: cost(spec, params, x, y), x)
        assert relative_error(numeric_gradient(spec, params, x, y, method=method, with_dx=True), expected) <= tolerance


@pytest.mark.parametrize("text", NETWORKS)
def test_central_is_no_less_accurate_than_plain_central_differences(text):
    spec = NetworkSpec.parse(text)
    batched, plain = [], []
    for seed in range(5):
        params, x, y = point(spec, seed=seed)
        exact = backward(spec, params, x, y)
        batched.append(relative_error(numeric_gradient(spec, params, x, y, method="central"), exact))
        plain.append(relative_error(central_difference(lambda p, x=x, y=y: cost(spec, p, x, y), params), exact))
    assert max(batched) <= 2 * max(plain)


def test_one_example_is_a_batch():
    spec = NetworkSpec.parse("3-4:tanh-2/mse")
    params, x, y = point(spec, m=1)
    assert relative_error(numeric_gradient(spec, params, x, y), backward(spec, params, x, y)) <= 1e-14


@pytest.mark.parametrize("method", numeric_nets.METHODS)
def test_the_size_of_the_chunks_does_not_matter(method, monkeypatch):
    spec = NetworkSpec.parse("4-5:tanh-5:silu-3:softmax/bce+l2=0.5")
    at = point(spec, m=7)
    expected = numeric_gradient(spec, *at, method=method, with_dx=True)
    tolerance = 1e-14 if method == "complex-step" else 1e-8
    for size in (1, 3000, 7777, 10**9):
        monkeypatch.setattr(numeric_nets, "WORK_BYTES", size)
        assert relative_error(numeric_gradient(spec, *at, method=method, with_dx=True), expected) <= tolerance


def test_the_memory_stays_bounded_while_the_network_grows():
    spec = NetworkSpec.parse("200-60:tanh-10/mse")  # at once, its perturbations would take 120 MB an array
    at = point(spec, m=64)
    tracemalloc.start()
    try:
        numeric_gradient(spec, *at)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    gradient_bytes = 8 * spec.n_params
    assert peak < 20 * numeric_nets.WORK_BYTES + 5 * gradient_bytes


@pytest.mark.parametrize("method", numeric_nets.METHODS)
def test_the_point_is_never_written_to(method):
    spec = NetworkSpec.parse("3-4:relu-2+l2=0.1")
    params, x, y = point(spec)
    params["b1"][0] = -0.0
    arrays = [*params.values(), x, y]
    before = [array.tobytes() for array in arrays]
    for array in arrays:
        array.flags.writeable = False
    got = numeric_gradient(spec, params, x, y, method=method, with_dx=True)
    assert [array.tobytes() for array in arrays] == before
    assert not any(np.shares_memory(g, array) for g in got.values() for array in arrays)


def test_a_point_in_float32_is_differenced_in_float64():
    spec = NetworkSpec.parse("3-4:tanh-2:softmax/cross_entropy+l2=0.25")
    params, x, y = point(spec, dtype=np.float32)
    exact = backward(spec, {key: p.astype(float) for key, p in params.items()}, x.astype(float), y.astype(float))
    assert relative_error(numeric_gradient(spec, params, x, y), exact) <= 1e-14


def forbidden(*_):
    raise AssertionError("a derivative was looked up")


def test_no_derivative_is_looked_up(monkeypatch):
    spec = NetworkSpec.parse("3-4:tanh-3:gelu-2:softmax/cross_entropy+l2=0.1")
    other = NetworkSpec.parse("3-4:tanh-3:gelu-2/mse")
    expected = [numeric_gradient(s, *point(s), with_dx=True) for s in (spec, other)]
    for name, row in activations.ACTIVATIONS.items():
        monkeypatch.setitem(activations.ACTIVATIONS, name, replace(row, dphi=forbidden, d2phi=forbidden))
    for name, row in costs.COSTS.items():
        monkeypatch.setitem(costs.COSTS, name, replace(row, gradient=forbidden))
    for names, row in costs.PAIRS.items():
        monkeypatch.setitem(costs.PAIRS, names, replace(row, delta=forbidden))
    for s, before in zip((spec, other), expected, strict=True):
        with pytest.raises(AssertionError, match="a derivative was looked up"):
            backward(s, *point(s))
        again = numeric_gradient(s, *point(s), with_dx=True)
        assert all(again[key].tobytes() == before[key].tobytes() for key in before)


@pytest.mark.parametrize("method", numeric_nets.METHODS)
def test_a_wrong_value_is_noticed(method, monkeypatch):
    spec = NetworkSpec.parse("3-4:tanh-2/quadratic")
    at = point(spec)
    tanh, quadratic = activations.ACTIVATIONS["tanh"], costs.COSTS["quadratic"]
    with monkeypatch.context() as patch:
        patch.setitem(costs.COSTS, "quadratic", replace(quadratic, value=lambda a, y: quadratic.value(a, y) * (1 + 1e-6)))
        assert relative_error(numeric_gradient(spec, *at, method=method), backward(spec, *at)) > 5e-7
    monkeypatch.setitem(activations.ACTIVATIONS, "tanh", replace(tanh, phi=lambda z: np.tanh(z * (1 + 1e-6))))
    with_the_right_phi = backward(spec, *at, rules=replace_phi(tanh))
    assert relative_error(numeric_gradient(spec, *at, method=method), with_the_right_phi) > 1e-7


def replace_phi(row):
    return replace(FLOATS, activations={**FLOATS.activations, row.name: row})


@pytest.mark.parametrize("kwargs", [{"method": "forward"}, {"method": "complex_step"}, {"method": None}])
def test_an_unknown_method_is_refused(kwargs):
    spec = NetworkSpec.parse("3-2")
    with pytest.raises(ValueError, match=r"method is .*, expected one of complex-step, central"):
        numeric_gradient(spec, *point(spec), **kwargs)


@pytest.mark.parametrize("method", numeric_nets.METHODS)
@pytest.mark.parametrize("h", [0.0, -1e-6, float("nan"), float("inf"), "small", False])
def test_a_step_that_is_no_positive_number_is_refused(method, h):
    spec = NetworkSpec.parse("3-2")
    with pytest.raises(ValueError, match=r"h is .*, expected a finite number > 0"):
        numeric_gradient(spec, *point(spec), method=method, h=h)


def test_the_step_is_used():
    spec = NetworkSpec.parse("3-4-2")
    at = point(spec)
    exact = backward(spec, *at)
    for method in numeric_nets.METHODS:
        coarse, fine = (relative_error(numeric_gradient(spec, *at, method=method, h=h), exact) for h in (1e-1, 1e-2))
        assert 50 < coarse / fine < 200  # both are of order h^2


def with_changed(spec, name, change):
    params, x, y = point(spec)
    arrays = {**params, "x": x, "y": y}
    arrays[name] = change(arrays[name])
    return {key: arrays[key] for key in params}, arrays["x"], arrays["y"]


def test_integers_and_wrong_shapes_and_holes_are_refused():
    spec = NetworkSpec.parse("3-4-2")
    for name in ("W1", "b2", "x", "y"):
        with pytest.raises(ValueError, match=f"{name} holds int64, expected floats; try {name}.astype"):
            numeric_gradient(spec, *with_changed(spec, name, lambda array: array.astype(np.int64)))
        with pytest.raises(ValueError, match=rf"{name}\[.*\] is nan, expected a finite number"):
            numeric_gradient(spec, *with_changed(spec, name, lambda array: array * np.nan))
    with pytest.raises(ValueError, match=r"W1 has shape \(3, 4\), expected \(4, 3\)"):
        numeric_gradient(spec, *with_changed(spec, "W1", np.transpose))
    params, x, y = point(spec)
    with pytest.raises(ValueError, match="the parameter b1 is missing"):
        numeric_gradient(spec, {key: params[key] for key in params if key != "b1"}, x, y)
