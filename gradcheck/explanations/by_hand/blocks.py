"""A worked case as it is read: what is given, line by line, the picture, the nudge, Python to paste."""

from __future__ import annotations

from collections.abc import Sequence

from gradcheck.explanations.by_hand.case import CalculationLine, LineAgreement, NoCase, Nudge, WorkedCase
from gradcheck.explanations.by_hand.picture import PictureNumbers, picture
from gradcheck.explanations.by_hand.written import array_text, number_text, plain_shape
from gradcheck.sentences.sentence import sentences_of
from reports.document import Block, Cell, Code, CodeSpan, Prose, Table, Value, prose

_say = sentences_of("teaching/by_hand")

ARROW = "◀"
WIDEST = 76  # of a line of the forward pass: what a terminal of 80 columns has room for


def blocks(case: WorkedCase | NoCase) -> list[Block]:
    """The case; where there is none, why."""
    if isinstance(case, NoCase):
        return [prose(case.reason)]
    figure = picture(_numbers(case))
    nudged = [_nudge(case.nudge)] if case.nudge else []
    python: list[Block] = [prose(_say("paste")), Code("\n".join(case.python), "py")] if case.python else []
    forward = case.rows[: 1 + [row.key for row in case.rows].index("C")]
    if any(row.compared in (LineAgreement.FIRST, LineAgreement.DIFFERENT) for row in forward):
        worked: list[Block] = [_table(case, case.rows)]
    else:
        worked = [*_forward(forward, wrong=case.wrong_forward), _table(case, case.rows[len(forward) :])]
    return [_given(case), *worked, *nudged, *([figure] if figure else []), *python]


def _given(case: WorkedCase) -> Prose:
    """The network and the point, and what comes out."""
    point, names = case.point, case.names
    given = [f"{names.get(name, name)} = {array_text(plain_shape(array))}" for name, array in (("x", point.x), ("y", point.y))]
    for letter, words in (("W", "all-weights"), ("b", "all-biases")):
        arrays = {key: array for key, array in point.params.items() if key[0] == letter}
        values = {float(value) for array in arrays.values() for value in array.ravel()}
        if len(values) == 1:
            given.append(_say(words, value=number_text(values.pop())))
        else:
            given += [f"{names.get(key, key)} = {array_text(plain_shape(array))}" for key, array in arrays.items()]
    if case.learning_rate is not None:
        given.append(_say("learning-rate", value=number_text(case.learning_rate)))
    examples = _say("examples", count=len(point.x))
    first = next((row for row in case.rows if row.compared is LineAgreement.FIRST and row.yours is not None), None)
    told = {"name": first.name, "right": array_text(first.right), "yours": _own_text(first)} if first else {}
    comes_out = [_say("comes-out", **told)] if told else []
    return prose(_say("network"), CodeSpan(str(case.spec)), _say("given", examples=examples, given=tuple(given)), *comes_out)


def _forward(rows: Sequence[CalculationLine], *, wrong: bool) -> list[Block]:
    """The way to the cost, where no difference is seen on it: a layer a line, z and a beside each other if there is room."""
    steps = [f"{row.name} = {row.short} = {array_text(row.right)}" for row in rows]
    lines: list[str] = []
    for first in range(0, len(steps), 2):  # the cost comes last, alone
        pair = steps[first : first + 2]
        lines += ["    ".join(pair)] if len("    ".join(pair)) <= WIDEST else pair
    same = not wrong and any(row.compared is LineAgreement.SAME for row in rows[-2:])  # output or cost: so all before it
    return [prose(_say("forward-same" if same else "forward")), Code("\n".join(lines))]


def _table(case: WorkedCase, table: Sequence[CalculationLine]) -> Table:
    rows: list[list[Value | Cell]] = [[f"{row.name} = {row.formula}", array_text(row.right), _yours(row)] for row in table]
    captions = [_say("arrow")] if any(row.compared is LineAgreement.FIRST for row in case.rows) else []
    captions += [_say("sum-of-examples")] if len(case.point.x) > 1 else []
    caption = _say("captions", captions=tuple(captions))
    title = _say("line" if len(table) == len(case.rows) else "line-back")
    return Table([title, _say("right"), _say("yours")], rows, caption=caption, align=["left", "left", "left"])


def _yours(row: CalculationLine) -> Value | Cell:
    """The code's own number beside the right one."""
    if row.yours is None:
        return ""
    if row.compared is LineAgreement.SAME:
        return Cell(_say("same"), "good")
    text = _own_text(row)
    return Cell(f"{text} {ARROW}" if row.compared is LineAgreement.FIRST else text, "bad")


def _own_text(row: CalculationLine) -> str:
    return "" if row.yours is None else array_text(row.yours)


def _nudge(nudge: Nudge) -> Prose:
    """The proof: forward only, no derivative."""
    words = _say(
        "nudge-own" if nudge.is_own_cost else "nudge",
        parameter=nudge.parameter,
        step=f"{nudge.step:g}",
        above=nudge.above,
        below=nudge.below,
        twice=f"{2 * nudge.step:g}",
        quotient=nudge.quotient,
        right=number_text(nudge.right),
        yours=number_text(nudge.yours),
    )
    return prose(words)


def _numbers(case: WorkedCase) -> PictureNumbers:
    """What the picture is made of."""
    spec, m = case.spec, len(case.point.x)
    found = {row.key: row for row in case.rows}
    values = {layer: found[f"a{layer}"].right.reshape(m, -1) for layer in spec.layers}
    deltas = {layer: found[f"delta{layer}"].right.reshape(m, -1) for layer in spec.layers}
    off = {layer: case.yours[f"b{layer}"] for layer in spec.layers if f"b{layer}" in case.wrong}
    weights = {layer: case.yours[f"W{layer}"] for layer in spec.layers if f"W{layer}" in case.wrong and layer not in off}
    cost = float(found["C"].right)
    return PictureNumbers(spec, case.point, {0: case.point.x, **values}, deltas, off, weights, cost)
