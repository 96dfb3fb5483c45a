"""Reads a message from the confined process as data: a submission may have forged it.

A submission may forge any message, and gets no further: the key is one of the table `contracts`, whose templates have plain
places only; the values are texts, numbers, lists of these, and such sentences again. What is anything else is told as the
text that came.
"""

from __future__ import annotations

import json
from functools import lru_cache
from string import Formatter
from typing import Any

from gradcheck.sentences.sentence import Sentence, template

LONGEST_SENTENCE = 5000  # characters of what a submission says of its own fault
MOST_PARTS, DEEPEST, LARGEST_NUMBER = 24, 4, 2**63


def spoken(text: str) -> str:
    """The sentence; the text itself where it is none."""
    try:
        told = _sentence(json.loads(text), DEEPEST)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return text[:LONGEST_SENTENCE]
    return told if len(told) <= LONGEST_SENTENCE else told[:LONGEST_SENTENCE]


def _sentence(told: Any, deep: int) -> Sentence:
    key, values = told["say"], told["values"]
    if type(key) is not str or not deep or values.keys() != places(key):
        raise ValueError(key)
    return Sentence(f"contracts.{key}", **{name: _value(value, deep) for name, value in values.items()})


def _value(value: Any, deep: int) -> Any:
    if type(value) is str:
        return value[:LONGEST_SENTENCE]
    if (type(value) is int and abs(value) < LARGEST_NUMBER) or type(value) is float:
        return value
    if type(value) is list and len(value) <= MOST_PARTS and deep:
        return tuple(_value(part, deep - 1) for part in value)
    return _sentence(value, deep - 1)


@lru_cache(maxsize=256)
def places(key: str) -> set[str]:
    """The names of a sentence's places; KeyError where there is no such sentence."""
    form = template(f"contracts.{key}", "en")
    return {name for one in ((form,) if isinstance(form, str) else form) for _, name, _, _ in Formatter().parse(one) if name}
