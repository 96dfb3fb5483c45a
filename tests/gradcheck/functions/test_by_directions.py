"""Where differences of every entry would take too long some directions are taken, and the answer says so."""

import numpy as np
import pytest

from gradcheck import check_grad, check_jvp, check_vjp
from gradcheck.certified.runs.work import surely_too_large
from gradcheck.judge.verdicts import Verdict

rng = np.random.default_rng(0)
X = rng.standard_normal((16, 12))
NET = {"W1": rng.standard_normal((40, 12)) / 3, "W2": rng.standard_normal((3, 40)) / 6}


def hidden(a):
    """The same numbers by way of bytes: balls cannot follow."""
    return np.frombuffer(np.ascontiguousarray(a).tobytes()).reshape(np.shape(a))


def net(p):
    o = np.maximum(X @ hidden(p["W1"]).T, 0) @ hidden(p["W2"]).T
    return np.sum(o**2) / 16


def backward(p, relu=True, factor=1.0):
    z = X @ p["W1"].T
    h = np.maximum(z, 0)
    d = 2 * (h @ p["W2"].T) / 16
    return {"W1": ((d @ p["W2"]) * (z > 0 if relu else 1)).T @ X, "W2": factor * d.T @ h}


def quick(f, grad, x, **options):
    return check_grad(f, grad, x, max_seconds=0.05, **options)


def test_a_right_gradient_is_never_called_wrong_where_kinks_are_crossed():
    result = quick(net, backward, NET)
    assert result.verdict in (Verdict.MATCH, Verdict.INCONCLUSIVE) and result.witness == "directions"
    assert "some directions were taken instead of every entry: differences would take about" in str(result)
    assert "max_seconds is 0.05" in str(result) and result.weaker[0][1].code != "asked"


@pytest.mark.parametrize("wrong", [{"relu": False}, {"factor": 1.01}, {"factor": -1.0}])
def test_a_wrong_one_is_found(wrong):
    result = quick(net, lambda p: backward(p, **wrong), NET)
    assert result.verdict is Verdict.MISMATCH
    assert [q.quantity for q in result.quantities if q.verdict is Verdict.MISMATCH] == (["W1"] if "relu" in wrong else ["W2"])


def test_cotangents_arrays_and_jacobians_too():
    x, table = rng.standard_normal(40), rng.standard_normal((9, 40))
    f = lambda x: np.tanh(table @ x)
    vjp = lambda x, v: table.T @ (v * (1 - np.tanh(table @ x) ** 2))
    jacobian = lambda x: (1 - np.tanh(table @ x) ** 2)[:, None] * table
    for method in ({"method": "directional"}, {"max_seconds": 0.0, "method": "numeric"}):
        assert check_grad(f, vjp, x, **method).verdict is Verdict.MATCH
        assert check_grad(f, lambda x, v: 2 * vjp(x, v), x, **method).verdict is Verdict.MISMATCH
        assert check_grad(f, jacobian, x, jacobian=True, **method).verdict is Verdict.MATCH
        bent = lambda x: jacobian(x) + (np.arange(40) == 7) * 0.01
        result = check_grad(f, bent, x, jacobian=True, **method)
        assert result.verdict is Verdict.MISMATCH
    assert check_vjp(lambda x: hidden(f(x)), vjp, x, max_seconds=0.001).verdict is Verdict.MATCH
    assert check_jvp(lambda x: hidden(f(x)), lambda x, t: jacobian(x) @ t, x, max_seconds=0.001).verdict is Verdict.MATCH


def test_a_kink_at_the_point_itself_is_no_mistake():
    x = np.array([0.0, 1.0, -1.0] * 50)
    relu = lambda x: np.sum(np.maximum(hidden(x), 0) * np.arange(150))
    for at_zero in (0.0, 0.5, 1.0):
        grad = lambda x, at_zero=at_zero: np.arange(150) * np.where(x == 0, at_zero, x > 0)
        assert quick(relu, grad, x).verdict is not Verdict.MISMATCH


def test_short_formats_are_not_taken_for_wrong():
    f = lambda x: np.float32(np.sum(np.tanh(hidden(x).astype(np.float32))))
    assert quick(f, lambda x: 1 / np.cosh(x) ** 2, rng.standard_normal(2000)).verdict is not Verdict.MISMATCH


def test_what_a_tape_cannot_hold_is_known_beforehand():
    x = rng.standard_normal(30_000)

    def many(x):
        return sum(np.sum(np.sin(x * k)) for k in range(80))

    assert surely_too_large(many, x) and not surely_too_large(lambda x: np.sum(np.sin(x)), x)
    assert not surely_too_large(lambda x: np.sum(x.nosuch), x)
    result = check_grad(many, lambda x: sum(k * np.cos(x * k) for k in range(80)), x)
    assert result.verdict is Verdict.MATCH and result.weaker[0][1].code == "memory" and result.witness == "directions"
