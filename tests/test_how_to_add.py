"""ARCHITECTURE.md, "How to add", done word for word in a copy of the packages: each new thing is seen wherever its kind is."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# file -> (the line that the new one goes before, the new lines)
ROWS = {
    "reference_nets/spec.py": [
        ('"softmax")\n', '"root", '),
        ('    "mse": "identity",', '    "quartic": "identity",\n'),
    ],
    "reference_nets/activations.py": [
        (
            '    Activation("softmax"',
            '    Activation("root", lambda z: z / np.sqrt(1 + z * z), lambda z: (1 + z * z) ** -1.5, '
            "lambda z: -3 * z * (1 + z * z) ** -2.5),\n",
        )
    ],
    "reference_nets/costs.py": [
        (
            '    "mse": Cost(',
            '    "quartic": Cost("quartic", lambda a, y: _total((a - y) ** 4) / (4 * a.shape[-2]), '
            "lambda a, y: (a - y) ** 3 / len(a)),\n",
        )
    ],
    "symbolic/programs/functions.py": [
        ('    _smooth("silu"', '    _smooth("root", z / sp.sqrt(1 + z**2)),\n'),
        ('    "mse": lambda', '    "quartic": lambda a, y, outputs: (a - y) ** 4 / 4,\n'),
    ],
    "symbolic/programs/array_functions.py": [
        (
            '    "silu": lambda',
            '    "root": lambda z: z / np.hypot(1, z),\n    "droot": lambda z: 1 / np.hypot(1, z) ** 3,\n',
        )
    ],
    "symbolic/mistakes/wrong_gradients.py": [
        (
            '    Mistake("l2-missing"',
            '    Mistake("bias-squared-on-top", _BATCH, "+ b^2", "sum of delta", '
            '_layers(lambda p, s: s.rhs + symbol(f"b{s.layer}", *s.index) ** 2, rules=("BP3",))),\n',
        )
    ],
    "gradcheck/properties/invariants.py": [
        (
            '    Property(\n        "constant-input"',
            '    Property("asked-twice", "It is itself.", "g = g", _always, lambda s: _each_quantity(s.data, s.data)),\n',
        )
    ],
    "reference_nets/examples/presets.py": [
        ('    Preset("guess-two"', '    Preset("mine", "2-3:root-2/quartic", "a network of my own"),\n')
    ],
    "reports/render.py": [('    "json": Format(', '    "loud": Format(".loud", "reports.loud"),\n')],
    "gradcheck/commands/cli.py": [('    "networks": (', '    "hello": ("gradcheck.commands.hello", "say hello"),\n')],
}
FILES = {
    "reports/loud.py": "def render(document):\n    return document.title.upper()\n",
    "gradcheck/commands/hello.py": "def add_arguments(parser): pass\ndef run(arguments):\n    print('hello')\n    return 0\n",
    "gradcheck/contracts/mine.py": """
from .common import Contract, Layout
from .reading import read_gradient

CONTRACTS = (Contract("mine", "my_gradient(params, x, y)", "2-3:root-2/quartic", 5, (Layout(params="dict"),)),)


def offered(names):
    return callable(names.get("my_gradient"))


class Adapter:
    offers = ()

    def __init__(self, names, layout):
        self.names, self.layout = names, layout

    def gradient(self, net, point, handed):
        return read_gradient(self.names["my_gradient"](dict(point.params), point.x, point.y), net, self.layout)
""",
    "student.py": """
import numpy as np

def my_gradient(params, x, y):
    z1 = x @ params["W1"].T + params["b1"]
    a1 = z1 / np.sqrt(1 + z1 * z1)
    delta2 = (a1 @ params["W2"].T + params["b2"] - y) ** 3 / len(x)
    delta1 = delta2 @ params["W2"] / np.sqrt(1 + z1 * z1) ** 3
    return {"W1": delta1.T @ x, "b1": delta1.sum(0), "W2": delta2.T @ a1, "b2": delta2.sum(0) + params["b2"] ** 2}
""",
}
LOOK = """
import contextlib, io, json, sys
from gradcheck.commands.cli import main
from gradcheck.properties.invariants import applicable
from gradcheck.submissions.submission import ELEMENTWISE
from gradcheck.submissions.validation import validate
from gradcheck.verification.default_networks import default_networks
from reference_nets.examples.presets import PRESETS
from symbolic.mistakes.catalogue import all_variants


def said(*words):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        try:
            code = main(list(words))
        except SystemExit as end:  # --help
            code = end.code
    return code, out.getvalue()


spec = PRESETS["mine"].spec
result = validate("student.py", network="mine", examples=2)
told = {
    "names": json.loads(said("networks", "--format", "json")[1]),
    "help": said("--help")[1],
    "hello": said("hello"),
    "loud": said("networks", "--format", "loud"),
    "networks": default_networks(),
    "layers": ELEMENTWISE,
    "mistakes": [one.mistake for one in all_variants(spec)],
    "properties": [one.name for one in applicable(spec)],
    "verify": said("verify", "mine", "--quiet"),
    "derive": [said("derive", "mine", "--lang", lang) for lang in ("en", "zh")],
    "contract": result.contract,
    "rows": {row.quantity: str(row.verdict) for row in result.rows if row.name in ("gradient", "property")},
    "diagnoses": [one.id for one in result.diagnoses],
}
json.dump(told, open("told.json", "w"))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What a copy of the packages says of the things that were added to it."""
    tree = tmp_path_factory.mktemp("tree")
    for package in ("gradcheck", "reference_nets", "reports", "symbolic"):
        shutil.copytree(ROOT / package, tree / package)
    for name, text in FILES.items():
        (tree / name).write_text(text, encoding="utf-8")
    for name, rows in ROWS.items():
        text = (tree / name).read_text(encoding="utf-8")
        for before, row in rows:
            assert text.count(before) == 1, (name, before)
            text = text.replace(before, row + before)
        (tree / name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", LOOK], cwd=tree, capture_output=True, text=True, check=False,
        env={"PYTHONPATH": str(tree), "PATH": "/usr/bin:/bin", "HOME": str(tree)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads((tree / "told.json").read_text())


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("activations", "root"),
        ("costs", "quartic"),
        ("presets", "mine"),
        ("contracts", "mine"),
        ("mistakes", "bias-squared-on-top"),
    ],
)
def test_each_is_listed(kind, name, told):
    assert name in told["names"][kind]


def test_an_activation_and_a_cost_are_verified_derived_and_in_the_default_networks(told):
    assert told["verify"][0] == 0, told["verify"][1]
    for code, text in told["derive"]:
        assert code == 0 and "root" in text
    assert any(":root/" in name or ":root-" in name for name in told["networks"]) and "mine" in told["networks"]
    assert any(name.endswith("/quartic") for name in told["networks"])
    assert "root" in told["layers"]


def test_a_mistake_is_planted_and_diagnosed(told):
    assert "bias-squared-on-top" in told["mistakes"]
    assert told["diagnoses"] == ["bias-squared-on-top"]


def test_a_property_is_checked_of_a_submission_and_a_contract_is_found(told):
    assert told["contract"] == "mine"
    assert "asked-twice" in told["properties"] and told["rows"]["asked-twice"] == "match"
    assert {key: told["rows"][key] for key in ("W1", "b1", "W2", "b2")} == {
        "W1": "match",
        "b1": "match",
        "W2": "match",
        "b2": "mismatch",
    }


def test_a_command_and_a_format_are_offered(told):
    assert "hello" in told["help"] and "say hello" in told["help"] and told["hello"] == [0, "hello\n"]
    assert told["loud"][0] == 0 and "NAMES" in told["loud"][1]
