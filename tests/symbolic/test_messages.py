"""Every sentence is there in both languages, with the same places for formulas, and every one of them is used."""

import re
from pathlib import Path

import pytest

from reports.document import CodeSpan, Math, Strong
from symbolic.formulas.formula import Name
from symbolic.report.messages import BIASES_REGULARISED, LANGUAGES, NO_BIASES, Voice
from symbolic.report.prose_en import PROSE as ENGLISH
from symbolic.report.prose_zh import PROSE as CHINESE

ROOT = Path(__file__).parents[2]
SOURCES = "\n".join(
    path.read_text(encoding="utf-8")
    for folder in ("symbolic", "gradcheck")
    for path in (ROOT / folder).rglob("*.py")
    if path.stem not in ("prose_en", "prose_zh")
)
SPACES = re.compile(r"\{(\w+)\}")


def test_no_message_is_missing_in_either_language():
    assert ENGLISH.keys() == CHINESE.keys()
    assert set(LANGUAGES) == {"en", "zh"}


@pytest.mark.parametrize("key", ENGLISH)
def test_a_message_has_the_same_places_in_both_languages(key):
    assert sorted(SPACES.findall(ENGLISH[key])) == sorted(SPACES.findall(CHINESE[key]))
    assert ENGLISH[key].count("**") % 2 == CHINESE[key].count("**") % 2 == 0


def test_every_message_is_used():
    made = {  # keys that are put together from a part
        "cost.": ("quadratic", "mse", "bce", "cross_entropy", "huber"),
        "method.": ("expansion", "induction", "field", "agreement", "balls"),
        "notation.": ("symbol", "meaning", "size"),
        "games.": ("layer", "links", "paths", "sees"),
        "proof.": ("rule", "layer", "entries", "verdict"),
        "numbers.": ("parameter", "before", "derivative", "after"),
        "numbers.cost-": ("falls", "rises", "stays"),
        "bp1.": ("product", "identity", "sigmoid-bce", "sigmoid-cross-entropy"),
        "published.": ("quantity", "name", "steps", "published", "here", "verdict"),
    }
    known = {f"{stem}{part}" for stem, rest in made.items() for part in rest}
    plain = [key.removesuffix(NO_BIASES).removesuffix(BIASES_REGULARISED) for key in ENGLISH]
    assert [key for key in plain if f'"{key}"' not in SOURCES and key not in known] == []
    assert known <= ENGLISH.keys()


def test_chinese_is_written_in_chinese():
    for key, text in CHINESE.items():
        words = re.sub(r"\{\w+\}|`[^`]*`|\*\*", "", text)
        assert re.search("[一-鿿]", words) or not re.search("[A-Za-z]{4}", words), key
        assert not re.search("[一-鿿][,;:!?]", words), f"{key}: a Chinese mark belongs behind a Chinese character"
        assert "  " not in text, key


def test_english_keeps_to_english():
    assert [key for key, text in ENGLISH.items() if re.search("[一-鿿。，]", text)] == []


def test_a_message_becomes_parts():
    parts = Voice("en").parts("chain.start", weight=Name("W", 1, (0, 1)), code=CodeSpan("W1[0, 1]"))
    assert parts[0] == "Take one weight, " and parts[1] == Math("W^{1}_{12}", "W¹₁₂") and parts[3] == CodeSpan("W1[0, 1]")
    assert Strong("the same factor stands in the derivative for every weight and the bias of this unit") in Voice().parts(
        "chain.observe"
    )


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="there is no language 'de', expected one of en, zh"):
        Voice("de")
