"""Gradients of other libraries, judged as they are installed; right ones pass, planted mistakes do not."""

import numpy as np
import pytest

from gradcheck.ecosystems import autograd_pair, jax_pair, mlp_pair, torch_pair
from gradcheck.functions.check import assert_grad, check_grad
from gradcheck.judge.verdicts import Verdict

X = np.array([0.5, -1.25, 2.0])


def cube(x):
    return x**3


def torch_cube(factor):
    import torch

    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx, cotangent):
            (x,) = ctx.saved_tensors
            return cotangent * factor * x**2

    return Cube.apply


@pytest.mark.extra("torch")
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("formula", [None, cube])
def test_an_autograd_function_is_right_or_wrong(dtype, formula):
    right = check_grad(*torch_pair(torch_cube(3), formula=formula), X.astype(dtype), rng=1)
    assert right.verdict is Verdict.MATCH, str(right)
    assert right.witness.startswith("certified" if formula else "complex step")
    wrong = check_grad(*torch_pair(torch_cube(3.001), formula=formula), X.astype(dtype), rng=1)
    assert wrong.verdict is Verdict.MISMATCH, str(wrong)
    with pytest.raises(AssertionError, match=r"dx\[\d\] is .*, the true derivative is"):
        assert_grad(*torch_pair(torch_cube(3.001), formula=cube), X.astype(dtype), rng=1)


@pytest.mark.extra("torch")
def test_an_error_that_torch_gradcheck_lets_pass_is_seen_with_a_formula():
    import torch

    wrong = torch_cube(3 * (1 + 1e-9))
    assert torch.autograd.gradcheck(wrong, torch.tensor(X, requires_grad=True))
    assert check_grad(*torch_pair(wrong, formula=cube), X, rng=1).verdict is Verdict.MISMATCH


@pytest.mark.extra("torch")
def test_a_model_of_float32_weights_over_its_parameters():
    import torch

    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2))
    inputs = torch.linspace(-1, 1, 15).reshape(5, 3)

    def loss(params):
        return torch.func.functional_call(model, params, inputs.to(params["0.weight"].dtype)).square().mean()

    def formula(params):
        hidden = np.tanh(np.linspace(-1, 1, 15, dtype=np.float32).reshape(5, 3) @ params["0.weight"].T + params["0.bias"])
        return np.mean((hidden @ params["2.weight"].T + params["2.bias"]) ** 2)

    params = {key: value.detach().numpy().copy() for key, value in model.named_parameters()}
    alone = check_grad(*torch_pair(loss), params, rng=1)
    assert alone.verdict is Verdict.MATCH and alone.witness == "complex step", str(alone)
    proven = check_grad(*torch_pair(loss, formula=formula), params, rng=1)
    assert proven.verdict is Verdict.MATCH and proven.witness.startswith("certified"), str(proven)
    fixed = check_grad(*torch_pair(torch_cube(3), dtype=np.float32), X.astype(np.float32), rng=1)
    assert fixed.verdict is Verdict.MATCH and fixed.witness == "differences", str(fixed)


@pytest.mark.extra("torch")
def test_a_parameter_that_the_output_ignores_has_the_gradient_zero():
    pair = torch_pair(lambda p: (p[0] ** 2).sum(), formula=lambda p: np.sum(p[0] ** 2))
    assert check_grad(*pair, [X, X[:2]], rng=1).verdict is Verdict.MATCH


@pytest.mark.extra("torch")
def test_a_formula_of_another_function_is_refused():
    with pytest.raises(ValueError, match="they are not the same function"):
        check_grad(*torch_pair(torch_cube(3), formula=lambda x: x**3 + 1e-3), X, rng=1)


@pytest.mark.extra("torch")
def test_balls_are_told_not_to_enter():
    told = str(check_grad(*torch_pair(torch_cube(3)), X, rng=1))
    assert "foreign-code: PyTorch takes floats alone; its formula in NumPy could be followed" in told


@pytest.mark.extra("jax")
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_custom_vjp_of_jax_is_right_or_wrong(dtype):
    import jax
    import jax.numpy as jnp

    def sine(factor):
        f = jax.custom_vjp(lambda x: jnp.sum(jnp.sin(x)))
        f.defvjp(lambda x: (jnp.sum(jnp.sin(x)), x), lambda x, cotangent: (factor * cotangent * jnp.cos(x),))
        return f

    x = X.astype(dtype)
    formula = lambda x: np.sum(np.sin(x))
    assert check_grad(*jax_pair(sine(1)), x, rng=1).verdict is Verdict.MATCH
    assert check_grad(*jax_pair(sine(1), formula=formula), x, rng=1).verdict is Verdict.MATCH
    assert check_grad(*jax_pair(sine(1.01)), x, rng=1).verdict is Verdict.MISMATCH
    slightly = 1 + (1e-12 if dtype is np.float64 else 1e-4)
    assert check_grad(*jax_pair(sine(slightly), formula=formula), x, rng=1).verdict is Verdict.MISMATCH
    assert jnp.zeros(1).dtype == jnp.float32  # 64 bits were on within the calls only


@pytest.mark.extra("jax")
def test_a_jax_function_to_an_array_over_a_dict():
    import jax.numpy as jnp

    pair = jax_pair(lambda p: jnp.tanh(p["W"] @ p["b"]))
    assert check_grad(*pair, {"W": np.arange(6.0).reshape(2, 3) / 7, "b": X}, rng=1).verdict is Verdict.MATCH


@pytest.mark.extra("autograd")
def test_autograd_is_judged_by_its_own_code_on_balls():
    import autograd.numpy as anp
    from autograd.extend import defvjp, primitive

    found = check_grad(*autograd_pair(lambda p: anp.tanh(p["a"]) * p["b"][0]), {"a": X, "b": X[::-1].copy()}, rng=1)
    assert found.verdict is Verdict.MATCH and found.witness.startswith("certified value"), str(found)
    square = primitive(lambda x: x**2)
    defvjp(square, lambda _, x: lambda g: g * 2.0000001 * x)
    assert check_grad(*autograd_pair(lambda x: anp.sum(square(x))), X, rng=1).verdict is Verdict.MISMATCH


def trained(kind, activation, dtype=np.float64):
    import warnings

    from sklearn.neural_network import MLPClassifier, MLPRegressor

    inputs, labels = np.random.default_rng(0).normal(size=(12, 3)).astype(dtype), np.arange(12) % 3
    model = {"classes": MLPClassifier, "numbers": MLPRegressor}[kind]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it need not converge
        fitted = model(hidden_layer_sizes=(4, 3), activation=activation, max_iter=3, random_state=0).fit(inputs, labels)
    targets = np.eye(3, dtype=dtype)[labels] if kind == "classes" else labels[:, None].astype(dtype)
    return fitted, inputs, targets


@pytest.mark.extra("sklearn")
@pytest.mark.parametrize("kind", ["classes", "numbers"])
@pytest.mark.parametrize("activation", ["tanh", "logistic", "relu"])
def test_the_mlp_of_scikit_learn_is_proven_as_it_is(kind, activation):
    found = check_grad(*mlp_pair(*trained(kind, activation)), rng=1)
    assert found.verdict is Verdict.MATCH and found.witness == "certified formula", str(found)


@pytest.mark.extra("sklearn")
def test_an_mlp_of_float32_is_judged_by_the_digits_of_float32():
    *pair, at = mlp_pair(*trained("classes", "tanh", np.float32))
    assert at["coefs"][0].dtype == np.float32
    found = check_grad(*pair, at, rng=1)
    assert found.verdict is Verdict.MATCH, str(found)
    assert 1e-9 < max(q.budget for q in found.quantities) < 1e-4


@pytest.mark.extra("sklearn")
def test_a_mistake_in_the_mlp_is_seen(monkeypatch):
    from sklearn.neural_network import _base

    def wrong(a, delta):
        delta *= 1 - a

    monkeypatch.setitem(_base.DERIVATIVES, "tanh", wrong)
    found = check_grad(*mlp_pair(*trained("classes", "tanh")), rng=1)
    assert found.verdict is Verdict.MISMATCH
    assert {q.quantity for q in found.quantities if q.verdict is Verdict.MATCH} == {"coefs[2]", "intercepts[2]"}


@pytest.mark.extra("sklearn")
def test_labels_that_are_not_one_hot_are_refused():
    model, inputs, _ = trained("classes", "tanh")
    with pytest.raises(ValueError, match=r"y has shape \(12,\), expected \(12, 3\).*one-hot"):
        mlp_pair(model, inputs, np.arange(12) % 3)
