"""A file that gives no gradient is told the line where it went astray, and what was in the arrays there."""

from __future__ import annotations

import json

import pytest

from gradcheck import validate
from reports.render import render
from tests.gradcheck.submissions.test_hints import RIGHT

CASES = [  # what stands instead, the kind, the line, the words beside it
    (("(d2 @ W2) * (1 - h**2)", "d2 @ W2.T"), "exception", 9, "here d2 is (5, 2) and W2 is (2, 4)"),
    (("d2.sum(axis=0)", "d2.sum(axis=1)"), "wrong-shape", 10, "summed over the wrong axis"),
    (("(1 - h**2)", "((h - h) / (h - h))"), "not-finite", 9, "the first nan, in d1"),
]


@pytest.mark.parametrize(("change", "kind", "line", "words"), CASES)
def test_the_line_and_what_was_there(change, kind, line, words, tmp_path):
    assert change[0] in RIGHT
    (tmp_path / "student.py").write_text(RIGHT.replace(*change))
    result = validate(tmp_path / "student.py", network="3-4:tanh-2", examples=0)
    assert (str(result.error.kind), result.error.line) == (kind, line)
    data = json.loads(render(result.report(), "json"))
    assert data["error"]["line"] == line and data["hints"]["where"] is not None
    assert (data["hints"]["why"] is None) == (kind == "wrong-shape")  # its words beside the line say all there is
    text = render(result.report(), "text")
    assert f"> {line:>2} |" in text and words in text
    assert "The other checks" not in text  # what is told above is not told again


def test_a_line_that_ended_the_code_is_put_right_where_that_is_asked_for(tmp_path):
    (tmp_path / "student.py").write_text(RIGHT.replace("(d2 @ W2) * (1 - h**2)", "(d2 @ W2.T) * (1 - h**2)"))
    result = validate(tmp_path / "student.py", network="3-4:tanh-2", examples=0, repair=True)
    (one,) = result.repair
    shown, kept = (render(result.report(hints=level), "text") for level in ("line", "by-hand"))
    assert one.verified and one.new.strip() in shown and "Tried: with this line every entry is right." in shown
    assert one.new.strip() not in kept
