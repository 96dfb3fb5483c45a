"""What `check_grad` says, in Chinese: nothing of it stays English but code, names and the words of others."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gradcheck import check_grad, check_jvp, check_vjp
from gradcheck.functions.order_evidence import convergence
from gradcheck.sentences.sentence import Sentence, told

X = np.array([0.5, -1.25, 2.0])
A = np.array([[1.0, 2.0, -0.5], [0.25, -3.0, 1.0], [2.0, 0.5, 4.0]])
ENGLISH = re.compile(r"[A-Za-z'’]+(?: [A-Za-z'’]+){2,}")  # three words in a row


def _kept(before: list[int]) -> Callable[[Any], Any]:
    def f(x: Any) -> Any:
        before.append(1)
        return np.sum(x**2) + len(before)

    return f


def _spoils(x: Any) -> Any:
    x *= 2
    return x


QUESTIONS: dict[str, Callable[[], Any]] = {
    "right": lambda: check_grad(lambda x: np.sum(np.sin(x)), np.cos, X),
    "a little wrong": lambda: check_grad(lambda x: np.sum(np.sin(x)), lambda x: np.cos(x) + 1e-3 * x**3, X),
    "a factor": lambda: check_grad(lambda x: np.sum(x**2), lambda x: 3 * x, X),
    "at a kink": lambda: check_grad(lambda x: np.sum(np.abs(x)), np.sign, np.array([0.0, 1.0, -2.0])),
    "beyond the kink": lambda: check_grad(lambda x: np.sum(np.abs(x)), lambda x: np.sign(x) + 3, np.array([0.0, 1.0, -2.0])),
    "float32": lambda: check_grad(lambda x: np.sum(x**3), lambda x: np.float32(3) * x.astype(np.float32) ** 2, X),
    "random": lambda: check_grad(_kept([]), lambda x: 2 * x, X),
    "spoils x": lambda: check_grad(lambda x: np.sum(x**2), _spoils, X),
    "a shape": lambda: check_grad(lambda x: np.sum(x**2), lambda x: (2 * x)[:, None], X),
    "nothing": lambda: check_grad(lambda x: np.sum(x**2), lambda _: None, X),
    "two parts": lambda: check_grad(
        lambda p: np.sum(p["a"] ** 2) + np.sum(p["b"]), lambda p: {"a": p["a"], "b": np.ones(2)}, {"a": X, "b": np.zeros(2)}
    ),
    "no float": lambda: check_grad(lambda x: float(np.sum(np.sin(x))), lambda x: x, X),
    "differences": lambda: check_grad(lambda x: np.sum(x**3), lambda x: 3 * x**2 + 1, X, method="numeric"),
    "directions": lambda: check_grad(lambda x: np.sum(x**3), lambda x: 3 * x**2 + np.eye(3)[1], X, method="directional"),
    "Jacobian": lambda: check_grad(lambda x: A @ x, lambda _: A + np.outer(np.eye(3)[1], np.eye(3)[2]), X, jacobian=True),
    "transposed": lambda: check_vjp(lambda x: A @ x, lambda _, v: A @ v, X),
    "adjoint": lambda: check_jvp(lambda x: A @ x, lambda _, t: A @ t, X, vjp=lambda _, v: A @ v),
    "log(x^2 + eps)": lambda: check_grad(lambda x: np.sum(np.log(x**2 + 1e-8)), lambda x: 2 / x, X),
    "no rule": lambda: check_grad(lambda x: np.linspace(0, x[0], 3, retstep=True)[1], lambda _: np.array([0.5, 0, 0]), X),
    "order": lambda: convergence(lambda x: np.sum(np.exp(x)), np.exp, X, rng=0),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_an_answer_in_chinese_has_no_english_in_it(name: str) -> None:
    result = QUESTIONS[name]()
    in_chinese = result.told("zh")
    assert not ENGLISH.findall(in_chinese)
    assert result.told() == str(result) != in_chinese


def test_a_misuse_is_told_in_chinese() -> None:
    with pytest.raises(ValueError, match="is a return missing") as raised:
        check_grad(lambda _: None, lambda x: x, X)
    (sentence,) = raised.value.args
    assert isinstance(sentence, Sentence)
    assert told(sentence, "zh") == "f 返回了 None，应为一个数或一个数组：是不是漏写了 return？"


def test_a_report_is_in_one_language_and_its_states_in_none() -> None:
    data = QUESTIONS["a factor"]().report(language="zh").data
    assert (data["verdict"], data["formula"], data["witness"]) == ("mismatch", "different", "certified formula")
