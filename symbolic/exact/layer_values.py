"""Every name of a wide network's program at a point, looked up in matrices: ``W1_0_2``, ``delta1_3``, ``dW2_9_1``, ``C``.

Where a narrow network's statements are run one after the other, a wide one is read layer by layer, by
`symbolic.programs.layers`, whose gradient the exact identity test examines.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from reference_nets.spec import NetworkSpec, quantity_of
from symbolic.exact.ball_reading import ball_inputs, ball_numbers
from symbolic.exact.layer_readings import ball_matrices, ball_point
from symbolic.programs.interpret import Array, collect, run
from symbolic.programs.layers import Layers, Matrices, backward, cost, errors, forward, onwards, output_delta
from symbolic.programs.on_demand import StatementsOnDemand
from symbolic.programs.statements import Program


class LayerValues(Mapping[str, Any]):
    """What `symbolic.programs.interpret.run` gives of a narrower network, by the same names and in the same shapes."""

    def __init__(self, spec: NetworkSpec, params: Mapping[str, Array], x: Array, y: Array, kind: Matrices) -> None:
        self.spec, self.params, self.x, self.y, self.kind = spec, params, x, y, kind
        self.layers: Layers = forward(spec, params, x, y, kind)
        self.deltas = dict(errors(spec, params, self.layers, output_delta(spec, self.layers, kind), kind))
        self.gradient = backward(spec, params, self.layers, self.deltas[spec.L], kind)  # balls: at the precision in force
        self._costs = self._all_costs()

    def whole(self, quantity: str, layer: int) -> Array:
        """A vector (n, m) or (n, 1), or a matrix (n, n_in, 1): the batch is the last axis."""
        if quantity in ("x", "y"):
            return np.asarray({"x": self.x, "y": self.y}[quantity].T)
        if quantity in ("z", "a", "delta"):
            stored = {"z": self.layers.z, "a": self.layers.a, "delta": self.deltas}[quantity][layer]
            return np.asarray(stored.T)
        arrays = self.params if quantity in ("W", "b") else self.gradient
        return np.asarray(arrays[f"{quantity[-1]}{layer}"][..., np.newaxis])

    def __getitem__(self, name: str) -> Any:
        if name in self._costs:
            return self._costs[name]
        if name in self.layers.output:
            return self.layers.output[name]
        kind, layer, index = quantity_of(name)
        if kind in ("gW", "gb"):
            delta = self.whole("delta", layer)[index[0]]
            return (delta * self.layers.a[layer - 1][:, index[1]] if kind == "gW" else delta).sum(axis=-1, keepdims=True)
        try:
            return self.whole(kind, layer)[index]
        except (KeyError, IndexError):
            raise KeyError(name) from None

    def cost_after(self, key: str, index: tuple[int, ...], step: Any) -> Any:
        """The cost where one parameter is moved by a step: the forward pass once more from its own layer on."""
        (kind, layer, _), unit = quantity_of(key), index[0]
        z, before = self.layers.z[layer].copy(), {l: a for l, a in self.layers.a.items() if l < layer}
        z[:, unit] = z[:, unit] + (step if kind == "b" else step * before[layer - 1][:, index[1]])
        moved = onwards(self.spec, self.params, layer, z, before, self.y, self.kind, delta=False)
        data, penalty = moved.output["C"][0], self._costs.get("R")
        if penalty is None:
            return data
        more = step * (2 * self.params[key][index] + step) if key in self.spec.regularised else 0  # (w + h)^2 - w^2
        return data + penalty[0] + self._costs["lam"][0] * (more * moved.output["half"][0])

    def __iter__(self) -> Iterator[str]:
        yield from (statement.name for statement in StatementsOnDemand(self.spec))

    def __len__(self) -> int:
        return len(StatementsOnDemand(self.spec))

    def _all_costs(self) -> dict[str, Any]:
        data, penalty = cost(self.spec, self.params, self.layers, self.kind)
        own = {name: self.layers.output[name] for name in ("c", "m")}
        own |= {"lam": self.kind.constant(self.spec.l2), "eta": self.kind.constant(0.5)}
        return own | ({"C": data} if penalty is None else {"C": data + penalty, "R": penalty})


def values_on_balls(program: Program, params: Mapping[str, Array], x: Array, y: Array) -> Mapping[str, Any]:
    """Every name of a program at a float point, on balls at the precision in force."""
    if program.is_on_demand:
        return LayerValues(program.spec, *ball_point(params, x, y), ball_matrices())
    return run(program.statements, ball_inputs(program.spec, params, x, y), ball_numbers())


def gradient_arrays(program: Program, env: Mapping[str, Any]) -> dict[str, Array]:
    """The gradient among such values, as arrays."""
    return env.gradient if isinstance(env, LayerValues) else collect(program.spec, env)
