"""`check_grad`: behaviour before numbers, the strongest witness that can follow, and what each verdict means."""

import math

import numpy as np
import pytest

from gradcheck import assert_grad, check_grad, check_vjp
from gradcheck.judge.verdicts import Verdict
from reference_nets.network import backward, cost
from reference_nets.spec import NetworkSpec

X = np.array([0.3, -0.7, 1.25])
CALLS = []
TOTAL = np.zeros(3)


def f(x):
    return np.sum(np.sin(x) * x[0])


def grad(x):
    g = np.cos(x) * x[0]
    g[0] += np.sum(np.sin(x))
    return g


def by_differences(x):
    g = np.zeros_like(x)
    for i in range(x.size):
        e = np.zeros_like(x)
        e[i] = 1e-6
        g[i] = (f(x + e) - f(x - e)) / 2e-6
    return g


def accumulating(x):
    global TOTAL
    TOTAL = TOTAL + grad(x)
    return TOTAL


def spoiling(x):
    g = grad(x)
    x *= 2
    return g


def remembering(x):
    CALLS.append(x.copy())
    return grad(x) + (1e-3 if len(CALLS) > 1 and not np.array_equal(CALLS[-2], CALLS[-1]) else 0.0)


def random(x):
    return grad(x) + np.random.default_rng().normal() * 1e-3


def opaque(x):
    """The function behind something that only takes floats."""
    return float(np.float64(np.fft.hfft(np.array(x, dtype=float))[0]) ** 2)


def test_a_right_gradient_matches_and_says_what_would_have_been_seen():
    result = check_grad(f, grad, X)
    assert result.verdict is Verdict.MATCH and result.ok
    assert result.witness == "certified formula"
    assert result.detectable < 1e-40
    assert "would have been seen" in str(result)


@pytest.mark.smoke
@pytest.mark.parametrize("size", [1.0, 1e-6, 2.0**-43, 2.0**-60])
def test_one_wrong_entry_is_a_mismatch_however_small(size):
    planted = lambda x: grad(x) + np.array([0, size, 0]) * x[1]
    result = check_grad(f, planted, X)
    assert result.verdict is Verdict.MISMATCH
    assert result.quantities[0].worst.index == (1,)


def test_a_planted_relative_error_of_1e_13_is_seen():
    result = check_grad(f, lambda x: grad(x) * (1 + 1e-13), X)
    assert result.verdict is Verdict.MISMATCH


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda x: None, "is a return missing"),
        (lambda x: grad(x)[:2], r"dx has shape \(2,\), expected \(3,\)"),
        (lambda x: {"x": grad(x)}, "the structure of x"),
        (lambda x: grad(x) * 1j, "holds complex128, expected real floats"),
        (lambda x: grad(x) * np.array([1, np.nan, 1]), r"dx\[1\] is nan, expected a finite number"),
    ],
)
def test_structure_shape_type_and_finiteness_come_first(wrong, message):
    result = check_grad(f, wrong, X)
    assert result.verdict is Verdict.MISMATCH and not result.quantities
    with pytest.raises(AssertionError, match=message):
        assert_grad(f, wrong, X)


@pytest.mark.parametrize(
    ("wrong", "name", "mistake"),
    [
        (spoiling, "inputs-unchanged", "mutates-inputs"),
        (accumulating, "no-state", "accumulates-across-calls"),
        (random, "determinism", "nondeterministic"),
        (remembering, "no-state", None),
    ],
)
def test_behaviour_is_checked(wrong, name, mistake):
    CALLS.clear()
    x = X.copy()
    result = check_grad(f, wrong, x)
    failed = [check for check in result.checks if check.verdict is Verdict.MISMATCH]
    assert [(check.name, check.id) for check in failed] == [(name, mistake)]
    assert np.array_equal(x, X)


COUNTED = [0]


def counted(x):
    COUNTED[0] += 1
    return np.sum(x**2) * COUNTED[0]


CLOCK = iter(range(100_000))
UNSTABLE = {
    "a seed that is not fixed": lambda x: np.sum(x * np.random.rand(3)),
    "noise": lambda x: np.sum(x**2) + 1e-6 * np.random.rand(),
    "a counter": counted,
    "a clock": lambda x: np.sum(x**2) + next(CLOCK),
}


@pytest.mark.parametrize("name", UNSTABLE)
def test_of_a_function_that_changes_no_gradient_is_right_or_wrong(name):
    for right in (lambda x: 2 * x, lambda x: np.ones(3)):
        result = check_grad(UNSTABLE[name], right, X)
        assert (result.verdict, result.quantities) == (Verdict.INCONCLUSIVE, ())
        assert [(c.name, c.id) for c in result.checks] == [("determinism", "nondeterministic")]
        assert "fix its seed" in str(result)
    unstable = UNSTABLE[name]
    assert check_vjp(lambda x: x * unstable(x), lambda x, v: v, X).verdict is Verdict.INCONCLUSIVE
    with pytest.raises(AssertionError, match="fix its seed"):
        assert_grad(unstable, lambda x: 2 * x, X)


def test_a_gradient_that_takes_the_step_itself_is_told():
    weights = np.array([1.0, -2.0, 0.5])

    def steps(x):
        weights.__isub__(0.1 * x)
        return weights + 0.1 * x

    result = check_grad(lambda x: weights @ x, steps, X)
    failed = [check.message for check in result.checks if check.verdict is Verdict.MISMATCH]
    assert result.verdict is Verdict.MISMATCH
    assert any("the gradient changes what f reads" in message for message in failed)


def test_lost_digits_are_inaccurate_not_wrong():
    single = check_grad(f, lambda x: grad(x.astype(np.float32)).astype(np.float64), X)
    assert (single.verdict, single.quantities[0].id) == (Verdict.INACCURATE, "float32-precision")
    cancelling = check_grad(f, lambda x: grad(x) + ((x + 2.0**40) - 2.0**40 - x), X)
    assert (cancelling.verdict, cancelling.quantities[0].id) == (Verdict.INACCURATE, "unstable-formula")
    differences = check_grad(f, by_differences, X)
    assert (differences.verdict, differences.quantities[0].id) == (Verdict.INACCURATE, "numeric-gradient")
    assert_grad(f, by_differences, X)
    with pytest.raises(AssertionError, match="digits are left"):
        assert_grad(f, by_differences, X, strict=True)


DATA = np.random.default_rng(4).normal(size=(5, 3))
DATA32 = DATA.astype(np.float32)


def accumulated_in_single(x):
    g = np.zeros(3, dtype=np.float32)
    for row in DATA:
        g += 2 * (row @ x) * row
    return g.astype(np.float64) * 0.2


MIXED = {
    "both partly in float32": (
        lambda x: np.sum(np.tanh(DATA32 @ x.astype(np.float32)).astype(np.float64) ** 2),
        lambda x: (lambda t: (2 * t * (1 - t**2)) @ DATA32)(np.tanh(DATA32 @ x.astype(np.float32))).astype(np.float64),
    ),
    "the gradient partly, scaled in float64": (
        lambda x: np.mean(np.tanh(DATA @ x) ** 2),
        lambda x: (lambda t: (2 * t * (1 - t**2)).astype(np.float64) @ DATA / 5)(np.tanh((DATA @ x).astype(np.float32))),
    ),
    "a sum in float32": (lambda x: np.sum((DATA @ x) ** 2) * 0.2, accumulated_in_single),
    "a sum in float32, and more": (
        lambda x: np.sum((DATA @ x) ** 2) + 0.5 * x @ x,
        lambda x: accumulated_in_single(x) * 5 + x,
    ),
    "rounded data": (lambda x: np.sum((DATA @ x) ** 2), lambda x: 2 * DATA32.T @ (DATA32 @ x)),
    "rounded data, where balls cannot follow": (
        lambda x: np.sum((DATA @ x) ** 2),
        lambda x: np.fft.ifft(np.fft.fft(2 * DATA32.T @ (DATA32 @ x))).real,
    ),
    "rounded data of an eigenvalue": (
        lambda x: np.linalg.eigvalsh(np.outer(x, x))[-1] + np.sum((DATA @ x) ** 2),
        lambda x: 2 * x + 2 * DATA32.T @ (DATA32 @ x),
    ),
}


@pytest.mark.parametrize("name", MIXED)
def test_what_float32_explains_is_inaccurate_and_never_a_mismatch(name):
    result = check_grad(*MIXED[name], X, rng=0)
    if result.verdict is Verdict.INCONCLUSIVE:
        assert result.witness == "differences"
    else:
        assert (result.verdict, result.quantities[0].id) == (Verdict.INACCURATE, "float32-precision"), str(result)


def test_float32_excuses_only_what_it_explains():
    f, right = MIXED["rounded data"]
    assert check_grad(f, lambda x: right(x) * (1 + 1e-3), X).verdict is Verdict.MISMATCH
    in_both = lambda x: np.sum((DATA32 @ x) ** 2)
    assert check_grad(in_both, lambda x: right(x) * (1 + 2.0**-43), X).verdict is Verdict.MISMATCH
    assert check_grad(lambda x: 0.9996 * np.sum(x), lambda x: np.ones(3), X).verdict is Verdict.MISMATCH


OTHER_WAYS = {
    "type of the array": lambda x: np.sum(x**2) if type(x) is np.ndarray else 0 * np.sum(x),
    "type of a number": lambda x: sum(v * v if type(v) in (float, np.float64) else 0 * v for v in x),
    "bytes": lambda x: np.frombuffer(x.tobytes()) @ x,
}


@pytest.mark.parametrize("name", OTHER_WAYS)
def test_code_that_goes_another_way_on_balls_is_left_to_the_next_witness(name):
    result = check_grad(OTHER_WAYS[name], lambda x: 2 * x, X)
    assert result.verdict is Verdict.MATCH and not result.witness.startswith("certified")
    assert result.weaker[0][1].code in ("another-way", "float-conversion")


def test_a_gradient_that_goes_another_way_on_balls_is_judged_by_its_floats():
    slope = lambda x: 2 * x if type(x) is np.ndarray else 0 * x
    result = check_grad(lambda x: np.sum(x**2), slope, X)
    assert (result.verdict, result.formula, result.weaker[0][1].code) == (Verdict.MATCH, "unknown", "another-way")


def test_values_that_balls_do_not_know_are_left_to_the_next_witness():
    f = lambda x: np.sum(np.linalg.lstsq(np.eye(3) + 0 * x, np.ones(3), rcond=None)[3]) + 2 * x[0]
    assert check_grad(f, lambda x: np.array([2.0, 0, 0]), X).verdict is Verdict.MATCH


def test_differences_of_another_function_are_a_mismatch():
    wrong = lambda x: by_differences(x) * 1.01
    assert check_grad(f, wrong, X).verdict is Verdict.MISMATCH


CONSTANTS = {
    "a rounded decimal": (
        lambda x: np.sum(np.tanh(0.7978845608 * x)),
        lambda x: math.sqrt(2 / math.pi) * (1 - np.tanh(math.sqrt(2 / math.pi) * x) ** 2),
    ),
    "a quotient computed first": (lambda x: np.sum(x**2) * 0.1 / 7, lambda x: 2 * (0.1 / 7) * x),
    "a difference": (lambda x: np.sum(x**2) * (1 - 0.99), lambda x: 0.02 * x),
    "a product of decimals": (lambda x: 0.1 * np.sum(0.3 * x**2), lambda x: 0.06 * x),
    "a float32 scalar": (lambda x: np.sum(x**2) * np.float32(0.1), lambda x: np.float32(0.2) * x),
    "0.5 log(2 pi)": (lambda x: 0.5 * np.log(2 * np.pi) * np.sum(x), lambda x: np.full(3, 0.9189385332046727)),
}


@pytest.mark.parametrize("name", CONSTANTS)
def test_float_constants_of_correct_code_never_mismatch(name):
    result = check_grad(*CONSTANTS[name], X)
    assert result.verdict is Verdict.MATCH
    assert result.formula.startswith("equal")
    assert result.detectable < (1e-4 if result.formula == "equal within constants" else 1e-40)


def test_what_the_constants_leave_open_is_all_that_is_accepted():
    right, wrong = CONSTANTS["a rounded decimal"][0], lambda x: 0.79788457 * (1 - np.tanh(0.79788457 * x) ** 2)
    assert check_grad(right, wrong, X).verdict is Verdict.MISMATCH


def test_arrays_prepared_in_a_closure_may_be_rounded():
    data = np.random.default_rng(0).normal(size=(7, 3))
    scaled = data.T / 7
    result = check_grad(lambda w: np.sum((data @ w) ** 2) / 7, lambda w: 2 * scaled @ (data @ w), X)
    assert result.verdict is Verdict.MATCH


def test_at_a_kink_every_choice_of_subgradient_is_accepted_and_nothing_else():
    x = np.array([0.0, 1.0, -1.0])
    relu = lambda x: np.sum(np.maximum(x, 0))
    for chosen in (0.0, 0.5, 1.0):
        assert check_grad(relu, lambda x, c=chosen: np.where(x == 0, c, x > 0), x).verdict is Verdict.KINK
    for chosen in (-0.01, 1.01):
        assert check_grad(relu, lambda x, c=chosen: np.where(x == 0, c, x > 0), x).verdict is Verdict.MISMATCH
    assert check_grad(relu, lambda x: (x >= 0) * 1.001, x).verdict is Verdict.MISMATCH


def test_an_array_valued_function_is_paired_with_a_random_cotangent():
    softmax = lambda x: np.exp(x) / np.sum(np.exp(x))

    def right(x, v):
        a = softmax(x)
        return a * (v - np.sum(v * a))

    assert check_grad(softmax, right, X).verdict is Verdict.MATCH
    # Under a cotangent of ones every multiple of it would pass: sum(softmax) is constant.
    assert check_grad(softmax, lambda x, v: softmax(x) * (1 - softmax(x)) * v, X).verdict is Verdict.MISMATCH


def test_a_jacobian_is_checked_row_by_row():
    right = lambda x: np.diag(2 * x) + np.eye(3, k=1) * 3
    square = lambda x: x**2 + 3 * np.append(x[1:], 0.0)
    assert check_grad(square, right, X, jacobian=True).verdict is Verdict.MATCH
    assert check_grad(square, lambda x: right(x).T, X, jacobian=True).verdict is Verdict.MISMATCH


def test_a_wrong_entry_of_a_jacobian_is_named_by_output_and_input():
    table = lambda x: np.outer(x, x)
    right = lambda x: np.einsum("ik,j->ijk", np.eye(3), x) + np.einsum("jk,i->ijk", np.eye(3), x)
    planted = np.zeros((3, 3, 3))
    planted[1, 2, 0], planted[0, 1, 1] = 0.5, 1e-9
    result = check_grad(table, lambda x: right(x) + planted, X, jacobian=True)
    (check,) = result.quantities
    assert (check.shape, check.worst.index, check.wrong) == ((3, 3, 3), (1, 2, 0), 2)
    assert "dx[1, 2, 0] is 0.5, the true derivative is 0:" in check.message
    assert check.message.endswith("2 of 27 entries are wrong, in 2 of 9 outputs")


def test_a_jacobian_costs_a_few_runs_however_many_outputs_it_has():
    calls = []

    def table(x):
        calls.append("f")
        return np.outer(x, x)

    def right(x):
        calls.append("grad")
        return np.einsum("ik,j->ijk", np.eye(5), x) + np.einsum("jk,i->ijk", np.eye(5), x)

    assert check_grad(table, right, np.arange(1.0, 6), jacobian=True).verdict is Verdict.MATCH
    assert len(calls) < 20
    with pytest.raises(ValueError, match=r"the function returns shape \(0,\), without entries"):
        check_grad(lambda x: x[:0], lambda x: np.zeros((0, 3)), X, jacobian=True)


def test_one_function_may_give_both():
    both = lambda x: (f(x), grad(x))
    assert check_grad(both, None, X, f_and_grad=True).witness == "certified formula"
    with pytest.raises(ValueError, match="give either f and grad"):
        check_grad(both, grad, X, f_and_grad=True)


def test_structures_of_arrays():
    spec = NetworkSpec.parse("3-4:tanh-3:relu-2/cross_entropy+l2=0.1")
    rng = np.random.default_rng(3)
    params = {key: rng.normal(size=shape) for key, shape in spec.shapes.items()}
    x, y = rng.normal(size=(5, 3)), np.eye(2)[rng.integers(2, size=5)]
    result = check_grad(lambda p: cost(spec, p, x, y), lambda p: backward(spec, p, x, y), params)
    assert result.verdict is Verdict.MATCH and result.formula.startswith("equal")
    assert [q.quantity for q in result.quantities] == list(spec.keys)


def test_float32_inputs_get_the_budget_of_float32():
    x = X.astype(np.float32)
    assert check_grad(f, grad, x).verdict is Verdict.MATCH
    assert check_grad(f, lambda x: grad(x) * np.float32(1.001), x).verdict is Verdict.MISMATCH


def test_where_nothing_else_can_follow_differences_judge_and_say_why():
    slope = lambda x: 2 * np.fft.hfft(x)[0] * np.array([1.0, 2.0, 1.0])
    result = check_grad(opaque, slope, X)
    assert result.verdict is Verdict.MATCH
    assert result.witness in ("differences", "complex step") and result.detectable < 1e-6
    assert "not by certified: no-rule: there is no rule for numpy.fft.hfft" in str(result)
    assert check_grad(opaque, lambda x: 1.001 * slope(x), X).verdict is Verdict.MISMATCH


def test_differences_abstain_below_their_own_error():
    noisy = lambda x: float(np.float64(x.sum())) + 1e-3 * (hash(x.tobytes()) % 1000) / 1000
    assert check_grad(noisy, np.ones_like, X).verdict is Verdict.INCONCLUSIVE


def test_the_result_is_data_and_text():
    result = check_grad(f, lambda x: -grad(x), X, rng=7)
    data = result.to_dict()
    assert data["verdict"] == "mismatch" and data["seed"] == 7
    assert "the true derivative is" in str(result)
    assert result.report().title == "Gradient check of <lambda> as the gradient of f"
    assert "<table" in result._repr_html_()


def test_misuse_is_told_before_any_work():
    with pytest.raises(ValueError, match="method is 'exact'"):
        check_grad(f, grad, X, method="exact")
    with pytest.raises(ValueError, match="holds complex128"):
        check_grad(f, grad, X * 1j)


def test_the_keys_of_a_gradient_may_come_in_any_order() -> None:
    x = {"A": np.array([[1.0, 2.0], [3.0, 5.0]]), "b": np.array([0.5, -1.0])}

    def f(p: dict[str, np.ndarray]) -> float:
        return np.sum((p["A"] @ p["b"]) ** 2)

    def right(p: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        z = p["A"] @ p["b"]
        return {"b": 2 * p["A"].T @ z, "A": 2 * np.outer(z, p["b"])}

    result = check_grad(f, right, x)
    assert (result.verdict, result.formula) == (Verdict.MATCH, "equal")
    assert [q.quantity for q in result.quantities] == ["A", "b"]
    assert check_grad(f, lambda p: right(p) | {"A": np.outer(p["A"] @ p["b"], p["b"])}, x).verdict is Verdict.MISMATCH
    assert check_grad(lambda p: f(p["layer"]), lambda p: {"layer": right(p["layer"])}, {"layer": x}).verdict is Verdict.MATCH
    assert check_grad(f, right, x, method="numeric").verdict is Verdict.MATCH
