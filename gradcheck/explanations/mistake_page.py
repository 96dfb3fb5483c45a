"""One mistake on a page: both formulas, why, small numbers, where it hides; and the list of all of them."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

import numpy as np

from gradcheck.diagnosis.mistake_words import behaviour_words, form_words, right_words, wrong_words
from gradcheck.explanations.small_example import SmallExample, small_example
from gradcheck.explanations.why import why_id
from gradcheck.sentences.sentence import Sentence, in_language
from gradcheck.witnesses.points import safe_point
from reference_nets.activations import Array
from reference_nets.spec import NetworkSpec
from reports.document import Block, Bullets, CodeSpan, Document, Section, Table, Value, bullets, prose
from symbolic.mistakes.catalogue import BEHAVIOUR, CATALOGUE, Variant, variants
from symbolic.mistakes.notes import note
from symbolic.mistakes.visibility import differing_entries

DEFAULT = NetworkSpec.parse("3-4:tanh-2")
SEED, EXAMPLES = 7, 3


def check_id(id: str) -> None:
    """Raise ValueError, with the nearest ids, for what is none."""
    if id in CATALOGUE or id in BEHAVIOUR:
        return
    near = tuple(get_close_matches(id, [*CATALOGUE, *BEHAVIOUR], n=3, cutoff=0.5))
    raise ValueError(_say("no-such", id=id, near=near) if near else _say("no-such-at-all", id=id))


def mistake_page(id: str, spec: NetworkSpec | None = None, language: str = "en") -> Document:
    """The page of one mistake; with a network what it changes there."""
    check_id(id)
    example = small_example(id)
    shown = spec or (example.spec if example else DEFAULT)
    layer = example.variant.layer if example and spec is None else max(shown.L - 1, 1)
    told = why_id(shown, id, layer, f"W{layer}")
    blocks: list[Block] = [_formulas(id), Section(_say("why"), list(told.blocks)), _example(example), _hides(id)]
    places = _places(spec, id) if spec is not None and id in CATALOGUE else ()
    if spec is not None:
        blocks.append(Section(_say("on-network", network=str(spec)), [_table_of(places)]))
    data = {
        "schema": "gradcheck.explanation/1",
        "id": id,
        "wrong": wrong_words(id),
        "right": right_words(id) or None,
        "network": str(shown),
        "why": told.to_dict(),
        "example": _example_data(example),
        "hidden": list(_hidden(id)),
        "seen": list(note(id).seen),
        "places": [{"layer": v.layer, "form": v.form, "changes": list(keys)} for v, keys in places],
    }
    return in_language(Document(_say("about", id=id), blocks, data=data, language=language), language)


def list_of_mistakes(language: str = "en") -> Document:
    """Every id with what is written and what is right, by group."""
    groups: dict[str, list[str]] = {}
    for row in CATALOGUE.values():
        groups.setdefault(row.group, []).append(row.id)
    columns = [_say("column-id"), _say("written"), _say("right")]
    sections = [
        Section(
            _say(f"group-{group.replace(' ', '-')}"),
            [Table(columns, [[CodeSpan(id), wrong_words(id), right_words(id)] for id in ids])],
        )
        for group, ids in groups.items()
    ]
    rows: list[list[Value]] = [[CodeSpan(id), behaviour_words(id)] for id in BEHAVIOUR]
    sections.append(Section(_say("behaviour"), [Table(columns[:2], rows)]))
    data = {"schema": "gradcheck.explanations/1", "mistakes": {**groups, "behaviour": list(BEHAVIOUR)}}
    document = Document(_say("list"), [prose(_say("list-how")), *sections], data=data, language=language)
    return in_language(document, language)


def _say(name: str, /, **values: object) -> Sentence:
    return Sentence(f"teaching/explain.{name}", **values)


def _formulas(id: str) -> Table:
    rows: list[list[Value]] = [[_say("written"), wrong_words(id)]]
    if right := right_words(id):
        rows.append([_say("right"), right])
    return Table(["", ""], rows)


def _example(example: SmallExample | None) -> Section:
    if example is None:
        return Section(_say("example"), [prose(_say("no-example"))])
    forms = form_words(example.variant.form)
    form = _say("form", form=forms) if forms else ""
    name, right, wrong = example.first
    head = _say("example-on", network=str(example.spec), layer=example.variant.layer, form=form)
    inputs = ", ".join(f"{key} = {_short(value)}" for key, value in _given(example).items())
    columns = [_say("column-name"), _say("column-right"), _say("column-wrong")]
    rows: list[list[Value]] = [[CodeSpan(name), _short(right), _short(wrong)] for name, right, wrong in example.rows]
    first = _say("first", name=name, right=right, wrong=wrong)
    return Section(_say("example"), [prose(head), prose(_say("inputs", values=inputs)), Table(columns, rows), prose(first)])


def _given(example: SmallExample) -> dict[str, Array]:
    return {**example.point.params, "x": example.point.x, "y": example.point.y}


def _short(values: Array) -> str:
    """The numbers to six digits: one alone, or a list."""
    shown = [f"{value:.6g}" for value in np.ravel(values)]
    return shown[0] if len(shown) == 1 else f"[{', '.join(shown)}]"


def _hidden(id: str) -> tuple[Sentence, ...]:
    return tuple(_say(f"hidden-{name}") for name in note(id).hidden)


def _hides(id: str) -> Section:
    hidden, seen = _hidden(id), note(id).seen
    where: Block = Bullets(bullets(*hidden).items) if hidden else prose(_say("hides-nowhere"))
    return Section(_say("hides"), [where, prose(_say("seen", seen=seen) if seen else _say("seen-nowhere"))])


def _places(spec: NetworkSpec, id: str) -> tuple[tuple[Variant, tuple[str, ...]], ...]:
    """Each form of the mistake in a network, with the gradients that it changes at a random point."""
    point = safe_point(spec, np.random.default_rng(SEED), m=EXAMPLES)
    found = []
    for variant in variants(spec, CATALOGUE[id]):
        entries = differing_entries(spec, variant, (point.params, point.x, point.y))
        found.append((variant, tuple(f"d{key}" for key, off in entries.items() if off.any())))
    return tuple(found)


def _table_of(places: Sequence[tuple[Variant, tuple[str, ...]]]) -> Block:
    if not places:
        return prose(_say("no-form"))
    columns = [_say("column-layer"), _say("column-form"), _say("column-shows")]
    return Table(columns, [[v.layer, _form(v), _changes(keys)] for v, keys in places])


def _form(variant: Variant) -> str:
    words = form_words(variant.form)
    return Sentence("judge.places", names=words) if words else ""


def _changes(keys: tuple[str, ...]) -> str:
    return ", ".join(keys) if keys else _say("nothing")


def _example_data(example: SmallExample | None) -> dict[str, Any] | None:
    if example is None:
        return None
    return {
        "network": str(example.spec),
        "layer": example.variant.layer,
        "form": example.variant.form,
        "point": {key: value.tolist() for key, value in _given(example).items()},
        "rows": [
            {"name": name, "right": np.ravel(right).tolist(), "wrong": np.ravel(wrong).tolist()}
            for name, right, wrong in example.rows
        ],
    }
