"""Programs compiled to NumPy: the closed-form partial derivatives as one function of arrays.

The statements become lines of Python source as they stand, so nothing is searched and nothing expanded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from reference_nets.spec import NetworkSpec
from symbolic.programs.array_functions import ARRAY_FUNCTIONS
from symbolic.programs.build import program
from symbolic.programs.interpret import Array, collect, point_inputs
from symbolic.programs.layers import is_wide, matrix_closed_form
from symbolic.programs.source import compiled
from symbolic.programs.statements import Program, entry, parameter_entries

FUNCTIONS: dict[str, Callable[..., Any]] = {"exp": np.exp, "log": np.log, "sqrt": np.sqrt, **ARRAY_FUNCTIONS}
Gradient = Callable[[Mapping[str, Array], Array, Array], dict[str, Array]]


@lru_cache(maxsize=32)
def closed_form(spec: NetworkSpec) -> Gradient:
    """The compiled partial derivatives of a network: ``closed_form(spec)(params, x, y)`` has the keys of params.

    Shapes as in `reference_nets`; leading axes, the same for W, b, x and y, run many networks at once.

    >>> f = closed_form(NetworkSpec.parse("1-1:identity/mse"))  # C = (w x + b - y)^2
    >>> f({"W1": np.array([[2.0]]), "b1": np.array([0.0])}, np.array([[3.0]]), np.array([[5.0]]))
    {'W1': array([[6.]]), 'b1': array([2.])}
    """
    return matrix_closed_form(FUNCTIONS, spec) if is_wide(spec) else compile_gradient(program(spec))


def compile_gradient(program: Program, *, eta: float = 0.5) -> Gradient:
    """Any program's backward statements, a changed one's too, as a function of (params, x, y).

    ``eta`` is the learning rate that a planted update knows; the gradient itself does not depend on it.
    """
    spec = program.spec
    outputs = [entry(f"d{key}", *index) for key, index in parameter_entries(spec)]
    statements = [s for s in program.statements if s.rule not in ("cost", "l2-cost")]
    names = input_names(spec)
    function = compiled(names, [(s.name, s.rhs) for s in statements], outputs, FUNCTIONS)

    def gradient(params: Mapping[str, Array], x: Array, y: Array) -> dict[str, Array]:
        inputs = point_inputs(spec, params, x, y, x.dtype.type, eta=eta)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            values = function(*(inputs[name] for name in names))
        return collect(spec, dict(zip(outputs, values, strict=True)))

    return gradient


def input_names(spec: NetworkSpec) -> list[str]:
    """The names that a compiled program takes, in this order."""
    names = [entry(key, *index) for key, index in parameter_entries(spec)]
    names += [entry("x", i) for i in range(spec.sizes[0])] + [entry("y", k) for k in range(spec.sizes[-1])]
    return [*names, "m", "lam", "eta"]
