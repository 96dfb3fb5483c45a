"""A network read layer by layer: what its program says entry by entry, as whole matrices of any kind of numbers.

The statements of a layer differ in their names alone: all of (BP4) is one product of matrices. Only four rules are written
here, the sums of affine, (BP2), (BP3) and (BP4); activations are looked up, and the output with its cost and delta_L runs by
the program's own statements. For networks too wide for a statement an entry; that both readings agree is tested.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from reference_nets.spec import NetworkSpec
from symbolic.programs.build import output_statements
from symbolic.programs.interpret import Array, Env, Numbers, run
from symbolic.programs.statements import Statement, entry

# Parameters: beyond, whole matrices are faster than entries, and no search tries mistakes in single statements.
WIDE = 600


def is_wide(spec: NetworkSpec) -> bool:
    """Whether a network is read in matrices rather than entry by entry."""
    return spec.n_params > WIDE


class Matrices:
    """What the reading needs of a kind of numbers; these are arrays (..., m, n), for which only the product must be told.

    ``product`` multiplies two matrices; ``numbers`` holds the functions, and runs the statements of the output.
    """

    def __init__(self, numbers: Numbers, product: Callable[[Any, Any], Any]) -> None:
        self.numbers, self.product = numbers, product

    def affine(self, a: Any, W: Any, b: Any) -> Any:
        """``a W^T + b``, an example a row; b is None in a network without biases."""
        weighted = self.product(a, W.swapaxes(-1, -2))
        return weighted if b is None else weighted + b[..., np.newaxis, :]

    def back(self, delta: Any, W: Any) -> Any:
        """``delta W``: the sum of (BP2), without the slope."""
        return self.product(delta, W)

    def over_batch(self, delta: Any) -> Any:
        """(BP3)."""
        return delta.sum(axis=-2)

    def outer(self, delta: Any, a: Any) -> Any:
        """``delta^T a``, (BP4)."""
        return self.product(delta.swapaxes(-1, -2), a)

    def penalised(self, grad: Any, W: Any, lam: Any) -> Any:
        """``grad + lam W``."""
        return grad + lam * W

    def apply(self, name: str, z: Any) -> Any:
        """A function of one number, entry by entry."""
        return self.numbers.functions[name](z)

    def columns(self, values: Any) -> list[Any]:
        """A layer's units one by one, each with the batch as its last axis."""
        return [values[..., k] for k in range(values.shape[-1])]

    def joined(self, columns: Sequence[Any], like: Any) -> Any:
        """The matrix of these columns, with as many examples as ``like``."""
        return np.stack([np.broadcast_to(column, like.shape[:-1]) for column in columns], axis=-1)

    def constant(self, number: Any) -> Any:
        """m, lambda or eta as one of these numbers."""
        return self.numbers.constant(number)

    def squares(self, W: Any) -> Any:
        """``sum W^2`` of any parameter, an array of one number."""
        return np.atleast_1d((W * W).sum())


@dataclass(frozen=True)
class Layers:
    """The values of a network by layer: z_l, a_l (a_0 is x); and the names of the output's statements."""

    z: dict[int, Any]
    a: dict[int, Any]
    output: Env


def forward(
    spec: NetworkSpec, params: Mapping[str, Any], x: Any, y: Any, kind: Matrices, *, delta: bool = True
) -> Layers:
    """The forward pass, and by name the output: ``aL_k``, ``c``, ``C`` (with L2), and ``deltaL_k`` where asked for."""
    return onwards(spec, params, 1, kind.affine(x, params["W1"], params.get("b1")), {0: x}, y, kind, delta=delta)


def onwards(
    spec: NetworkSpec, params: Mapping[str, Any], first: int, z_first: Any, before: Mapping[int, Any], y: Any, kind: Matrices,
    *, delta: bool = True,
) -> Layers:  # fmt: skip
    """The forward pass from the weighted inputs of layer ``first`` on; ``before`` are the outputs of the layers before it."""
    z: dict[int, Any] = {first: z_first}
    a: dict[int, Any] = dict(before)
    for layer in range(first, spec.L):
        name = spec.activations[layer - 1]
        a[layer] = z[layer] if name == "identity" else kind.apply(name, z[layer])
        z[layer + 1] = kind.affine(a[layer], params[f"W{layer + 1}"], params.get(f"b{layer + 1}"))
    output = run(_statements(spec, delta=delta), _output_inputs(spec, z[spec.L], y, kind, len_of(a[0])), kind.numbers)
    a[spec.L] = kind.joined([output[entry(f"a{spec.L}", k)] for k in range(spec.sizes[-1])], z[spec.L])
    return Layers(z, a, output)


def cost(spec: NetworkSpec, params: Mapping[str, Any], layers: Layers, kind: Matrices) -> tuple[Any, Any]:
    """``C`` of the data, and the L2 term; None for a network without."""
    data = layers.output["C"]
    if not spec.l2:
        return data, None
    total = kind.numbers.add([kind.squares(params[key]) for key in spec.regularised])
    return data, layers.output["lam"] * (total * layers.output["half"])


def backward(
    spec: NetworkSpec, params: Mapping[str, Any], layers: Layers, delta: Any, kind: Matrices, *, dx: bool = False
) -> dict[str, Any]:
    """The gradient by the recursion from ``delta`` = delta_L on; keys as in params, and "x" where asked for."""
    grads: dict[str, Any] = {}
    for layer, error in errors(spec, params, layers, delta, kind):
        W = params[f"W{layer}"]
        if spec.has_biases:
            grads[f"b{layer}"] = kind.over_batch(error)
        grads[f"W{layer}"] = kind.outer(error, layers.a[layer - 1])
        if layer == 1 and dx:
            grads["x"] = kind.back(error, W)
    for key in spec.regularised:
        grads[key] = kind.penalised(grads[key], params[key], layers.output["lam"])
    return {key: grads[key] for key in (*spec.keys, "x") if key in grads}


def errors(
    spec: NetworkSpec, params: Mapping[str, Any], layers: Layers, delta: Any, kind: Matrices
) -> Iterator[tuple[int, Any]]:
    """Each layer with its delta, from the output back."""
    for layer in reversed(spec.layers):
        yield layer, delta
        if layer > 1:
            name = spec.activations[layer - 2]
            back = kind.back(delta, params[f"W{layer}"])
            delta = back if name == "identity" else back * kind.apply(f"d{name}", layers.z[layer - 1])


def gradient(
    spec: NetworkSpec, params: Mapping[str, Any], x: Any, y: Any, kind: Matrices, *, dx: bool = False
) -> dict[str, Any]:
    """Forward and backward."""
    layers = forward(spec, params, x, y, kind)
    return backward(spec, params, layers, output_delta(spec, layers, kind), kind, dx=dx)


def output_delta(spec: NetworkSpec, layers: Layers, kind: Matrices) -> Any:
    """delta_L as a matrix, as the statements gave it."""
    return kind.joined([layers.output[entry(f"delta{spec.L}", k)] for k in range(spec.sizes[-1])], layers.z[spec.L])


def len_of(x: Any) -> int:
    """The batch size."""
    return int((x.value if hasattr(x, "tangent") or hasattr(x, "error") else x).shape[-2])


def _output_inputs(spec: NetworkSpec, z: Any, y: Any, kind: Matrices, m: int) -> Env:
    env: Env = {entry(f"z{spec.L}", k): column for k, column in enumerate(kind.columns(z))}
    env |= {entry("y", k): column for k, column in enumerate(kind.columns(y))}
    return env | {"m": kind.constant(m), "lam": kind.constant(spec.l2), "half": kind.constant(0.5)}


@lru_cache(maxsize=64)
def _statements(spec: NetworkSpec, *, delta: bool) -> tuple[Statement, ...]:
    return tuple(s for s in output_statements(replace(spec, l2=0.0)) if delta or s.rule != "BP1")


def delta_statements(spec: NetworkSpec) -> tuple[Statement, ...]:
    """The statements of delta_L."""
    return tuple(s for s in _statements(spec, delta=True) if s.rule == "BP1")


def float_matrices(functions: Mapping[str, Callable[..., Any]], dtype: Any) -> Matrices:
    """Floats, with these functions."""
    return Matrices(Numbers(lambda number: dtype(float(number)), functions), np.matmul)


def matrix_closed_form(functions: Mapping[str, Callable[..., Any]], spec: NetworkSpec) -> Callable[..., dict[str, Array]]:
    """The gradient as a function of (params, x, y): what `compiled.closed_form` gives of a narrower network."""

    def compute(params: Mapping[str, Array], x: Array, y: Array) -> dict[str, Array]:
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            return gradient(spec, params, x, y, float_matrices(functions, x.dtype.type))

    return compute
