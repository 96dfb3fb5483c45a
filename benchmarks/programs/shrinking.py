"""A failing program made small: statements are dropped, frozen to numbers or returned themselves while it still fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from benchmarks.programs.judging import Finding, repeated
from benchmarks.programs.program import Program, Statement

MOST_TRIES = 80


def shrunk(program: Program, finding: Finding) -> Program:
    """The smallest program found that gives the same kind of finding."""
    tries = 0
    while tries < MOST_TRIES:
        for smaller in _smaller(program):
            tries += 1
            if _fails(smaller, finding):
                program = smaller
                break
            if tries >= MOST_TRIES:
                break
        else:
            break
    return program


def _fails(program: Program, finding: Finding) -> bool:
    try:
        return repeated(program, finding)
    except Exception:  # what does not run at all is no smaller version of it
        return False


def _smaller(program: Program) -> Iterator[Program]:
    """Programs with fewer statements, or with a statement that is a mere array of numbers."""
    if not isinstance(program.returned, dict | tuple):
        for statement in program.statements[:-1]:
            yield replace(program, returned=statement.name).without_dead_code()
    else:
        names = program.returned.values() if isinstance(program.returned, dict) else program.returned
        yield from (replace(program, returned=name).without_dead_code() for name in names)
    for k, statement in enumerate(program.statements):
        if statement.reads and statement.name != program.returned:
            frozen = (*program.statements[:k], _frozen(program, statement), *program.statements[k + 1 :])
            yield replace(program, statements=frozen).without_dead_code()


def _frozen(program: Program, statement: Statement) -> Statement:
    value = np.asarray(program.values[statement.name])
    text = f"np.array({value.tolist()!r})" if value.ndim else repr(float(value))
    nothing = f"np.zeros({value.shape!r})" if value.ndim else "0.0"
    return Statement(statement.name, (f"{statement.name} = {text}",), (f"d{statement.name} = {nothing}",), ())
