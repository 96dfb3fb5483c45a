"""Several mistakes in one network: where two meet in one statement, both are made in it if that has a meaning.

``delta_l = (delta_{l+1} W_{l+1}) phi'(z_l)`` has two factors: a mistake in the sum and one in the slope are made side by side.
A factor such as 2, -1 or m goes with any other mistake.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import sympy as sp

from reference_nets.spec import NetworkSpec
from symbolic.mistakes.catalogue import Variant
from symbolic.mistakes.changes import Changes, propagated, slope_at
from symbolic.programs.build import BATCH_SIZE
from symbolic.programs.statements import Program, Statement, symbol


@dataclass(frozen=True)
class FittedMistake(Variant):
    """A mistake with a number in it that was read off the claimed gradient; made upon the others, whose right sides it has."""


def combined(p: Program, planted: Sequence[Variant]) -> Changes | None:
    """The changed right sides of several mistakes together; None where two of them exclude each other."""
    changes: Changes = {}
    for variant in planted:
        if isinstance(variant, FittedMistake):
            changes |= variant.changes
            continue
        for name, rhs in variant.changes.items():
            both = _both(p.spec, p.by_name[name], changes[name], rhs) if name in changes else rhs
            if both is None:
                return None
            changes[name] = both
    return changes


@lru_cache(maxsize=1 << 14)  # a search asks for the same two again and again, beside others
def _both(spec: NetworkSpec, right: Statement, one: sp.Expr, other: sp.Expr) -> sp.Expr | None:
    """The right side with both mistakes in it."""
    for this, that in ((one, other), (other, one)):
        if (factor := factor_of(right.rhs, this)) is not None:
            return factor * that
    if right.rule != "BP2":
        return None
    layer, (j,) = right.layer, right.index
    back, slope = propagated(spec, layer, j), slope_at(spec, layer, symbol(f"z{layer}", j))
    for this, that in ((one, other), (other, one)):
        wrong_slope, wrong_back = _without(this, back), _without(that, slope)
        if wrong_slope is not None and wrong_back is not None:
            own = {symbol(f"z{layer}", j), symbol(f"a{layer}", j)}
            if not wrong_slope.free_symbols & back.free_symbols and not wrong_back.free_symbols & own:
                product = wrong_back * wrong_slope
                return product if product.free_symbols else None  # a delta is one number for each example
    return None


def factor_of(right: sp.Expr, wrong: sp.Expr) -> sp.Expr | None:
    """The number, with m in it perhaps, by which a wrong right side differs; None where it differs by more."""
    if wrong == 0:
        return None
    ratio = wrong / right
    return ratio if ratio.free_symbols <= {BATCH_SIZE} and not ratio.atoms(sp.Function) else None


def _without(product: sp.Expr, factor: sp.Expr) -> sp.Expr | None:
    """The product without this factor; None where it is not in it."""
    have = list(sp.Mul.make_args(product))
    for part in sp.Mul.make_args(factor):
        if part == 1:
            continue
        if part not in have:
            return None
        have.remove(part)
    return sp.Mul(*have)
