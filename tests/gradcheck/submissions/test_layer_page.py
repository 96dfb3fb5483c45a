"""A wrong layer function has its page: the line, why, and the right line for that function, in both languages."""

from __future__ import annotations

import json

from gradcheck import validate
from reports.render import render

SOURCE = """import numpy as np

def tanh_forward(x):
    out = np.tanh(x)
    return out, out

def tanh_backward(dout, cache):
    out = cache
    return dout * out * (1 - out)

def affine_backward(dout, cache):
    x, w, b = cache
    dx = dout @ w.T
    dw = x.T @ dout
    db = dout.mean(axis=0)
    return dx, dw, db

def affine_forward(x, w, b):
    return x @ w + b, (x, w, b)
"""


def test_two_wrong_functions_are_told_with_their_lines(tmp_path):
    (tmp_path / "layers.py").write_text(SOURCE)
    result = validate(tmp_path / "layers.py", contract="layers")
    found = {(d.id, d.line) for d in result.diagnoses}
    assert found == {("activation-derivative-wrong-formula", 9), ("bias-gradient-averaged-twice", 15)}
    text = render(result.report(), "text")
    assert "2 mistakes, in lines" in text and "<- not the slope of tanh" in text
    assert "tanh'(x) = 1 - out**2" in text and "db = dout.sum(axis=0)" in text
    hints = json.loads(render(result.report(hints="where"), "json"))["hints"]
    assert hints["where"] is not None and hints["why"] is None
    chinese = render(result.report(language="zh"), "text")
    assert "不是 tanh 的导数" in chinese and "有 2 处错误" in chinese


def test_lines_of_layer_functions_are_put_right_where_that_is_asked_for(tmp_path):
    (tmp_path / "layers.py").write_text(SOURCE)
    result = validate(tmp_path / "layers.py", contract="layers", repair=True)
    assert [one.verified for one in result.repair] == [True, True]
    shown, kept = (" ".join(render(result.report(hints=level), "text").split()) for level in ("line", "by-hand"))
    assert "Tried: with these lines every entry is right." in shown and "Put right" not in kept
    assert all(one.new.strip() in shown for one in result.repair)


OTHERS = """import numpy as np

def relu_forward(x):
    x[x < 0] = 0
    return x, x

def relu_backward(dout, cache):
    dout[cache <= 0] = 0
    return dout

def affine_forward(x, w, b):
    return x @ w + b, (x, w, b)

def affine_backward(dout, cache):
    x, w, b = cache
    dx = dout @ w.T
    dw = dout.T @ x
    db = dout.sum(axis=0)
    return dx, dw, db

def sigmoid_forward(x):
    s = 1 / (1 + np.exp(-x))
    return s, s

def sigmoid_backward(dout, s):
    dx = s * (1 - s)
    return dx

def softmax_loss(x, y):
    p = np.exp(x - x.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    loss = -np.log(p[np.arange(len(y)), y]).mean()
    p[np.arange(len(y)), y] -= 1
    return loss, p
"""


def test_inputs_that_are_written_into_a_wrong_shape_and_the_lines_put_right(tmp_path):
    (tmp_path / "layers.py").write_text(OTHERS)
    result = validate(tmp_path / "layers.py", contract="layers", repair=True)
    found = {(d.id, d.line) for d in result.diagnoses}
    assert found == {
        ("mutates-inputs", 4),
        ("weight-gradient-transposed", 17),
        ("upstream-overwritten", 26),
        ("missing-batch-average", 33),
    }
    assert not result.ok
    new = {one.place.line: one.new for one in result.repair}
    assert set(new) == {4, 17, 26, 33} and all(one.verified for one in result.repair)
    lines = OTHERS.split("\n")
    for line, text in new.items():
        lines[line - 1] = text
    (tmp_path / "right.py").write_text("\n".join(lines))
    right = validate(tmp_path / "right.py", contract="layers")
    assert right.ok and not right.diagnoses  # a backward function may write into dout, which nobody needs after it
