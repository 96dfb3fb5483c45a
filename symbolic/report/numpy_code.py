"""The forward pass and the recursion as NumPy lines, one row an example, run against the program before they are shown."""

from __future__ import annotations

from typing import Any

import numpy as np

from reference_nets.spec import NetworkSpec
from symbolic import balls
from symbolic.derivation.line_check import LineCheck
from symbolic.derivation.numpy_lines import NumpyLines
from symbolic.exact import ball_reading
from symbolic.exact.layer_values import LayerValues, gradient_arrays
from symbolic.programs.interpret import Array
from symbolic.programs.statements import entry
from symbolic.report.derivation import Derivation


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
        name = spec.activations[layer - 1]
        lines.append(f"z{layer} = {NumpyLines(spec).forward(layer).code}")
        lines.append(f"a{layer} = z{layer}" if name == "identity" else f"a{layer} = {name}(z{layer})")
    return [*lines, ""]


def _backward(derivation: Derivation) -> list[str]:
    spec, code = derivation.spec, NumpyLines(derivation.spec, opaque=True)
    lines = []
    for layer in reversed(spec.layers):
        delta, is_output = code.delta(layer), layer == spec.L
        if is_output and code.is_summed:
            lines.append(f"g = {code.cost_slope()}")
        shown = delta.chain[-1] if is_output and code.is_summed else delta.code
        lines.append(f"delta{layer} = {shown}  # BP{1 if is_output else 2}")
        if spec.has_biases:
            lines.append(f"db{layer} = {code.bias(layer).code}  # BP3")
        lines.append(f"dW{layer} = {code.weight(layer).code}  # BP4")
    return lines


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
