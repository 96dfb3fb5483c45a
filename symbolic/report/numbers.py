"""The part of a report that has numbers: every quantity beside its symbol, one step of descent, the check by differences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from reports.document import Align, Block, Callout, Cell, CodeSpan, Equation, Math, Section, Table, Tone, Value
from symbolic.formulas.formula import Line
from symbolic.formulas.teaching_order import name_of
from symbolic.programs.interpret import Array
from symbolic.programs.statements import entry, parameter_entries
from symbolic.report.board import Board, stacked
from symbolic.report.differences import STEP_TEXT, difference_quotients, gaps, spread_entries
from symbolic.report.messages import math
from symbolic.report.options import Values
from symbolic.report.point_values import AtPoint, decimal
from symbolic.report.worked_lines import DIGITS, with_numbers, worked_formula

WORKED = 60  # parameters up to which every line is worked out with numbers
MOST_ROWS, MOST_EXAMPLES = 40, 4


def numbers_section(board: Board, point: AtPoint) -> Section:
    """(11) The derivation once more, with numbers."""
    voice = board.voice
    start = voice.say("numbers.one") if point.m == 1 else voice.say("numbers.many", m=point.m)
    blocks: list[Block] = [start, *_given(board, point)]
    if board.spec.n_params <= WORKED and not board.brief:
        blocks += _worked(board, point)
    blocks += [_table(board, point), _step(board, point)]
    return Section(voice.words("numbers.title"), blocks, anchor="numbers")


def _given(board: Board, point: AtPoint) -> Iterator[Block]:
    """The inputs of each example, and the parameters where they are few."""
    words, spec = board.voice.words, board.spec
    shown_examples = range(min(point.m, MOST_EXAMPLES))
    columns = [words("numbers.quantity"), *(words("numbers.example", number=e + 1) for e in shown_examples)]
    names = [entry("x", i) for i in range(spec.sizes[0])][:MOST_ROWS] + [entry("y", k) for k in range(spec.sizes[-1])][
        :MOST_ROWS
    ]
    rows: list[list[Value]] = [
        [math(name_of(name)), *(_number_text(point.number(name, e)) for e in shown_examples)] for name in names
    ]
    yield Section(words("numbers.inputs"), [Table(columns, rows, align=_first_left(columns))])


def _first_left(columns: list[str]) -> list[Align]:
    return ["left" if number == 0 else "right" for number in range(len(columns))]


def _number_text(value: float) -> str:
    return decimal(value, DIGITS).replace("-", "−")


def _worked(board: Board, point: AtPoint) -> Iterator[Block]:
    """Symbol = formula = numbers = value, in the order of the derivation."""
    words = board.voice.words
    steps = board.derivation.steps
    groups = (
        ("numbers.forward", [s for s in steps if s.rule in ("affine", "activation")]),
        ("numbers.cost", [s for s in steps if s.rule in ("cost", "l2-cost")]),
        ("numbers.backward", [s for s in steps if s.rule in ("BP1", "BP2")]),
        ("numbers.gradients", [s for s in steps if s.name[:2] in ("dW", "db")]),
    )
    for title, group in groups:
        blocks: list[Block] = []
        for layer in dict.fromkeys(step.layer for step in group):
            lines = [_worked_line(board, point, step.name) for step in group if step.layer == layer]
            blocks += [stacked([line], f"number-{line_name}") for line_name, line in lines]
        yield Section(words(title), blocks)


def _worked_line(board: Board, point: AtPoint, name: str) -> tuple[str, Line]:
    line = worked_formula(board.derivation, name)
    board.check(line, real=True)
    return name, with_numbers(line, point, name)


def _table(board: Board, point: AtPoint) -> Section:
    """Every quantity for each example, to more digits."""
    words, spec = board.voice.words, board.spec
    shown_examples = range(min(point.m, MOST_EXAMPLES))
    names = [entry(f"{q}{layer}", j) for layer in spec.layers for q in "za" for j in range(spec.sizes[layer])]
    names += [entry(f"delta{layer}", j) for layer in reversed(spec.layers) for j in range(spec.sizes[layer])]
    some = len(names) > MOST_ROWS
    if some:
        names = [n for n in names if int(n.rpartition("_")[2]) < 3]
    columns = [words("numbers.quantity"), *(words("numbers.example", number=e + 1) for e in shown_examples)]
    rows: list[list[Value]] = [
        [math(name_of(name)), *(_number_text(point.number(name, e)) for e in shown_examples)] for name in names
    ]
    table = Table(columns, rows, align=_first_left(columns))
    return Section(words("numbers.table-some" if some else "numbers.table"), [table])


def _step(board: Board, point: AtPoint) -> Section:
    """One step of gradient descent, and the cost before and after."""
    voice, words, eta = board.voice, board.voice.words, board.options.learning_rate
    gradient, keys = point.gradient(), board.options.updates or board.spec.keys
    before = {key: np.asarray(value) for key, value in point.values.params.items()}
    after = {key: value - eta * gradient[key] if key in keys else value for key, value in before.items()}
    entries = [(key, index) for key, index in parameter_entries(board.spec) if key in keys]
    chosen = entries if len(entries) <= MOST_ROWS else spread_entries(entries, 24)
    rows = [_step_row(before, gradient, after, key, index) for key, index in chosen]
    columns = [words(f"numbers.{column}") for column in ("parameter", "before", "derivative", "after")]
    start = "numbers.step-start" if len(keys) == len(board.spec.keys) else "numbers.step-some"
    blocks: list[Block] = [
        voice.say(start, eta=Math(rf"\eta = {eta:g}", f"η = {eta:g}"), keys=", ".join(keys)),
        Table(columns, rows, align=["left", "right", "right", "right"]),
    ]
    if len(chosen) < len(entries):
        blocks.append(voice.say("check.some", shown=len(chosen), count=f"{len(entries):,}"))
    moved = AtPoint(board.derivation.program, Values(after, point.values.x, point.values.y))
    cost_before, cost_after = _number_text(point.cost), _number_text(moved.cost)
    key = "falls" if moved.cost < point.cost else "rises" if moved.cost > point.cost else "stays"
    tone: Tone = "good" if key == "falls" else "warn"
    blocks.append(Callout(tone, [voice.say(f"numbers.cost-{key}", before=cost_before, after=cost_after)]))
    return Section(words("numbers.step"), blocks)


def _step_row(
    before: Mapping[str, Array], gradient: dict[str, Array], after: dict[str, Array], key: str, index: tuple[int, ...]
) -> list[Value]:
    values = (float(before[key][index]), float(gradient[key][index]), float(after[key][index]))
    return [math(name_of(entry(key, *index))), *map(_number_text, values)]


def _gap_text(gap: float) -> str:
    """How far apart; below 1e-30 only the last digits of the balls would speak."""
    return f"{gap:.1e}" if gap >= 1e-30 else "< 1e-30"


def check_section(board: Board, point: AtPoint, *, given: bool) -> Section:
    """(12) The derivatives of this report against difference quotients of the cost."""
    voice, words, spec = board.voice, board.voice.words, board.spec
    entries = parameter_entries(spec)
    most = 8 if board.brief else MOST_ROWS
    chosen = entries if len(entries) <= most else spread_entries(entries, min(most, 24))
    tell = lambda done, count: board.options.progress("progress.check", done, count)
    quotients = difference_quotients(point, chosen, tell)
    derived = [point.env[entry(f"d{key}", *index)][0] for key, index in chosen]
    apart = gaps(derived, quotients)
    rows: list[list[Value | Cell]] = []
    for (key, index), value, quotient, (gap, good) in zip(chosen, derived, quotients, apart, strict=True):
        name = f"{key}[{', '.join(map(str, index))}]"
        tone: Tone = "good" if good else "warn"
        numbers = [f"{float(number.mid()):.12g}".replace("-", "−") for number in (value, quotient)]
        rows.append([math(name_of(entry(f"d{key}", *index))), CodeSpan(name), *numbers, Cell(_gap_text(gap), tone)])
    columns = ["", words("numbers.parameter"), words("check.derived"), words("check.difference"), words("check.gap")]
    where = voice.say("check.given") if given else voice.say("check.point", seed=board.options.seed)
    blocks: list[Block] = [
        voice.say("check.start"),
        Equation(r"\frac{C(w + h) - C(w - h)}{2 h}", "(C(w + h) − C(w − h))/(2 h)", anchor="difference-quotient"),
        voice.say("check.step", h=Math(rf"h = {STEP_TEXT[0]}", f"h = {STEP_TEXT[1]}")),
        where,
        Table(columns, rows, align=["left", "left", "right", "right", "right"]),
    ]
    if len(chosen) < len(entries):
        blocks.append(voice.say("check.some", shown=len(chosen), count=f"{len(entries):,}"))
    good = all(good for _, good in apart)
    blocks.append(Callout("good" if good else "warn", [voice.say("check.good" if good else "check.kink")]))
    return Section(words("check.title"), blocks, anchor="check")
