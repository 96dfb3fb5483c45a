# ruff: noqa: E501 - sources of submissions, each on a line of its own
"""Every mistake of the catalogue, planted in submissions, fails under its name (or among what gives the same numbers)."""

import textwrap
from pathlib import Path

import numpy as np
import pytest

from gradcheck.submissions.validation import validate
from gradcheck.witnesses.points import safe_point
from reference_nets.spec import NetworkSpec
from symbolic.mistakes.catalogue import CATALOGUE, all_variants
from symbolic.mistakes.visibility import is_equivalent

TESTS = Path(__file__).parents[2]
FULL = pytest.mark.extra("resource")  # run by make test-all
NETWORKS = [
    "2-3-3-2",
    "2-3:tanh-3:relu-2+l2=0.25",
    "3-3:tanh-3:leaky_relu-3:softmax/cross_entropy+l2=0.5",
    "4-3:gelu-3:silu-3:softmax/mse",
]
UPDATE = "weights-updated-before-backpropagation"  # seen through an update only: in the contract `step`


def submission(spec: NetworkSpec, style: str, variant) -> str:
    """A hand-written backward pass with the mistake made in it, as one file."""
    source = (TESTS / "corpus" / f"{style}.py").read_text()
    facts = {"sizes": spec.sizes, "activations": spec.activations, "cost": spec.cost, "l2": spec.l2, "L": spec.L}
    return source + textwrap.dedent(
        f"""
        from types import SimpleNamespace
        _spec = SimpleNamespace(**{facts!r}, layers=range(1, {spec.L + 1}))
        def backward(params, x, y):
            return backward_of(_spec, {variant.mistake!r}, {variant.layer}, {variant.form!r})(params, x, y)
        """
    )


def planted():
    """One of each mistake first, for every day; then every variant of every network in both styles."""
    seen = set()
    for network in NETWORKS:
        spec = NetworkSpec.parse(network)
        for number, variant in enumerate(all_variants(spec)):
            quick = variant.mistake not in seen
            seen.add(variant.mistake)
            for style in ("vectorised", "loops"):
                once = quick and style == ("vectorised", "loops")[number % 2]
                marks = () if once else FULL
                yield pytest.param(network, style, variant, marks=marks, id=f"{style} {network} {variant.label}")


@pytest.mark.parametrize(("network", "style", "variant"), list(planted()))
def test_a_planted_mistake_fails_under_its_name(network, style, variant, tmp_path):
    spec = NetworkSpec.parse(network)
    point = safe_point(spec, np.random.default_rng(3))
    (tmp_path / "student.py").write_text(submission(spec, style, variant))
    result = validate(tmp_path / "student.py", network=network, examples=0)
    if is_equivalent(spec, variant, [(point.params, point.x, point.y)]):
        assert result.verdict == "pass", result
        return
    assert result.verdict == "fail", result
    assert result.score < result.max_score
    names = {d.id for d in result.diagnoses} | {other for d in result.diagnoses for other in d.alternatives}
    assert variant.mistake in names, result


def test_every_mistake_is_planted():
    assert {p.values[2].mistake for p in planted()} >= set(CATALOGUE) - {UPDATE}


GOOD = (TESTS / "submissions" / "right" / "plain_loop.py").read_text()
NIELSEN = (TESTS / "submissions" / "right" / "nielsen_python3.py").read_text()
PLANAR = (TESTS / "submissions" / "right" / "planar_script.py").read_text()
TWO_LAYERS = (TESTS / "submissions" / "right" / "two_layer_net.py").read_text()
COURSERA = (TESTS / "submissions" / "right" / "nn_cost_function.py").read_text()
STEP = (TESTS / "submissions" / "right" / "step.py").read_text()
IN_OUT = (TESTS / "submissions" / "right" / "in_out.py").read_text()
RIGHT = "\nright = backward\n"

# (what is planted, source, old, new, network, outcome, id)
ELSEWHERE = [
    ("nielsen", NIELSEN, "delta) * sp", "delta)", "2-3-3-2", "fail", "missing-hidden-activation-derivative"),
    ("nielsen", NIELSEN, "self.weights[-l+1].transpose()", "self.weights[-l+1]", "2-3-3-3", "fail", "weight-transpose-missing"),
    ("nielsen", NIELSEN, "(output_activations-y)", "(y-output_activations)", "2-3-3-2", "fail", "output-delta-sign"),
    ("nielsen", NIELSEN, "return sigmoid(z)*(1-sigmoid(z))", "return sigmoid(sigmoid(z))*(1-sigmoid(sigmoid(z)))", "2-3-3-2", "fail", "activation-derivative-at-activation"),
    ("nielsen", NIELSEN, "return sigmoid(z)*(1-sigmoid(z))", "return sigmoid(z)*(1+sigmoid(z))", "2-3-3-2", "fail", "activation-derivative-wrong-formula"),
    ("nielsen", NIELSEN, "nabla_b[-l] = delta", "pass", "2-3-3-2", "fail", "bias-gradient-missing"),
    ("nielsen", NIELSEN, "activations[-l-1].transpose())", "zs[-l-1].transpose() if l + 1 <= len(zs) else x.T)", "2-3-3-2", "fail", "weight-gradient-uses-z"),
    ("planar", PLANAR, "1 - np.power(A1, 2)", "1 - np.power(cache['Z1'], 2)", "3-4:tanh-1/bce", "fail", ""),
    ("planar", PLANAR, "dW1 = 1 / m * np.dot(dZ1, X.T)", "dW1 = np.dot(dZ1, X.T)", "3-4:tanh-1/bce", "fail", "missing-batch-average"),
    ("planar", PLANAR, "db2 = 1 / m * ", "db2 = ", "3-4:tanh-1/bce", "fail", "bias-gradient-not-averaged"),
    ("planar", PLANAR, "np.sum(dZ2, axis=1, keepdims=True)", "np.sum(dZ2)", "3-4:tanh-1/bce", "pass", ""),
    ("planar", PLANAR, "dZ2 = A2 - Y", "dZ2 = (A2 - Y) * A2 * (1 - A2)", "3-4:tanh-1/bce", "fail", "extra-output-activation-derivative"),
    ("two layers", TWO_LAYERS, "dh[h == 0] = 0", "pass", "4-5:relu-3/cross_entropy+l2=0.1", "fail", "relu-mask-always-one"),
    ("two layers", TWO_LAYERS, "dscores /= N", "pass", "4-5:relu-3/cross_entropy", "fail", "missing-batch-average"),
    ("two layers", TWO_LAYERS, "2 * reg * W2", "reg * W2", "4-5:relu-3/cross_entropy+l2=0.1", "fail", "l2-factor"),
    ("two layers", TWO_LAYERS, "2 * reg *", "reg *", "4-5:relu-3/cross_entropy+l2=0.1", "fail", "l2-factor"),
    ("coursera", COURSERA, "[:, 1:] * sigmoidGradient(z2)", "[:, 1:] * sigmoid(z2)", "4-5-3/bce+l2=0.5", "fail", "activation-value-for-derivative"),
    ("coursera", COURSERA, "Theta1_grad[:, 1:] += (lambda_ / m) * Theta1[:, 1:]", "Theta1_grad += (lambda_ / m) * Theta1", "4-5-3/bce+l2=0.5", "fail", "l2-on-bias"),
    ("coursera", COURSERA, "delta_3.T.dot(a2) / m", "delta_3.T.dot(a2)", "4-5-3/bce+l2=0.5", "fail", "missing-batch-average"),
    ("step", STEP, "d1 = d2 @ W2 ", "W2 = W2 - learning_rate * d2.T @ a1\n    d1 = d2 @ W2 ", "3-4-2", "fail", ""),
    ("in out", IN_OUT, "(hs[i + 1] > 0)", "(d > 0)", "3-4:relu-2:identity/mse", "fail", "relu-mask-from-gradient"),
    ("accumulates", GOOD + RIGHT, "\nright = backward\n", "\nright = backward\ntotal = None\ndef backward(params, x, y):\n    global total\n    g = right(params, x, y)\n    total = g if total is None else [(a + c, b + d) for (a, b), (c, d) in zip(total, g)]\n    return total\n", "3-4-2", "fail", "accumulates-across-calls"),
    ("mutates params", GOOD, "    grads = []", "    params[0][0][0, 0] += 0.1\n    grads = []", "3-4-2", "fail", "mutates-inputs"),
    ("mutates x", GOOD, "activations = [x]", "x -= x.mean(axis=0)\n    activations = [x]", "3-4-2", "fail", "mutates-inputs"),
    ("nondeterministic", GOOD, "    grads = []", "    delta = delta * (np.random.rand(*delta.shape) > 0.3)\n    grads = []", "3-4-2", "fail", "nondeterministic"),
    ("single precision", GOOD, "activations = [x]", "x = x.astype(np.float32); params = [(W.astype(np.float32), b.astype(np.float32)) for W, b in params]\n    activations = [x]", "3-4-2", "pass", "float32-precision"),
    ("unstable", GOOD, "    a = activations[-1]\n", "    a = activations[-1] + 1e4 - 1e4\n", "3-4-2", "pass", "unstable-formula"),
    ("one example only", GOOD, "    grads = []", "    delta = delta[:1] * len(x) if len(x) > 1 else delta; activations = [v[:len(delta)] for v in activations]\n    grads = []", "3-4-2", "fail", ""),
    ("right for one example", GOOD, "(delta.T @ activations[l], delta.sum(axis=0))", "(np.outer(delta.sum(0), activations[l].sum(0)), delta.sum(axis=0))", "3-4-2", "fail", "works-for-one-example-only"),
    ("another forward", GOOD, "1 / (1 + np.exp(-z))", "1 / (1 + np.exp(-2 * z))", "3-4-2", "fail", "wrong-forward"),
    ("bias summed wrongly", GOOD, "delta.sum(axis=0)", "delta.sum(axis=1)", "3-4-2", "error", "bias-gradient-wrong-axis"),
    ("weights transposed", GOOD, "(delta.T @ activations[l],", "(activations[l].T @ delta,", "3-4-2", "error", "weight-gradient-transposed"),
    ("bias one number", GOOD, "delta.sum(axis=0)", "delta.sum()", "3-4-2", "error", "bias-gradient-over-all-entries"),
    ("unknown", GOOD, "    grads = []", "    delta = delta + 0.01 * x.sum()\n    grads = []", "3-4-2", "fail", "unknown"),
]  # fmt: skip


def each_day(rows):
    """Of each course's code the first row, and what the catalogue has not; the catalogue's mistakes are planted above."""
    seen = set()
    for row in rows:
        marks = FULL if row[0] in seen and row[-1] in CATALOGUE else ()
        seen.add(row[0])
        yield pytest.param(*row, marks=marks)


@pytest.mark.parametrize(("name", "source", "old", "new", "network", "outcome", "mistake"), list(each_day(ELSEWHERE)))
def test_a_mistake_made_in_course_code_is_found(name, source, old, new, network, outcome, mistake, tmp_path):
    assert old in source, "the mistake is planted nowhere"
    (tmp_path / "student.py").write_text(source.replace(old, new))
    contract = "step" if name == "step" else "auto"
    examples = 0 if name in ("nielsen", "coursera", "planar", "two layers") else 3
    result = validate(tmp_path / "student.py", network=network, contract=contract, examples=examples)
    assert result.verdict == outcome, f"{result}\n{[(r.name, r.quantity, r.verdict, r.message) for r in result.rows]}"
    if mistake:
        names = {d.id for d in result.diagnoses} | {other for d in result.diagnoses for other in d.alternatives}
        assert mistake in names, result
    elif outcome == "fail":
        assert result.diagnoses, result


def test_one_slip_costs_one_quantity(tmp_path):
    (tmp_path / "student.py").write_text(NIELSEN.replace("(output_activations-y)", "(y-output_activations)"))
    result = validate(tmp_path / "student.py", network="2-3-3-2", examples=0)
    assert (result.verdict, result.max_score - result.score) == ("fail", 1.0)
    strict = validate(tmp_path / "student.py", network="2-3-3-2", examples=0, follow_through=False)
    assert strict.score == 0.0


@pytest.mark.parametrize(
    "gradient", ["[(W * 0, b * 0) for W, b in params]", "[(W * 0 + 1e308, b * 0 + 1e308) for W, b in params]"]
)
def test_nothing_is_earned_by_following_from_nothing(gradient, tmp_path):
    (tmp_path / "student.py").write_text(f"def backward(params, x, y):\n    return {gradient}\n")
    result = validate(tmp_path / "student.py", network="3-4-2", examples=0)
    assert (result.verdict, result.score) == ("fail", 0.0)


@pytest.mark.parametrize(("old", "new"), [("delta) * sp", "delta)"), ("(output_activations-y)", "(y-output_activations)")])
def test_the_first_wrong_line_is_named(old, new, tmp_path):
    source = NIELSEN.replace(old, new)
    (tmp_path / "student.py").write_text(source)
    result = validate(tmp_path / "student.py", network="2-3-3-2", examples=0)
    pairs = zip(NIELSEN.split("\n"), source.split("\n"), strict=True)
    assert result.first_wrong_line in [n for n, (right, wrong) in enumerate(pairs, 1) if right != wrong], result


def test_layer_functions_do_not_stand_in_for_a_gradient(tmp_path):
    (tmp_path / "student.py").write_text(
        "def relu_forward(x): return x * (x > 0), x\ndef relu_backward(dout, c): return dout * (c > 0)\n"
    )
    assert validate(tmp_path / "student.py", network="3-4-2").error.kind == "missing-function"
    assert validate(tmp_path / "student.py", contract="layers").verdict == "pass"


@pytest.mark.parametrize("constant", ["a * (1 - a) + 1e-8", "a * (1 - a) * 1.0000000001"])
def test_a_constant_of_few_digits_is_no_wrong_formula(constant, tmp_path):
    (tmp_path / "student.py").write_text(GOOD.replace("(a - y) * a * (1 - a)", f"(a - y) * ({constant})"))
    result = validate(tmp_path / "student.py", network="3-4-2", examples=3)
    assert result.verdict == "pass" and {d.id for d in result.diagnoses} == {"unstable-formula"}, result
