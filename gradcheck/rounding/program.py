"""A network's program on numbers that carry their error: every quantity, and the gradient, with a bound of its rounding."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from gradcheck.rounding.functions import error_numbers
from gradcheck.rounding.unfused_delta import unfused_errors, with_larger
from gradcheck.rounding.values import NO_ERRORS, NO_KINK, Approximate, Roundoff, bounded, exact
from reference_nets.activations import Array
from reference_nets.spec import NetworkSpec
from symbolic.programs.blocks import Block, blocks, run_blocks
from symbolic.programs.interpret import collect, evaluate, point_inputs
from symbolic.programs.statements import Program, Statement


def approximate_values(
    program: Program,
    params: Mapping[str, Array],
    x: Array,
    y: Array,
    format: Roundoff,
    given: Mapping[str, Approximate] | None = None,
) -> dict[str, Approximate]:
    """Every name of a program that the gradient needs, on values with errors; those of ``given`` are not computed."""
    spec, numbers, known = program.spec, error_numbers(format), given or {}
    inputs = point_inputs(spec, params, x, y, lambda number: number)
    to_delta, onwards = _in_blocks(program, frozenset(known))
    with np.errstate(all="ignore"):
        start = {**{name: exact(value, format) for name, value in inputs.items()}, **known}
        env = run_blocks(to_delta, start, numbers, _Stacks())
        for name, unfused in unfused_errors(spec, env).items():
            env[name] = with_larger(env[name], unfused)
        return run_blocks(onwards, env, numbers, _Stacks())


@lru_cache(maxsize=64)
def _in_blocks(program: Program, given: frozenset[str]) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """The statements up to delta_L, and those after it; without those whose values are given."""
    statements = [s for s in gradient_statements(program) if s.name not in given]
    last = max(i for i, statement in enumerate(statements) if statement.name.startswith(f"delta{program.spec.L}_")) + 1
    return blocks(statements[:last]), blocks(statements[last:])


GATHERING = ("BP3", "BP4", "l2")  # sums over the examples, whose errors are independent: bounds say as much as samples


class _Stacks:
    """Approximate values stacked along a new first axis."""

    def stacked(self, values: dict[str, list[Approximate]], rule: str) -> dict[str, Approximate]:
        """A stack under each name; all get as many axes, so that batch meets batch."""
        axes = max(one.value.ndim for each in values.values() for one in each)
        return {name: self._stack(each, axes, rule not in GATHERING) for name, each in values.items()}

    def _stack(self, values: list[Approximate], axes: int, sampled: bool) -> Approximate:
        if all(one is values[0] for one in values):
            return values[0] if sampled else values[0].unsampled

        def part(arrays: list[Array], more: int = 1) -> Array:
            alike = all(array.shape == arrays[0].shape for array in arrays)
            stack = np.array(arrays if alike else np.broadcast_arrays(*arrays))
            return stack.reshape(len(values), *(1,) * (axes + more - stack.ndim), *stack.shape[1:])

        value, error = part([one.value for one in values]), part([one.error for one in values])
        low = high = NO_KINK
        if not all(one.smooth for one in values):
            low, high = part([one.low for one in values]), part([one.high for one in values])
        kept = [one.samples for one in values if one.samples is not None] if sampled else []
        samples = None
        if len(kept) == len(values):
            samples = NO_ERRORS if all(one is NO_ERRORS for one in kept) else part(kept, 2)
        return Approximate(value, error, low, high, values[0].format, samples)

    def parts(self, stack: Approximate, count: int) -> list[Approximate]:
        """The values one by one."""
        low, high = (p if p is NO_KINK else np.broadcast_to(p, stack.value.shape) for p in (stack.low, stack.high))
        lows, highs = ([p] * count if p is NO_KINK else p for p in (low, high))
        samples: Any = [None] * count
        if stack.samples is not None:
            samples = np.broadcast_to(stack.samples, (*stack.value.shape, stack.samples.shape[-1]))
        parts = zip(stack.value, stack.error, lows, highs, samples, strict=True)
        return [Approximate(v, e, low, high, stack.format, kept) for v, e, low, high, kept in parts]


def changed_values(
    program: Program,
    changed: Iterable[str],
    values: Mapping[str, Approximate],
    format: Roundoff,
    *,
    lowest: int = 0,
    spend: Callable[[int], None] = lambda _: None,
) -> dict[str, Approximate]:
    """The same after mistakes were planted under the names ``changed``, from the values before.

    Nothing is computed for layers below ``lowest``, whose names keep their old values; ``spend`` is told of each statement.
    """
    env, stale, numbers = dict(values), set(changed), error_numbers(format)
    with np.errstate(all="ignore"):
        for statement in gradient_statements(program):
            if statement.layer >= lowest and (statement.name in stale or not stale.isdisjoint(statement.parents)):
                known: Mapping[str, Approximate] = env
                if statement.rule in GATHERING:
                    known = {name: env[name].unsampled for name in statement.parents}
                env[statement.name] = evaluate(statement.rhs, known, numbers)
                stale.add(statement.name)
                spend(1)
    return env


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
