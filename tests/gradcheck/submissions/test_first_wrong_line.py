"""The line of a mistake in a wide network: found on a narrow one, or where all but a few units are cut off."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from gradcheck.isolation.child.calls import Tracer
from gradcheck.isolation.faults import SubmissionFault
from gradcheck.judge.mistake import Diagnosis
from gradcheck.submissions.first_wrong_line import traced
from gradcheck.witnesses.points import safe_point
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec

RIGHT = """\
import numpy as np
def backward(params, x, y):
    m, a = len(x), [x]
    for W, b in params:
        a.append(1 / (1 + np.exp(-(a[-1] @ W.T + b))))
    delta = (a[-1] - y) * a[-1] * (1 - a[-1]) / m
    grads = []
    for l in range(len(params) - 1, -1, -1):
        db = delta.sum(axis=0)
        dW = delta.T @ a[l]
        grads.append((dW, db))
        if l:
            delta = (delta @ params[l][0]) * a[l] * (1 - a[l])
    return grads[::-1]
"""
FIXED = "    assert [W.shape for W, b in params] == [(30, 40), (10, 30)]\n"
MISTAKES = [  # id, layer, text, what stands there instead, the line
    ("missing-batch-average", 2, " / m\n", "\n", 9),
    ("missing-output-activation-derivative", 2, "(a[-1] - y) * a[-1] * (1 - a[-1])", "(a[-1] - y)", 6),
    ("missing-hidden-activation-derivative", 1, "(delta @ params[l][0]) * a[l] * (1 - a[l])", "(delta @ params[l][0])", 13),
    ("bias-gradient-over-all-entries", 2, "delta.sum(axis=0)", "delta.sum() + np.zeros(delta.shape[1])", 9),
]


class Submission:
    """A file's function, traced in this process."""

    def __init__(self, text: str) -> None:
        names: dict[str, Any] = {}
        exec(compile(text, "file.py", "exec"), names)
        self.backward, self.session, self.networks = names["backward"], SimpleNamespace(is_alive=True), []

    def gradient(self, spec: NetworkSpec, point: Point, *, trace: bool) -> SimpleNamespace:
        """The arrays that the file's lines made."""
        assert trace
        self.networks.append(spec)
        pairs = [(point.params[f"W{l}"], point.params[f"b{l}"]) for l in spec.layers]
        try:
            with Tracer({"file.py": None}) as tracer:
                self.backward(pairs, point.x, point.y)
        except AssertionError as error:
            raise SubmissionFault("exception", str(error)) from None
        return SimpleNamespace(told={f"trace.{number}": record for number, record in enumerate(tracer.records)})


def line_of(text: str, mistake: str, layer: int) -> tuple[int | None, list[NetworkSpec]]:
    spec = NetworkSpec.parse("40-30-10")
    point = safe_point(spec, np.random.default_rng(0))
    submission = Submission(text)
    asked: Any = SimpleNamespace(spec=spec, points=[point], submission=submission)
    (found,) = traced(asked, (Diagnosis(mistake, layer, f"W{layer}", "", "", "", 16.0),))
    return found.line, submission.networks


@pytest.mark.parametrize(("mistake", "layer", "right", "wrong", "line"), MISTAKES)
def test_a_wide_mistake_has_its_line_whatever_networks_the_file_takes(
    mistake: str, layer: int, right: str, wrong: str, line: int
) -> None:
    text = RIGHT.replace(right, wrong)
    found, networks = line_of(text, mistake, layer)
    assert found == line
    assert [max(spec.sizes) for spec in networks] == [10]
    fixed = text.replace("    m, a = len(x), [x]\n", FIXED + "    m, a = len(x), [x]\n")
    found, networks = line_of(fixed, mistake, layer)
    assert found == line + 1
    assert [max(spec.sizes) for spec in networks] == [10, 40]


def test_where_no_line_shows_the_mistake_none_is_named() -> None:
    found, networks = line_of(RIGHT, "missing-hidden-activation-derivative", 1)
    assert found is None
    assert len(networks) == 2
