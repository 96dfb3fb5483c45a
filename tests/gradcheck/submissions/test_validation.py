"""The result of `validate`: its JSON, its report, its exit codes; the contracts' odd corners; what misuse is told."""

import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from gradcheck.commands.cli import main
from gradcheck.judge.verdicts import Verdict
from gradcheck.submissions.validation import Stage, validate
from reports.render import render

ROOT = Path(__file__).parents[3]
RIGHT = ROOT / "tests" / "submissions" / "right"
GOOD = (RIGHT / "plain_loop.py").read_text()
WRONG = GOOD.replace("* a * (1 - a) / len(x)", "/ len(x)")
NETWORK = "3-4-2"


@pytest.fixture
def student(tmp_path):
    def written(text: str, name: str = "student.py") -> Path:
        (tmp_path / name).write_text(text)
        return tmp_path / name

    return written


def test_the_json_has_the_keys_of_the_schema(student):
    data = json.loads(render(validate(student(WRONG), network=NETWORK, examples=3).report("teacher"), "json"))
    assert list(data) == [
        *(
            "schema",
            "submission",
            "network",
            "network_from",
            "contract",
            "verdict",
            "score",
            "max_score",
            "conventions",
            "checks",
        ),
        *("diagnoses", "first_wrong_line", "first_wrong_file", "first_wrong_cell", "no_line", "repair", "repairs", "formula"),
        *("counterexample", "worked_case", "error", "not_judged", "notes", "isolation", "timings", "seed", "toolkit", "hints"),
    ]
    assert list(data["hints"]) == ["where", "why", "by_hand", "line"]
    assert (data["schema"], data["verdict"], data["contract"]) == ("gradcheck.validation/1", "fail", "functions")
    keys = {"name", "quantity", "verdict", "witness", "max_error", "budget", "detectable", "points", "max_points", "message"}
    assert all(keys <= set(check) for check in data["checks"])
    names = {"interface", "forward", "loss", "gradient", "self-consistency", "property", "determinism", "inputs-unchanged"}
    assert {check["name"] for check in data["checks"]} == names | {"no-state", "analytic"}
    assert {"id", "layer", "quantity", "line", "message", "formula", "evidence_digits"} <= set(data["diagnoses"][0])
    assert set(data["isolation"]) >= {"level", "layers", "probes", "limits", "versions"}
    assert set(data["counterexample"]) == {"network", "params", "x", "y", "expected", "got"}


def test_the_same_seed_gives_the_same_answer_byte_for_byte(student):
    path = student(WRONG)
    texts = [render(validate(path, network=NETWORK, examples=5).report(), "json") for _ in range(2)]
    first, second = (re.sub(r'"total": [\d.]+', "", text) for text in texts)
    assert first == second
    assert render(validate(path, network=NETWORK, examples=5, seed=1).report(), "json") != texts[0]


def test_a_student_reads_the_verdict_then_what_to_fix_first(student):
    stages: list[Stage] = []
    result = validate(student(WRONG), network=NETWORK, examples=0, on_stage=stages.append)
    assert stages == list(Stage)
    lines = render(result.report(), "text").splitlines()
    assert "The gradient is wrong. 3 of 4 points." in lines[3]
    assert "One mistake, in line" in lines[5] and "dW1" in lines[5]
    assert lines.index("Why") < lines.index("The gradient") < lines.index("The other checks")


def test_hidden_checks_are_for_the_teacher_alone(student):
    result = validate(student(WRONG), network=NETWORK, examples=3, hidden=["property"])
    assert "property" not in render(result.report(), "json")
    assert "property: taylor" in render(result.report("teacher"), "text")
    result = replace(result, rows=tuple(replace(row, hidden=row.name == "gradient") for row in result.rows))
    seen, all_of_it = (json.loads(render(result.report(view), "json")) for view in ("student", "teacher"))
    assert (seen["counterexample"], seen["worked_case"], seen["hints"]["by_hand"]) == (None, None, None)
    assert all_of_it["counterexample"] and all_of_it["worked_case"]


def test_points_are_those_of_the_assignment(student):
    result = validate(student(WRONG), network=NETWORK, examples=0, points={"gradient.W2": 2, "gradient.b2": 3, "loss": 1})
    assert (result.score, result.max_score) == (3.0, 6.0)  # b2 is the delta that is wrong; W2 follows from it


@pytest.mark.parametrize(
    ("text", "options", "code"),
    [
        (GOOD, ["--network", NETWORK], 0),
        (WRONG, ["--network", NETWORK], 1),
        ("syntax error here", ["--network", NETWORK], 1),
        (GOOD, [], 3),
        (GOOD.replace("activations = [x]", "activations = [x.astype('f4')]"), ["--network", NETWORK], 0),
        (GOOD.replace("activations = [x]", "activations = [x.astype('f4')]"), ["--network", NETWORK, "--strict"], 1),
        (GOOD, ["--network", "3-4:tan-2"], 2),
        (GOOD, ["--network", NETWORK, "--contract", "function"], 2),
        (GOOD, ["--network", NETWORK, "--contract", "missing.py"], 2),
    ],
)
def test_the_exit_code_says_what_came_out(text, options, code, student, capsys):
    assert main(["validate", str(student(text)), "--examples", "0", *options]) == code
    assert "Traceback" not in capsys.readouterr().err


def test_a_file_without_a_network_is_told_what_to_try(student):
    result = validate(student(GOOD))
    assert result.verdict == "inconclusive"
    assert "this file is the network 4-5:sigmoid-3:sigmoid/quadratic" in str(result)
    assert "--network 4-5:sigmoid-3:sigmoid/quadratic" in str(result)


def test_a_file_that_fits_no_contract_is_told_what_it_has_and_what_it_may_have(student):
    result = validate(student("def backprop_all(net):\n    return 1\n"), network=NETWORK)
    assert result.error.kind == "missing-function"
    assert "it defines backprop_all" in result.error.message
    assert "backward(params, x, y)" in result.error.message


LAST = 1 + GOOD[: GOOD.index("return grads")].count("\n")


@pytest.mark.parametrize(
    ("source", "kind", "line", "words"),
    [
        ("", "missing-function", None, "it defines no function or class"),
        ("def backward(params, x, y)\n    return []\n", "syntax", 1, "expected ':', at `def backward(params, x, y)`"),
        ("def backwrd(params, x, y):\n    return []\n", "missing-function", None, "is backwrd meant to be backward?"),
        ("def backward(dout, cache):\n    return dout\n", "missing-function", None, "backward(dout, cache) would have to take"),
        ("class MLP:\n    def backward(self, y): ...\n", "missing-function", None, "builds a MLP and returns its gradients"),
        ("def backward(params, x, y):\n    g = []\n", "wrong-type", None, "None (is a return missing?)"),
        ("def backward(params, x, y):\n    yield x\n", "wrong-type", None, "a generator (yield where return was meant?)"),
        ("async def backward(params, x, y):\n    return x\n", "wrong-type", None, "a coroutine (async def"),
        ("def backward(params, x, y):\n    return [(W.T, b) for W, b in params]\n", "wrong-shape", 2, "transposed?"),
        ("def backward(params, x, y):\n    return [(W / 0, b) for W, b in params]\n", "not-finite", 2, "dW1[0, 0] is"),
        ("def backward(params, x, y):\n    return lam * x\n", "exception", 2, "'lam' is not defined, at `return lam * x`"),
        ("def backward(params, x, y):\n    return x @ x\n", "exception", 2, "at `return x @ x`"),
        (GOOD.replace("return grads", "return grads[::-1]"), "wrong-shape", LAST, "the layers in reverse order"),
    ],
)  # fmt: skip
def test_a_file_that_gives_no_gradient_is_told_why_and_where(source, kind, line, words, student):
    result = validate(student(source), network=NETWORK)
    assert (result.error.kind, result.error.line) == (kind, line)
    assert words in result.error.message


def test_a_worked_case_keeps_the_lambda_that_the_file_has_fixed(student):
    scaled = "return [(dW + 0.25 * W, 1.5 * db) for (dW, db), (W, _) in zip(grads, params)]"
    source = GOOD.replace("return grads", scaled)
    source = re.sub(r"def loss.*?\n\n\n", "", source, flags=re.DOTALL)
    result = validate(student(source), network="3-4-2+l2=0.25", examples=5)
    assert result.verdict == "fail"
    assert "+l2=0.25" in result.counterexample["network"]
    assert {key[0] for key in result.counterexample["got"]} == {"b"}


@pytest.mark.parametrize(
    ("path", "message"),
    [("nowhere.py", "there is no such file"), ("broken.py", "is a link to .*gone.py, which is not there")],
)
def test_a_path_without_a_submission_is_misuse(path, message, tmp_path):
    (tmp_path / "broken.py").symlink_to("gone.py")
    with pytest.raises(ValueError, match=message):
        validate(tmp_path / path, network=NETWORK)


def test_a_package_of_several_files_asks_for_its_entry(tmp_path):
    for name in ("one.py", "two.py"):
        (tmp_path / name).write_text(GOOD)
    with pytest.raises(ValueError, match=r"holds 2 files: name the one to call with --entry, one of one\.py, two\.py"):
        validate(tmp_path, network=NETWORK)


def test_an_archive_with_a_helper_beside_its_entry_passes(tmp_path):
    with zipfile.ZipFile(tmp_path / "s.zip", "w") as archive:
        archive.writestr("work/helper.py", "import numpy as np\ndef sigmoid(z):\n    return 1 / (1 + np.exp(-z))\n")
        archive.writestr(
            "work/main.py", GOOD.replace("def sigmoid(z):\n    return 1 / (1 + np.exp(-z))", "from helper import sigmoid")
        )
        archive.writestr("../evil.py", "raise SystemExit")
    assert validate(tmp_path / "s.zip", network=NETWORK, entry="main.py", examples=0).verdict == "pass"


def test_an_archive_that_unpacks_to_gigabytes_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.py", b"#" * 30_000_000)
    result = validate(tmp_path / "bomb.zip", network=NETWORK)
    assert (result.verdict, result.exit_code, result.error.kind) == ("error", 1, "unreadable")
    assert "a.py in bomb.zip is larger than 4 MiB" in result.error.message


def code_blocks(page: str) -> list[str]:
    return re.findall(r"```python title=.*?\n(.*?)```", (ROOT / "docs" / page).read_text(), re.DOTALL)


def test_the_documented_adapter_works(tmp_path):
    *_, submission, adapter = code_blocks("submissions.md")
    (tmp_path / "student.py").write_text(submission)
    (tmp_path / "adapter.py").write_text(adapter)
    result = validate(tmp_path / "student.py", network="3-4:tanh-2:tanh", contract=str(tmp_path / "adapter.py"), examples=3)
    assert (result.verdict, result.contract) == ("pass", "adapter"), result


def test_an_adapter_without_its_class_is_the_teachers_mistake(student, tmp_path):
    (tmp_path / "adapter.py").write_text("def gradient(): pass\n")
    with pytest.raises(ValueError, match="an adapter is a class Adapter with a method gradient"):
        validate(student(GOOD), network=NETWORK, contract=str(tmp_path / "adapter.py"))


def test_nielsens_backprop_is_judged_without_the_l2_that_his_update_adds():
    result = validate(RIGHT / "nielsen_python3.py", network="3-4-2+l2=0.5", examples=0)
    assert result.verdict == "pass"
    assert "judged without" in result.conventions["l2"]


def test_a_scale_of_its_own_is_told_under_loss():
    result = validate(RIGHT / "cost_is_a_sum.py", network=NETWORK, examples=0)
    loss = next(row for row in result.rows if row.name == "loss")
    assert "times m (a sum over the examples)" in loss.message
    assert result.conventions["cost"] == "the cost times m (a sum over the examples)"


def test_a_sum_without_a_cost_of_its_own_is_a_mistake(student):
    source = re.sub(r"def loss.*?\n\n\n", "", (RIGHT / "cost_is_a_sum.py").read_text(), flags=re.DOTALL)
    result = validate(student(source), network=NETWORK, examples=0)
    assert (result.verdict, result.diagnoses[0].id) == ("fail", "missing-batch-average")


def test_a_helper_by_the_name_of_loss_is_not_held_against_the_file(student):
    source = re.sub(
        r"def loss\(params, x, y\):.*?\n\n\n", "def loss(a, b, c):\n    raise ValueError('mine')\n\n\n", GOOD, flags=re.DOTALL
    )
    result = validate(student(source), network=NETWORK, examples=0)
    assert result.verdict == "pass"
    assert next(row.verdict for row in result.rows if row.name == "loss") == "skipped"


def test_a_top_level_that_trains_on_a_missing_file_is_passed_over_and_told(student):
    result = validate(student(GOOD + "\ndata = open('data.csv').read()\nprint(len(data))\n"), network=NETWORK, examples=0)
    assert result.verdict == "pass"
    assert [note.partition(":")[0] for note in result.notes] == ["passed over", "passed over"]


def test_an_error_at_the_top_level_is_told_with_its_line(student):
    result = validate(student(GOOD + "\nraise ValueError('half done')\n"), network=NETWORK)
    assert (result.error.kind, result.error.line) == ("exception", GOOD.count("\n") + 2)
    assert "half done" in result.error.message


CS231N_SINGLE = """
import numpy as np

class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, std=1e-4):
        self.params = {"W1": std * np.random.randn(input_size, hidden_size), "b1": np.zeros(hidden_size),
                       "W2": std * np.random.randn(hidden_size, output_size), "b2": np.zeros(output_size)}

    def loss(self, X, y, reg=0.0):
        W1, b1, W2, b2 = (self.params[k].astype(np.float32) for k in ("W1", "b1", "W2", "b2"))
        X, N = X.astype(np.float32), len(X)
        h = np.maximum(0, X @ W1 + b1)
        s = h @ W2 + b2
        p = np.exp(s - s.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        loss = -np.log(p[np.arange(N), y]).mean() + 0.5 * reg * ((W1 * W1).sum() + (W2 * W2).sum())
        p[np.arange(N), y] -= 1
        p /= N
        dh = p @ W2.T
        dh[h <= 0] = 0
        grads = {"W1": X.T @ dh + reg * W1, "b1": dh.sum(0), "W2": h.T @ p + reg * W2, "b2": p.sum(0)}
        return loss, grads
"""


@pytest.mark.parametrize("seed", [7, 8, 9, 12, 88, 20250725])
def test_the_noise_of_a_cost_in_single_precision_is_no_inconsistency(student, seed):
    result = validate(student(CS231N_SINGLE), network="3-4:relu-4/cross_entropy+l2=0.25", examples=0, seed=seed)
    assert result.verdict == "pass", [(row.name, row.message) for row in result.rows if row.verdict is Verdict.MISMATCH]


def test_lost_digits_of_a_cost_are_no_diagnosis_of_the_gradient(student):
    rounded = CS231N_SINGLE.replace(".astype(np.float32)", "").replace("return loss,", "return np.float32(loss),")
    result = validate(student(rounded), network="3-4:relu-4/cross_entropy+l2=0.25", examples=0)
    assert {str(row.verdict) for row in result.rows if row.name == "loss"} == {"inaccurate"}
    assert (result.verdict, result.diagnoses) == ("pass", ())


def test_a_gradient_of_another_cost_than_its_own_is_inconsistent(student):
    own = CS231N_SINGLE.replace(".astype(np.float32)", "").replace("dh.sum(0)", "1.001 * dh.sum(0)")
    result = validate(student(own), network="3-4:relu-4/cross_entropy+l2=0.25", examples=0)
    assert Verdict.MISMATCH in {row.verdict for row in result.rows if row.name == "self-consistency"}
