"""A derivation as a document: twelve sections, in the order in which a teacher would write them on the board."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np

from reference_nets.spec import NetworkSpec
from reports.document import Block, Document, Section
from symbolic.derivation.expand import check_size
from symbolic.derivation.line_check import LineCheck, random_params
from symbolic.derivation.proof import Proof
from symbolic.report.backward import bp1_section, bp2_section, chain_section, parameters_section
from symbolic.report.board import Board
from symbolic.report.closed_forms import closed_section
from symbolic.report.derivation import Derivation
from symbolic.report.forward import cost_section, forward_section, games_section, notation_section
from symbolic.report.messages import Voice, variant_of
from symbolic.report.numbers import check_section, numbers_section
from symbolic.report.options import Options, Values, check_values, weight_of
from symbolic.report.point_values import AtPoint
from symbolic.report.proof_section import proof_section, result

SCHEMA = "gradcheck.derivation/1"


def derivation_report(derivation: Derivation, options: Options) -> Document:
    """The report; raises ValueError before any work where something asked for cannot be had."""
    spec, voice = derivation.spec, Voice(options.language, variant_of(derivation.spec))
    weight = weight_of(options.weight, spec)
    if options.expand:
        check_size(derivation.program)
    if options.values is not None:
        check_values(spec, options.values)
    board = Board(derivation, options, voice, LineCheck(derivation.program, options.seed))
    proof = derivation.proof(progress=lambda done, total: options.progress("progress.proof", done, total))
    values = options.values or random_values(spec, options.seed)
    point = AtPoint(derivation.program, values)
    blocks: list[Block] = [notation_section(board, weight), forward_section(board), cost_section(board)]
    if not board.brief:
        blocks.append(games_section(board))
    if not board.brief or options.weight:
        blocks.append(chain_section(board, weight))
    blocks += [bp1_section(board), bp2_section(board), parameters_section(board)]
    if not board.brief or options.expand:
        blocks.append(closed_section(board, weight))
    if not board.brief:
        blocks.append(proof_section(board, proof))
    if options.values is not None:
        blocks.append(numbers_section(board, point))
    blocks.append(check_section(board, point, given=options.values is not None))
    title = voice.words("title", network=str(spec))
    data = LazyData(derivation, proof, board)
    return renumbered(Document(title, [result(board, proof), *blocks], data=data, language=options.language))


def renumbered(document: Document) -> Document:
    """The sections counted as they stand: a brief report leaves some out, a published example adds one."""
    blocks: list[Block] = []
    count = 0
    for block in document.blocks:
        if isinstance(block, Section):
            count += 1
            block = replace(block, title=re.sub(r"^\d+", str(count), block.title))
        blocks.append(block)
    return replace(document, blocks=blocks)


class LazyData(dict[str, Any]):
    """The JSON of a report; the steps are written out only when someone asks, because srepr of a large network is long."""

    def __init__(self, derivation: Derivation, proof: Proof, board: Board) -> None:
        super().__init__()
        self._parts = (derivation, proof, board)

    def items(self) -> Any:
        """All of it."""
        derivation, proof, board = self._parts
        return report_data(derivation, proof, board).items()


def report_data(derivation: Derivation, proof: Proof, board: Board) -> dict[str, Any]:
    """The report as data: the steps, the proof, how many lines were checked."""
    return {
        "schema": SCHEMA,
        **derivation.to_dict(progress=lambda done, total: board.options.progress("progress.json", done, total)),
        "proof": {
            "method": proof.method,
            "holds": proof.holds,
            "quantity": proof.quantity,
            "error_probability": proof.error_probability,
            "assumes": [board.voice.words(key) for key in proof.assumes],
            "lemmas": [{"rule": lemma.rule, "layer": lemma.layer, "entries": lemma.entries} for lemma in proof.lemmas],
        },
        "checked_equalities": board.check.lines,
    }


def random_values(spec: NetworkSpec, seed: int) -> Values:
    """A random point for the check by differences, its numbers short."""
    rng = np.random.default_rng(seed)
    params = random_params(spec, rng)
    outputs, m = spec.sizes[-1], 2
    one_hot = spec.cost in ("bce", "cross_entropy") and outputs > 1
    y = np.eye(outputs)[rng.integers(outputs, size=m)] if one_hot else rng.integers(0, 2, (m, outputs)).astype(float)
    return Values(params, rng.integers(-96, 97, (m, spec.sizes[0])) / 64, y)
