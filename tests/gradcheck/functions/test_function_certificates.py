"""Certificates of any function: what check_grad said can be checked again, by other means, without the code that said it."""

import json

import numpy as np
import pytest

from gradcheck import check_grad
from gradcheck.commands.cli import main
from gradcheck.functions.certificate import function_certificate
from gradcheck.networks.certificate import digest, exact
from gradcheck.recheck.function import recheck_function
from gradcheck.recheck.reading import Outcome
from gradcheck.recheck.subject import load_function

X = np.array([0.3, -0.7, 1.25])
DATA = np.random.default_rng(2).normal(size=(4, 3))


def cost(p):
    h = np.tanh(DATA @ p["W"] + p["b"])
    return np.mean(np.log(1 + np.exp(-h))) + 0.5 * np.sum(p["W"] ** 2)


def slope(p):
    h = np.tanh(DATA @ p["W"] + p["b"])
    d = -(1 - h**2) / (1 + np.exp(h)) / h.size
    return {"W": DATA.T @ d + p["W"], "b": d.sum(axis=0)}


def on_floats_alone(x):
    z = np.zeros(3)
    for i in range(3):
        z[i] = x[i] ** 2
    return np.linalg.norm(z)


def softmax(x):
    return np.exp(x) / np.sum(np.exp(x))


P = {"W": np.random.default_rng(1).normal(size=(3, 2)), "b": np.array([0.5, -0.25])}
MATCH, DIGITS, WEAK = "match", "80 digits", "weak evidence"
CASES = {
    "a cost": (cost, slope, P, MATCH, DIGITS),
    "a wrong gradient": (cost, lambda p: {**slope(p), "b": slope(p)["b"] * (1 + 1e-9)}, P, "mismatch", DIGITS),
    "a formula wrong below rounding": (lambda x: np.sum(x**2), lambda x: 2 * x + 2.0**-60 * x, X, "mismatch", DIGITS),
    "lost digits": (lambda x: np.sum(x**2), lambda x: 2 * x + ((x + 2.0**40) - 2.0**40 - x), X, "inaccurate", DIGITS),
    "a kink": (lambda x: np.sum(np.abs(x)), np.sign, np.array([0.0, 1.0]), "kink", DIGITS),
    "a function with a cotangent": (softmax, lambda x, v: softmax(x) * (v - np.sum(v * softmax(x))), X, MATCH, DIGITS),
    "floats alone": (on_floats_alone, lambda x: 2 * x**3 / np.linalg.norm(x**2), X, MATCH, WEAK),
    "a list and a number": (lambda p: p[0] ** 2 * np.sum(p[1]), lambda p: [2 * p[0] * np.sum(p[1]), np.full(2, p[0] ** 2)],
                            [0.5, np.array([1.0, 3.0])], MATCH, DIGITS),
}  # fmt: skip


def made(name):
    f, df, x, verdict, how = CASES[name]
    result = check_grad(f, df, x, rng=3)
    assert result.verdict == verdict
    return f, function_certificate(result), how


@pytest.mark.parametrize("name", CASES)
def test_a_certificate_holds(name):
    f, data, how = made(name)
    text = json.dumps(data, indent=1)
    assert recheck_function(text).faults == ()
    found = recheck_function(text, f)
    assert found.faults == () and how in found.how
    assert found.entries == sum(np.size(leaf) for leaf in data["claimed"].values() for leaf in [np.array(leaf, dtype=object)])


def test_a_certificate_says_what_the_function_was():
    data = made("a cost")[1]
    assert data["function"]["name"].endswith("test_function_certificates:cost")
    assert "np.tanh(DATA" in data["function"]["source"]
    assert made("a function with a cotangent")[1]["gradient"]["name"] is None  # a lambda
    assert data["seed"] == 3 and data["bits"] == 192


def _enclosure(data):
    data["enclosure"]["b"]["mid"][0] = (0.75).hex()


def _verdict(data):
    data["verdicts"]["W"] = "mismatch"


def _claim(data):
    data["claimed"]["b"][1] = (0.75).hex()


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (_enclosure, "outside of its enclosure"),
        (_verdict, "all are within their budget"),
        (_claim, "b is match, but its entries"),
    ],
)
def test_a_forged_certificate_is_seen(change, fault):
    f, data, _ = made("a cost")
    change(data)
    assert "the hash does not fit" in recheck_function(json.dumps(data)).faults[0]
    data["sha256"] = digest(data)
    assert any(fault in told for told in recheck_function(json.dumps(data), f).faults)


def test_a_certificate_of_another_function_is_seen():
    weak = recheck_function(json.dumps(made("floats alone")[1]), lambda x: 1.01 * on_floats_alone(x)).faults
    assert sum("outside of its enclosure" in told for told in weak) == 3
    exact = recheck_function(json.dumps(made("a cost")[1]), lambda p: cost(p) + 2.0**-60 * p["b"][0]).faults
    assert sum("outside of its enclosure" in told for told in exact) == 1
    assert any("the source of the function at hand is not the one" in told for told in exact)


def test_the_command_checks_a_file_with_the_function_it_names(tmp_path, capsys):
    code = tmp_path / "code.py"
    code.write_text("import numpy as np\ndef f(x):\n    return np.sum(x**3)\n")
    file = tmp_path / "certificate.json"
    check_grad(load_function(f"{code}:f"), lambda x: 3 * x**2, X).write_certificate(file)
    assert main(["recheck", str(file)]) == 3  # nothing was taken again
    assert "the certificate holds" not in capsys.readouterr().out
    assert main(["recheck", str(file), "--function", f"{code}:f"]) == 0
    told = " ".join(capsys.readouterr().out.replace("▌", " ").split())
    assert "3 derivatives, each derivative taken again in 80 digits" in told
    code.write_text("import numpy as np\ndef f(x):\n    return np.sum(x**4)\n")
    assert main(["recheck", str(file), "--function", f"{code}:f"]) == 1
    assert "outside of its enclosure" in " ".join(capsys.readouterr().out.replace("▌", " ").split())


TRUE = {
    "log-sum-exp": (lambda v: np.log(np.sum(np.exp(v))), softmax, X),
    "a quotient": (lambda v: np.sum(1 / v), lambda v: -1 / v**2, X),
    "large": (lambda v: np.sum(v**2), lambda v: 2 * v, X * 1e100),
    "small": (lambda v: np.sum(v**2), lambda v: 2 * v, X * 1e-100),
    "at zero": (lambda v: np.sum(v**2), lambda v: 2 * v, np.zeros(3)),
    "constant": (lambda v: np.sum(0 * v) + 1, lambda v: 0 * v, X),
    "float32": (lambda v: np.sum(v**2), lambda v: 2 * v, X.astype(np.float32)),
    "a number": (lambda v: v**3, lambda v: 3 * v**2, 2.0),
    "a choice": (lambda v: np.sum(np.where(v > 0, v, v / 128)), lambda v: np.where(v > 0, 1, 1 / 128), X),
    "a kink": (lambda v: np.sum(np.abs(v)), np.sign, np.array([0.0, 1.0, 2.0])),
    "a tie": (np.max, lambda v: np.array([0.25, 0.75, 0.0]), np.array([1.0, 1.0, 0.0])),
    "a norm at zero": (np.linalg.norm, lambda v: np.zeros(3), np.zeros(3)),
    "a wrong sign": (lambda v: np.sum(v**2), lambda v: -2 * v, X),
}


@pytest.mark.parametrize("name", TRUE)
def test_what_is_true_is_confirmed(name):
    f, df, x = TRUE[name]
    data = function_certificate(check_grad(f, df, x, rng=1))
    found = recheck_function(json.dumps(data), f)
    assert found.outcome is Outcome.HOLDS, (found.faults, found.open)
    assert found.verdict == data["verdict"]


def test_with_the_gradient_the_claim_and_its_formula_are_looked_at_again():
    f, df, *_ = CASES["a formula wrong below rounding"]
    text = json.dumps(made("a formula wrong below rounding")[1])
    assert recheck_function(text, f).outcome is Outcome.UNCONFIRMED  # its numbers are within rounding
    assert recheck_function(text, f, df).outcome is Outcome.HOLDS
    other = recheck_function(text, f, lambda x: 3 * x)
    assert any("gives other numbers than the certificate claims" in told for told in other.faults)
    right = made("a function with a cotangent")
    assert recheck_function(json.dumps(right[1]), right[0], CASES["a function with a cotangent"][1]).outcome is Outcome.HOLDS


@pytest.mark.parametrize("name", ["nothing", "no_such_module_here:f", "math:nothing", "math:pi", "missing.py:f"])
def test_a_function_that_cannot_be_had_is_misuse(tmp_path, capsys, name):
    file = tmp_path / "certificate.json"
    file.write_text(json.dumps(made("a kink")[1]))
    assert main(["recheck", str(file), "--function", name]) == 2
    assert "the checker's own fault" not in capsys.readouterr().err


def test_a_function_that_does_not_take_the_argument_is_misuse():
    with pytest.raises(ValueError, match="cannot be called with the argument of the certificate"):
        recheck_function(json.dumps(made("a kink")[1]), lambda p: p["W"])


@pytest.mark.parametrize("options", [{"method": "numeric"}, {"jacobian": True}])
def test_only_what_balls_decided_is_certified(options):
    f, df = (lambda x: x**2, lambda x: np.diag(2 * x)) if "jacobian" in options else (lambda x: np.sum(x**2), lambda x: 2 * x)
    with pytest.raises(ValueError, match="a certificate needs the gradient of one number, decided by balls"):
        function_certificate(check_grad(f, df, X, **options))


def forged(f, df, x, /, **changes):
    """A certificate whose enclosure, claim and verdict were changed together, with a hash that fits."""
    data = function_certificate(check_grad(f, df, x))
    for name, (mid, verdict) in changes.items():
        for part, values in (("mid", mid), ("low", np.zeros_like(mid)), ("rad", np.zeros_like(mid))):
            data["enclosure"][name][part] = exact(values)
        data["claimed"][name], data["verdicts"][name], data["verdict"] = exact(mid), verdict, verdict
    data["sha256"] = digest(data)
    assert recheck_function(json.dumps(data)).faults == ()  # it is consistent in itself
    return json.dumps(data)


def off_balls(g):
    """The same function where numbers of 80 digits cannot go: through an array of floats."""

    def f(x):
        z = np.zeros(len(x))
        for k in range(len(x)):
            z[k] = x[k]
        return g(z)

    return f


A = np.array([[1.0, 2.0, -1.0], [0.5, 3.0, 1.0], [2.0, -1.0, 4.0]])
INNER = (lambda x: (A @ x)[1], lambda x: A[1])


@pytest.mark.parametrize("scale", [1e-8, 1.0, 1e8])
@pytest.mark.parametrize("through", [lambda f: f, off_balls])
def test_a_consistent_forgery_is_refuted_by_the_function_itself(scale, through):
    x = scale * X
    f = through(INNER[0])
    assert recheck_function(forged(f, INNER[1], x), f).faults == ()
    lost = recheck_function(forged(f, INNER[1], x, x=(np.zeros(3), "match")), f)
    assert sum("outside of its enclosure" in told for told in lost.faults) == 3
    near = recheck_function(forged(f, INNER[1], x, x=(A[1] * [1, 1, 1 + 1e-5], "match")), f)
    assert sum("outside of its enclosure" in told for told in near.faults) == 1


def test_a_forged_kink_is_refuted_and_a_true_one_is_not():
    f, df = (lambda x: np.sum(np.abs(x) * x)), (lambda x: 2 * np.abs(x))
    fault = recheck_function(forged(f, df, X, x=(np.zeros(3), "kink")), f).faults[0]
    assert "along a random direction the function is smooth here" in fault
    for x in (np.array([0.0, 1.0]), np.array([1e-17, 1.0])):
        g, dg = (lambda x: np.sum(np.abs(x)) + np.sum(2 * x)), (lambda x: np.sign(x) + 2)
        assert recheck_function(forged(g, dg, x, x=(dg(x), "kink")), g).faults == ()


def test_floats_that_say_nothing_refute_nothing_and_are_counted():
    f = off_balls(lambda z: 1e15 + np.sum(np.sin(z)))
    found = recheck_function(forged(f, np.cos, X), f)
    assert found.faults == () and found.outcome is Outcome.UNCONFIRMED and found.how.endswith("and 3 of them say nothing")
    g = off_balls(lambda z: np.sum(np.log(z)))
    found = recheck_function(forged(g, lambda x: 1 / x, np.array([1e-12, 1.0, 1e9])), g)
    assert found.faults == () and found.how.endswith("nothing else")
