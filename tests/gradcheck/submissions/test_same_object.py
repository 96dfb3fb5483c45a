"""State on an object: what is kept on self from call to call is found, and what is meant for one call is no mistake."""

from pathlib import Path

import pytest

from gradcheck.judge.verdicts import Verdict
from gradcheck.submissions.validation import validate

NIELSEN = """
import numpy as np

class Network:
    def __init__(self, sizes):
        self.sizes = sizes
        self.weights = [np.random.randn(m, n) for n, m in zip(sizes[:-1], sizes[1:])]
        self.biases = [np.random.randn(m, 1) for m in sizes[1:]]
        self.calls = 0
{init}
    def backprop(self, x, y):
{start}
        a = [x]
        for W, b in zip(self.weights, self.biases):
            a.append(1 / (1 + np.exp(-(W @ a[-1] + b))))
        d = (a[-1] - y) * a[-1] * (1 - a[-1])
        for l in range(len(self.weights) - 1, -1, -1):
            nb[l] {op} d
            nw[l] {op} d @ a[l].T
            d = (self.weights[l].T @ d) * a[l] * (1 - a[l])
{end}
{more}
"""
ZEROS = "self.nb, self.nw = [0 * b for b in self.biases], [0 * w for w in self.weights]"
ON_SELF = {
    "init": f"        {ZEROS}",
    "start": "        nb, nw = self.nb, self.nw",
    "op": "+=",
    "end": "        return [b.copy() for b in nb], [w.copy() for w in nw]",
    "more": "",
}
FRESH = {**ON_SELF, "start": "        nb, nw = [0 * b for b in self.biases], [0 * w for w in self.weights]"}
ZERO_GRAD = f"    def zero_grad(self):\n        {ZEROS}\n"
CONSUMED = {**FRESH, "init": "        self.tape = [1]", "start": FRESH["start"] + "\n        self.tape.pop()"}
MOMENTUM = {
    **FRESH,
    "end": "        self.calls += 1\n        return [b / self.calls for b in nb], [w / self.calls for w in nw]",
}
FIT = "    def fit(self, x, y):\n        for _ in range(3):\n            self.backprop(x, y)\n"


@pytest.fixture
def judged(tmp_path):
    def of(source: str, network: str = "3-4-2"):
        (tmp_path / "student.py").write_text(source)
        return validate(tmp_path / "student.py", network=network, examples=0)

    return of


def kept(result):
    return next(row for row in result.rows if row.name == "no-state")


@pytest.mark.parametrize("network", ["3-4-2", "2-3-4-1", "3-2"])
def test_a_buffer_on_self_that_is_added_to_is_named(network, judged):
    result = judged(NIELSEN.format(**ON_SELF), network)
    assert (result.verdict, result.exit_code) == ("fail", 1)
    assert kept(result).verdict is Verdict.MISMATCH
    assert "self.nb, self.nw" in kept(result).message
    assert [d.id for d in result.diagnoses] == ["accumulates-across-calls"]
    assert {row.verdict for row in result.rows if row.name == "gradient"} == {Verdict.MATCH}


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({**ON_SELF, "more": ZERO_GRAD}, "until zero_grad() is called"),
        ({**ON_SELF, "more": ZERO_GRAD.replace("zero_grad", "reset_gradients")}, "until reset_gradients() is called"),
        (CONSUMED, "can be asked once only (IndexError: pop from empty list)"),
        (MOMENTUM, "another gradient when it is asked again (self.calls)"),
    ],
)
def test_an_object_that_is_meant_for_one_call_is_judged_by_it(parts, words, judged):
    result = judged(NIELSEN.format(**parts))
    assert (result.verdict, result.diagnoses) == ("pass", ())
    assert words in kept(result).message
    assert any(words in note for note in result.notes)


@pytest.mark.parametrize(
    "parts",
    [
        FRESH,
        {**FRESH, "more": ZERO_GRAD},
        {**FRESH, "more": FIT},
        {**FRESH, "end": "        self.calls += 1\n" + FRESH["end"]},
    ],
)
def test_an_object_that_keeps_nothing_is_right_without_a_remark(parts, judged):
    result = judged(NIELSEN.format(**parts))
    assert (result.verdict, result.notes) == ("pass", ())
    assert kept(result).message == "each call starts afresh"


def test_a_method_that_clears_something_else_is_no_excuse(judged):
    more = "    def reset(self):\n        self.calls = 0\n"
    assert judged(NIELSEN.format(**{**ON_SELF, "more": more})).diagnoses[0].id == "accumulates-across-calls"


def test_a_wrong_gradient_that_accumulates_as_well_is_told_both(judged):
    source = NIELSEN.format(**ON_SELF).replace("d = (a[-1] - y) * a[-1] * (1 - a[-1])", "d = a[-1] - y")
    found = [d.id for d in judged(source).diagnoses]
    assert found[0] == "accumulates-across-calls"
    assert "missing-output-activation-derivative" in found


TWO_LAYERS = """
import numpy as np

class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size):
        self.params = {{"W1": 1e-4 * np.random.randn(input_size, hidden_size), "b1": np.zeros(hidden_size),
                       "W2": 1e-4 * np.random.randn(hidden_size, output_size), "b2": np.zeros(output_size)}}
        self.grads = {{key: np.zeros_like(value) for key, value in self.params.items()}}
{init}
    def loss(self, X, y):
        W1, b1, W2, b2 = (self.params[k] for k in ("W1", "b1", "W2", "b2"))
        n = len(X)
        h = np.maximum(0, X @ W1 + b1)
        s = h @ W2 + b2
        p = np.exp(s - s.max(axis=1, keepdims=True))
        p = p / p.sum(axis=1, keepdims=True)
        value = -np.log(p[np.arange(n), y]).mean()
        d = p.copy()
        d[np.arange(n), y] -= 1
        d /= n
        e = (d @ W2.T) * (h > 0)
        new = {{"W2": h.T @ d, "b2": {db2}, "W1": X.T @ e, "b1": e.sum(0)}}
        {grads}
        return value, {{key: value.copy() for key, value in self.grads.items()}}
"""
CE = "4-5:relu-3/cross_entropy"


def test_grads_of_a_model_that_are_added_to_are_named(judged):
    source = TWO_LAYERS.format(init="", db2="d.sum(0)", grads="for k in new: self.grads[k] += new[k]")
    result = judged(source, CE)
    assert result.verdict == "fail"
    assert "self.grads" in kept(result).message
    assert judged(source.replace("+= new[k]", "= new[k]"), CE).verdict == "pass"


def test_a_class_of_two_layers_is_never_made_a_class_of_one(tmp_path):
    source = TWO_LAYERS.format(init="", db2="n * d.sum(0)", grads="self.grads = new")
    (tmp_path / "student.py").write_text(source)
    result = validate(tmp_path / "student.py", network=CE, examples=10)
    assert result.verdict == "fail"
    example = result.counterexample
    assert example is None or set(example["params"]) == {"W1", "b1", "W2", "b2"}
    assert example is None or set(example["got"]) == {"b2"}


@pytest.mark.parametrize("network", ["4-3/cross_entropy", "4-5:relu-6:relu-3/cross_entropy"])
def test_a_class_of_two_layers_is_not_judged_as_another_network(network, judged):
    result = judged(TWO_LAYERS.format(init="", db2="d.sum(0)", grads="self.grads = new"), network)
    assert (result.verdict, result.error.kind) == ("error", "wrong-shape")
    assert "layers" in result.error.message


def test_parameters_of_its_own_are_told(judged):
    source = TWO_LAYERS.format(init="        self.params['gamma'] = np.ones(3)", db2="d.sum(0)", grads="self.grads = new")
    result = judged(source, CE)
    assert result.verdict == "pass"
    assert "gamma" in result.conventions["other parameters"]


def test_a_class_of_nielsens_with_layers_of_its_own_is_not_judged_by_their_numbers(judged):
    fixed = NIELSEN.format(**FRESH).replace("sizes[:-1], sizes[1:])", "(3, 4), (4, 2))").replace("sizes[1:]]", "(4, 2)]")
    assert judged(fixed).verdict == "pass"
    result = judged(fixed, "3-2")
    assert (result.verdict, result.error.kind) == ("error", "wrong-shape")
    assert "holds 2 arrays, the network has 1 layers" in result.error.message


def test_the_right_files_of_the_two_contracts_keep_nothing():
    for name, network in (("nielsen_python3.py", "3-4-2"), ("two_layer_net.py", CE)):
        result = validate(Path(__file__).parents[2] / "submissions" / "right" / name, network=network, examples=0)
        assert (result.verdict, kept(result).message) == ("pass", "each call starts afresh")
