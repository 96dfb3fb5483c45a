"""Are two right sides the same function? Decided exactly, from what is known of the functions that stand in them.

Known of an activation is only what the identity may use: sigmoid' = a (1 - a), sigmoid(-z) = 1 - a, tanh' = 1 - a^2; of a
softmax that its outputs sum to one; of the targets of cross_entropy the same. Everything else stays opaque.
"""

from __future__ import annotations

import sympy as sp

from reference_nets.spec import NetworkSpec
from symbolic.derivation.slopes import slope_by_output
from symbolic.programs.functions import OPAQUE, batch_sum, softmax
from symbolic.programs.statements import symbol


def same_function(left: sp.Expr, right: sp.Expr, spec: NetworkSpec) -> bool:
    """Whether ``left - right`` is 0: by expansion, then with the known relations, then over one denominator."""
    if left == right:
        return True
    if isinstance(left, batch_sum) and isinstance(right, batch_sum):
        left, right = left.args[0], right.args[0]
    difference = sp.expand(left - right)
    if difference == 0:
        return True
    related = difference.xreplace(_shares(difference)).xreplace(_relations(difference, spec))
    return sp.expand(related) == 0 or sp.cancel(sp.together(related)) == 0


def _relations(expression: sp.Expr, spec: NetworkSpec) -> dict[sp.Expr, sp.Expr]:
    relations: dict[sp.Expr, sp.Expr] = {}
    for call in expression.atoms(sp.Function):
        name, argument = call.func.__name__, call.args[0]
        if call.func is OPAQUE["sigmoid"] and (-argument).is_Symbol:
            relations[call] = 1 - _output_of(-argument)
        elif name[0] == "d" and argument.is_Symbol and argument.name[0] == "z":
            form = slope_by_output(name[1:], _output_of(argument))
            if form is not None:
                relations[call] = form
    if spec.activations[-1] == "softmax":
        relations |= _sums_to_one(f"a{spec.L}", spec.sizes[-1])
        if spec.cost == "cross_entropy":
            relations |= _sums_to_one("y", spec.sizes[-1])
    return relations


def _shares(expression: sp.Expr) -> dict[sp.Expr, sp.Expr]:
    return {call: _share(call) for call in expression.atoms(softmax)}


def _share(call: sp.Expr) -> sp.Expr:
    """A softmax of some of the weighted inputs: the share of one output among those."""
    outputs = [_output_of(z) for z in call.args[1:]]
    return outputs[int(call.args[0])] / sp.Add(*outputs)


def _output_of(z: sp.Symbol) -> sp.Symbol:
    """The activation of a weighted input: ``z1_0 -> a1_0``."""
    return sp.Symbol("a" + z.name[1:])


def _sums_to_one(quantity: str, size: int) -> dict[sp.Expr, sp.Expr]:
    return {symbol(quantity, size - 1): 1 - sp.Add(*(symbol(quantity, k) for k in range(size - 1)))}
