"""The first half of a report: notation, forward pass, cost, and which units the error reaches."""

from __future__ import annotations

from fractions import Fraction

from reports.document import Block, CodeSpan, Figure, Inline, Math, Section, Table, Value
from symbolic.derivation.general_rules import cost_in_general, general_rule, matrix_rule, penalty_in_general
from symbolic.derivation.paths import path_count
from symbolic.derivation.slopes import slope
from symbolic.formulas.formula import Formula, Line, Name, Number, OverBatch, Partial, Power, Quotient, Whole, product, total
from symbolic.formulas.latex import formula_latex
from symbolic.formulas.text import formula_text
from symbolic.programs.functions import DEFINITIONS
from symbolic.programs.statements import entry
from symbolic.report.board import Board, stacked, written
from symbolic.report.diagrams.diagram import draw, is_elided
from symbolic.report.diagrams.svg import to_svg
from symbolic.report.diagrams.text import diagram_text
from symbolic.report.diagrams.tikz import to_tikz
from symbolic.report.messages import math
from symbolic.report.options import Weight


def notation_section(board: Board, weight: Weight) -> Section:
    """(1) The network as a picture, and what each letter means."""
    spec, voice = board.spec, board.voice
    key = "notation.network" if spec.L > 1 else "notation.network-one"
    start = voice.say(key, inputs=spec.sizes[0], layers=spec.L, parameters=spec.n_params)
    blocks: list[Block] = [start, figure(board, weight)]
    if board.brief:
        return Section(voice.words("notation.title"), blocks, anchor="notation")
    return Section(voice.words("notation.title"), [*blocks, _symbols(board), _conventions(board, weight)], anchor="notation")


def figure(board: Board, weight: Weight) -> Figure:
    """The network, the paths of one weight set off."""
    spec, voice = board.spec, board.voice
    drawing = draw(spec, (weight.layer, weight.index) if weight.quantity == "W" else None)
    elided = voice.words("notation.figure-elided") if is_elided(spec) else ""
    caption = voice.words("notation.figure", elided=elided).strip()
    return Figure(to_svg(drawing, str(spec)), diagram_text(spec), tikz=to_tikz(drawing), caption=caption)


def _symbols(board: Board) -> Table:
    spec, words = board.spec, board.voice.words
    rows: list[list[Value]] = [[math(Whole("x")), words("notation.x"), str(spec.sizes[0])]]
    for layer in spec.layers:
        n, before = spec.sizes[layer], spec.sizes[layer - 1]
        what = "notation.a" if layer < spec.L else "notation.a-output"
        rows.append([math(Whole("W", layer)), words("notation.W", layer=layer), f"{n} × {before}"])
        if spec.has_biases:
            rows.append([math(Whole("b", layer)), words("notation.b", layer=layer), str(n)])
        rows += [
            [math(Whole("z", layer)), words("notation.z", layer=layer), str(n)],
            [math(Whole("a", layer)), words(what, layer=layer, activation=spec.activations[layer - 1]), str(n)],
            [math(Whole("delta", layer)), words("notation.delta", layer=layer), str(n)],
        ]
    rows += [
        [math(Whole("y")), words("notation.y"), str(spec.sizes[-1])],
        [math(Name("c")), words("notation.c"), "1"],
        [math(Name("C")), words("notation.C"), "1"],
        [math(Name("m")), words("notation.m"), "1"],
    ]
    if spec.l2:
        rows.append([math(Name("lam")), words("notation.lam", value=f"{spec.l2:g}"), "1"])
    columns = [words(f"notation.{column}") for column in ("symbol", "meaning", "size")]
    return Table(columns, rows, align=["left", "left", "left"])


def _conventions(board: Board, weight: Weight) -> Block:
    voice = board.voice
    name = Name(weight.quantity, weight.layer, weight.index)
    index = Math("e", "e")
    summed = Math(r"\sum_{e}", "Σₑ")
    letters = Math("x,\\, z,\\, a,\\, y,\\, c,\\, \\delta", "x, z, a, y, c, δ")
    items: list[list[Inline]] = [
        voice.parts("notation.layer", power=math(Power(Name("a", 1, (0,)), 2))),
        voice.parts("notation.index", weight=math(name), code=CodeSpan(weight.code)),
        voice.parts("notation.example", names=letters, e=index, sum=summed, m=math(Name("m")), delta=Math(r"\delta", "δ")),
        voice.parts("notation.error", delta=Name("delta", "l", ("j",)), definition=_definition_of_delta()),
        voice.parts("notation.hadamard", sign=Math(r"\odot", "⊙")),
    ]
    return voice.bullets(*items)


def _definition_of_delta() -> Math:
    sides: list[Formula] = [Name("delta", "l", ("j",)), Partial(Name("C"), Name("z", "l", ("j",)))]
    return Math(" = ".join(map(formula_latex, sides)), " = ".join(map(formula_text, sides)))


def forward_section(board: Board) -> Section:
    """(2) Weighted sum, bias, activation, layer by layer."""
    spec, words = board.spec, board.voice.words
    blocks: list[Block] = []
    seen: set[str] = set()
    for layer in spec.layers:
        title = words("forward.layer" if layer < spec.L else "forward.layer-output", layer=layer)
        blocks.append(Section(title, _layer(board, layer, seen), anchor=f"forward-{layer}"))
    return Section(words("forward.title"), blocks, anchor="forward")


def _layer(board: Board, layer: int, seen: set[str]) -> list[Block]:
    spec, voice, check = board.spec, board.voice, board.check
    program, name, size = board.derivation.program, spec.activations[layer - 1], spec.sizes[layer]
    general = check.general(general_rule(program, "affine", layer), "j", size)
    whole = check(matrix_rule(program, "affine", layer))
    blocks: list[Block] = [
        voice.say("forward.affine", j=Math("j", "j")),
        stacked([general, whole], f"z{layer}"),
    ]
    if not board.brief:
        entries = board.column(size, lambda j: board.derivation.step(f"z{layer}", j).line, f"z{layer}-entries")
        blocks += [voice.say("forward.affine-entries"), entries]
    if name == "identity":
        return [*blocks, voice.say("forward.activation-identity", a=Whole("a", layer), z=Whole("z", layer))]
    activation = general_rule(program, "activation", layer)
    blocks += [voice.say("forward.activation"), board.general(activation, "j", size, f"a{layer}")]
    if name == "softmax":
        blocks.append(voice.say("forward.softmax"))
    elif name not in seen:
        blocks += definition_blocks(board, name)
    seen.add(name)
    return blocks


def definition_blocks(board: Board, name: str) -> list[Block]:
    """What a function is and its slope, proven when the table was read; the convention at a kink."""
    voice, form = board.voice, slope(name)
    blocks: list[Block] = [
        voice.say("forward.definition", a=Name("a")),
        stacked([form.definition, form.derivative, *form.where], f"definition-{name}"),
    ]
    blocks += [voice.say("forward.kink", kink=_at_zero(kink)) for kink in form.kinks]
    return blocks


def _at_zero(kink: Formula) -> Math:
    text = formula_text(kink)
    return Math(f"z = {text}", f"z = {text}")


def cost_section(board: Board) -> Section:
    """(3) What is to be made small."""
    spec, voice, check = board.spec, board.voice, board.check
    program = board.derivation.program
    c = check(program_line(board, "c"))
    general = check(cost_in_general(program))
    lines = [general] if board.brief or spec.sizes[-1] == 1 else [Line(c.left, (general.rights[0], c.rights[0]))]
    lines = [c] if spec.sizes[-1] == 1 else lines
    blocks: list[Block] = [
        voice.say(voice.known(f"cost.{spec.cost}", "cost.other")),
        *(written(line, "cost-example") for line in lines),
    ]
    if spec.cost in DEFINITIONS:  # a function of its own, as huber
        blocks.append(written(slope(spec.cost).definition, f"definition-{spec.cost}"))
    data = check(Line(Name("C"), (_cost(spec.l2 > 0),)))
    blocks += [voice.say("cost.batch", m=Name("m")), written(data, "cost")]
    if spec.l2:
        blocks += [voice.say("cost.l2"), written(check(_penalty(board)), "cost-penalty")]
    blocks.append(voice.say("cost.goal", C=Name("C")))
    return Section(voice.words("cost.title"), blocks, anchor="the-cost")


def _penalty(board: Board) -> Line:
    """The L2 term, number by number; of a wide network layer by layer, because even its sum would be long to make."""
    program = board.derivation.program
    return penalty_in_general(program) if program.is_on_demand else program_line(board, "R")


def _cost(penalised: bool) -> Formula:
    data = product(Quotient(Number(Fraction(1)), Name("m")), OverBatch(Name("c")))
    return total([data, Name("R")]) if penalised else data


def program_line(board: Board, name: str) -> Line:
    """A step of the derivation as a line."""
    return board.derivation.step(name).line


def games_section(board: Board) -> Section:
    """(4) The two guessing games: parameters that see the error, and parameters that do not."""
    spec, voice = board.spec, board.voice
    if spec.L == 1:
        blocks: list[Block] = [voice.say("games.two", x=Whole("x"), a=Whole("a", 1))]
        named = {("sigmoid", "bce"): "games.two-logistic", ("softmax", "cross_entropy"): "games.two-softmax"}
        key = named.get((spec.activations[0], spec.cost))
        if key and (key != "games.two-logistic" or spec.sizes[-1] == 1):
            blocks.append(voice.say(key))
        return Section(voice.words("games.title"), blocks, anchor="games")
    blocks = [voice.say("games.three"), voice.say("games.three-how", delta=Whole("delta", spec.L - 1))]
    return Section(voice.words("games.title"), [*blocks, _distances(board)], anchor="games")


def _distances(board: Board) -> Table:
    spec, words = board.spec, board.voice.words
    rows: list[list[Value]] = []
    for layer in reversed(spec.layers):
        sees = words("games.directly") if layer == spec.L else words("games.indirectly", layer=layer + 1)
        count = path_count(board.derivation.program, entry(f"W{layer}", 0, 0))
        rows.append([math(Whole("W", layer)), 3 + 2 * (spec.L - layer), f"{count:,}", sees])
    columns = [words(f"games.{column}") for column in ("layer", "links", "paths", "sees")]
    return Table(columns, rows, caption=words("games.table"), align=["left", "right", "right", "left"])
