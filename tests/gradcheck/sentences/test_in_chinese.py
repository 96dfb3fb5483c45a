"""A report in Chinese holds Chinese: but for code, names and ids no word of another language is left in it."""

from __future__ import annotations

import re

import numpy as np
import pytest

from gradcheck.commands.networks import networks_document
from gradcheck.judge.verdicts import Verdict
from gradcheck.networks.check import check_network
from gradcheck.sentences.sentence import Sentence, told
from gradcheck.verification.report import verify_document
from gradcheck.verification.verify import verify_network
from reference_nets.network import backward as reference
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec
from reports.render import render
from symbolic.mistakes.catalogue import BEHAVIOUR, CATALOGUE

SMALL, KINKED = NetworkSpec.parse("2-3:tanh-2/bce"), NetworkSpec.parse("1-2:relu-1:identity")
# Words of the notation, of code, and of a term that Chinese textbooks leave as it is.
CODE = {"bce", "tanh", "relu", "identity", "quadratic", "gradcheck", "float", "NumPy", "exp", "delta", "phi", "sigmoid", "mse"}


def by_key(params):
    return {f"{name}{l}": part for l, pair in enumerate(params, 1) for name, part in zip("Wb", pair, strict=True)}


def right(params, x, y):
    return reference(SMALL, by_key(params), x, y)


def wrong(params, x, y):
    return {key: part * len(x) for key, part in right(params, x, y).items()}


def single(params, x, y):
    few = [(W.astype(np.float32), b.astype(np.float32)) for W, b in params]
    return reference(SMALL, by_key(few), x.astype(np.float32), y.astype(np.float32))


def random_noise(params, x, y, rng=np.random.default_rng(1)):  # noqa: B008 - the state between calls is the point
    return {key: part + rng.normal(size=part.shape) for key, part in right(params, x, y).items()}


def a_list_too_short(params, x, y):
    return list(params[:1])


def adding(params, x, y, kept=[]):  # noqa: B006 - the state between calls is the point
    kept.append(1)
    return {key: part * len(kept) for key, part in right(params, x, y).items()}


def other_network(params, x, y):
    return reference(NetworkSpec.parse("2-3:sigmoid-2/bce"), by_key(params), x, y)


CASES = {
    "right": (right, Verdict.MATCH),
    "wrong": (wrong, Verdict.MISMATCH),
    "inaccurate": (single, Verdict.INACCURATE),
    "another network": (other_network, Verdict.MISMATCH),
    "noise": (random_noise, Verdict.MISMATCH),
    "adding": (adding, Verdict.MISMATCH),
    "no gradient": (a_list_too_short, Verdict.MISMATCH),
}


@pytest.mark.parametrize("case", CASES)
def test_a_report_of_check_network_in_chinese_is_chinese(case):
    function, verdict = CASES[case]
    result = check_network(SMALL, function, points=1, rng=3)
    assert result.verdict is verdict
    text = render(result.report(language="zh"), "text")
    assert not foreign(text, result), text
    assert not foreign(result.told("zh"), result)


def test_a_kink_is_told_in_chinese():
    params = {"W1": np.array([[1.0], [2.0]]), "b1": np.array([0.0, 1.0]), "W2": np.array([[1.0, 3.0]]), "b2": np.zeros(1)}
    point = Point(params, np.array([[0.0]]), np.array([[1.0]]))
    result = check_network(KINKED, lambda p, x, y: reference(KINKED, by_key(p), x, y), point=point)
    assert result.verdict is Verdict.KINK
    assert not foreign(render(result.report(language="zh"), "text"), result)


def test_the_json_of_a_chinese_report_keeps_its_ids():
    result = check_network(SMALL, wrong, points=1, rng=3)
    chinese = result.report(language="zh").data
    assert chinese["verdict"] == "mismatch" and chinese["diagnoses"][0]["id"] == "missing-batch-average"
    assert "写成了对整批样本求和" in chinese["diagnoses"][0]["message"]
    assert [check["name"] for check in chinese["checks"]] == [check["name"] for check in result.to_dict()["checks"]]


def test_a_report_of_verify_in_chinese_is_chinese():
    verification = verify_network("1-2:tanh-1:identity/mse")
    document = verify_document([verification], seed=0, verbose=True, language="zh")
    text = render(document, "text")
    for name in [result.name for result in verification.properties] + ["reference_nets", "SymPy"]:
        text = text.replace(name, "")
    assert verification.verdict is Verdict.MATCH and not [w for w in re.findall(r"[A-Za-z]{3,}", text) if w not in CODE], text
    assert document.data["networks"][0]["comparisons"][0]["left"] == "backprop"


def test_the_list_of_names_is_told_in_chinese():
    english, chinese = networks_document(), networks_document("zh")
    assert chinese.language == "zh" and chinese.title == "名称" and english.title == "Names"
    assert chinese.data["presets"]["xor"]["summary"].startswith("异或")
    assert chinese.data["activations"] == english.data["activations"]
    assert chinese.data["mistakes"]["layers-swapped"]["wrong"] == "第 l+1 层的梯度"
    assert {row.id: (row.wrong, row.right) for row in CATALOGUE.values()} == {
        name: (row["wrong"], row["right"]) for name, row in english.data["mistakes"].items()
    }
    assert english.data["behaviour"] == BEHAVIOUR


def foreign(text, result):
    """Words of three Latin letters or more that are neither code, nor ids of mistakes, nor parts of the notation."""
    text = re.sub(r"(?m)^ +[>\d].*\|.*|^ {4,}(dC/|z\d|a\d|\w).*|\w+\.py", "", text)  # lines of the file, formulas, its name
    for one in result.diagnoses:
        text = text.replace(one.id, "")
        for other in one.alternatives:
            text = text.replace(other, "")
    return [word for word in re.findall(r"[A-Za-z]{3,}", text) if word not in CODE]


def test_no_space_stands_between_two_chinese_signs():
    wrong, right = Sentence("judge.verdict-mismatch"), Sentence("judge.verdict-match")
    assert told(Sentence("diagnosis.mistake", wrong=wrong, right=right), "zh") == "写成了不一致，正确的是一致"
    assert told(Sentence("diagnosis.mistake", wrong="a - y", right=right), "zh") == "写成了 a - y，正确的是一致"
    assert told(Sentence("diagnosis.mistake", wrong="a - y", right="作业 一.py"), "zh") == "写成了 a - y，正确的是作业 一.py"
