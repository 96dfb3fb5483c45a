"""The report of check_grad says where the part is made of which it names a cause."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from gradcheck import check_grad
from reports.render import render

X = np.array([0.3, 0.7])
DICT = {"w": X, "b": np.array([1.0, 2.0])}


def cost(p):
    return np.sum(np.tanh(2 * p["w"])) + np.sum(p["b"] ** 2)


def named(p):
    t = np.tanh(2 * p["w"])
    dw = -2 * (1 - t**2)
    return {"w": dw, "b": 2 * p["b"]}


def written_out(p):
    return {
        "w": 2 - 2 * np.tanh(2 * p["w"]) ** 2,
        "b": 4 * p["b"],
    }


def both(p):
    dw = -2 * (1 - np.tanh(2 * p["w"]) ** 2)
    db = 3 * p["b"]
    return {"w": dw, "b": db}


def in_two_steps(p):
    dw = 1 - np.tanh(2 * p["w"]) ** 2
    dw = -2 * dw
    return {"w": dw, "b": 2 * p["b"]}


def in_branches(p):
    if p["w"].size == 2:
        return {"w": -2 * (1 - np.tanh(2 * p["w"]) ** 2), "b": 2 * p["b"]}
    return None


class Model:
    def gradient(self, p):
        return named(p)

    def own(self, p):
        return {"w": 2 - 2 * np.tanh(2 * p["w"]) ** 2, "b": -2 * p["b"]}


def marked(grad, f=cost, x=DICT):
    text = render(check_grad(f, grad, x, rng=0).report(), "text", width=200)
    return [line.split(" | ")[1].split("  <- ")[0].strip() for line in text.splitlines() if line.lstrip().startswith("> ")]


@pytest.mark.parametrize(
    ("grad", "lines"),
    [
        (named, ["dw = -2 * (1 - t**2)"]),
        (written_out, ['"b": 4 * p["b"],']),
        (both, ['dw = -2 * (1 - np.tanh(2 * p["w"]) ** 2)', 'db = 3 * p["b"]']),
        (in_two_steps, []),
        (in_branches, []),
        (Model().own, ['return {"w": 2 - 2 * np.tanh(2 * p["w"]) ** 2, "b": -2 * p["b"]}']),
        (functools.partial(named), ["dw = -2 * (1 - t**2)"]),
    ],
)
def test_the_line_is_that_which_makes_the_wrong_part(grad, lines):
    assert marked(grad) == lines


def test_a_lambda_and_a_list_are_followed_too():
    wrong = lambda x: x**2
    assert marked(wrong, lambda x: np.sum(x**3), X) == ["wrong = lambda x: x**2"]

    def pair(x):
        return [np.cos(x[0]), -2 * x[1]]

    f = lambda x: np.sum(np.sin(x[0])) + np.sum(x[1] ** 2)
    assert marked(pair, f, [X, X]) == ["return [np.cos(x[0]), -2 * x[1]]"]


def test_no_line_is_told_without_a_source_or_without_a_cause():
    namespace = {"np": np}
    exec("def g(p):\n    return {'w': -2 * (1 - np.tanh(2 * p['w'])**2), 'b': 2 * p['b']}", namespace)
    assert marked(namespace["g"]) == []
    assert marked(lambda p: {"w": 2 - 2 * np.tanh(2 * p["w"]) ** 2, "b": 2 * p["b"]}) == []
    assert marked(lambda p: {"w": np.sin(p["w"]) + 0.1, "b": 2 * p["b"]}) == []


def test_the_note_is_the_cause_that_is_named():
    result = check_grad(cost, named, DICT, rng=0)
    text = " ".join(render(result.report(), "text").split())
    assert result.glances[0].message in text and text.count("the opposite sign in every entry") == 2
    assert "相反" in render(result.report(language="zh"), "text") or "在哪里" in render(result.report(language="zh"), "text")
