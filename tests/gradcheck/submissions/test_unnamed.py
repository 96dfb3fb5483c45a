"""A file whose network nobody named: it is told by the file's own answers, or what cannot be told is said."""

import numpy as np
import pytest

from gradcheck.sentences.sentence import Sentence, told
from gradcheck.submissions.answers.fitting import ToldBy, TrialAnswer, candidates, fitting
from gradcheck.submissions.validation import Grade, validate
from reference_nets.network import backward, cost, forward
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec

SIZES = NetworkSpec.parse("4-5-3/bce")
EVERY = [str(spec) for spec in candidates(SIZES)]


def points(far=1.0):
    rng = np.random.default_rng(8)
    for width in (1.0, 2.0, 3.0):
        params = {key: width * rng.uniform(-1, 1, shape) for key, shape in SIZES.shapes.items()}
        yield Point(params, rng.uniform(-1, 1, (6, 4)), far * np.eye(3)[[0, 2, 1, 0, 1, 2]])


def answers(text, *offers, grads=lambda grads: grads, far=1.0):
    spec = NetworkSpec.parse(text)
    for point in points(far):
        given = point.params, point.x
        output = forward(spec, *given) if "forward" in offers else None
        value = cost(spec, *given, point.y) if "loss" in offers else None
        yield TrialAnswer(point, grads(backward(spec, *given, point.y)), output, value)


def wrong_below(grads):
    """Only the output layer is right."""
    return grads | {key: np.cos(1 + grads[key]) for key in ("W1", "b1")}


def wrong(grads):
    return {key: np.cos(1 + value) for key, value in grads.items()}


def times(factor):
    return lambda grads: {key: factor * value for key, value in grads.items()}


@pytest.mark.parametrize("text", EVERY[:: len(EVERY) // 25])
@pytest.mark.parametrize("offers", [(), ("forward",), ("forward", "loss")])
@pytest.mark.parametrize("grads", [dict, wrong_below])
def test_the_network_is_among_what_fits_and_nothing_else_is(text, offers, grads):
    found = fitting(candidates(SIZES), list(answers(text, *offers, grads=grads)))
    if len(found.networks) > 1:  # quadratic and huber differ beyond the threshold alone
        found = fitting(found.networks, list(answers(text, *offers, grads=grads, far=4.0)))
    assert [str(one) for one in found.networks] == [text]


def test_a_cost_tells_though_the_whole_gradient_is_wrong():
    found = fitting(candidates(SIZES), list(answers("4-5:tanh-3:softmax/cross_entropy", "forward", "loss", grads=wrong)))
    assert str(found.network) == "4-5:tanh-3:softmax/cross_entropy"
    assert found.by == (ToldBy.OUTPUT, ToldBy.COST)


def test_a_wrong_gradient_alone_tells_nothing_and_an_output_alone_no_cost():
    text = "4-5:tanh-3:sigmoid/quadratic"
    assert fitting(candidates(SIZES), list(answers(text, grads=wrong))).networks == ()
    several = fitting(candidates(SIZES), list(answers(text, "forward", grads=wrong))).networks
    assert {one.activations for one in several} == {("tanh", "sigmoid")} and len(several) == 5


def test_a_factor_of_the_gradient_leaves_the_costs_that_differ_by_one():
    found = fitting(candidates(SIZES), list(answers("4-5:tanh-3:identity/quadratic", grads=times(3.0))))
    assert {one.cost for one in found.networks} >= {"quadratic", "mse"} and found.by == (ToldBy.MULTIPLE,)


@pytest.mark.parametrize("slip", [1e-7, 1e-10])
def test_what_is_beyond_rounding_is_not_reproduced(slip):
    given = [
        TrialAnswer(one.point, one.grads, one.output * (1 + slip), one.cost)
        for one in answers("4-5:tanh-3:sigmoid/quadratic", "forward", "loss")
    ]
    assert fitting(candidates(SIZES), given).foreign is ToldBy.OUTPUT


HEAD = """import numpy as np
def sig(z): return 1 / (1 + np.exp(-z))
def softmax(z): return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
"""
FUNCTIONS = """def forward(params, x):
    (W1, b1), (W2, b2) = params
    z = x @ W1.T + b1
    return {output}
def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    z = x @ W1.T + b1
    h = {hidden}
    s = h @ W2.T + b2
    a = {output}
    d2 = {delta}
    d1 = d2 @ W2 * ({slope})
    return [(d1.T @ x, d1.sum(0)), (d2.T @ h, d2.sum(0))]
"""


def functions(hidden, slope, output, delta, loss=""):
    """A file of the contract functions."""
    whole = f"def loss(params, x, y):\n    a, m = forward(params, x), len(x)\n    return {loss}\n" if loss else ""
    body = FUNCTIONS.replace("return {output}", "h = {hidden}\n    s = h @ W2.T + b2\n    return {output}")
    return HEAD + body.format(hidden=hidden, slope=slope, output=output, delta=delta.replace("/m", "/len(x)")) + whole


CLASS = (
    HEAD
    + """class Net:
    def __init__(self{arguments}):
        {before}
        self.W1, self.b1 = np.random.randn(n_in, n_hidden), np.zeros(n_hidden)
        self.W2, self.b2 = np.random.randn(n_hidden, n_out), np.zeros(n_out)
    def forward(self, X):
        self.h = np.tanh(X @ self.W1 + self.b1)
        self.o = sig(self.h @ self.W2 + self.b2)
        return self.o
    def backward(self, X, y, lr=0.1):
        d2 = (self.o - y) * self.o * (1 - self.o)
        d1 = d2 @ self.W2.T * ({slope})
        self.W2 -= lr * self.h.T @ d2
        self.b2 -= lr * d2.sum(0)
        self.W1 -= lr * X.T @ d1
        self.b1 -= lr * d1.sum(0)
"""
)
DEFAULTS = {"arguments": ", n_in=2, n_hidden=3, n_out=1", "before": "pass"}
FIXED = {"arguments": "", "before": "n_in, n_hidden, n_out = 2, 3, 1"}
SCRIPT = (
    HEAD
    + """X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
y = np.array([[0], [1], [1], [0]])
W1, b1, W2, b2 = np.random.rand(2, 3), np.zeros((1, 3)), np.random.rand(3, 1), np.zeros((1, 1))
for i in range(1000):
    h = np.tanh(X @ W1 + b1)
    o = sig(h @ W2 + b2)
    d2 = (o - y) * o * (1 - o)
    d1 = d2 @ W2.T * (1 - h**2)
    W2 -= 0.5 * h.T @ d2
    b2 -= 0.5 * d2.sum(0, keepdims=True)
    W1 -= 0.5 * X.T @ d1
    b1 -= 0.5 * d1.sum(0, keepdims=True)
"""
)
QUADRATIC = "((a - y) ** 2).sum() / 2 / m"
FOUND = [
    (
        functions("np.tanh(z)", "1 - h * h", "sig(s)", "(a - y) * a * (1 - a) /m", QUADRATIC),
        "4-5:tanh-3:sigmoid/quadratic",
        True,
    ),
    (functions("np.maximum(z, 0)", "z > 0", "softmax(s)", "(a - y) /m"), "4-5:relu-3:softmax/cross_entropy", True),
    (functions("z * sig(z)", "sig(z) * (1 + z * (1 - sig(z)))", "sig(s)", "(a - y) /m"), "4-5:silu-3:sigmoid/bce", True),
    (functions("sig(z)", "h * (1 - h)", "s", "np.clip(a - y, -1, 1) /m"), "4-5:sigmoid-3:identity/huber", True),
    (CLASS.format(slope="1 - self.h**2", **DEFAULTS), "2-3:tanh-1:sigmoid/quadratic", True),
    (CLASS.format(slope="1 - self.h**2", **FIXED), "2-3:tanh-1:sigmoid/quadratic", True),
    (SCRIPT, "2-3:tanh-1:sigmoid/quadratic", True),
    (functions("np.tanh(z)", "1 - h", "sig(s)", "(a - y) * a * (1 - a) /m", QUADRATIC), "4-5:tanh-3:sigmoid/quadratic", False),
    (functions("np.tanh(z)", "1 - h * h", "sig(s)", "(a - y) /m", QUADRATIC), "4-5:tanh-3:sigmoid/quadratic", False),
    (functions("sig(z)", "h", "softmax(s)", "(a - y) /m"), "4-5:sigmoid-3:softmax/cross_entropy", False),
    (CLASS.format(slope="1 - self.h", **FIXED), "2-3:tanh-1:sigmoid/quadratic", False),
]


@pytest.mark.parametrize(("text", "network", "is_right"), FOUND)
def test_a_file_is_judged_for_the_network_that_it_tells(tmp_path, text, network, is_right):
    (tmp_path / "student.py").write_text(text)
    result = validate(tmp_path / "student.py", network="auto", examples=2)
    assert result.network == network and result.to_dict()["network_from"]
    assert result.verdict is (Grade.PASS if is_right else Grade.FAIL)
    assert network in result.first_lines().split("\n")[1]


def test_without_a_network_the_command_to_run_is_said(tmp_path):
    (tmp_path / "student.py").write_text(FOUND[0][0])
    result = validate(tmp_path / "student.py")
    assert result.verdict is Grade.INCONCLUSIVE
    message = result.rows[0].check.message
    assert isinstance(message, Sentence) and message.key == "submissions.this-network"
    assert "gradcheck validate student.py --network 4-5:tanh-3:sigmoid/quadratic" in message
    assert "请运行" in told(message, "zh")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (functions("np.sin(z)", "np.cos(z)", "sig(s)", "(a - y) * a * (1 - a) /m", QUADRATIC), "unnamed-no-output"),
        (functions("np.tanh(z)", "1 - h * h", "s", "3 * (a - y) /m"), "unnamed-several"),
        (functions("np.tanh(z)", "1 - h * h", "s", "np.sign(a - y) /m", "np.abs(a - y).sum() / m"), "unnamed-no-cost"),
    ],
)
def test_what_cannot_be_told_is_said(tmp_path, text, why):
    (tmp_path / "student.py").write_text(text)
    result = validate(tmp_path / "student.py", network="auto")
    assert result.verdict is Grade.INCONCLUSIVE and result.network is None
    message = result.rows[0].check.message
    assert isinstance(message, Sentence) and message.values["why"].key == f"submissions.{why}"


def test_a_smaller_network_is_not_taken_where_a_larger_one_was_answered_wrongly(tmp_path):
    text = functions("np.tanh(z)", "1 - h * h", "sig(s)", "(a - y) * np.cos(a) /m").replace("(W1, b1), (W2, b2) = params", "{}")
    layers = "(W1, b1), (W2, b2) = params if len(params) > 1 else [(np.eye(4), np.zeros(4)), params[0]]"
    (tmp_path / "student.py").write_text(text.replace("{}", layers))
    result = validate(tmp_path / "student.py", network="auto")
    assert result.network is None and result.verdict is Grade.INCONCLUSIVE
