"""A mistake of the catalogue in words: its formulas as they stand, and what is prose among them in each language."""

from __future__ import annotations

from gradcheck.sentences.sentence import Sentence, sentence_or
from symbolic.mistakes.catalogue import BEHAVIOUR, CATALOGUE
from symbolic.mistakes.changes import ALONE

# The parts of a form that are words, and those that are a word and what it is said of.
_WORDS = {
    "the first": "diagnosis.form-first",
    "the last": "diagnosis.form-last",
    "summed without W": "diagnosis.form-summed",
    "reused": "diagnosis.form-reused",
    ALONE: "diagnosis.form-alone",
}
_BEFORE = {"times ": "diagnosis.form-times", "in ": "diagnosis.form-in", "phi' at ": "diagnosis.form-slope-at"}


def wrong_words(mistake: str) -> str:
    """What was written, of a mistake by its id."""
    return sentence_or(f"diagnosis.wrong-{mistake}", CATALOGUE[mistake].wrong)


def right_words(mistake: str) -> str:
    """What would be right, of a mistake by its id."""
    return sentence_or(f"diagnosis.right-{mistake}", CATALOGUE[mistake].right)


def behaviour_words(mistake: str) -> str:
    """What a mistake is that no changed statement expresses."""
    return sentence_or(f"diagnosis.behaviour-{mistake}", BEHAVIOUR[mistake])


def form_words(form: str) -> tuple[str, ...]:
    """The parts of the form that a mistake takes, such as ``in dW``; without that it is made in one layer alone."""
    return tuple(_part(part) for part in form.split(", ") if part not in ("", ALONE))


def _part(part: str) -> str:
    if part in _WORDS:
        return Sentence(_WORDS[part])
    for word, key in _BEFORE.items():
        if part.startswith(word):
            return Sentence(key, what=part.removeprefix(word))
    what, between, other = part.partition(" for ")
    return Sentence("diagnosis.form-for", what=what, other=other) if between else part
