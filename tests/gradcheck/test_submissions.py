"""Submissions as they are handed in: right ones pass in every contract and style, and a mistake planted in them is found."""

import json
import re
from pathlib import Path

import pytest

from gradcheck.validation import validate

HERE = Path(__file__).parents[1] / "submissions"
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


def test_there_are_forty_right_submissions():
    assert len(RIGHT) + len(PACKAGES) >= 40


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
