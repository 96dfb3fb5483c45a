"""Each part of the toolkit once, as a user meets it: what `make lowest` and `make newest` run on versions at both ends."""

import json
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from gradcheck import certified_gradient, check_grad, check_hvp, check_jvp, check_network, check_vjp
from gradcheck.commands import cli
from gradcheck.properties.check import check_properties
from reference_nets import NetworkSpec, backward
from symbolic import closed_form

pytestmark = pytest.mark.smoke
ROOT = Path(__file__).resolve().parents[1]
SUBMISSIONS = ROOT / "tests" / "submissions" / "right"
GOOD = (SUBMISSIONS / "plain_loop.py").read_text(encoding="utf-8")
SPEC = NetworkSpec.parse("3-4:tanh-2")
X = np.array([[0.5, -1.25, 2.0], [1.5, 0.75, -0.5]])


def run(*words):
    return cli.main([str(word) for word in words])


def test_verify_writes_a_certificate_that_recheck_confirms(tmp_path, capsys):
    assert run("verify", "2-3:tanh-2", "--certificate", tmp_path / "c.json") == 0
    assert run("recheck", tmp_path / "c.json") == 0
    assert "the certificate holds" in capsys.readouterr().out


@pytest.mark.parametrize("format", ["text", "markdown", "html", "latex", "json"])
def test_a_derivation_is_written_in_every_format(format, tmp_path, capsys):
    assert run("derive", "2-2:relu-1", "--numbers", "--format", format, "--output", tmp_path / "out") == 0
    text = (tmp_path / "out").read_text(encoding="utf-8")
    assert len(text) > 1000
    assert format != "html" or "<math" in text


@pytest.mark.parametrize(("text", "code"), [(GOOD, 0), (GOOD.replace("* a * (1 - a) / len(x)", "/ len(x)"), 1)])
def test_a_right_file_and_a_wrong_one_are_told_apart(text, code, tmp_path, capsys):
    (tmp_path / "student.py").write_text(text, encoding="utf-8")
    assert run("validate", tmp_path / "student.py", "--network", "3-4-2", "--examples", "5", "--format", "json") == code
    found = json.loads(capsys.readouterr().out)
    assert [one["id"] for one in found["diagnoses"]] == (["missing-output-activation-derivative"] if code else [])


def test_a_notebook_is_read(capsys):
    assert run("validate", SUBMISSIONS / "planar.ipynb", "--network", "2-4:tanh-1/bce") == 0


def test_what_is_trained_predicts(tmp_path, capsys):
    model, rows = tmp_path / "xor.npz", tmp_path / "rows.csv"
    assert run("train", "xor", "--epochs", "20", "--model", model, "--quiet") == 0
    rows.write_text("0,0\n1,1\n", encoding="utf-8")
    capsys.readouterr()
    assert run("predict", model, "--data", rows) == 0
    assert "2" in capsys.readouterr().out


def logsumexp(x):
    top = x.max(axis=1, keepdims=True)
    return np.sum(top[:, 0] + np.log(np.exp(x - top).sum(axis=1)))


def softmax(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@pytest.mark.parametrize(("factor", "verdict"), [(1, "match"), (1 + 1e-9, "mismatch"), (2, "mismatch")])
def test_a_function_is_judged(factor, verdict):
    assert str(check_grad(logsumexp, lambda x: factor * softmax(x), X, rng=1).verdict) == verdict


def test_nothing_speaks_against_a_functions_certificate(tmp_path, capsys):
    check_grad(logsumexp, softmax, X, rng=1).write_certificate(tmp_path / "c.json")
    assert run("recheck", tmp_path / "c.json") in (0, 3)  # 3 where not all of it can be confirmed


def test_jacobians_products_and_the_certified_value():
    x = X[0]
    assert check_grad(np.sin, lambda x: np.diag(np.cos(x)), x, jacobian=True, rng=1).ok
    assert check_vjp(np.sin, lambda x, c: c * np.cos(x), x, rng=1).ok
    assert check_jvp(np.sin, lambda x, v: v * np.cos(x), x, rng=1).ok
    assert not check_jvp(np.sin, lambda x, v: v * np.sin(x), x, rng=1).ok
    assert check_hvp(lambda x: np.cos(x), lambda x, v: -v * np.sin(x), x, rng=1).ok
    assert np.allclose(certified_gradient(lambda x: np.sum(np.sin(x)), x)[1].mid, np.cos(x), rtol=1e-15)


def test_what_numpy_has_by_several_names_is_followed():
    def f(x):
        y = np.einsum("ij,kj->ik", x, np.sort(x, axis=1)) + np.outer(x[0, :2], x[1, :2])
        return np.linalg.norm(np.where(y > 0, y, np.tanh(y))) + np.prod(np.cumsum(x[0])) + np.linalg.det(y + 9 * np.eye(2))

    right = certified_gradient(f, X)[1].mid
    assert check_grad(f, lambda x: right, X, rng=1).ok
    assert not check_grad(f, lambda x: right * [1, 1, 1 + 1e-7], X, rng=1).ok


def test_a_network_is_judged_and_its_closed_form_agrees():
    def by_layers(layers, x, y):
        (W1, b1), (W2, b2) = layers
        grads = backward(SPEC, {"W1": W1, "b1": b1, "W2": W2, "b2": b2}, x, y)
        return [(grads["W1"], grads["b1"]), (grads["W2"], grads["b2"])]

    assert check_network(str(SPEC), by_layers, rng=1).ok
    rng = np.random.default_rng(0)
    params = {key: rng.standard_normal(shape) for key, shape in SPEC.shapes.items()}
    y = np.array([[0.0, 1.0], [1.0, 0.5]])
    exact = closed_form(SPEC)(params, X, y)
    assert all(np.allclose(value, exact[key], rtol=1e-13) for key, value in backward(SPEC, params, X, y).items())


def test_properties_hold_of_the_right_gradient_and_a_wrong_one_is_shrunk():
    spec = NetworkSpec.parse("2-2")
    assert all(str(one.verdict) == "match" for one in check_properties(partial(backward, spec), spec, examples=3))

    def doubled(*point):
        return {key: 2 * value for key, value in backward(spec, *point).items()}

    results = check_properties(doubled, spec, examples=10, shrink=1)
    assert sum(one.counterexample is not None for one in results) == 1


def test_the_plugin_turns_a_file_into_tests(tmp_path):
    (tmp_path / "handed-in").mkdir()
    (tmp_path / "handed-in" / "student.py").write_text(GOOD, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "pytest_gradcheck", "-p", "no:cacheprovider", "-v"]
    done = subprocess.run(
        [*command, "--gradcheck-network", "3-4-2", "--gradcheck-submission", str(tmp_path / "handed-in" / "student.py")],
        cwd=tmp_path, capture_output=True, text=True, check=False,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(Path.home()), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "student.py::the gradient dW2 is right PASSED" in done.stdout


def test_doctor_finds_all_that_is_needed(capsys):
    run("doctor", "--format", "json")
    found = json.loads(capsys.readouterr().out)
    assert [one for one in found["libraries"] if not one["ok"]] == []
    assert found["isolation"]["level"]


@pytest.mark.extra("scipy")
def test_code_that_calls_scipy_is_followed():
    from scipy import special

    assert check_grad(lambda x: np.sum(special.logsumexp(x, axis=1)), lambda x: special.softmax(x, axis=1), X, rng=1).ok
    assert check_grad(lambda x: np.sum(special.erf(x)), lambda x: 2 / np.sqrt(np.pi) * np.exp(-(x**2)), X, rng=1).ok
