"""What was proven, by which method, and what it takes for granted; said first in one sentence, and in full in section 10."""

from __future__ import annotations

from reports.document import Block, Callout, Cell, Inline, Section, Table, Value
from symbolic.derivation.proof import Method, Proof
from symbolic.formulas.teaching_order import name_of
from symbolic.report.board import Board
from symbolic.report.messages import math


def result(board: Board, proof: Proof) -> Callout:
    """The first thing that is said."""
    voice = board.voice
    method = voice.words(f"method.{proof.method}")
    if not proof.holds:
        assert proof.quantity is not None
        return Callout("bad", [voice.say("result.refuted", quantity=math(name_of(proof.quantity)))])
    key = "result.proven" if proof.method in (Method.EXPANSION, Method.INDUCTION) else "result.tested"
    said = [
        voice.say(key, count=f"{proof.entries:,}", method=method),
        voice.say("result.lines", lines=f"{board.check.lines:,}"),
    ]
    return Callout("good", said)


def proof_section(board: Board, proof: Proof) -> Section:
    """(10) The proof."""
    voice = board.voice
    blocks: list[Block] = [voice.say("proof.claim")]
    if proof.lemmas:
        blocks += [voice.say("proof.lemmas"), _lemmas(board, proof)]
    if proof.method in (Method.EXPANSION, Method.INDUCTION):
        blocks.append(voice.say("proof.induction"))
    if proof.method is Method.EXPANSION:
        blocks.append(voice.say("proof.expansion", count=proof.entries))
    if proof.method is Method.FIELD and proof.holds:
        blocks.append(voice.say("proof.field", probability=f"{proof.error_probability:.0e}"))
    if proof.method is Method.AGREEMENT:
        blocks.append(voice.say("proof.agreement"))
    if not proof.holds:
        assert proof.quantity is not None
        key = "proof.refuted" if proof.method is Method.BALLS else "proof.refuted-field"
        blocks.append(voice.say(key, quantity=math(name_of(proof.quantity))))
    else:
        items: list[list[Inline]] = [voice.parts(key) for key in proof.assumes]
        blocks += [voice.say("proof.assumes"), voice.bullets(*items)]
    return Section(voice.words("proof.title"), blocks, anchor="proof")


def _lemmas(board: Board, proof: Proof) -> Table:
    words = board.voice.words
    rows: list[list[Value | Cell]] = [
        [lemma.rule, lemma.layer, lemma.entries, Cell(words("proof.equal"), "good")] for lemma in proof.lemmas
    ]
    columns = [words(f"proof.{column}") for column in ("rule", "layer", "entries", "verdict")]
    return Table(columns, rows, align=["left", "right", "right", "left"])
