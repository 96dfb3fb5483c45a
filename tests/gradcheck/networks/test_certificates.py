"""Certificates: what was claimed can be checked again without the code that claimed it."""

import ast
import json
import sys
from pathlib import Path

import numpy as np
import pytest

import gradcheck.recheck.network
from gradcheck.commands.cli import main
from gradcheck.networks.certificate import certificate, digest, write_certificate
from gradcheck.recheck.network import recheck
from gradcheck.recheck.watch import TimeAllowance
from gradcheck.witnesses.points import safe_point
from reference_nets.network import backward
from reference_nets.spec import NetworkSpec

NETWORKS = [
    "2-3-1",
    "2-3:tanh-2/mse+l2=0.1",
    "3-3:relu-2/cross_entropy",
    "2-2:gelu-1/bce",
    "2-3:elu-2:identity/huber",
    "2-2:silu-2:softplus/quadratic",
    "2-3:leaky_relu-2:softmax/quadratic",
    "2-3:tanh-2:relu-2/mse+nobias+l2=0.5",
    "2-2:elu-2/cross_entropy+l2b=0.25",
]


def made(notation, spoil=1.0):
    spec = NetworkSpec.parse(notation)
    point = safe_point(spec, np.random.default_rng(3), m=2)
    grads = backward(spec, point.params, point.x, point.y)
    grads["W1"][0, 0] *= spoil
    return certificate(spec, point, grads, seed=3)


@pytest.mark.parametrize("notation", NETWORKS)
def test_a_certificate_holds(notation):
    data = made(notation)
    assert set(data["verdicts"].values()) == {"match"}
    found = recheck(json.dumps(data))
    assert found.ok, found.faults
    assert found.entries == NetworkSpec.parse(notation).n_params


def test_a_mismatch_is_certified_too():
    data = made("2-3-1", spoil=1 + 1e-9)
    assert data["verdicts"]["W1"] == "mismatch"
    assert recheck(json.dumps(data)).ok


def forged(change):
    data = made("2-3-1")
    change(data)
    data["sha256"] = digest(data)
    return recheck(json.dumps(data)).faults


@pytest.mark.parametrize(
    ("notation", "option", "value", "told"),
    [
        ("2-2/mse+nobias", "biases", True, "biases is expected to be False where it is named"),
        ("2-2/mse+nobias", "l2_on_biases", True, "l2_on_biases needs an l2 factor, and biases"),
        ("2-2/mse+l2b=0.5", "biases", False, "l2_on_biases needs an l2 factor, and biases"),
        ("2-2/mse+l2b=0.5", "l2_on_biases", False, "l2_on_biases is expected to be True where it is named"),
        ("2-2/mse+l2=0.5", "l2_on_biases", True, "its notation is"),
    ],
)
def test_options_that_do_not_go_with_each_other_are_seen(notation, option, value, told):
    data = made(notation)
    data["network"][option] = value
    data["sha256"] = digest(data)
    with pytest.raises(ValueError, match=told):
        recheck(json.dumps(data))


def test_a_gradient_without_the_penalty_of_its_biases_is_refuted():
    spec = NetworkSpec.parse("2-2:tanh-1+l2b=0.5")
    point = safe_point(spec, np.random.default_rng(3), m=2)
    grads = backward(spec, point.params, point.x, point.y)
    grads["b1"] = grads["b1"] - 0.5 * point.params["b1"]
    data = certificate(spec, point, grads)
    assert data["verdicts"] == {"W1": "match", "b1": "mismatch", "W2": "match", "b2": "match"}
    assert recheck(json.dumps(data)).ok


@pytest.mark.smoke
def test_a_forged_enclosure_is_seen():
    def change(data):
        mid = data["enclosure"]["W2"]["mid"]
        mid[0][1] = float(np.nextafter(float.fromhex(mid[0][1]), 9)).hex()

    (fault,) = forged(change)
    assert "W2[0, 1]" in fault and "outside of its enclosure" in fault


def test_a_forged_claim_or_verdict_is_seen():
    def claim(data):
        data["claimed"]["b1"][2] = (float.fromhex(data["claimed"]["b1"][2]) * (1 + 1e-9)).hex()

    def verdict(data):
        data["verdicts"]["b1"] = "mismatch"

    assert forged(claim) == ("the verdict on b1 is match, but its entries say otherwise: b1[2] is 6.4e-13 off",)
    assert forged(verdict) == ("the verdict on b1 is mismatch, but its entries say otherwise: all are within their budget",)


def test_a_changed_file_is_seen(tmp_path, capsys):
    data = made("2-3-1")
    write_certificate(tmp_path / "good.json", data)
    write_certificate(tmp_path / "bad.json", {**data, "seed": 4})
    assert main(["recheck", str(tmp_path / "good.json")]) == 0
    assert "the certificate holds: 13 derivatives" in capsys.readouterr().out
    assert main(["recheck", str(tmp_path / "bad.json")]) == 1
    assert "the hash does not fit" in capsys.readouterr().out
    (tmp_path / "none.json").write_text("{}")
    assert main(["recheck", str(tmp_path / "none.json")]) == 2
    assert "this is no certificate" in capsys.readouterr().err


def test_verify_writes_a_certificate_that_recheck_confirms(tmp_path, capsys):
    file = tmp_path / "verified.json"
    assert main(["verify", "2-3-1", "--seed", "7", "--certificate", str(file)]) == 0
    assert f"certificate written to {file}" in capsys.readouterr().err
    data = json.loads(file.read_text())
    spec = NetworkSpec.parse("2-3-1")
    point = safe_point(spec, np.random.default_rng(7))  # the one that verify looked at
    assert data["point"]["x"] == [[float(v).hex() for v in row] for row in point.x]
    assert data["seed"] == 7 and set(data["verdicts"].values()) == {"match"}
    assert main(["recheck", str(file)]) == 0
    assert "the certificate holds: 13 derivatives" in capsys.readouterr().out


def test_a_certificate_is_of_one_network(tmp_path, capsys):
    assert main(["verify", "--certificate", str(tmp_path / "all.json")]) == 2
    assert "--certificate is of one network, got 0" in capsys.readouterr().err


LARGE = (1e300).hex()


def test_the_verdict_that_is_confirmed_and_what_is_trusted_are_told_as_data(tmp_path, capsys):
    write_certificate(tmp_path / "right.json", made("2-3-1"))
    write_certificate(tmp_path / "wrong.json", made("2-3-1", spoil=1 + 1e-9))
    forged = made("2-3-1")
    forged["budget"]["W1"][0][0] = LARGE
    forged["claimed"]["W1"][0][0] = LARGE
    write_certificate(tmp_path / "forged.json", {**forged, "sha256": digest(forged)})
    for name, code, outcome, verdict in (
        ("right", 0, "holds", "match"),
        ("wrong", 0, "holds", "mismatch"),
        ("forged", 1, "refuted", None),
    ):
        assert main(["recheck", str(tmp_path / f"{name}.json"), "--format", "json"]) == code
        data = json.loads(capsys.readouterr().out)
        assert (data["schema"], data["outcome"], data["verdict"]) == ("gradcheck.recheck/1", outcome, verdict)
        assert any("the exact size of each budget" in told for told in data["trusted"])
        assert bool(data["faults"]) == (outcome == "refuted")


def test_what_takes_long_is_said_beforehand(monkeypatch):
    told = []
    monkeypatch.setattr("gradcheck.recheck.watch.LONG", 0.0)
    recheck(json.dumps(made("2-3-1")), TimeAllowance(tell=told.append))
    assert len(told) == 1 and told[0] > 0


def test_budgets_are_near_an_estimate_of_rounding_by_other_means():
    """Of networks as they are verified: the factor that recheck allows is wider than what was ever seen."""
    rng = np.random.default_rng(8)
    for notation in NETWORKS:
        spec = NetworkSpec.parse(notation)
        for m in (1, 3):
            point = safe_point(spec, rng, m=m)
            found = recheck(json.dumps(certificate(spec, point, backward(spec, point.params, point.x, point.y))))
            assert found.ok, (notation, found.faults, found.open)


def test_a_certificate_of_a_network_needs_no_function(tmp_path, capsys):
    write_certificate(tmp_path / "c.json", made("2-3-1"))
    assert main(["recheck", str(tmp_path / "c.json"), "--function", "math:sin"]) == 2
    assert "this certificate is of a network" in capsys.readouterr().err


RECHECKING = sorted(Path(gradcheck.recheck.network.__file__).parent.glob("*.py"))
OURS = ("gradcheck", "symbolic", "reference_nets", "reports", "flint")
# What it may import of ours: itself, and what reads JSON and imports nothing of ours.
OF_THE_RECHECK = ("gradcheck.recheck", "reference_nets.reading.strict_json")


@pytest.mark.parametrize("path", RECHECKING, ids=lambda path: path.stem)
def test_the_routine_is_independent(path):
    """Nothing that made the certificate is imported; of the whole toolkit, the files of the recheck alone."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    modules |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    ours = {name for name in modules if name.split(".")[0] in OURS}
    assert all(name.startswith(OF_THE_RECHECK) for name in ours), ours
    foreign = {name.split(".")[0] for name in modules - ours} - sys.stdlib_module_names
    assert foreign <= ({"mpmath", "numpy"} if any(part in path.stem for part in OF_FUNCTIONS) else set())


OF_FUNCTIONS = ("function", "look", "numbers", "subject", "floats", "kinks")
