"""The rules of peers, as implemented here, give the verdicts of the peers' own calls, where those are installed."""

import numpy as np
import pytest

from gradcheck.verification.peer_rules import RULES, RuleCase

X = np.array([0.3, 1.1, -0.4, 2.0])
WEIGHTS = np.array([1.0, -2.0, 0.5, 1.5])
ONE = np.array([0.0, 0.0, 1.0, 0.0])
ALL = np.ones(4)

# offset and factor of the cost, factor on the true gradient; chosen so that no draw of a direction decides.
CASES = {
    "right": (0.0, 1.0, ALL),
    "an error of 1e-9": (0.0, 1.0, ALL * (1 + 1e-9)),
    "an error of 6e-6 in a large gradient": (0.0, 1e4, ALL * (1 + 6e-6)),
    "an error of 1e-4": (0.0, 1.0, ALL * (1 + 1e-4)),
    "an error of 5 percent": (0.0, 1.0, ALL * 1.05),
    "the sign": (0.0, 1.0, -ALL),
    "one entry of four": (0.0, 1.0, ALL + ONE),
    "a tiny gradient, doubled": (0.0, 1e-7, 2 * ALL),
    "right, with 1e10 added to the cost": (1e10, 1.0, ALL),
}
SEEDS = range(5)


def cost(lib, x, offset, factor):
    return offset + factor * lib.sum(lib.sin(x) * WEIGHTS_OF[lib.__name__](WEIGHTS))


def _torch(value):
    import torch

    return torch.tensor(value)


WEIGHTS_OF = {"numpy": np.asarray, "torch": _torch, "jax.numpy": np.asarray, "autograd.numpy": np.asarray}


def claimed(case):
    _, factor, off = CASES[case]
    return factor * WEIGHTS * np.cos(X) * off


def ruled(name, case):
    """The rule's verdict; the same for every seed."""
    offset, factor, _ = CASES[case]
    f = lambda x: float(cost(np, x, offset, factor))
    rejected = {RULES[name](RuleCase(f, X, claimed(case), (4,)), np.random.default_rng(seed)) for seed in SEEDS}
    assert len(rejected) == 1, f"{name} depends on its draw"
    return rejected.pop()


@pytest.mark.extra("torch")
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize(("name", "fast"), [("torch gradcheck", False), ("torch fast_mode", True)])
def test_torch_gradcheck_says_the_same(name, fast, case):
    import torch

    offset, factor, _ = CASES[case]

    class Claimed(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return cost(torch, x, offset, factor)

        @staticmethod
        def backward(ctx, cotangent):
            return cotangent * torch.tensor(claimed(case))

    x = torch.tensor(X, requires_grad=True)
    accepted = torch.autograd.gradcheck(Claimed.apply, x, raise_exception=False, fast_mode=fast)
    assert accepted is not ruled(name, case)


@pytest.mark.extra("jax")
@pytest.mark.parametrize("case", CASES)
def test_jax_check_grads_says_the_same(case):
    import jax
    from jax.test_util import check_grads

    offset, factor, _ = CASES[case]
    f = jax.custom_vjp(lambda x: cost(jax.numpy, x, offset, factor))
    f.defvjp(lambda x: (cost(jax.numpy, x, offset, factor), None), lambda _, g: (g * claimed(case),))
    with jax.enable_x64(True):
        assert raises(lambda: check_grads(f, (jax.numpy.asarray(X),), order=1, modes=["rev"])) is ruled("JAX check_grads", case)


@pytest.mark.extra("autograd")
@pytest.mark.parametrize("case", CASES)
def test_autograd_check_grads_says_the_same(case):
    import autograd.numpy as anp
    from autograd.extend import defvjp, primitive
    from autograd.test_util import check_grads

    offset, factor, _ = CASES[case]
    f = primitive(lambda x: cost(anp, x, offset, factor))
    defvjp(f, lambda _, x: lambda g: g * claimed(case))
    assert raises(lambda: check_grads(f, modes=["rev"], order=1)(X)) is ruled("HIPS autograd", case)


@pytest.mark.extra("scipy")
@pytest.mark.parametrize("case", CASES)
def test_scipy_check_derivative_says_the_same(case):
    from scipy.optimize._numdiff import check_derivative

    offset, factor, _ = CASES[case]
    accuracy = check_derivative(lambda x: cost(np, x, offset, factor), lambda x: claimed(case), X)
    assert bool(accuracy > 1e-6) is ruled("scipy", case)


@pytest.mark.extra("pytensor")
@pytest.mark.parametrize("case", CASES)
def test_pytensor_verify_grad_says_the_same(case):
    import pytensor.tensor as pt
    from pytensor.compile.mode import Mode
    from pytensor.gradient import verify_grad
    from pytensor.graph.basic import Apply
    from pytensor.graph.op import Op

    offset, factor, _ = CASES[case]

    class Claimed(Op):
        def make_node(self, x):
            return Apply(self, [pt.as_tensor_variable(x)], [pt.dscalar()])

        def perform(self, node, inputs, outputs):
            outputs[0][0] = np.asarray(cost(np, inputs[0], offset, factor))

        def pullback(self, inputs, outputs, cotangents):
            return [cotangents[0] * pt.constant(claimed(case))]

    rejected = raises(
        lambda: verify_grad(Claimed(), [X], rng=np.random.default_rng(1), mode=Mode(linker="py", optimizer=None)),
    )
    assert rejected is ruled("pytensor", case)


def raises(call):
    """Whether the call ends with an AssertionError, or pytensor's own error of a gradient."""
    try:
        call()
    except Exception as error:
        if isinstance(error, AssertionError) or type(error).__name__ == "GradientError":
            return True
        raise
    return False


def test_the_cases_tell_the_rules_apart():
    verdicts = {name: {case for case in CASES if ruled(name, case)} for name in ("torch gradcheck", "JAX check_grads", "scipy")}
    assert verdicts["torch gradcheck"] < verdicts["JAX check_grads"] < verdicts["scipy"]
    plain = {"an error of 5 percent", "the sign", "one entry of four"}
    assert all(plain <= rejected and "right" not in rejected for rejected in verdicts.values())
