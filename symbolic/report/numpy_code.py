"""The forward pass and the recursion as NumPy lines, one row an example, run against the program before they are shown."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp

from reference_nets.spec import NetworkSpec
from symbolic import balls
from symbolic.derivation.line_check import LineCheck
from symbolic.exact import ball_reading
from symbolic.exact.layer_values import LayerValues, gradient_arrays
from symbolic.programs.functions import COST_TERMS
from symbolic.programs.interpret import Array
from symbolic.programs.statements import entry
from symbolic.report.derivation import Derivation

# activation -> what its slope is called in the code that is shown
_SLOPES = {"identity": "", "sigmoid": "a{l} * (1 - a{l})", "tanh": "(1 - a{l}**2)"}


class FalseCodeError(Exception):
    """The shown code does not compute the program's gradient: a fault of this program, never of the reader."""


def numpy_code(derivation: Derivation) -> str:
    """The lines, checked on balls: W is (n_out, n_in), x (m, n_in), as everywhere here."""
    text = "\n".join([*_forward(derivation), *_backward(derivation)])
    _run(derivation, text)
    return text


def _forward(derivation: Derivation) -> list[str]:
    spec = derivation.spec
    lines = []
    for layer in spec.layers:
        before = "x" if layer == 1 else f"a{layer - 1}"
        name = spec.activations[layer - 1]
        lines.append(f"z{layer} = {before} @ W{layer}.T + b{layer}")
        lines.append(f"a{layer} = z{layer}" if name == "identity" else f"a{layer} = {name}(z{layer})")
    return [*lines, ""]


def _backward(derivation: Derivation) -> list[str]:
    spec = derivation.spec
    lines = [*_output(derivation)]
    for layer in reversed(spec.layers):
        if layer < spec.L:
            slope = _slope(spec.activations[layer - 1], layer)
            back = f"delta{layer + 1} @ W{layer + 1}"
            lines.append(f"delta{layer} = ({back}) * {slope}  # BP2" if slope else f"delta{layer} = {back}  # BP2")
        before = "x" if layer == 1 else f"a{layer - 1}"
        penalty = f" + lam * W{layer}" if spec.l2 else ""
        lines.append(f"db{layer} = delta{layer}.sum(axis=0)  # BP3")
        lines.append(f"dW{layer} = delta{layer}.T @ {before}{penalty}  # BP4")
    return lines


def _slope(name: str, layer: int) -> str:
    return _SLOPES[name].format(l=layer) if name in _SLOPES else f"d{name}(z{layer})"


def _output(derivation: Derivation) -> list[str]:
    spec = derivation.spec
    L, name, pair = spec.L, spec.activations[-1], (spec.activations[-1], spec.cost)
    if pair in (("sigmoid", "bce"), ("softmax", "cross_entropy")):
        return [f"delta{L} = (a{L} - y) / m  # BP1"]
    if pair == ("sigmoid", "cross_entropy"):
        return [f"delta{L} = -y * (1 - a{L}) / m  # BP1"]
    gradient = {
        "mse": f"2 * (a{L} - y) / (m * {spec.sizes[-1]})",
        "bce": f"((1 - y) / (1 - a{L}) - y / a{L}) / m",
    }.get(spec.cost) or _cost_slope(spec)
    if name == "softmax":
        return [f"g = {gradient}", f"delta{L} = a{L} * (g - (g * a{L}).sum(axis=1, keepdims=True))  # BP1"]
    slope = _slope(name, L)
    return [f"delta{L} = {gradient} * {slope}  # BP1" if slope else f"delta{L} = {gradient}  # BP1"]


def _cost_slope(spec: NetworkSpec) -> str:
    """``dC/da`` as SymPy derives and writes it."""
    a, y = sp.symbols(f"a{spec.L} y")
    slope = sp.diff(COST_TERMS[spec.cost](a, y, spec.sizes[-1]), a)
    return f"({slope}) / m" if slope.is_Add else f"{slope} / m"


def _run(derivation: Derivation, text: str) -> None:
    """The code over balls at a random point against the program's own gradient."""
    spec, check = derivation.spec, LineCheck(derivation.program)
    here = check.on_balls
    arrays = _inputs(spec, here.env)
    functions = {n: f for n, f in here.numbers.functions.items() if n.isidentifier()}
    functions["softmax"] = lambda z: np.stack([here.numbers.functions["softmax"](k, *z.T) for k in range(z.shape[1])], axis=1)
    names = {**functions, **arrays, "m": here.env["m"][0], "lam": here.env["lam"][0]}
    with balls.precision(128):
        exec(compile(text, "<recursion>", "exec"), names)
        expected = gradient_arrays(derivation.program, here.env)
        for key in spec.keys:
            pairs = zip(np.ravel(names[f"d{key}"]), np.ravel(expected[key]), strict=True)
            if not all(ball_reading.ball(got).overlaps(ball_reading.ball(want)) for got, want in pairs):
                raise FalseCodeError(f"the code shown for {spec} does not give d{key}")


def _inputs(spec: NetworkSpec, env: Any) -> dict[str, Any]:
    """Parameters, inputs and targets as arrays."""
    if isinstance(env, LayerValues):
        return {**env.params, "x": env.x, "y": env.y}
    arrays: dict[str, Any] = {key: _matrix(env, key, shape) for key, shape in spec.shapes.items()}
    return arrays | {q: _columns(env, q, size) for q, size in (("x", spec.sizes[0]), ("y", spec.sizes[-1]))}


def _matrix(env: Any, key: str, shape: tuple[int, ...]) -> Array:
    values = np.empty(shape, dtype=object)
    for index in np.ndindex(*shape):
        values[index] = env[entry(key, *index)][0]
    return values


def _columns(env: Any, quantity: str, size: int) -> Array:
    return np.stack([env[entry(quantity, i)] for i in range(size)], axis=1)
