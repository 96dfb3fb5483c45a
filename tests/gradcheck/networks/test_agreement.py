"""The judge's own checks may not contradict each other: where every entry is right, no property fails, and rounding is none."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from gradcheck.judge.verdicts import Verdict
from gradcheck.properties import invariants
from gradcheck.properties.check import check_properties
from gradcheck.properties.subject import exactly
from gradcheck.submissions.validation import validate
from gradcheck.witnesses.points import safe_point
from reference_nets.network import backward
from reference_nets.spec import NetworkSpec

GOOD = (Path(__file__).parents[2] / "submissions" / "right" / "plain_loop.py").read_text()
NETWORK = "3-4-2"

STUDENT = """
import numpy as np
def loss_and_slopes(W, X, y):
    n = len(y)
    s = X @ W
    p = np.exp(s - s.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    value = -np.log(p[np.arange(n), y]).mean()
    p[np.arange(n), y] -= 1
    return value, X.T @ p / n
"""
ADAPTER = """
import numpy as np
class Adapter:
    def __init__(self, module):
        self.module = module
    def gradient(self, network, params, x, y):
        W = np.vstack([params["W1"].T, params["b1"]])
        X = np.hstack([x, np.ones((len(x), 1))])
        _, dW = self.module.loss_and_slopes(W, X, y.argmax(axis=1))
        return {"W1": dW[:-1].T, "b1": dW[-1]}
"""
DECLARED = ADAPTER.replace("class Adapter:", "class Adapter:\n    y = 'labels'")


@pytest.fixture
def judged(tmp_path):
    def of(source: str, network: str = NETWORK, *, adapter: str = "", examples: int = 10):
        (tmp_path / "student.py").write_text(source)
        (tmp_path / "adapter.py").write_text(adapter)
        contract = str(tmp_path / "adapter.py") if adapter else "auto"
        return validate(tmp_path / "student.py", network=network, contract=contract, examples=examples)

    return of


@pytest.mark.parametrize("network", ["4-3/cross_entropy", "2-5/cross_entropy", "3-2:softmax/bce"])
@pytest.mark.parametrize("adapter", [ADAPTER, DECLARED, DECLARED.replace("y.argmax(axis=1)", "y")])
def test_an_adapter_may_hand_on_labels(network, adapter, judged):
    student = STUDENT
    if network.endswith("bce"):  # of two softmax outputs: - ln p_y - ln (1 - p_other) = - 2 ln p_y
        student = student.replace("X.T @ p / n", "2 * X.T @ p / n")
    result = judged(student, network, adapter=adapter)
    assert (result.verdict, result.score, result.exit_code) == ("pass", result.max_score, 0), result
    assert "label" in result.conventions["y"] or "class" in result.conventions["y"]


@pytest.mark.parametrize("adapter", [ADAPTER, DECLARED])
def test_labels_are_no_excuse(adapter, judged):
    for wrong in (STUDENT.replace("X.T @ p / n", "X.T @ p"), STUDENT.replace("-= 1", "+= 1")):
        assert judged(wrong, "4-3/cross_entropy", adapter=adapter, examples=0).verdict == "fail"


def test_an_adapter_that_says_something_else_of_y_is_told(judged):
    result = judged(STUDENT, "4-3/cross_entropy", adapter=DECLARED.replace("'labels'", "'classes'"))
    assert "expected 'one-hot' or 'labels'" in result.error.message


SOFTMAX = """
import numpy as np
def backward(params, x, y):
    (W, b), = params
    z = x @ W.T + b
    p = np.exp(z - z.max(axis=1, keepdims=True))
    p = p / p.sum(axis=1, keepdims=True)
    {delta}
    d = d / len(x)
    return [(d.T @ x, d.sum(axis=0))]
"""


@pytest.mark.parametrize(
    "delta",
    [
        "d = p.copy(); d[np.arange(len(x)), y.argmax(axis=1)] -= 1",
        "d = p - (y == 1)",
        "d = p - y.astype(int)",
        "d = p - np.eye(y.shape[1])[np.argmax(y, axis=1)]",
        "d = p - (y > 0.5)",
        "d = p - np.round(y)",
    ],
)
def test_a_file_that_reads_the_class_of_each_row_is_right(delta, judged):
    result = judged(SOFTMAX.format(delta=delta), "4-3/cross_entropy")
    assert (result.verdict, result.score) == ("pass", result.max_score), result
    wrong = judged(SOFTMAX.format(delta=delta.replace("p - ", "p + ").replace("-= 1", "+= 1")), "4-3/cross_entropy")
    assert wrong.verdict == "fail"


FALSE = invariants.Property("false", "Every gradient is one.", "g = 1", lambda _: True, lambda s: iter(_ones(s)))


def _ones(s):
    for key, g in s.here.items():
        yield f"d{key}", g, exactly(np.ones_like(g.value))


@pytest.fixture
def a_false_property(monkeypatch):
    monkeypatch.setattr(invariants, "PROPERTIES", (*invariants.PROPERTIES, FALSE))


@pytest.mark.usefixtures("a_false_property")
def test_a_property_that_fails_where_all_entries_match_is_the_checkers_fault(judged):
    result = judged(GOOD)
    assert (result.verdict, result.exit_code, result.score) == ("ungradable", 4, result.max_score)
    (row,) = (row for row in result.rows if row.is_checkers_fault)
    assert (row.quantity, row.verdict) == ("false", Verdict.SKIPPED)
    assert "a fault of the checker" in str(result)
    assert result.counterexample is None


@pytest.mark.usefixtures("a_false_property")
def test_a_wrong_gradient_stays_wrong_beside_a_fault_of_the_checker(judged):
    result = judged(GOOD.replace("* a * (1 - a) / len(x)", "/ len(x)"))
    assert (result.verdict, result.exit_code) == ("fail", 1)


@pytest.mark.usefixtures("a_false_property")
def test_the_library_says_so_too():
    spec = NetworkSpec.parse(NETWORK)
    (row,) = (r for r in check_properties(partial(backward, spec), spec, examples=3, shrink=1) if r.name == "false")
    assert (row.verdict, row.is_checkers_fault, row.counterexample) == (Verdict.INCONCLUSIVE, True, None)
    twice = check_properties(lambda *at: {k: 2 * g for k, g in backward(spec, *at).items()}, spec, examples=3)
    assert {r.verdict for r in twice if r.name == "false"} == {Verdict.MISMATCH}


@pytest.mark.parametrize("wrong", ["if len(x) == 1: delta = 2 * delta", "if len(x) == 2: delta = delta * 1.5"])
def test_an_entry_that_is_wrong_at_a_propertys_point_is_a_wrong_entry(wrong, judged):
    source = GOOD.replace("    grads = ", f"    {wrong}\n    grads = ", 1)
    assert wrong in source
    result = judged(source)
    assert result.verdict == "fail"
    assert Verdict.MISMATCH in {row.verdict for row in result.rows if row.name == "gradient"}


# Wrong by a factor, or for want of a factor: where y = a_L they add nothing but rounding, of their own size.
NOISY = {
    "sum": lambda g, m: {key: m * value for key, value in g.items()},
    "a large factor": lambda g, m: {key: 1e6 * value for key, value in g.items()},
    "a small factor": lambda g, m: {key: 1e-6 * value for key, value in g.items()},
}


@pytest.mark.parametrize("name", NOISY)
@pytest.mark.parametrize("network", ["3-4-2", "3-4:tanh-2", "2-3:relu-2/cross_entropy", "3-4-2/bce", "4-3:tanh-1/mse"])
def test_rounding_of_a_wrong_gradient_violates_no_property(name, network):
    spec = NetworkSpec.parse(network)
    results = check_properties(lambda p, x, y: NOISY[name](backward(spec, p, x, y), len(x)), spec, examples=8, seed=1, shrink=0)
    held = {result.name for result in results if result.verdict is Verdict.MATCH}
    assert {"zero-error", "permuted-batch", "permuted-units", "constant-input"} <= held
    assert ("softmax-shift" in held) is ("cross_entropy" in network)


@pytest.mark.parametrize("network", ["3-4-2", "3-4:tanh-2:sigmoid", "5-4:relu-3:tanh", "3-2/quadratic"])
@pytest.mark.parametrize("scale", [1.0, 20.0])
def test_a_missing_slope_is_no_error_where_there_is_none(network, scale):
    """``delta_L = a - y`` without phi': at saturated units the right gradient and its budget are far smaller."""
    spec = NetworkSpec.parse(network)
    linear = replace(spec, activations=(*spec.activations[:-1], "identity"))

    def without_slope(p, x, y):
        a = [x]
        for l in spec.layers:
            z = a[-1] @ p[f"W{l}"].T + p[f"b{l}"]
            a.append(_phi(spec.activations[l - 1], z))
        return backward(linear, p, x, z - (a[-1] - y))  # of the linear network delta is a - y, then

    (zero_error,) = (row for row in invariants.PROPERTIES if row.name == "zero-error")
    for seed in range(10):
        point = safe_point(spec, np.random.default_rng(seed))
        params = {**point.params, f"W{spec.L}": scale * point.params[f"W{spec.L}"]}
        assert zero_error.violation(without_slope, spec, params, point.x, point.y) is None


def _phi(name, z):
    return {"sigmoid": lambda v: 1 / (1 + np.exp(-v)), "tanh": np.tanh, "relu": lambda v: np.maximum(v, 0)}[name](z)
