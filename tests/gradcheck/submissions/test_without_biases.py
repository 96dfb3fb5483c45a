"""Files whose parameters are W alone, and files whose cost has the biases in its regulariser."""

import pytest

from gradcheck.submissions.validation import validate
from reference_nets.spec import NetworkSpec

BY_NAME = """import numpy as np
def sigmoid(z): return 1 / (1 + np.exp(-z))
def backward(W1, W2, x, y):
    h = sigmoid(x @ W1)
    o = sigmoid(h @ W2)
    d2 = (o - y) * o * (1 - o) / len(x)
    d1 = (d2 @ W2.T) * h * (1 - h)
    return x.T @ d1, h.T @ d2
"""
LOOPS = """import math
def backward(params, x, y):
    (W,), m = params, len(x)
    dW = [[0.0] * len(W[0]) for _ in W]
    for e in range(m):
        for j in range(len(W)):
            a = 1 / (1 + math.exp(-sum(W[j][i] * x[e][i] for i in range(len(W[j])))))
            for i in range(len(W[j])):
                dW[j][i] += (a - y[e][j]) * x[e][i] / m
    return [dW]
"""
BY_KEY = """import numpy as np
def sigmoid(z): return 1 / (1 + np.exp(-z))
def backward(params, x, y):
    W1, W2 = params["W1"], params["W2"]
    a1 = sigmoid(x @ W1.T)
    a2 = sigmoid(a1 @ W2.T)
    delta2 = (a2 - y) * a2 * (1 - a2) / len(x)
    delta1 = delta2 @ W2
    return {"dW1": delta1.T @ x, "dW2": delta2.T @ a1}
"""
COLUMNS = """import numpy as np
def forward_propagation(X, parameters):
    A1 = np.tanh(parameters["W1"] @ X)
    return 1 / (1 + np.exp(-parameters["W2"] @ A1)), A1
def backward_propagation(parameters, cache, X, Y):
    A2, _ = forward_propagation(X, parameters)
    dZ2 = (A2 - Y) / X.shape[1]
    dZ1 = parameters["W2"].T @ dZ2 * (1 - cache**2)
    return {"dW1": dZ1 @ X.T, "dW2": dZ2 @ cache.T}
"""
CLASS = """import numpy as np
class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size):
        self.params = {{"W1": np.ones((input_size, hidden_size)), "b1": np.zeros(hidden_size),
                       "W2": np.ones((hidden_size, output_size)), "b2": np.zeros(output_size)}}
    def loss(self, X, y, reg=0.0):
        W1, b1, W2, b2 = (self.params[k] for k in ("W1", "b1", "W2", "b2"))
        n = len(X)
        h = np.maximum(0, X @ W1 + b1)
        s = h @ W2 + b2
        p = np.exp(s - s.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        value = -np.log(p[np.arange(n), y]).mean() + {factor} * reg * sum((w**2).sum() for w in ({regularised}))
        d = p.copy()
        d[np.arange(n), y] -= 1
        d /= n
        e = (d @ W2.T) * (h > 0)
        grads = {{"W2": h.T @ d, "b2": d.sum(0), "W1": X.T @ e, "b1": e.sum(0)}}
        for k, w in self.params.items():
            if k[0] in "{letters}":
                grads[k] = grads[k] + 2 * {factor} * reg * w
        return value, grads
"""
BOTH, ALONE = "W1, W2, b1, b2", "W1, W2"


@pytest.fixture
def judged(tmp_path):
    def judge(source, network):
        (tmp_path / "student.py").write_text(source)
        return validate(tmp_path / "student.py", network=network, examples=0)

    return judge


@pytest.mark.parametrize(
    ("source", "network"), [(BY_NAME, "3-4-1+nobias"), (LOOPS, "3-2/bce+nobias"), (COLUMNS, "3-4:tanh-1/bce+nobias")]
)
def test_a_right_file_without_biases_passes(judged, source, network):
    result = judged(source, network)
    assert result.verdict == "pass" and result.score == result.max_score == NetworkSpec.parse(network).L


def test_a_mistake_in_one_is_named_with_its_line(judged):
    result = judged(BY_KEY, "3-4-2+nobias")
    assert (result.verdict, result.first_wrong_line) == ("fail", 8)
    assert [one.id for one in result.diagnoses] == ["missing-hidden-activation-derivative"]
    assert "db1" not in str(result.to_dict())


def test_named_with_biases_it_is_told_what_it_is_and_the_network_to_name(judged):
    other = "3-4:sigmoid-1:sigmoid/quadratic+nobias"
    result = judged(BY_NAME, "3-4-1")
    assert result.verdict == "error" and result.error.message.key == "submissions.takes-no-biases"
    assert result.error.message.values["other"] == other and result.error.message.values["outcome"] == "it is right"
    assert judged(BY_KEY, "3-4-1").error.message.values["outcome"] == "it is wrong as well"


def test_a_file_with_biases_is_told_so_where_the_network_has_none(judged):
    source = CLASS.format(factor=1, regularised=ALONE, letters="W")
    result = judged(source, "4-5:relu-3/cross_entropy+nobias")
    assert result.error.message.key == "submissions.takes-biases" and result.error.message.values["outcome"] == "it is right"


@pytest.mark.parametrize("factor", ["1", "0.5", "0.5 / n"])
def test_a_cost_with_the_biases_in_it_is_a_convention_that_is_told(judged, factor):
    source = CLASS.format(factor=factor, regularised=BOTH, letters="Wb")
    result = judged(source, "4-5:relu-3/cross_entropy+l2=0.1")
    (loss,) = [row.check.message for row in result.rows if row.name == "loss"]
    assert result.verdict == "pass" and "the biases are in the L2 term, too (in the notation +l2b=)" in loss


def test_with_the_right_notation_nothing_is_to_be_told_and_the_other_way_round(judged):
    both = judged(CLASS.format(factor=1, regularised=BOTH, letters="Wb"), "4-5:relu-3/cross_entropy+l2b=0.1")
    assert both.verdict == "pass" and both.conventions["cost"] == "as the notation"
    alone = judged(CLASS.format(factor=1, regularised=ALONE, letters="W"), "4-5:relu-3/cross_entropy+l2b=0.1")
    assert alone.verdict == "pass" and "the biases are not in the L2 term" in alone.conventions["cost"]


@pytest.mark.parametrize(("regularised", "letters"), [(BOTH, "W"), (ALONE, "Wb")])
def test_a_gradient_that_does_not_go_with_its_own_cost_is_wrong_under_one_of_the_notations(judged, regularised, letters):
    source = CLASS.format(factor=1, regularised=regularised, letters=letters)
    wrong = "l2b" if letters == "W" else "l2"
    assert judged(source, f"4-5:relu-3/cross_entropy+{wrong}=0.1").verdict == "fail"
