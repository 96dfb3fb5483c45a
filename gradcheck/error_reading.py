"""A program on approximate values: every name of it, and the gradient, with a bound of its error."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

import numpy as np

from gradcheck.approximate import NO_KINK, Approximate, Roundoff, bounded, exact
from gradcheck.approximate_functions import error_numbers
from gradcheck.unfused_delta import unfused_errors
from reference_nets.activations import Array
from reference_nets.spec import NetworkSpec
from symbolic.blocks import Block, blocks, run_blocks
from symbolic.interpret import collect, point_inputs, rerun
from symbolic.statements import Program, Statement


def approximate_values(
    program: Program, params: Mapping[str, Array], x: Array, y: Array, format: Roundoff
) -> dict[str, Approximate]:
    """Every name of a program that the gradient needs, on values with errors."""
    spec, numbers = program.spec, error_numbers(format)
    inputs = point_inputs(spec, params, x, y, lambda number: number)
    to_delta, onwards = _in_blocks(program)
    with np.errstate(all="ignore"):
        env = run_blocks(to_delta, {name: exact(value, format) for name, value in inputs.items()}, numbers, _Stacks())
        for name, unfused in unfused_errors(spec, env).items():
            env[name] = replace(env[name], error=np.fmax(env[name].error, unfused))
        return run_blocks(onwards, env, numbers, _Stacks())


@lru_cache(maxsize=64)
def _in_blocks(program: Program) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """The statements up to delta_L, and those after it."""
    statements = gradient_statements(program)
    last = max(i for i, statement in enumerate(statements) if statement.name.startswith(f"delta{program.spec.L}_")) + 1
    return blocks(statements[:last]), blocks(statements[last:])


class _Stacks:
    """Approximate values stacked along a new first axis."""

    def stacked(self, values: dict[str, list[Approximate]]) -> dict[str, Approximate]:
        """A stack under each name; all get as many axes, so that batch meets batch."""
        axes = max(one.value.ndim for each in values.values() for one in each)
        return {name: self._stack(each, axes) for name, each in values.items()}

    def _stack(self, values: list[Approximate], axes: int) -> Approximate:
        if all(one is values[0] for one in values):
            return values[0]

        def part(name: str) -> Array:
            arrays = [getattr(one, name) for one in values]
            alike = all(array.shape == arrays[0].shape for array in arrays)
            stack = np.array(arrays if alike else np.broadcast_arrays(*arrays))
            return stack.reshape(len(values), *(1,) * (axes + 1 - stack.ndim), *stack.shape[1:])

        smooth = all(one.smooth for one in values)
        low, high = (NO_KINK, NO_KINK) if smooth else (part("low"), part("high"))
        return Approximate(part("value"), part("error"), low, high, values[0].format)

    def parts(self, stack: Approximate, count: int) -> list[Approximate]:
        """The values one by one."""
        low, high = (p if p is NO_KINK else np.broadcast_to(p, stack.value.shape) for p in (stack.low, stack.high))
        lows, highs = ([p] * count if p is NO_KINK else p for p in (low, high))
        return [Approximate(*one, stack.format) for one in zip(stack.value, stack.error, lows, highs, strict=True)]


def changed_values(
    program: Program, changed: Iterable[str], values: Mapping[str, Approximate], format: Roundoff
) -> dict[str, Approximate]:
    """The same after mistakes were planted under the names ``changed``, from the values before."""
    with np.errstate(all="ignore"):
        return rerun(gradient_statements(program), changed, values, error_numbers(format))


def gradient_statements(program: Program) -> list[Statement]:
    """The statements that lead to the gradient: all but the cost's own."""
    return [s for s in program.statements if s.rule not in ("cost", "l2-cost")]


def gradient_of(spec: NetworkSpec, env: Mapping[str, Approximate], format: Roundoff) -> dict[str, Approximate]:
    """The gradient's arrays, with their errors, from its entries."""
    entries = {name: value for name, value in env.items() if name[0] == "d"}

    def arrays(part: str) -> dict[str, Array]:
        return collect(spec, {name: getattr(value, part) for name, value in entries.items()})

    values, errors = arrays("value"), arrays("error")
    lows = highs = dict.fromkeys(values, NO_KINK)
    if not all(value.smooth for value in entries.values()):
        lows, highs = arrays("low"), arrays("high")
    return {key: Approximate(values[key], bounded(errors[key]), lows[key], highs[key], format) for key in values}
