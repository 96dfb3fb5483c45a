"""The second half of a report: the chain rule along every path, delta, and BP1 to BP4 for this network."""

from __future__ import annotations

from collections.abc import Iterator

from reports.document import Block, Code, CodeSpan, Math, Section
from symbolic.derivation.general_rules import general_rule, matrix_rule
from symbolic.derivation.output_delta import jacobian, output_delta_steps
from symbolic.derivation.paths import Path, factored, path_count, paths
from symbolic.derivation.slopes import slope_by_output
from symbolic.formulas.formula import Call, Formula, Line, Name, OverBatch, Partial, Product, Whole, product, total
from symbolic.formulas.latex import formula_latex
from symbolic.formulas.teaching_order import formula_of, name_of
from symbolic.formulas.text import formula_text
from symbolic.formulas.walk import instantiated
from symbolic.programs.statements import entry, symbol
from symbolic.report.board import Board, stacked, written
from symbolic.report.numpy_code import numpy_code
from symbolic.report.options import Weight

MOST_PATHS, SOME_PATHS = 9, 4  # written out; of more, the first few, because the point is made
MOST_ADDED = 200  # added up in one line, of which the printed line shows the first and the last terms
LARGEST_JACOBIAN = 5


def chain_section(board: Board, weight: Weight) -> Section:
    """(5) One weight along all its paths, and the factor that repeats."""
    voice, program = board.voice, board.derivation.program
    name = Name(weight.quantity, weight.layer, weight.index)
    count = path_count(program, weight.name)
    shown = paths(program, weight.name, count if count <= MOST_PATHS else SOME_PATHS)
    found = paths(program, weight.name, count) if count <= MOST_ADDED else []
    key = "chain.count-one" if count == 1 else "chain.count" if count == len(shown) else "chain.count-some"
    blocks: list[Block] = [
        voice.say("chain.start", weight=name, code=CodeSpan(weight.code)),
        voice.say(key, weight=name, count=f"{count:,}", shown=len(shown)),
    ]
    for number, path in enumerate(shown, 1):
        if count > 1:
            blocks.append(voice.say("chain.path", number=number, path=_arrows(path)))
        blocks.append(board.equation(path.line, f"path-{number}"))
    if count > len(shown):
        blocks.append(voice.say("chain.too-many", count=f"{count:,}"))
    penalised = f"{weight.quantity}{weight.layer}" in program.spec.regularised
    together = (
        factored(program, weight.quantity, weight.layer, weight.index, found) if found else _through_unit(weight, penalised)
    )
    blocks.append(voice.say("chain.sum-one" if count == 1 else "chain.sum" if found else "chain.sum-many"))
    blocks.append(board.equation(together[0], "chain-sum"))
    if penalised:
        blocks.append(voice.say("chain.penalty"))
    blocks += [voice.say("chain.observe"), board.equation(together[1], "chain-delta")]
    blocks += [voice.say("chain.reuse"), stacked([board.check(line) for line in _reused(board, weight)], "chain-reuse")]
    if board.spec.L > 1:
        first = sum(path_count(program, entry("W1", j, 0)) for j in range(board.spec.sizes[1])) * board.spec.sizes[0]
        blocks.append(voice.say("chain.saved", deltas=sum(board.spec.sizes[1:]), paths=f"{first:,}"))
    return Section(voice.words("chain.title"), blocks, anchor="chain-rule")


def _through_unit(weight: Weight, penalised: bool) -> list[Line]:
    """All paths at once: they run through the weighted input of one unit."""
    z = Name("z", weight.layer, (weight.index[0],))
    name, cost = Name(weight.quantity, weight.layer, weight.index), Name("C")
    chain = Product((Partial(cost, z), Partial(z, name)), dotted=True)
    penalty = [product(Name("lam"), name)] if penalised else []
    return [
        Line(Partial(cost, name), (total([OverBatch(chain), *penalty]),)),
        Line(Name("delta", weight.layer, z.index), (Partial(cost, z),)),
    ]


def _arrows(path: Path) -> Math:
    names = [name_of(name) for name in path.names]
    return Math(r" \to ".join(map(formula_latex, names)), " → ".join(map(formula_text, names)))


def _reused(board: Board, weight: Weight) -> Iterator[Line]:
    """The derivatives by the parameters of the same unit: its weights (of many, the first three), then its bias."""
    unit = weight.index[0]
    for i in range(min(board.spec.sizes[weight.layer - 1], 3)):
        yield board.derivation.derivative(f"W{weight.layer}", (unit, i))
    if board.spec.has_biases:
        yield board.derivation.derivative(f"b{weight.layer}", (unit,))


def bp1_section(board: Board) -> Section:
    """(6) The error at the output, from this cost and this activation."""
    voice, spec, program = board.voice, board.spec, board.derivation.program
    L, outputs = spec.L, spec.sizes[-1]
    blocks: list[Block] = [voice.say("bp1.start")]
    if not board.brief:
        blocks += _bp1_steps(board)
    blocks.append(voice.say("bp1.rule"))
    general = board.check.general(general_rule(program, "BP1", L), "j", outputs)
    blocks.append(written(general, "bp1", tag="BP1"))
    if outputs > 1 and not board.brief:
        helpers = [s.name for s in program.output_error if not s.name.startswith("delta")]
        blocks.append(voice.say("bp1.all"))
        blocks.append(board.column(outputs, lambda k: board.derivation.step(f"delta{L}", k).line, f"delta{L}"))
        if helpers:
            blocks.append(voice.say("bp1.helpers"))
            blocks.append(board.column(len(helpers), lambda n: board.derivation.step(helpers[n]).line, f"delta{L}-helpers"))
    return Section(voice.words("bp1.title"), blocks, anchor="output-error")


def _bp1_steps(board: Board) -> Iterator[Block]:
    voice, spec, program = board.voice, board.spec, board.derivation.program
    L = spec.L
    put = {
        "g": Name("g", L, ("k",)),
        "s": Name("s", L),
        "q": Name("q", L, ("k",)),
        "product": product(Name("a", L, ("k",)), Name("g", L, ("k",))),
    }
    for number, step in enumerate(output_delta_steps(program)):
        yield voice.say(step.reason, **put)
        yield board.equation(step.line, f"bp1-{number + 1}", real=step.real)
        if step.reason == "bp1.softmax-chain" and spec.sizes[-1] <= LARGEST_JACOBIAN:
            yield voice.say("bp1.jacobian")
            yield board.equation(jacobian(program), "jacobian")


def bp2_section(board: Board) -> Section:
    """(7) The error one layer back, for each hidden layer."""
    voice, spec = board.voice, board.spec
    if spec.L == 1:
        return Section(voice.words("bp2.title"), [voice.say("bp2.none")], anchor="hidden-error")
    blocks: list[Block] = [voice.say("bp2.start")]
    for layer in reversed(range(1, spec.L)):
        title = voice.words("bp2.layer", above=layer + 1, layer=layer)
        blocks.append(Section(title, list(_hidden_layer(board, layer)), anchor=f"hidden-error-{layer}"))
    return Section(voice.words("bp2.title"), blocks, anchor="hidden-error")


def _hidden_layer(board: Board, layer: int) -> Iterator[Block]:
    voice, spec, program = board.voice, board.spec, board.derivation.program
    size = spec.sizes[layer]
    general = board.check.general(general_rule(program, "BP2", layer), "j", size)
    whole = board.check(matrix_rule(program, "BP2", layer))
    yield stacked([general, whole], f"bp2-{layer}", tag="BP2")
    yield voice.say("bp2.sizes", W=Whole("W", layer + 1), rows=spec.sizes[layer + 1], columns=size)
    if board.brief:
        return
    yield voice.say("bp2.entries")
    yield board.column(size, lambda j: board.derivation.step(f"delta{layer}", j).line, f"delta{layer}")
    name = spec.activations[layer - 1]
    form = slope_by_output(name, symbol(f"a{layer}", 0))
    if form is not None:
        left = formula_of(symbol(f"z{layer}", 0))
        line = Line(_prime(name, left), (formula_of(form),))
        board.check(line, real=True)
        yield voice.say("bp2.slope", slope=_inline(line))


def _prime(name: str, argument: Formula) -> Formula:
    return Call(f"d{name}", (argument,))


def _inline(line: Line) -> Math:
    sides = (line.left, line.rights[0])
    return Math(" = ".join(map(formula_latex, sides)), " = ".join(map(formula_text, sides)))


def parameters_section(board: Board) -> Section:
    """(8) From the errors to the parameters."""
    voice, spec, program = board.voice, board.spec, board.derivation.program
    unit, L = spec.sizes[-1], spec.L
    blocks: list[Block] = []
    if spec.has_biases:
        bp3 = board.check.general(general_rule(program, "BP3", L), "j", unit)
        bias = [board.check(matrix_rule(program, "BP3", layer)) for layer in reversed(spec.layers)]
        blocks += [voice.say("bp34.bias"), stacked([bp3, *bias], "bp3", tag="BP3")]
    bp4 = general_rule(program, "BP4", L)
    for i in {0, spec.sizes[-2] - 1}:
        board.check.general(_fixed(bp4, i), "j", unit)
    weight = [board.check(matrix_rule(program, "BP4", layer)) for layer in reversed(spec.layers)]
    blocks += [voice.say("bp34.weight"), stacked([bp4, *weight], "bp4", tag="BP4"), voice.say("bp34.average")]
    if spec.l2:
        blocks.append(voice.say("bp34.l2", term=product(Name("lam"), Name("W", "l", ("j", "i")))))
    if not board.brief:
        blocks += [voice.say("bp34.code"), Code(numpy_code(board.derivation), "py")]
    return Section(voice.words("bp34.title"), blocks, anchor="parameters")


def _fixed(line: Line, i: int) -> Line:
    return Line(instantiated(line.left, {"i": i}), tuple(instantiated(right, {"i": i}) for right in line.rights))
