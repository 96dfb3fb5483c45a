"""Fractions as numbers for the interpreter: exact values of networks whose activations are piecewise rational."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from symbolic.exact.pieces import scalar_function
from symbolic.programs.batch import BATCH_FUNCTIONS
from symbolic.programs.functions import DEFINITIONS
from symbolic.programs.interpret import Numbers, as_array


def _fraction(number: sp.Expr | float) -> Fraction:
    return Fraction(int(number.p), int(number.q)) if isinstance(number, sp.Rational) else Fraction(number)


constant = as_array(_fraction)


def _one_piece(*_: Any) -> Any:
    raise AssertionError("a fraction lies in one piece of a definition")


def rational_numbers() -> Numbers:
    """Exact rational arithmetic: activations and costs that are made of polynomials by pieces."""
    arithmetic = Numbers(_fraction, {})
    functions: dict[str, Callable[..., Any]] = {}
    for row in DEFINITIONS.values():
        for definition in (row, row.derivative) if row.is_rational else ():
            functions[definition.name] = np.frompyfunc(scalar_function(definition, arithmetic, _one_piece), 1, 1)
    return Numbers(constant, functions | BATCH_FUNCTIONS)


def fractions(array: Any) -> Any:
    """The exact values of floats (or of ints and fractions), as an object array."""
    return np.frompyfunc(Fraction, 1, 1)(np.asarray(array, dtype=object))
