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
