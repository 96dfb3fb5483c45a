"""A student's report in Chinese: no English sentence is left in it, whatever the verdict, in either view and any format."""

import dataclasses
import json
import re
from pathlib import Path

import pytest

from gradcheck.isolation.faults import FaultKind, SubmissionFault
from gradcheck.sentences.sentence import Sentence
from gradcheck.submissions.validation import NotAnswered, validate
from reports.document import Code, CodeSpan, Document
from reports.render import render

RIGHT = (Path(__file__).parents[2] / "submissions" / "right" / "plain_loop.py").read_text()
MISTAKES = """
import numpy as np
def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    a1 = 1 / (1 + np.exp(-(x @ W1.T + b1)))
    a2 = 1 / (1 + np.exp(-(a1 @ W2.T + b2)))
    d2 = (a2 - y) * a2 * (1 - a2)
    d1 = (d2 @ W2) * a1 * a1
    return [(d1.T @ x, d1.sum(axis=0) / len(x)), (d2.T @ a1 / len(x), d2.sum(axis=0) / len(x))]
"""
LAYERS = """
def affine_forward(x, w, b):
    return x @ w + 2 * b, (x, w)
def affine_backward(dout, cache):
    return dout @ cache[1].T, cache[0].T @ dout, dout.sum(axis=0)
def conv_backward(dout, cache):
    return dout
"""
WRONG_SHAPE = MISTAKES.replace("(d2.T @ a1 / len(x),", "(a1.T @ d2 / len(x),")
FILES = {
    "right": (RIGHT, {"network": "3-4-2"}),
    "wrong": (MISTAKES, {"network": "3-4-2"}),
    "layers": (LAYERS, {"contract": "layers"}),
    "no network": (RIGHT, {}),
    "wrong shape": (WRONG_SHAPE, {"network": "3-4-2"}),
}
# What stays in any language: words of code, names of files and formats, and ids of mistakes and properties.
KEPT = re.compile(r"--network|numpy|kernel|python|bubblewrap|landlock|seccomp|rlimits|[a-z]+(-[a-z]+)+|[\w.]+\.py|\w+_\w+")
WORDS = re.compile(r"(?:[A-Za-z']{2,}[ ,;:]+){2,}[A-Za-z']{2,}")


@pytest.fixture(scope="module", params=FILES)
def result(request, tmp_path_factory):
    source, how = FILES[request.param]
    path = tmp_path_factory.mktemp("handed_in") / "student.py"
    path.write_text(source)
    return validate(path, examples=2, **how)


def texts(thing) -> list[str]:
    """The words of a report; not its code, and not its JSON."""
    if isinstance(thing, CodeSpan | Code):
        return []
    if isinstance(thing, str):
        return [thing]
    if isinstance(thing, list | tuple):
        return [text for part in thing for text in texts(part)]
    if dataclasses.is_dataclass(thing):
        others = ("data", "tone", "align", "language", "svg")
        fields = [field.name for field in dataclasses.fields(thing) if field.name not in others]
        return [text for name in fields for text in texts(getattr(thing, name))]
    return []


def english(document: Document) -> list[str]:
    return [text for text in texts(document) if WORDS.search(KEPT.sub("", text))]


@pytest.mark.parametrize("view", ["student", "teacher"])
def test_no_english_sentence_is_left(result, view):
    assert english(result.report(view, "zh")) == []
    assert english(result.report(view, "en"))


def test_the_first_lines_and_the_messages_of_the_json_are_chinese(result):
    lines = [*result.first_lines("zh").splitlines(), *messages(json.loads(render(result.report("teacher", "zh"), "json")))]
    assert [line for line in lines if WORDS.search(KEPT.sub("", line))] == []


def messages(data: dict) -> list[str]:
    found = [*(row["message"] for row in data["checks"]), *(one["message"] for one in data["diagnoses"]), *data["notes"]]
    found += [one["reason"] for one in data["not_judged"]]
    return [*found, data["error"]["message"]] if data["error"] else found


def test_states_are_the_same_in_every_language(result):
    english, chinese = (json.loads(render(result.report("teacher", language), "json")) for language in ("en", "zh"))
    for key in ("verdict", "score", "contract", "seed", "first_wrong_line"):
        assert english[key] == chinese[key]
    assert [row["verdict"] for row in english["checks"]] == [row["verdict"] for row in chinese["checks"]]
    assert [one["id"] for one in english["diagnoses"]] == [one["id"] for one in chinese["diagnoses"]]


@pytest.mark.parametrize("format", ["text", "html", "markdown", "latex"])
def test_every_format_has_the_chinese_headings(result, format):
    text = render(result.report("student", "zh"), format)
    assert str(result.first_lines("zh")).partition("：")[0] in ("通过", "未通过", "出错", "无法判定")
    assert "的检查报告" in text and "随机种子" in text


def test_what_the_machine_kept_back_is_told_in_chinese(result):
    words = Sentence("faults.held-up", why=Sentence("faults.held-disk"), seconds=10.0, spent=1.5)
    stopped = NotAnswered(FaultKind.MACHINE, words)
    held = dataclasses.replace(result, error=stopped, rows=(), diagnoses=(), not_judged=(), notes=())
    assert held.first_lines("zh").startswith("无法评分：student.py")
    assert english(held.report("teacher", "zh")) == []


def test_a_strangers_words_stay_as_they_are():
    fault = SubmissionFault("exception", "ValueError: all of my own words")
    assert fault.told == "exception: ValueError: all of my own words"


def test_no_language_but_those_that_there_are(result):
    with pytest.raises(ValueError, match="there is no language 'de', expected one of en, zh"):
        result.report("student", "de")
