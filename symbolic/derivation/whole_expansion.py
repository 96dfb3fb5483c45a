"""The whole network at once: the direct derivative of the written out cost minus the recursion's closed form, expanded.

The activations are opaque, and so is the cost as a function of the last weighted inputs, C(z_L): its derivatives are
delta_L by definition (that BP1 has them right is a lemma of its own). What is left is a polynomial, which `expand` decides;
with elementary functions put in, it would not come back (`simplify` does not prove 3-4-2 in a minute).
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from symbolic.programs.functions import batch_sum
from symbolic.programs.statements import Program, parameter_entries, symbol


def expands_to_zero(program: Program) -> bool:
    """Whether the difference is 0 for every parameter of the network."""
    spec = program.spec
    written = _written_out(program)
    cost = _opaque_cost(program)(*(written[symbol(f"z{spec.L}", k)] for k in range(spec.sizes[-1])))
    for key, index in parameter_entries(spec):
        direct = sp.diff(cost, symbol(key, *index))
        if spec.l2:
            direct += sp.diff(program.by_name["R"].rhs, symbol(key, *index))
        if sp.expand(direct - written[symbol(f"d{key}", *index)]) != 0:
            return False
    return True


def _written_out(program: Program) -> dict[sp.Symbol, sp.Expr]:
    """Every quantity in x, W, b and the output's delta, for one example."""
    written: dict[sp.Symbol, sp.Expr] = {}
    for statement in program.statements:
        if statement.rule in ("affine", "BP2", "BP3", "BP4", "l2") or (
            statement.rule == "activation" and statement.layer < program.spec.L
        ):
            rhs = statement.rhs.args[0] if isinstance(statement.rhs, batch_sum) else statement.rhs
            written[statement.symbol] = rhs.xreplace(written)
    return written


def _opaque_cost(program: Program) -> Any:
    """``C(z_1, ..., z_K)`` with ``dC/dz_k = delta_k``."""
    names = [symbol(f"delta{program.spec.L}", k) for k in range(program.spec.sizes[-1])]
    return type("cost", (sp.Function,), {"fdiff": lambda self, argindex=1: names[argindex - 1]})
