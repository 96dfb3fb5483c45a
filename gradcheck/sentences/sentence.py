"""A sentence to a reader: a key and what is put into it, told in English unless another language is asked for.

A `Sentence` is a string, the English one, so that it can be printed and stored like any other; it keeps its key and its
values, and `told` says it in another language. Whoever builds a message, a table or a report puts Sentences into it; the
language is chosen once, at the end. Where a stranger's words are told (an exception's text, a name in a file), they are
values, and stay as they are.

A template has its places in braces, as `str.format` has them. A tuple of strings put into a place is a list in the words of
the language: ``{names}`` with commas, ``{names:or}``, ``{names:and}``, ``{names:;}`` with semicolons, ``{lines:n}`` a line
each, ``{parts:s}`` sentence after sentence. A template that is a pair is (singular, plural), chosen by the value ``count``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from numbers import Number
from string import Formatter
from typing import Any, TypeGuard, TypeVar

LANGUAGES = {"en": "english", "zh": "chinese"}
Template = str | tuple[str, str]
_T = TypeVar("_T")
_E = TypeVar("_E", bound=BaseException)

_JOINED = {
    "en": {"": (", ", ", "), "or": (", ", " or "), "and": (", ", " and "), ";": ("; ",) * 2, "n": ("\n",) * 2, "s": (" ",) * 2},
    "zh": {"": ("、", "、"), "or": ("、", "或"), "and": ("、", "和"), ";": ("；",) * 2, "n": ("\n",) * 2, "s": ("",) * 2},
}


class Sentence(str):
    """A sentence by its key ``"table.name"``, with the values of its places; ``"teaching/why.name"`` is of a table in a folder.

    >>> Sentence("judge.verdict-mismatch")
    'mismatch'
    >>> told(Sentence("judge.verdict-mismatch"), "zh")
    '不一致'
    """

    __slots__ = ("key", "values")
    key: str
    values: Mapping[str, Any]

    def __new__(cls, key: str, /, **values: Any) -> Sentence:
        """The English sentence; KeyError for a key or a place that no table has."""
        kept = {name: _kept(value) for name, value in values.items()}
        self = super().__new__(cls, _filled(key, kept, "en"))
        self.key, self.values = key, kept
        return self

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Any]]:
        """For copies and pickles."""
        return (self.key,), dict(self.values)


def sentences_of(table: str) -> Callable[..., Sentence]:
    """What makes the sentences of one table: ``sentences_of("judge")("verdict-match")``."""

    def say(name: str, /, **values: Any) -> Sentence:
        return Sentence(f"{table}.{name}", **values)

    return say


def _kept(value: Any) -> Any:
    """A value as it is kept: text, a number, a tuple of them; of anything else what it says of itself."""
    if isinstance(value, str | Number):
        return value
    if isinstance(value, tuple):
        return tuple(map(_kept, value))
    return told_by(value) if isinstance(value, BaseException) else str(value)


def told(text: str, language: str = "en") -> str:
    """A sentence in a language, the packages' below among them (`reports.words`); any other string as it is."""
    return _filled(text.key, text.values, language) if language != "en" and is_sentence(text) else text


def is_sentence(text: object) -> TypeGuard[Sentence]:
    """Whether a text knows its key, so that it can be told in another language."""
    return isinstance(text, str) and hasattr(text, "key")


def sentence_or(key: str, words: str) -> str:
    """The sentence of a key, or these words where no table has it: a formula, a title, a name, the same in every language."""
    try:
        template(key, "en")
    except KeyError:
        return words
    return Sentence(key)


def told_by(error: BaseException) -> str:
    """What an exception says: the sentence that it was raised with, so that it can be told in another language."""
    return next((part for part in error.args if is_sentence(part)), str(error))


def retold(error: _E, language: str) -> _E:
    """The same exception with its sentences told in a language."""
    error.args = tuple(told(part, language) if is_sentence(part) else part for part in error.args)
    if isinstance(error, OSError):  # which has them once more
        error.strerror = told(error.strerror or "", language) or None
    return error


def plain(text: str) -> Any:
    """A sentence as JSON can keep it; any other string as it is."""
    if not is_sentence(text):
        return text
    return {"key": text.key, "values": {name: _plain(value) for name, value in text.values.items()}}


def _plain(value: Any) -> Any:
    return [*map(_plain, value)] if isinstance(value, tuple) else plain(value)


def from_plain(data: Any) -> str:
    """What `plain` made; raises KeyError, TypeError and others for anything else."""
    if isinstance(data, str):
        return data
    return Sentence(data["key"], **{name: _from_plain(value) for name, value in data["values"].items()})


def _from_plain(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(map(_from_plain, value))
    return from_plain(value) if isinstance(value, dict) else value


def with_value(text: str, old: str, new: str) -> str:
    """The same sentence with another value wherever it, or a sentence within it, has this one."""
    if not isinstance(text, Sentence):
        return text

    def changed(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(map(changed, value))
        return with_value(value, old, new) if isinstance(value, Sentence) else new if value == old else value

    return Sentence(text.key, **{name: changed(value) for name, value in text.values.items()})


def in_language(thing: _T, language: str) -> _T:
    """The same dataclass, list, tuple or dict with every sentence in it told in this language."""
    return _translated(thing, language)  # type: ignore[no-any-return]


def _translated(thing: Any, language: str) -> Any:
    if is_sentence(thing):
        return told(thing, language)
    if isinstance(thing, list | tuple) and not hasattr(thing, "_fields"):
        return type(thing)(_translated(item, language) for item in thing)
    if isinstance(thing, dict):
        return {_translated(key, language): _translated(value, language) for key, value in thing.items()}
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        parts = {field.name: getattr(thing, field.name) for field in dataclasses.fields(thing) if field.init}
        return dataclasses.replace(thing, **{name: _translated(part, language) for name, part in parts.items()})
    return thing


def template(key: str, language: str) -> Template:
    """The sentence with its places open."""
    table, _, name = key.partition(".")
    return table_of(table, language)[name]


@cache
def table_of(name: str, language: str) -> Mapping[str, Template]:
    """One table of a language."""
    if language not in LANGUAGES:
        raise ValueError(f"there is no language {language!r}, expected one of {', '.join(LANGUAGES)}")
    place = f"gradcheck.sentences.{LANGUAGES[language]}.{name.replace('/', '.')}"
    sentences: Mapping[str, Template] = import_module(place).SENTENCES
    return sentences


class _Filler(Formatter):
    """Fills places in a language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def format_field(self, value: Any, format_spec: str) -> Any:
        if isinstance(value, str):
            return told(value, self.language)
        is_list = isinstance(value, tuple) and all(isinstance(one, str) for one in value)
        if not is_list or not (value or format_spec):
            return super().format_field(value, format_spec)  # a shape, too
        between, last = _JOINED[self.language][format_spec]
        each = [self.format_field(one, "") for one in value]
        return last.join([between.join(each[:-1]), each[-1]]) if len(each) > 1 else "".join(each)


def _filled(key: str, values: Mapping[str, Any], language: str) -> str:
    found = template(key, language)
    form = found if isinstance(found, str) else found[values["count"] != 1]
    filler, text = _Filler(language), ""
    for words, place, how, _ in filler.parse(form):
        text = _beside(text, words)
        if place is not None:
            text = _beside(text, filler.format_field(filler.get_field(place, (), values)[0], how or ""))
    return text


def _beside(text: str, more: str) -> str:
    """Two parts of a sentence; no space stands between two Chinese signs, as one does between a sign and a word of code."""
    if text.rstrip(" ")[-1:] >= "\u2e80" and more.lstrip(" ")[:1] >= "\u2e80":
        return text.rstrip(" ") + more.lstrip(" ")
    return text + more
