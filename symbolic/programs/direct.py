"""The direct derivative of the cost: everything substituted into C, SymPy's derivative of that, and no delta anywhere.

For small networks alone: the expression grows with every layer, while the program's statements do not.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import sympy as sp

from reference_nets.spec import LOG_COST_OUTPUTS, NetworkSpec
from symbolic.programs.array_functions import ARRAY_FUNCTIONS
from symbolic.programs.build import BATCH_SIZE, program
from symbolic.programs.compiled import Gradient, input_names
from symbolic.programs.functions import activation, batch_sum, log_sum_exp
from symbolic.programs.interpret import Array, collect, point_inputs
from symbolic.programs.statements import entry, parameter_entries, symbol

MOST_DIRECT = 60  # parameters: about a second of SymPy


def substituted_costs(spec: NetworkSpec) -> tuple[sp.Expr, sp.Expr]:
    """The cost of one example, before the 1/m, and the L2 term, as expressions in x, y and the parameters alone."""
    values: dict[sp.Symbol, sp.Expr] = {}
    for statement in program(spec).forward:
        if statement.name != "C":
            rhs = _log_cost(spec) if statement.name == "c" and spec.cost in LOG_COST_OUTPUTS else statement.rhs
            values[statement.symbol] = rhs.xreplace(values)
    return values[sp.Symbol("c")], values.get(sp.Symbol("R"), sp.Integer(0))


def _log_cost(spec: NetworkSpec) -> sp.Expr:
    """The costs bce and cross_entropy with their logarithms written in z: ln(1 - a) of a saturated a would be ln 0."""
    z = [symbol(f"z{spec.L}", k) for k in range(spec.sizes[-1])]
    total = []
    for k, z_k in enumerate(z):
        y, others = symbol("y", k), z[:k] + z[k + 1 :]
        if spec.activations[-1] == "sigmoid":
            log_a, log_rest = -activation("softplus", -z_k), -activation("softplus", z_k)
        else:
            log_a, log_rest = z_k - log_sum_exp(*z), log_sum_exp(*others) - log_sum_exp(*z)
        total.append(-y * log_a - ((1 - y) * log_rest if spec.cost == "bce" else 0))
    return sp.Add(*total)


@lru_cache(maxsize=32)
def direct_gradient(spec: NetworkSpec) -> Gradient:
    """``dC/dW = 1/m sum dc/dW + dR/dW`` for every parameter, compiled; raises ValueError for a network too large.

    >>> f = direct_gradient(NetworkSpec.parse("1-1:identity/mse"))  # C = (w x + b - y)^2
    >>> f({"W1": np.array([[2.0]]), "b1": np.array([0.0])}, np.array([[3.0]]), np.array([[5.0]]))
    {'W1': array([[6.]]), 'b1': array([2.])}
    """
    if spec.n_params > MOST_DIRECT:
        raise ValueError(f"{spec} has {spec.n_params} parameters, direct_gradient takes {MOST_DIRECT}; use closed_form instead")
    example, l2 = substituted_costs(spec)
    names, entries = input_names(spec), parameter_entries(spec)
    partials = []
    for key, index in entries:
        parameter = sp.Symbol(entry(key, *index))
        partials.append(batch_sum(sp.diff(example, parameter)) / BATCH_SIZE + sp.diff(l2, parameter))
    function = sp.lambdify(sp.symbols(names), partials, modules=[ARRAY_FUNCTIONS, "numpy"], cse=True)

    def gradient(params: Mapping[str, Array], x: Array, y: Array) -> dict[str, Array]:
        inputs = point_inputs(spec, params, x, y, x.dtype.type)
        with np.errstate(all="ignore"):
            values = function(*(inputs[name] for name in names))
        return collect(spec, {entry(f"d{key}", *i): value for (key, i), value in zip(entries, values, strict=True)})

    return gradient
