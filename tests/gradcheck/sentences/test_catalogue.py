"""The catalogue of sentences: the code and the two languages name the same keys, and what is told is told from it."""

from __future__ import annotations

import ast
import json
import re
from functools import cache
from importlib import import_module
from pathlib import Path
from string import Formatter

import pytest

import gradcheck.sentences
from gradcheck.sentences.sentence import Sentence, from_plain, plain, retold, told, with_value
from reference_nets.examples.presets import resolve

ROOT = Path(gradcheck.sentences.__file__).parents[1]
ENGLISH = Path(gradcheck.sentences.__file__).with_name("english")
TABLES = sorted(path.relative_to(ENGLISH).with_suffix("").as_posix() for path in ENGLISH.rglob("[a-z]*.py"))
# Beginnings of keys that the code puts together: what follows is a verdict, a check's name, a mistake's id and the like.
COMPOSED = {
    "arguments": (),
    "commands/options": (),
    "contracts": ("",),
    "diagnosis": (
        *("wrong-", "right-", "behaviour-", "differenced-", "clipped"),
        *("without-bias", "bias-subtracted", "sum", "mean", "place-", "fact-"),
    ),
    "estimates": ("why-",),
    "faults": ("",),
    "following": (),
    "functions": ("days", "hours", "minutes", "seconds"),
    "inputs": (),
    "judge": ("verdict-", "the-gradient-", "check-", "column-"),
    "networks": ("column-", "preset-", "needs-"),
    "properties": (),
    "reading": ("",),
    "submissions": ("",),
    "teaching/by_hand": ("",),
    "teaching/short": ("",),
    "teaching/explain": ("",),
    "teaching/why": ("",),
    "validation": ("",),
    "verification": ("name-", "witness-", "column-", "standing-", "reach"),
}

NO_KEYS = {"reading.files", "validation.html"}  # a module, and a file

# Where English stands beside the catalogue, and why; everywhere else in gradcheck/ no message is written in the code.
ENGLISH_ALONE = {
    "recheck/": "it trusts nothing that made the certificate, and has no language",
    "pytest_plugin.py": "pytest tells in English",
    "verification/qualification.py": "for those who build checkers: gradcheck qualify has no language",
    "strategies.py": "Hypothesis for developers",
    "siblings.py": "a warning of Python's import system",
    "__init__.py": "an AttributeError of Python's",
    **dict.fromkeys(
        ("cli", "demo", "derivation_document", "doctor", "examination", "loss_curve", "recheck", "train"),
        "a command without a language, or the frame of all",
    ),
    "commands/worked_reports.py": "a command without a language",
    "commands/shared/": "what is wrong with the machine, before a language is known",
    "certified/": "an error that NumPy or SciPy would raise, in its words",
    "isolation/child/": "words of an exception in the confined process; what is told has a key, by `saying`",
    "isolation/memory.py": "never told: a note that is not believed",
    "isolation/probes.py": "a program that is run",
    "isolation/kernel/accounts.py": "names of what was waited for, in data",
    "witnesses/network_truth.py": "our own fault, with a traceback, to be reported",
    "witnesses/exact_rules.py": "our own fault",
    "witnesses/network_differences.py": "a wrong call of our own",
    "contracts/": "code in every language, and names of arguments",
    "judge/float_formats.py": "it runs beside a submission, too, where few of the tables are",
}
WORDS = re.compile(r"[A-Za-z]{2,}[,:;]? ([a-z]+[,:;]? )+[A-Za-z]{2,}")
# Ids of a witness and of a group, a line of code, and patterns for what Python says.
NO_MESSAGES = {
    *("numeric, unit by unit", "batch and bias", "import numpy as np"),
    *("matmul:|not aligned|could not be broadcast", "missing [0-9]+ required positional argument"),
}


def table(language: str, name: str) -> dict[str, str | tuple[str, str]]:
    found: dict[str, str | tuple[str, str]] = import_module(
        f"gradcheck.sentences.{language}.{name.replace('/', '.')}"
    ).SENTENCES
    return found


def places(template: str | tuple[str, str]) -> set[str]:
    """The names of what is put into a template, whichever form of it."""
    forms = (template,) if isinstance(template, str) else template
    return {re.split(r"[.\[]", name)[0] for form in forms for _, name, _, _ in Formatter().parse(form) if name}


@cache
def keys_in_code() -> frozenset[str]:
    """Every text of the code that may be a key: ``table.name``, or a name that a short hand of its module completes."""
    found = set()
    for path in ROOT.rglob("*.py"):
        if "sentences" in path.parts:
            continue
        tree = ast.parse(path.read_text("utf-8"))
        begin = short_hand(tree)
        for node in ast.walk(tree):
            if is_text(node):
                found.add(node.value)
            if begin and isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_say":
                found |= {f"{begin}{one.value}" for one in ast.walk(node.args[0]) if is_text(one)}
    return frozenset(key for key in found if is_key(key))


def short_hand(tree: ast.Module) -> str:
    """``table.`` where the module has a ``_say(name, ...)`` that completes it; empty where it has none."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_say":
            return f"{ast.literal_eval(node.value.args[0])}."
        if isinstance(node, ast.FunctionDef) and node.name == "_say":
            texts = [one.values[0] for one in ast.walk(node) if isinstance(one, ast.JoinedStr)]
            return next(str(text.value) for text in texts if isinstance(text, ast.Constant))
    return ""


def is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def is_key(text: str) -> bool:
    head, dot, tail = text.partition(".")
    return bool(dot) and head in TABLES and bool(re.fullmatch(r"[a-zA-Z0-9/-]+", tail)) and text not in NO_KEYS


@pytest.mark.parametrize("name", TABLES)
def test_both_languages_have_the_same_keys_and_places(name):
    english, chinese = table("english", name), table("chinese", name)
    assert list(english) == list(chinese)
    differing = [key for key in english if places(english[key]) - {"count"} != places(chinese[key]) - {"count"}]
    assert not differing


@pytest.mark.parametrize("name", TABLES)
def test_every_sentence_has_its_use(name):
    written = {key.partition(".")[2] for key in keys_in_code() if key.partition(".")[0] == name}
    unused = [key for key in table("english", name) if key not in written and not key.startswith(COMPOSED[name])]
    assert not unused


def test_every_key_of_the_code_has_its_sentence():
    composed = tuple(f"{name}.{begin}" for name, begins in COMPOSED.items() for begin in begins if begin)
    lost = {key for key in keys_in_code() if key.partition(".")[2] not in table("english", key.partition(".")[0])}
    assert not {key for key in lost if key not in composed and not key.endswith("-")}


@pytest.mark.parametrize("name", TABLES)
def test_chinese_sentences_have_chinese_punctuation(name):
    """No comma, semicolon or colon of the Latin alphabet stands between two signs of Chinese."""
    for key, template in table("chinese", name).items():
        for form in (template,) if isinstance(template, str) else template:
            assert not re.search(r"[一-鿿][,;:?!]|[,;:?!][一-鿿]", form), key


def test_a_sentence_keeps_its_translation_inside_another():
    inner = Sentence("behaviour.adds-up", names=("dW1", "db1"))
    outer = Sentence("judge.line", name=Sentence("judge.check-no-state"), words=inner)
    assert outer == "no-state: each call adds to the last in dW1, db1: set the gradient to zero first"
    assert told(outer, "zh") == "不留状态：dW1、db1 在每次调用时都累加到上一次的结果上：请先把梯度清零"


def test_no_message_is_written_beside_the_catalogue():
    """No text of three words or more stands in the code but where it is told above; docstrings and --help are English."""
    written: dict[str, list[str]] = {}
    for file in sorted(ROOT.rglob("*.py")):
        place = file.relative_to(ROOT).as_posix()
        if place.startswith("sentences/"):
            continue
        texts = plain_texts(ast.parse(file.read_text("utf-8")))
        if texts:
            written[place] = texts
    named = {place: next((one for one in ENGLISH_ALONE if reaches(one, place)), None) for place in written}
    assert {place: written[place] for place, one in named.items() if one is None} == {}
    assert set(ENGLISH_ALONE) - set(named.values()) == set()  # nothing is excused that needs no excuse


def reaches(excused: str, place: str) -> bool:
    """Whether what is excused is this file, its folder, or a command by its name."""
    return place.startswith(excused) if excused.endswith("/") else place in (excused, f"commands/{excused}.py")


def plain_texts(tree: ast.Module) -> list[str]:
    passed = documentation(tree) | help_texts(tree)
    texts = [node for node in ast.walk(tree) if is_text(node) and id(node) not in passed]
    return [f"{node.lineno}: {node.value}" for node in texts if WORDS.search(node.value) and node.value not in NO_MESSAGES]


def test_a_message_in_the_code_is_seen():
    assert plain_texts(ast.parse('def f(x):\n    raise ValueError(f"{x} is not a number")')) == ["2:  is not a number"]


def test_the_words_of_the_other_packages_are_all_told_in_chinese():
    """Templates of `Words` are keys of the Chinese table, with the same places, and each of them is used."""
    chinese, used = table("chinese", "commands/words"), set()
    for package in ("reference_nets", "reports"):
        for file in (ROOT.parent / package).rglob("*.py"):
            tree = ast.parse(file.read_text("utf-8"))
            if any(isinstance(node, ast.ImportFrom) and node.module == "reports.words" for node in tree.body):
                used |= {node.value for node in ast.walk(tree) if is_text(node) and node.value in chinese}
                calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "Words"]
                said = {call.args[0].value for call in calls if is_text(call.args[0])}
                assert said <= chinese.keys(), file.name
    assert used == chinese.keys()
    assert [key for key, row in chinese.items() if places(key) != places(row)] == []


@pytest.mark.parametrize(("network", "words"), [("2-3:tahn-1", "未知的激活函数 'tahn'"), ("3", "输出层"), ("iriss", "iris 吗")])
def test_what_is_wrong_with_a_notation_is_told_in_chinese(network, words):
    with pytest.raises(ValueError, match=r"tahn|size|iriss") as caught:
        resolve(network)
    assert words in str(retold(caught.value, "zh"))
    assert not WORDS.search(str(caught.value))


def test_a_sentence_is_kept_as_data():
    inner = Sentence("faults.not-stopped", names=("tcp", "signals"))
    outer = Sentence("faults.level-tried", level="A", layers="rlimits", reason=inner)
    back = from_plain(json.loads(json.dumps(plain(outer))))
    assert (back, told(back, "zh")) == (outer, "A（rlimits）：没有被阻止：tcp、signals")


def documentation(tree: ast.Module) -> set[int]:
    """Texts that stand by themselves: docstrings."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def help_texts(tree: ast.Module) -> set[int]:
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    told = [one.value for call in calls for one in call.keywords if one.arg == "help"]
    named = {one.id for one in told if isinstance(one, ast.Name)}
    told += [node.value for node in ast.walk(tree) if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in named]
    return {id(part) for value in told for part in ast.walk(value)}


def test_a_value_is_changed_in_a_sentence_within_another_too():
    """As the entry of a row is, which in the whole Jacobian has another name."""
    kinks = Sentence("judge.places", names=("dx[2]", "y"))
    inner = Sentence("judge.kinked-apart", name="dx[2]", got=1.0, expected=2.0, kinks=kinks)
    outer = Sentence("functions.points-the-other-way", told=inner)
    changed = with_value(outer, "dx[2]", "dx[1, 2]")
    assert changed == outer.replace("dx[2]", "dx[1, 2]") and "dx[1, 2]" in told(changed, "zh")
    assert with_value("dx[2] in the words of others", "dx[2]", "dx[1, 2]") == "dx[2] in the words of others"
