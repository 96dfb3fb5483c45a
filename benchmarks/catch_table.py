"""Which property catches which mistake? Measured: every mistake of the catalogue planted, every property asked.

A property that catches nothing would have to go, and a mistake that none catches would show here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from gradcheck.properties.invariants import PROPERTIES, Property, applicable
from gradcheck.properties.subject import Subject
from gradcheck.witnesses.points import safe_point
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec
from reports.document import Block, Cell, CodeSpan, Document, Section, Table, Value, prose
from symbolic.mistakes.catalogue import Variant, all_variants, plant
from symbolic.mistakes.visibility import is_equivalent
from symbolic.programs.compiled import compile_gradient

# Three weight layers, equal adjacent widths, two outputs or more: the smallest networks on which every mistake shows.
NETWORKS = (
    "2-3:relu-3:relu-2:identity/quadratic+l2=0.125",
    "2-3:tanh-3:tanh-2:sigmoid/quadratic",
    "2-3:tanh-3:relu-3:softmax/quadratic+l2=0.125",
    "2-3:leaky_relu-3:sigmoid-3:softmax/cross_entropy",
)
TABLE_POINTS = 2
# A catch counts here where the sides differ by more: an entry that should be exactly zero and is 1e-17 is caught, too,
# but on another computer it may not be, and this table is to be the same everywhere.
PLAIN = 1e-9


@dataclass(frozen=True)
class CatchRow:
    """One planted mistake and the names of the properties that catch it; ``equivalent`` where there is nothing to catch."""

    variant: Variant
    caught_by: frozenset[str]
    equivalent: bool


def catch_table(spec: NetworkSpec, *, points: int = TABLE_POINTS, seed: int = 0) -> tuple[CatchRow, ...]:
    """Every variant of every mistake in this network, with what catches it at some random points."""
    rng = np.random.default_rng(seed)
    chosen = [safe_point(spec, rng) for _ in range(points)]
    return tuple(_row(spec, variant, chosen) for variant in all_variants(spec))


def _row(spec: NetworkSpec, variant: Variant, chosen: Sequence[Point]) -> CatchRow:
    gradient = compile_gradient(plant(spec, variant))
    subjects = [Subject(gradient, spec, point) for point in chosen]
    caught = frozenset(row.name for row in applicable(spec) if any(_catches(row, subject) for subject in subjects))
    batches = [(point.params, point.x, point.y) for point in chosen]
    return CatchRow(variant, caught, not caught and is_equivalent(spec, variant, batches))


def _catches(row: Property, subject: Subject) -> bool:
    return any(not abs(found.left - found.right) <= PLAIN for found in row.violations(subject))


def catch_document(networks: Sequence[str] = NETWORKS) -> Document:
    """The table of properties by planted mistakes, network by network, and what each property catches altogether."""
    tables = {spec: catch_table(spec) for spec in map(NetworkSpec.parse, networks)}
    planted = [row for rows in tables.values() for row in rows if not row.equivalent]
    blocks: list[Block] = [
        prose(
            "A right gradient has these properties whatever the network. They need no second gradient to compare with: most "
            "ask the function under test at two points that belong together, and the last two look at the cost. The two "
            "sides of an equation may differ by what rounding explains at these points, and by nothing else. With an L2 "
            "term, g is the data term, the gradient without lambda W, in all but ",
            CodeSpan("downhill"),
            " and ",
            CodeSpan("taylor"),
            ".",
        ),
        prose(
            f"{len(planted)} mistakes were planted in {len(tables)} networks, {TABLE_POINTS} random points each. A cell tells "
            "how many variants of a mistake (one for each layer and form) the property catches; a dot means none. "
            f"{_escaping(planted)} of the {len(planted)} escape all properties, {_escaping(planted, 'taylor')} all but ",
            CodeSpan("taylor"),
            ", which alone compares g with how steep the cost is.",
        ),
        _overview(planted),
        *(Section(str(spec), [_one_network(spec, rows)]) for spec, rows in tables.items()),
        prose("Measured by ", CodeSpan(__name__), "; a test compares this page with what it measures."),
    ]
    return Document("Properties of a right gradient", blocks, data={str(spec): _data(rows) for spec, rows in tables.items()})


def _escaping(planted: Sequence[CatchRow], *but: str) -> int:
    return sum(row.caught_by <= {*but} for row in planted)


def _overview(planted: Sequence[CatchRow]) -> Table:
    rows: list[list[Value | Cell]] = [
        [CodeSpan(one.name), one.statement, CodeSpan(one.equation), sum(one.name in row.caught_by for row in planted)]
        for one in PROPERTIES
    ]
    return Table(["property", "what holds", "equation", "catches"], rows)


def _one_network(spec: NetworkSpec, rows: Sequence[CatchRow]) -> Table:
    names = [one.name for one in applicable(spec)]
    visible = [row for row in rows if not row.equivalent]
    body: list[list[Value | Cell]] = [
        [CodeSpan(mistake), *(_cell(variants, name) for name in names)] for mistake, variants in _by_mistake(visible)
    ]
    return Table(["mistake", *names], body)


def _by_mistake(rows: Sequence[CatchRow]) -> Iterator[tuple[str, list[CatchRow]]]:
    for mistake in dict.fromkeys(row.variant.mistake for row in rows):
        yield mistake, [row for row in rows if row.variant.mistake == mistake]


def _cell(variants: Sequence[CatchRow], name: str) -> str:
    caught = sum(name in row.caught_by for row in variants)
    return f"{caught}/{len(variants)}" if caught else "."


def _data(rows: Sequence[CatchRow]) -> list[dict[str, object]]:
    return [{"mistake": row.variant.label, "caught_by": sorted(row.caught_by), "equivalent": row.equivalent} for row in rows]
