import dataclasses
import json

import numpy as np
import pytest

import gradcheck
from gradcheck.judge.verdicts import CheckerFault
from gradcheck.networks.check import check_network
from gradcheck.witnesses.network_truth import gradient_near
from gradcheck.witnesses.points import Point, safe_point
from reference_nets.network import backward as reference
from reference_nets.network import cost
from reference_nets.points import init_params
from reference_nets.spec import NetworkSpec, NotationError
from reports.render import render

SPEC = NetworkSpec.parse("2-3:tanh-2")


def by_key(params):
    return {f"{name}{l}": array for l, pair in enumerate(params, 1) for name, array in zip("Wb", pair, strict=True)}


def right(spec=SPEC, **options):
    return lambda params, x, y: reference(spec, by_key(params), x, y, **options)


def changed(change):
    """The right gradient with something done to it: ``change(grads)`` in place, or another one returned."""

    def backward(params, x, y):
        grads = reference(SPEC, by_key(params), x, y)
        answer = change(grads)
        return answer if isinstance(answer, dict) else grads

    return backward


def verdicts(result):
    return {quantity.quantity: str(quantity.verdict) for quantity in result.quantities}


def test_the_right_gradient_matches_and_says_what_it_could_have_seen():
    result = check_network("2-3:tanh-2", right(), rng=1)
    assert result.verdict == "match" and result.ok and result.points == 3 and result.seed == 1
    assert verdicts(result) == dict.fromkeys(("W1", "b1", "W2", "b2"), "match")
    assert [check.name for check in result.checks] == ["inputs-unchanged", "determinism", "no-state"]
    assert all(0 < quantity.detectable < 1e-6 and quantity.blind == 0 for quantity in result.quantities)
    assert all(quantity.witness == "certified formula" and quantity.detectable < 1e-28 for quantity in result.quantities)
    first, second = str(result).splitlines()
    assert first == (
        "match: 2-3:tanh-2:sigmoid/quadratic. "
        "The gradient is right: every entry is within the rounding error of a correct implementation."
    )
    seen = f"an error of {result.detectable:.1e} of the largest entry would have been seen"
    assert second == f"decided by the formula computed with 50 digits; {seen}"


@pytest.mark.smoke
def test_a_wrong_entry_is_named_and_only_its_quantity_is_wrong():
    def change(grads):
        grads["W1"][2, 0] += 1e-9

    result = check_network(SPEC, changed(change), rng=1)
    assert verdicts(result) == {"W1": "mismatch", "b1": "match", "W2": "match", "b2": "match"}
    assert result.quantities[0].worst.index == (2, 0) and "dW1[2, 0] is " in str(result)


def test_the_same_seed_gives_the_same_answer():
    wrong = changed(lambda grads: grads["b1"].__iadd__(1))
    one, two, other = (str(check_network(SPEC, wrong, rng=seed)) for seed in (1, 1, 2))
    assert one == two != other


@pytest.mark.parametrize("network", [SPEC, "2-3:tanh-2", "2-3:tanh-2:sigmoid/quadratic"])
def test_a_network_is_a_spec_or_a_notation(network):
    assert check_network(network, right(), points=1).verdict == "match"


def test_a_preset_is_a_network_too():
    xor = check_network("xor", lambda params, x, y: None, points=1)
    assert xor.network == str(NetworkSpec.parse(xor.network)) and xor.verdict == "mismatch"


def test_misuse_is_an_error_before_the_function_is_called():
    never = lambda *_: pytest.fail("called")
    with pytest.raises(NotationError, match="unknown activation 'tahn'"):
        check_network("2-3:tahn-2", never)
    with pytest.raises(ValueError, match=r"^points is 0, expected at least one point to check the gradient at$"):
        check_network(SPEC, never, points=0)
    with pytest.raises(ValueError, match=r"^m is 0, expected a batch of at least one example$"):
        check_network(SPEC, never, m=0)
    point = safe_point(SPEC, np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"^x has shape \(2,\), expected \(m, 2\)"):
        check_network(SPEC, never, point=dataclasses.replace(point, x=np.ones(2)))
    with pytest.raises(ValueError, match=r"^y\[0, 0\] is inf, expected a finite number"):
        check_network(SPEC, never, point=dataclasses.replace(point, y=np.full_like(point.y, np.inf)))


def test_what_the_function_raises_passes_through():
    def broken(params, x, y):
        raise ZeroDivisionError("division by zero")

    with pytest.raises(ZeroDivisionError, match="division by zero"):
        check_network(SPEC, broken)


def test_what_is_no_gradient_is_a_mismatch_of_the_interface():
    result = check_network(SPEC, lambda params, x, y: None)
    assert result.verdict == "mismatch" and result.quantities == ()
    (check,) = (check for check in result.checks if check.name == "interface")
    assert check.message == "expected a list of (dW, db), one pair a layer, got None; is a return missing?"
    assert check.message in str(result) and render(result.report(), "text")


def test_what_stops_being_a_gradient_at_a_later_point_is_told_with_what_was_seen_before():
    calls = []

    def backward(params, x, y):
        calls.append(1)
        grads = reference(SPEC, by_key(params), x, y)
        return {key: grads[key] + 1 for key in grads} if len(calls) < 9 else None

    result = check_network(SPEC, backward, points=2)
    assert result.verdict == "mismatch" and "interface" in {check.name for check in result.checks}


def test_nan_is_never_a_match():
    result = check_network(SPEC, changed(lambda grads: grads["b2"].__setitem__(1, np.nan)))
    assert result.verdict == "mismatch" and "db2[1] is nan, expected a finite number" in str(result)


@pytest.mark.parametrize("what", ["W1", "b2", "x", "y"])
def test_changed_inputs_are_named_and_do_not_spoil_the_numbers(what):
    def backward(params, x, y):
        grads = reference(SPEC, by_key(params), x, y)
        (by_key(params) | {"x": x, "y": y})[what][...] += 1
        return grads

    point = safe_point(SPEC, np.random.default_rng(0))
    before = point.x.copy(), point.params["W1"].copy()
    result = check_network(SPEC, backward, point=point)
    assert f"inputs-unchanged: {what} changed: work on a copy" in str(result) and result.verdict == "mismatch"
    assert set(verdicts(result).values()) == {"match"}
    assert np.array_equal(point.x, before[0]) and np.array_equal(point.params["W1"], before[1])


@pytest.mark.parametrize("in_place", [True, False])
def test_a_gradient_that_adds_up_over_calls_is_recognised(in_place):
    kept = {}

    def backward(params, x, y):
        for key, value in reference(SPEC, by_key(params), x, y).items():
            if in_place:
                kept.setdefault(key, np.zeros_like(value))
                kept[key] += value
            else:
                kept[key] = kept.get(key, 0) + value
        return kept

    result = check_network(SPEC, backward, points=1)
    (check,) = (check for check in result.checks if check.verdict == "mismatch")
    assert (check.name, check.id) == ("no-state", "accumulates-across-calls")
    assert check.message == "each call adds to the last in dW1, db1, dW2, db2: set the gradient to zero first"


def test_answers_that_differ_between_equal_calls_are_told():
    noise = np.random.default_rng(0)
    wrong = changed(lambda grads: grads["W1"].__imul__(1 + 1e-3 * noise.standard_normal()))
    result = check_network(SPEC, wrong)
    (check,) = (check for check in result.checks if check.verdict == "mismatch")
    assert (check.name, check.id, check.message) == (
        "determinism", "nondeterministic", "dW1 differs between equal calls",
    )  # fmt: skip


def test_another_order_of_a_sum_is_no_other_answer():
    noise = np.random.default_rng(0)

    def backward(params, x, y):
        order = noise.permutation(len(x))
        return reference(SPEC, by_key(params), x[order], y[order])

    assert check_network(SPEC, backward).verdict == "match"


def test_float32_in_a_float64_check_is_inaccurate_and_named():
    def backward(params, x, y):
        single = {key: value.astype(np.float32) for key, value in by_key(params).items()}
        return reference(SPEC, single, x.astype(np.float32), y.astype(np.float32))

    result = check_network(SPEC, backward, rng=3)
    assert result.verdict == "inaccurate" and result.ok
    assert {quantity.id for quantity in result.quantities} == {"float32-precision"}
    assert "digits are left, as many as float32 holds; compute in float64" in str(result)
    assert check_network(SPEC, backward, dtype=np.float32).verdict == "match"


@pytest.mark.parametrize("scale", [1e4, 1e6, 1e8])
def test_a_difference_of_nearly_equal_numbers_is_inaccurate(scale):
    """``(u + s) - s`` for the upstream derivative u: the formula is right, and digits go; soon as many as in float32."""

    def backward(params, x, y):
        (W1, b1), (W2, b2) = params
        a = np.tanh(x @ W1.T + b1)
        out = 1 / (1 + np.exp(-(a @ W2.T + b2)))
        delta = (out - y) / len(x) * out * (1 - out)
        upstream = (delta @ W2 + scale) - scale
        below = upstream * (1 - a * a)
        return [(below.T @ x, below.sum(axis=0)), (delta.T @ a, delta.sum(axis=0))]

    result = check_network(SPEC, backward, rng=4)
    assert verdicts(result) == {"W1": "inaccurate", "b1": "inaccurate", "W2": "match", "b2": "match"}
    assert ("look for a difference of nearly equal numbers" in result.quantities[0].message) == (scale == 1e4)


def test_lost_digits_in_one_quantity_do_not_excuse_a_wrong_formula_in_another():
    def change(grads):
        grads["W1"] = grads["W1"].astype(np.float32)
        grads["W2"] = grads["W2"] * (1 + 1e-8)

    result = check_network(SPEC, changed(change), rng=5)
    assert verdicts(result) == {"W1": "inaccurate", "b1": "match", "W2": "mismatch", "b2": "match"}


@pytest.mark.usefixtures("verdict_alone")
@pytest.mark.parametrize("error", [1e-3, 1e-6, 1e-9, 1e-11])
def test_a_wrong_formula_is_never_taken_for_lost_digits(error):
    for seed in range(5):
        result = check_network(SPEC, changed(lambda grads: {k: g * (1 + error) for k, g in grads.items()}), rng=seed)
        assert set(verdicts(result).values()) == {"mismatch"}, str(result)


def relu_at_a_kink(value):
    """A backward pass whose relu'(0) is the given value, at a point with one weighted input that is exactly zero."""
    spec = NetworkSpec.parse("2-2:relu-1:identity/quadratic")
    params = {"W1": np.array([[1.0, -1.0], [0.5, 0.25]]), "b1": np.array([0.0, 0.125])}
    params |= {"W2": np.array([[0.75, -0.25]]), "b2": np.array([0.25])}

    def backward(params, x, y):
        (W1, b1), (W2, b2) = params
        z = x @ W1.T + b1
        delta = (np.maximum(z, 0) @ W2.T + b2 - y) / len(x)
        below = (delta @ W2) * np.where(z > 0, 1.0, np.where(z == 0, value, 0.0))
        return [(below.T @ x, below.sum(axis=0)), (delta.T @ np.maximum(z, 0), delta.sum(axis=0))]

    return check_network(spec, backward, point=Point(params, np.array([[0.5, 0.5], [1.0, 0.25]]), np.array([[1.0], [0.5]])))


@pytest.mark.parametrize("value", [0.0, 0.25, 0.5, 1.0])
def test_any_subgradient_is_right_at_a_kink(value):
    result = relu_at_a_kink(value)
    assert verdicts(result) == {"W1": "kink", "b1": "kink", "W2": "match", "b2": "match"} and result.ok


@pytest.mark.parametrize("value", [-1.0, -1e-3, 1.001, 2.0])
def test_what_no_subgradient_gives_is_a_mismatch_at_a_kink_too(value):
    result = relu_at_a_kink(value)
    assert verdicts(result) == {"W1": "mismatch", "b1": "mismatch", "W2": "match", "b2": "match"}


def test_the_gradient_for_the_inputs_is_judged_too():
    def with_dx(factor):
        def backward(params, x, y):
            grads = reference(SPEC, by_key(params), x, y, with_dx=True)
            return grads, factor * grads["x"]

        return backward

    assert verdicts(check_network(SPEC, with_dx(1), dx=True))["x"] == "match"
    result = check_network(SPEC, with_dx(2), dx=True)
    assert verdicts(result) == {"W1": "match", "b1": "match", "W2": "match", "b2": "match", "x": "mismatch"}
    assert "dx[" in str(result)


def test_a_mistake_hidden_by_a_batch_of_one_is_found_by_default():
    sums = changed(lambda grads: None)

    def summed(params, x, y):
        return {key: len(x) * value for key, value in sums(params, x, y).items()}

    assert check_network(SPEC, summed, m=1).verdict == "match"
    assert check_network(SPEC, summed).verdict == "mismatch"


def test_a_point_of_ones_own_is_judged_in_its_own_numbers():
    point = Point(init_params(SPEC, np.random.default_rng(5), scale=0.01), np.ones((1, 2)), np.ones((1, 2)))
    result = check_network(SPEC, right(), point=point)
    assert result.verdict == "match" and result.points == 1


def test_a_program_that_contradicts_itself_is_the_checkers_fault(monkeypatch):
    from gradcheck.witnesses import network_truth as truth
    from symbolic.mistakes.catalogue import all_variants, plant

    spec = NetworkSpec.parse("2-3:tanh-3:tanh-1")
    planted = plant(spec, next(v for v in all_variants(spec) if v.mistake == "missing-hidden-activation-derivative"))
    monkeypatch.setattr(truth, "program", lambda *_, **__: planted)
    truth.program_identity.cache_clear()
    with pytest.raises(CheckerFault, match=r"^2-3:tanh-3:tanh-1.*: the program's db1 is not the derivative of its cost$"):
        check_network(spec, right(spec))
    truth.program_identity.cache_clear()


def test_the_result_renders_itself_and_travels_as_json():
    result = check_network(SPEC, changed(lambda grads: grads["W2"].__imul__(2)), rng=1)
    data = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert data["schema"] == "gradcheck.network/1" and data["verdict"] == "mismatch" and data["seed"] == 1
    assert [check["quantity"] for check in data["checks"] if check["name"] == "gradient"] == ["W1", "b1", "W2", "b2"]
    text = render(result.report(), "text")
    assert "The gradient is wrong." in text and "dW2[" in text and "<" in result._repr_html_()
    assert len(str(result).splitlines()) <= 5
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.points = 4


def test_it_is_a_public_name():
    assert gradcheck.check_network is check_network


@pytest.mark.usefixtures("verdict_alone")
def test_noise_that_leaves_no_digits_is_no_pass():
    """A factor that changes wildly over the smallest distances looks like rounding, and is none."""

    def noisy(params, x, y):
        grads = reference(SPEC, by_key(params), x, y)
        return {key: g * 2 * (1 + 0.3 * np.sin(1e9 * by_key(params)[key])) for key, g in grads.items()}

    for seed in range(3):
        result = check_network(SPEC, noisy, points=1, rng=seed)
        assert not result.ok and "-0 digits" not in str(result)

    def differenced(params, x, y):
        flat, h, grads = by_key(params), 1e-14, {}
        for key, array in flat.items():
            grads[key] = np.zeros_like(array)
            for index in np.ndindex(array.shape):
                moved = {name: value.copy() for name, value in flat.items()}
                moved[key][index] += h
                grads[key][index] = (cost(SPEC, moved, x, y) - cost(SPEC, flat, x, y)) / h
        return grads

    result = check_network(SPEC, differenced, points=1, rng=1)
    assert not result.ok and "so few digits are left that the formula cannot be seen" in str(result)


@pytest.mark.usefixtures("verdict_alone")
@pytest.mark.parametrize("size", [1e-3, 1e-6])
def test_noise_around_a_wrong_formula_does_not_excuse_it(size):
    noise = lambda key, params: 1 + size * (1 + 0.3 * np.sin(1e9 * by_key(params)[key]))
    wrong = lambda params, x, y: {k: g * noise(k, params) for k, g in reference(SPEC, by_key(params), x, y).items()}
    assert all(check_network(SPEC, wrong, points=2, rng=seed).verdict == "mismatch" for seed in range(3))


def cast(spec, dtype):
    single = lambda array: array.astype(np.float32)

    def backward(params, x, y):
        narrow = {key: single(value) for key, value in by_key(params).items()}
        return {key: g.astype(dtype) for key, g in reference(spec, narrow, single(x), single(y)).items()}

    return backward


def test_float32_that_rounds_alike_at_all_neighbours_is_inaccurate():
    spec = NetworkSpec.parse("3-4:relu-2/huber")
    result = check_network(spec, cast(spec, np.float32), points=1, rng=9)
    assert result.verdict == "inaccurate" and {q.id for q in result.quantities if q.id} == {"float32-precision"}


def test_a_result_cast_to_float16_is_inaccurate_and_a_wrong_one_is_not():
    half = changed(lambda grads: {key: g.astype(np.float16) for key, g in grads.items()})
    result = check_network(SPEC, half, rng=1)
    assert result.verdict == "inaccurate" and "as many as float16 holds" in str(result)
    wrong = changed(lambda grads: {key: (1.01 * g).astype(np.float16) for key, g in grads.items()})
    assert check_network(SPEC, wrong, rng=1).verdict == "mismatch"


def test_no_more_neighbours_are_asked_than_it_takes(monkeypatch):
    asked = []
    counted = lambda *args, **options: asked.append(1) or gradient_near(*args, **options)
    monkeypatch.setattr("gradcheck.networks.at_point.gradient_near", counted)
    assert check_network(SPEC, cast(SPEC, np.float32), points=1, rng=1).verdict == "inaccurate"
    assert not asked
    assert check_network(SPEC, changed(lambda g: {k: 1.5 * v for k, v in g.items()}), points=1, rng=1).verdict == "mismatch"
    assert len(asked) == 3


@pytest.mark.parametrize("dtype", [np.float16, np.longdouble, int, complex, None])
def test_only_float64_and_float32_have_a_budget(dtype):
    with pytest.raises(ValueError, match=r"^dtype is .*, expected float64 or float32"):
        check_network(SPEC, lambda *_: pytest.fail("called"), dtype=dtype)


@pytest.mark.parametrize("option", [{"points": 2}, {"m": 4}])
def test_how_to_draw_points_does_not_go_with_a_point(option):
    point = safe_point(SPEC, np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"^(points is 2|m is 4) beside a point of your own"):
        check_network(SPEC, lambda *_: pytest.fail("called"), point=point, **option)


@pytest.mark.parametrize(("dtype", "other"), [(np.float32, np.float64), (np.float64, np.float32)])
def test_a_point_is_taken_in_the_format_of_the_check(dtype, other):
    def backward(params, x, y):
        if type(x) is np.ndarray:  # on balls every array says float64
            assert {array.dtype for array in (x, y, *by_key(params).values())} == {np.dtype(dtype)}
        return reference(SPEC, by_key(params), x, y)

    point = safe_point(SPEC, np.random.default_rng(0), dtype=other)
    assert check_network(SPEC, backward, point=point, dtype=dtype).verdict == "match"
