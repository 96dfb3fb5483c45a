"""Every partial derivative as a part of the report: in z, a, delta, and written out in x, W, b where that can be read."""

from __future__ import annotations

from collections.abc import Iterator

from reference_nets.spec import NetworkSpec
from reports.document import Block, Section
from symbolic.derivation.expand import MOST_SYMBOLS, all_sizes, check_size, expanded, readable
from symbolic.programs.statements import entry, parameter_entries
from symbolic.report.board import Board, stacked
from symbolic.report.derivation import LISTED
from symbolic.report.options import Weight

MOST_CLOSED = 60  # parameters up to which every closed form is shown


def closed_section(board: Board, weight: Weight) -> Section:
    """(9) Every partial derivative, in z, a, delta, and written out where that can be read."""
    voice, spec = board.voice, board.spec
    every = spec.n_params <= MOST_CLOSED or board.options.expand
    blocks: list[Block] = [voice.say(_opening(spec, every), count=f"{spec.n_params:,}")]
    for layer in spec.layers:
        lines = list(_closed_lines(board, layer, every))
        blocks.append(Section(voice.words("closed.layer", layer=layer), lines, anchor=f"closed-{layer}"))
    blocks.append(_expanded(board, weight))
    return Section(voice.words("closed.title"), blocks, anchor="closed-forms")


def _opening(spec: NetworkSpec, every: bool) -> str:
    return "closed.start" if every else "closed.some" if spec.n_params <= LISTED else "closed.left-out"


def _closed_lines(board: Board, layer: int, every: bool) -> Iterator[Block]:
    spec = board.spec
    units, inputs = spec.sizes[layer], spec.sizes[layer - 1]
    shown = list(range(units)) if every else [0, units - 1][: min(units, 2)]
    for j in shown:
        columns = list(range(inputs)) if every or inputs <= 4 else [0, 1, None, inputs - 1]
        lines = [None if i is None else board.check(board.derivation.derivative(f"W{layer}", (j, i))) for i in columns]
        if spec.has_biases:
            lines.append(board.check(board.derivation.derivative(f"b{layer}", (j,))))
        yield stacked(lines, f"closed-{layer}-{j + 1}")


def _expanded(board: Board, weight: Weight) -> Section:
    voice, program = board.voice, board.derivation.program
    title = voice.words("closed.expanded")
    every = [entry(f"d{key}", *index) for key, index in parameter_entries(board.spec)]
    if board.options.expand:
        check_size(program)
    names = every if board.options.expand else readable(program, f"d{weight.name}")
    blocks: list[Block] = [voice.say("closed.expanded-start")] if names else []
    for number, name in enumerate(names):
        board.options.progress("progress.lines", number, len(names))
        blocks.append(board.equation(expanded(program, name), f"expanded-{name}"))
    if len(names) < len(every):
        longest, together = all_sizes(program)
        put = {"longest": f"{longest:,}", "together": f"{together:,}", "limit": f"{MOST_SYMBOLS:,}"}
        blocks.append(voice.say("closed.not-expanded" if not names else "closed.expanded-one", **put))
    return Section(title, blocks, anchor="expanded")
