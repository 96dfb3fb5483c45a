"""A mistake of the catalogue in words: its formulas as they stand, and what is prose among them in each language."""

from __future__ import annotations

from gradcheck.sentences.sentence import Sentence, sentence_or
from symbolic.mistakes.catalogue import BEHAVIOUR, CATALOGUE
from symbolic.mistakes.changes import ALONE
from symbolic.mistakes.further import DELTA_ABOVE, OF_ITSELF, OF_OUTPUT, OTHER_SIDE, SUMS_MULTIPLIED, TWICE
from symbolic.mistakes.wrong_gradients import ORDERS

# The parts of a form that are words, and those that are a word and what it is said of.
_WORDS = {
    "the first": "diagnosis.form-first",
    "the last": "diagnosis.form-last",
    "summed without W": "diagnosis.form-summed",
    "reused": "diagnosis.form-reused",
    ALONE: "diagnosis.form-alone",
    OF_OUTPUT: "diagnosis.form-of-output",
    OTHER_SIDE: "diagnosis.form-other-side",
    TWICE: "diagnosis.form-slope-twice",
    OF_ITSELF: "diagnosis.form-slope-of-slope",
    SUMS_MULTIPLIED: "diagnosis.form-sums-multiplied",
    DELTA_ABOVE: "diagnosis.form-delta-above",
    ORDERS[0]: "diagnosis.form-backwards",
    ORDERS[1]: "diagnosis.form-moved-on",
    ORDERS[2]: "diagnosis.form-moved-back",
}
_BEFORE = {
    "times ": "diagnosis.form-times",
    "in ": "diagnosis.form-in",
    "phi' at ": "diagnosis.form-slope-at",
    "of ": "diagnosis.form-of",
    "beyond ": "diagnosis.form-beyond",
    "examples ": "diagnosis.form-examples",
    "targets ": "diagnosis.form-targets",
    "rows ": "diagnosis.form-rows",
    "columns ": "diagnosis.form-columns",
    "entries ": "diagnosis.form-entries",
}


def wrong_words(mistake: str) -> str:
    """What was written, of a mistake by its id."""
    return sentence_or(f"diagnosis.wrong-{mistake}", CATALOGUE[mistake].wrong if mistake in CATALOGUE else BEHAVIOUR[mistake])


def right_words(mistake: str) -> str:
    """What would be right, of a mistake by its id."""
    return sentence_or(f"diagnosis.right-{mistake}", CATALOGUE[mistake].right if mistake in CATALOGUE else "")


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
            return Sentence(key, what=_part(part.removeprefix(word)))
    what, between, other = part.partition(" for ")
    return Sentence("diagnosis.form-for", what=what, other=other) if between else part
