"""Submissions as they are handed in: right ones pass in every contract and style, and a mistake planted in them is found."""

import json
import re
from pathlib import Path

import pytest

from gradcheck.submissions.validation import validate

HERE = Path(__file__).parents[2] / "submissions"
RIGHT = sorted(p for p in (HERE / "right").iterdir() if p.suffix in (".py", ".ipynb"))
PACKAGES = [(HERE / "right" / "fully_connected", "classifiers/fc_net.py")]
FULL = pytest.mark.extra("resource")  # run by make test-all


def declared(text: str, key: str, default: str = "") -> str:
    found = re.search(rf"^# {key}: (.*)$", text, re.MULTILINE)
    return found.group(1) if found else default


def options(path: Path) -> dict[str, str]:
    text = path.read_text()
    if path.suffix == ".ipynb":
        return {"network": json.loads(text)["network"]}
    return {"network": declared(text, "network") or None, "contract": declared(text, "contract", "auto")}


def test_there_are_sixty_right_submissions():
    assert len(RIGHT) + len(PACKAGES) >= 60


@pytest.mark.parametrize("path", RIGHT, ids=lambda p: p.stem)
def test_a_right_submission_passes(path):
    result = validate(path, examples=3, **options(path))
    assert result.verdict == "pass", f"{result}\n{[(r.name, r.quantity, r.verdict, r.message) for r in result.rows]}"
    assert {str(row.verdict) for row in result.rows} <= {"match", "kink", "skipped"}, result
    assert result.score == result.max_score
    assert result.diagnoses == ()


@pytest.mark.parametrize(("root", "entry"), PACKAGES, ids=lambda p: str(p).rpartition("/")[2])
def test_a_right_package_passes(root, entry):
    result = validate(root, entry=entry, examples=3, network=declared((root / entry).read_text(), "network"))
    assert result.verdict == "pass", result


# The right file, what is changed in it, and the mistake that is named.
PLANTED = [
    ("arguments_by_name.py", " * (1 - h**2)", "", "missing-hidden-activation-derivative"),
    ("separate_arguments.py", ".sum(0)", ".mean(0)", "bias-gradient-averaged-twice"),
    ("bias_first.py", "a[-1] - y", "y - a[-1]", "output-delta-sign"),
    ("layer_dicts.py", "/ X.shape[0]", "", "missing-batch-average"),
    ("forward_then_cache.py", 'cache["A1"].T @', 'cache["Z1"].T @', "weight-gradient-uses-z"),
    ("activations_and_zs.py", "len(y)", "len(y) ** 2", "batch-average-twice"),
    ("nielsen_function.py", "activations[-1] - y", "2 * (activations[-1] - y)", "cost-derivative-factor"),
    ("two_prop_functions.py", "* (Z1 > 0)", "* A1", "activation-value-for-derivative"),
    ("propagate.py", "np.sum(A - Y) / m}", "np.sum(A - Y)}", "bias-gradient-not-averaged"),
    ("nn_cost_function_octave.py", "+= Lambda / m", "+= 0", "l2-missing"),
    ("seven_arguments.py", "* a2[:, 1:] * (1 - a2[:, 1:])", "", "missing-hidden-activation-derivative"),
    ("cost_classes.py", "(a - y) * a * (1 - a)", "a - y", "missing-output-activation-derivative"),
    ("exported_notebook.py", "(1 - A1**2)", "(1 - A1)", "activation-derivative-wrong-formula"),
    ("gradient_check_forms.py", " * (acts[l - 1] > 0)", "", "missing-hidden-activation-derivative"),
]


@pytest.mark.parametrize(("name", "right", "wrong", "mistake"), PLANTED, ids=lambda value: value if ".py" in str(value) else "")
def test_a_mistake_planted_in_a_right_submission_is_named(name, right, wrong, mistake, tmp_path):
    path = HERE / "right" / name
    assert right in path.read_text()
    (tmp_path / name).write_text(path.read_text().replace(right, wrong))
    result = validate(tmp_path / name, examples=0, **options(path))
    assert result.verdict == "fail"
    assert mistake in {d.id for d in result.diagnoses} | {a for d in result.diagnoses for a in d.alternatives}


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("bias_first.py", {"gradient": "[(db, dW), ...]"}),
        ("layer_dicts.py", {"params": "[{'W': ..., 'b': ...}, ...]", "W": "(n_in, n_out)"}),
        ("unit_in_loops.py", {"W": "(n_in,)", "b": "a number", "y": "(m,)", "params": "arguments of their own"}),
        ("nn_cost_function_octave.py", {"params": "unrolled column by column (order='F')", "y": "labels 1 to K in a column"}),
        ("cost_classes.py", {"gradient": "(nabla_w, nabla_b)"}),
        ("cost_of_outputs.py", {"cost": "the cost times m (a sum over the examples)"}),
        ("two_prop_functions.py", {"batch": "columns", "y": "labels", "gradient": "[dW1, db1, ...]"}),
    ],
)
def test_the_report_says_how_a_file_was_read(name, told):
    result = validate(HERE / "right" / name, examples=0, **options(HERE / "right" / name))
    assert {key: result.conventions.get(key) for key in told} == told


def test_a_cost_by_another_name_that_is_not_exact_is_not_held_against_the_gradient(tmp_path):
    source = (HERE / "right" / "cost_of_outputs.py").read_text()
    source = source.replace("-np.sum(y * np.log(y_hat))", "-np.mean(np.sum(y * np.log(y_hat + 1e-8), axis=1))")
    (tmp_path / "student.py").write_text(source.replace("d2 = p - y", "d2 = (p - y) / len(x)"))
    result = validate(tmp_path / "student.py", network="3-4:tanh-3/cross_entropy", examples=0)
    assert result.verdict == "pass"
    assert {str(row.verdict) for row in result.rows} <= {"match", "skipped"}
