"""A reason that came over the border is told in both languages; a forged one is text, and reaches no template."""

import json
from string import Formatter

import pytest

from gradcheck.isolation.spoken import LONGEST_SENTENCE, places, spoken
from gradcheck.sentences.chinese.contracts import SENTENCES as CHINESE
from gradcheck.sentences.english.contracts import SENTENCES
from gradcheck.sentences.sentence import Sentence, told


def said(key, **values):
    return {"say": key, "values": values}


def test_a_sentence_is_told_in_both_languages():
    found = spoken(json.dumps(said("returns", name="loss", what="(loss, grads)", got=said("none"))))
    assert found == "loss should return (loss, grads), got None (is a return missing?)"
    assert told(found, "zh") == "loss 应返回 (loss, grads)，实际返回：None（是不是缺少 return？）"


def test_a_list_is_joined_in_the_words_of_the_language():
    found = spoken(json.dumps(said("dict-lacks", missing=["dW1", "db1"], there=["a", "b"])))
    assert found == "the returned dict lacks dW1, db1; it has a, b"
    assert told(found, "zh") == "返回的字典中缺少 dW1、db1；其中有：a、b"


@pytest.mark.parametrize(
    "forged",
    [
        "all is well",
        "",
        "[]",
        "null",
        "{}",
        json.dumps(said("all-is-well")),
        json.dumps(said("../judge.verdict-match")),
        json.dumps(said("judge.verdict-match")),
        json.dumps(said(["returns"])),
        json.dumps(said({"a": 1})),
        json.dumps({"say": "none", "values": []}),
        json.dumps({"say": "none"}),
        json.dumps(said("none", more="x")),
        json.dumps(said("returns", name="f", what="g")),
        json.dumps(said("shape", name="dW1", got="(1,)", expected=None)),
        json.dumps(said("shape", name="dW1", got="(1,)", expected=True)),
        json.dumps(said("shape", name="dW1", got="(1,)", expected={"say": "none", "values": {"__class__": 1}})),
        json.dumps(said("expected-so-many-pairs", count=10**30, got="x")),
        json.dumps(said("dict-lacks", missing=["x"] * 100, there="x")),
        json.dumps(said("a-type", type=[[[[[["x"]]]]]])),
        '{"say": "a-type", "values": {"type": ' + "[" * 20_000 + "]" * 20_000 + "}}",
        "[" * 60_000,
        '{"say": "none", "values": ' + "9" * 60_000 + "}",
    ],
)
def test_what_is_no_sentence_of_ours_is_told_as_it_came(forged):
    found = spoken(forged)
    assert found == forged[:LONGEST_SENTENCE]
    assert not isinstance(found, Sentence)


def test_a_forged_value_is_never_a_template():
    found = spoken(json.dumps(said("a-type", type="{type.__class__} {0} {count:>99999} %s")))
    assert found == told(found, "zh") == "{type.__class__} {0} {count:>99999} %s"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1, 0.5, 2**62])
def test_any_number_may_stand_where_a_text_does(value):
    assert spoken(json.dumps(said("a-type", type=value))) == str(value)


def test_a_sentence_is_bounded():
    parts = [said("a-type", type="x" * 4000)] * 20
    assert len(spoken(json.dumps(said("inventory", type="list", count=20, parts=parts)))) == LONGEST_SENTENCE


@pytest.mark.parametrize("key", SENTENCES)
def test_templates_that_are_open_to_a_submission_have_plain_places(key):
    for form in (SENTENCES[key], CHINESE[key]):
        for one in (form,) if isinstance(form, str) else form:
            for _, name, spec, conversion in Formatter().parse(one):
                assert name is None or (name.isidentifier() and name in places(key) and not spec and not conversion)
