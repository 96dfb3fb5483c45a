"""A verdict says what it does not speak of: what a file offers and no check has reached."""

import json
from pathlib import Path

import pytest

from gradcheck.submissions.not_judged import DefinedFunction, WhyNotJudged, gives_a_gradient
from gradcheck.submissions.validation import validate
from reports.render import render

pytest_plugins = ["pytester"]
RIGHT = Path(__file__).parents[2] / "submissions" / "right"
GOOD = (RIGHT / "plain_loop.py").read_text()
NETWORK = "3-4-2"
AFFINE = """
import numpy as np
def affine_forward(x, w, b):
    return x @ w + b, (x, w)
def affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)
"""
CONV = """
def conv_forward_naive(x, w, b, conv_param):
    return x, None
def conv_backward_naive(dout, cache):
    return dout * 0, dout * 0, dout * 0
"""
BATCHNORM = """
def batchnorm_backward(dout, cache):
    return dout, dout.sum(axis=0), dout.sum(axis=0)
"""
SVM = """
def svm_loss(x, y):
    return 0.0, 7 * x
"""


@pytest.fixture
def judged(tmp_path):
    def of(source: str, **options):
        (tmp_path / "student.py").write_text(source)
        return validate(tmp_path / "student.py", examples=0, **options)

    return of


def names(result) -> list[str]:
    return [one.name for one in result.not_judged]


@pytest.mark.parametrize(
    ("beside", "expected"),
    [
        (CONV, ["conv_forward_naive", "conv_backward_naive"]),
        (BATCHNORM, ["batchnorm_backward"]),
        (SVM, ["svm_loss"]),
        (CONV + BATCHNORM + SVM, ["conv_forward_naive", "conv_backward_naive", "batchnorm_backward", "svm_loss"]),
        ("class Pool:\n    def backward(self, dout):\n        return dout\n", ["Pool"]),
        ("", []),
        ("def _columns(x):\n    return x\ndef numerical_gradient(f, x):\n    return x\n", []),
        ("def dropout_backward(dout, cache):\n    '''Later.'''\n    raise NotImplementedError\n", []),
    ],
)
def test_layer_functions_that_nobody_knows_are_named(beside, expected, judged):
    result = judged(AFFINE + beside, contract="layers")
    assert names(result) == expected
    assert (result.verdict, result.exit_code) == ("pass", 0)
    told = f"2 functions right, {len(expected)} not judged." if expected else "2 functions right."
    assert told in str(result).splitlines()[0]
    assert "The gradient is right" not in str(result)


def test_a_layer_that_calls_another_is_not_said_to_be_unjudged_for_its_helper(judged):
    own = AFFINE.replace("return dout @ w.T, x.T @ dout, dout.sum(axis=0)", "return linear_backward(dout, x, w)")
    own += "\ndef linear_backward(dout, x, w):\n    return dout @ w.T, x.T @ dout, dout.sum(axis=0)\n"
    assert names(judged(own, contract="layers")) == []


def test_functions_are_counted_by_what_came_out(judged):
    relu = "\ndef relu_forward(x):\n    return np.maximum(x, 0), x\ndef relu_backward(dout, x):\n    return dout\n"
    assert "1 function wrong, 3 right, 1 not judged." in str(judged(AFFINE + SVM + relu, contract="layers"))
    raising = AFFINE + "\ndef softmax_loss(x, y):\n    raise ValueError('later')\n"
    result = judged(raising, contract="layers")
    assert (result.verdict, result.exit_code) == ("fail", 1)
    assert "1 function without an answer, 2 right." in str(result)


@pytest.mark.parametrize("source", [BATCHNORM, SVM, CONV + SVM])
def test_a_file_of_which_nothing_is_known_is_neither_right_nor_wrong(source, judged):
    result = judged("import numpy as np\n" + source, contract="layers")
    assert (result.verdict, result.exit_code, result.error) == ("inconclusive", 3, None)
    assert "Nothing in this file could be judged." in str(result)
    assert names(result)


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("def softmax_loss(x, y):\n    return undefined\n", "exception"),
        ("def relu_forward(x):\n    raise ValueError\ndef relu_backward(dout, cache):\n    return dout\n", "exception"),
        ("def softmax_loss(x, y):\n    return x\n", "wrong-type"),
    ],
)
def test_where_no_number_came_the_gradient_is_not_called_wrong(source, kind, judged):
    result = judged(source, contract="layers")
    assert (result.verdict, result.exit_code, result.error.kind) == ("error", 1, kind)
    assert "wrong." not in str(result).splitlines()[0]
    assert "right" not in str(result).splitlines()[0]


@pytest.mark.parametrize("source", ["def helper(x):\n    return x\n", "class MLP:\n    def backward(self, y): ...\n"])
def test_a_file_that_no_contract_fits_was_not_judged(source, judged):
    result = judged(source, network=NETWORK)
    assert (result.verdict, result.error.kind, result.exit_code) == ("error", "missing-function", 1)
    assert "Nothing was judged" in str(result)


BESIDE = [
    ("def backward_deep(params, x, y):\n    return []\n", ["backward_deep"]),
    ("def conv_backward(dout, cache):\n    return dout\n", ["conv_backward"]),
    ("class Deep:\n    def __init__(self, n): ...\n    def backprop(self, x, y):\n        return x\n", ["Deep"]),
    ("tanh_prime = lambda z: 1 - z\n", ["tanh_prime"]),
    ("def gradient_check(f, x):\n    return x\ndef update_with_grads(p, g):\n    return p\ndef zero_grad(p):\n    pass\n", []),
    ("def train(params, x, y):\n    return backward(params, x, y)\n", []),
]


@pytest.mark.parametrize(("beside", "expected"), BESIDE)
def test_what_stands_beside_the_judged_gradient_is_named(beside, expected, judged):
    result = judged(f"{GOOD}\n{beside}", network=NETWORK)
    assert (result.verdict, names(result)) == ("pass", expected)
    told = "The gradient is right; 1 other gradient in the file was not judged." if expected else "The gradient is right."
    assert told in str(result).splitlines()[0]


def test_a_wrong_gradient_says_so_too(judged):
    result = judged(GOOD.replace("* a * (1 - a) / len(x)", "/ len(x)") + SVM, network=NETWORK)
    assert "The gradient is wrong; 1 other gradient in the file was not judged." in str(result)


@pytest.mark.parametrize("m", ["len(x) > 1", "len(x) == 1"])
def test_what_runs_for_some_batches_only_was_judged(m, judged):
    source = GOOD.replace("def backward(", "def backward_of(") + (
        f"\ndef backward_other(params, x, y):\n    return backward_of(params, x, y)\n"
        f"def backward(params, x, y):\n    return backward_of(params, x, y) if {m} else backward_other(params, x, y)\n"
    )
    assert names(judged(source, network=NETWORK)) == []


def test_what_runs_in_another_thread_was_judged(judged):
    source = GOOD.replace("def backward(", "def backward_of(") + (
        "\nimport threading\ndef backward(params, x, y):\n    found = []\n"
        "    one = threading.Thread(target=lambda: found.append(backward_of(params, x, y)))\n"
        "    one.start()\n    one.join()\n    return found[0]\n"
    )
    assert names(judged(source, network=NETWORK)) == []


@pytest.mark.parametrize(
    ("network", "other"), [("3-4:relu-3/cross_entropy", "DeepNet"), ("3-4:relu-4:relu-3/cross_entropy", "TwoLayerNet")]
)
def test_of_several_networks_in_a_file_the_others_are_named(network, other, judged):
    body = """
import numpy as np
class {name}:
    def __init__(self, {arguments}):
        sizes = {sizes}
        self.L = len(sizes) - 1
        self.params = {{}}
        for l in range(1, self.L + 1):
            self.params[f"W{{l}}"] = np.ones((sizes[l - 1], sizes[l]))
            self.params[f"b{{l}}"] = np.zeros(sizes[l])
    def loss(self, X, y):
        a = [X]
        for l in range(1, self.L + 1):
            z = a[-1] @ self.params[f"W{{l}}"] + self.params[f"b{{l}}"]
            a.append(np.maximum(z, 0) if l < self.L else z)
        p = np.exp(z - z.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        loss = -np.log(p[np.arange(len(X)), y]).mean()
        p[np.arange(len(X)), y] -= 1
        d, grads = p / len(X), {{}}
        for l in range(self.L, 0, -1):
            grads[f"W{{l}}"], grads[f"b{{l}}"] = a[l - 1].T @ d, d.sum(axis=0)
            d = (d @ self.params[f"W{{l}}"].T) * (a[l - 1] > 0)
        return loss, grads
"""
    three = "input_size, hidden_size, output_size"
    two = body.format(name="TwoLayerNet", arguments=three, sizes=f"[{three}]")
    deep = body.format(
        name="DeepNet", arguments="hidden_dims, input_dim, num_classes", sizes="[input_dim, *hidden_dims, num_classes]"
    )
    result = judged(deep + two, network=network)
    if other == "DeepNet":
        assert (result.verdict, names(result)) == ("pass", ["DeepNet"])
    result = judged(two.replace("TwoLayerNet", "Shallow") + deep, network=network)
    assert (result.verdict, names(result)) == ("pass", ["Shallow"])


def test_every_view_tells_it_second(judged):
    result = judged(GOOD + SVM, network=NETWORK)
    data = json.loads(render(result.report(), "json"))
    assert data["not_judged"] == [
        {"name": "svm_loss", "reason": WhyNotJudged.NOT_CALLED.words, "file": "student.py", "line": GOOD.count("\n") + 2}
    ]
    for form in ("text", "html", "markdown"):
        text = render(result.report(), form)
        assert text.index("was not judged") < text.index("svm_loss") < text.index("quantity")


def test_pytest_shows_it_as_skipped(pytester, tmp_path):
    (tmp_path / "student.py").write_text(GOOD + SVM)
    words = ("--gradcheck-submission", str(tmp_path / "student.py"), "--gradcheck-network", NETWORK)
    outcome = pytester.runpytest_inprocess("-p", "no:cacheprovider", "-p", "pytest_gradcheck", *words, "-rs")
    outcome.stdout.fnmatch_lines(["*1 other gradient in the file was not judged*", "SKIPPED*svm_loss: it was never called*"])


@pytest.mark.parametrize(
    ("name", "pair", "expected"),
    [
        ("conv_backward_naive", False, True),
        ("layer_norm_backward", False, True),
        ("backPropagation", False, True),
        ("Layer.zero_pad_backward", False, True),
        ("sigmoid_prime", False, True),
        ("lossGradient", False, True),
        ("svm_loss", True, True),
        ("svm_loss", False, False),
        ("gradient_descent", False, False),
        ("eval_numerical_gradient", False, False),
        ("clip_gradients", False, False),
        ("gradCheck", False, False),
        ("backward_test", False, False),
        ("forward", False, False),
        ("feedback", False, False),
        ("graduate", True, False),
    ],
)
def test_names_tell_what_gives_a_gradient(name, pair, expected):
    assert gives_a_gradient(DefinedFunction("a.py", 1, name, ran=False, pair=pair), layers=False) is expected


@pytest.mark.parametrize("told", ["", "1 1 1", "x 1 1 name 0", "1 2 0 name 0", "1 0 0 9name 0", "1 0 0 f 1", "1 0 0 f -1"])
def test_what_the_confined_process_says_in_another_form_is_passed_over(told):
    assert DefinedFunction.read(told, ["a.py"]) is None


def test_a_definition_is_told_with_its_file_whatever_that_is_called():
    assert DefinedFunction.read("3 1 0 Network.backprop 1", ["a.py", "b\\n c.py"]) == DefinedFunction(
        "b\\n c.py", 3, "Network.backprop", ran=True, pair=False
    )
