"""The program of a wide network, its statements made one by one when they are asked for.

A report of 1000-1000-10 prints some sixty of a million statements. Each is made by the same rule as those of
`symbolic.programs.build`, and numbers for all of them come from matrices (`symbolic.exact.layer_values`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from math import prod
from typing import overload

from reference_nets.spec import NetworkSpec, quantity_of
from symbolic.programs import build
from symbolic.programs.layers import is_wide
from symbolic.programs.statements import OnDemand, Program, Statement


def program_on_demand(spec: NetworkSpec) -> Program:
    """The program, of a wide network without making its statements.

    >>> wide = program_on_demand(NetworkSpec.parse("1000-1000-10"))
    >>> wide.by_name["dW1_999_0"].rhs
    batch_sum(delta1_999*x_0)
    """
    return Program(spec, StatementsOnDemand(spec)) if is_wide(spec) else build.program(spec)


class StatementsOnDemand(OnDemand):
    """All statements of a network, none of them made yet."""

    def __init__(self, spec: NetworkSpec) -> None:
        self.spec = spec

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StatementsOnDemand) and self.spec == other.spec

    def __hash__(self) -> int:
        return hash(self.spec)

    def __len__(self) -> int:
        spec = self.spec
        hidden = sum(spec.sizes[1:-1])
        forward = 2 * sum(spec.sizes[1:]) + (3 if spec.l2 else 2)
        decays = sum(prod(spec.shapes[key]) for key in spec.regularised)
        return forward + len(self.output_error) + hidden + spec.n_params + decays

    @overload
    def __getitem__(self, index: int) -> Statement: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Statement, ...]: ...
    def __getitem__(self, index: int | slice) -> Statement | tuple[Statement, ...]:
        return build.program(self.spec).statements[index]  # type: ignore[return-value]

    def __iter__(self) -> Iterator[Statement]:
        return iter(build.program(self.spec).statements)

    @cached_property
    def output_error(self) -> tuple[Statement, ...]:
        """The statements of delta_L with its helpers, (BP1)."""
        return tuple(build.output_error(self.spec))

    @cached_property
    def by_name(self) -> Mapping[str, Statement]:
        """The statements by name."""
        return _ByName(self)


class _ByName(Mapping[str, Statement]):
    """Each statement made when it is looked up, and kept."""

    def __init__(self, statements: StatementsOnDemand) -> None:
        self._all, self._made = statements, {s.name: s for s in statements.output_error}

    def __getitem__(self, name: str) -> Statement:
        if name not in self._made:
            self._made.update((s.name, s) for s in _made(self._all.spec, name))
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return (statement.name for statement in self._all)

    def __len__(self) -> int:
        return len(self._all)


def _made(spec: NetworkSpec, name: str) -> list[Statement]:
    """The statement of a name, or those that are made together with it; none where it names none (a parameter, an input)."""
    alone = {"c": build.cost_of_example, "C": build.cost_of_batch, **({"R": build.penalty} if spec.l2 else {})}
    if name in alone:
        return [alone[name](spec)]
    try:
        kind, layer, index = quantity_of(name)
    except ValueError:
        return []
    shape = _shape(spec, kind, layer)
    if shape is None or len(index) != len(shape) or any(i >= size for i, size in zip(index, shape, strict=True)):
        return []
    return _of_layer(spec, kind, layer, index)


def _shape(spec: NetworkSpec, kind: str, layer: int) -> tuple[int, ...] | None:
    """The shape of a quantity of a layer: that of its parameter, or its units; None where there is none."""
    if kind[-1] in "Wb":
        return spec.shapes.get(f"{kind[-1]}{layer}")
    return (spec.sizes[layer],) if layer in spec.layers else None


def _of_layer(spec: NetworkSpec, kind: str, layer: int, index: tuple[int, ...]) -> list[Statement]:
    match kind:
        case "z":
            return [build.weighted_input(spec, layer, *index)]
        case "a":
            return [build.unit_output(spec, layer, *index)]
        case "delta":
            return [build.hidden_error(spec, layer, *index)] if layer < spec.L else []
        case "db" | "gb":
            return build.bias_slope(spec, layer, *index)
        case "dW" | "gW":
            j, i = index
            return build.weight_slope(spec, layer, j, i, build.inputs_of(layer, spec)[i])
    return []
