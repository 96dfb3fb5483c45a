"""Is a printed line true? Its own tree is evaluated: in the prime field, or on balls where it uses what a function is.

In the field an activation is opaque, so a line that holds there holds for every activation, up to a probability of some
10^-17. A line that writes tanh' as 1 - tanh^2 is evaluated on balls of 128 bits instead, at a random point.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property, reduce
from operator import add
from typing import Any

import numpy as np

from reference_nets.spec import NetworkSpec
from symbolic import balls
from symbolic.derivation.local_derivatives import link
from symbolic.exact import ball_reading, field
from symbolic.exact.layer_readings import field_matrices
from symbolic.exact.layer_values import LayerValues, values_on_balls
from symbolic.formulas.formula import Formula, Line, Name, Whole
from symbolic.formulas.text import formula_text
from symbolic.formulas.values import Surroundings, identifier, value_of
from symbolic.formulas.walk import instantiated
from symbolic.programs.interpret import Array, Numbers, evaluate, point_inputs, run
from symbolic.programs.statements import Program, entry

Env = Mapping[str, Any]

BITS, EXAMPLES = 128, 2
CLOSE = 1e-30  # the largest radius at which overlapping balls count as the same number


class FalseLineError(Exception):
    """A line of the report does not hold: a fault of this program, never of the reader."""


class LineCheck:
    """Evaluates printed lines at one random point of a program, and counts them."""

    def __init__(self, program: Program, seed: int = 0) -> None:
        self.program, self.seed, self.lines = program, seed, 0

    def __call__(self, line: Line, *, real: bool = False) -> Line:
        """The line, if every equality in it holds; raises FalseLineError otherwise."""
        here = self.on_balls if real else self.in_field
        with balls.precision(BITS):
            values = [value_of(formula, here) for formula in (line.left, *line.rights)]
        for right, value in zip(line.rights, values[1:], strict=True):
            if not _same(values[0], value, real):
                raise FalseLineError(f"{formula_text(line.left)} = {formula_text(right)} does not hold for {self.program.spec}")
        self.lines += 1
        return line

    def general(self, line: Line, letter: str, count: int, *, real: bool = False) -> Line:
        """A line with a letter as index, tried at the first and last of its values."""
        before = self.lines
        for value in sorted({*range(min(count, 4)), count - 1}):
            self(_at(line, {letter: value}), real=real)
        self.lines = before + 1
        return line

    @cached_property
    def in_field(self) -> Surroundings:
        """Random residues under the names of the program."""
        rng = np.random.default_rng(self.seed)
        point = field.field_point(self.program.spec, rng, EXAMPLES)
        if self.program.is_on_demand:
            env: Env = LayerValues(self.program.spec, point.params, point.x, point.y, field_matrices(point.key))
        else:
            inputs = point_inputs(self.program.spec, point.params, point.x, point.y, field.constant)
            env = run(self.program.statements, inputs, field.field_numbers(point.key))
        return surroundings(self.program, env, field.field_numbers(point.key))

    @cached_property
    def on_balls(self) -> Surroundings:
        """Random floats as exact balls under the names of the program."""
        spec, rng = self.program.spec, np.random.default_rng(self.seed)
        params = random_params(spec, rng)
        outputs = spec.sizes[-1]
        y = (
            np.eye(outputs)[rng.integers(outputs, size=EXAMPLES)]
            if spec.cost == "cross_entropy"
            else rng.random((EXAMPLES, outputs))
        )
        with balls.precision(BITS):
            env = values_on_balls(self.program, params, rng.integers(-96, 97, (EXAMPLES, spec.sizes[0])) / 64, y)
            return surroundings(self.program, env, ball_reading.ball_numbers())


def random_params(spec: NetworkSpec, rng: np.random.Generator) -> dict[str, Array]:
    """Short random numbers; of wide layers smaller ones, or the units would be so saturated that 1 - a has no digits left."""
    scales = {key: 2.0 ** -((shape[-1] // 16).bit_length() // 2) for key, shape in spec.shapes.items()}
    return {key: rng.integers(-96, 97, shape) / 64 * scales[key] for key, shape in spec.shapes.items()}


def surroundings(program: Program, env: Env, numbers: Numbers) -> Surroundings:
    """What every name of the program is worth at a point, with the general phi and the partial derivatives."""
    functions = dict(numbers.functions) | {"identity": lambda z: z, "didentity": lambda z: z * 0 + numbers.constant(1)}
    numbers = Numbers(numbers.constant, functions, numbers.add)
    return Surroundings(program.spec, env, numbers, _partials(program, env, numbers))


def _partials(program: Program, env: Env, numbers: Numbers) -> Callable[[Formula, Formula], Any]:
    """The value behind a printed derivative: of C what the recursion says, of anything else the link itself."""
    spec = program.spec

    def of_cost(by: str, name: Name) -> Any:
        if name.quantity in ("W", "b"):
            return env[f"d{by}"]
        if name.quantity == "z":
            return env[by.replace("z", "delta", 1)]
        layer, unit = name.layer, name.index[0]
        assert isinstance(layer, int)
        if layer == spec.L:
            return evaluate(link(program, "c", by), env, numbers) / env["m"]
        above = range(spec.sizes[layer + 1])
        return reduce(add, (env[entry(f"W{layer + 1}", k, int(unit))] * env[entry(f"delta{layer + 1}", k)] for k in above))

    def value(of: Formula, by: Formula) -> Any:
        for whole, other in ((of, lambda name: value(name, by)), (by, lambda name: value(of, name))):
            if isinstance(whole, Whole):  # a column of derivatives, or the matrix of them
                assert isinstance(whole.layer, int)
                entries = [Name(whole.quantity, whole.layer, (j,)) for j in range(spec.sizes[whole.layer])]
                return np.stack(np.broadcast_arrays(*map(other, entries)))
        assert isinstance(of, Name) and isinstance(by, Name)
        if of.quantity == "C" and by.quantity not in ("c", "R"):
            return of_cost(identifier(by), by)
        return evaluate(link(program, identifier(of), identifier(by)), env, numbers)

    return value


def _at(line: Line, values: dict[str, int]) -> Line:
    return Line(instantiated(line.left, values), tuple(instantiated(right, values) for right in line.rights))


def _same(left: Any, right: Any, real: bool) -> bool:
    first, second = np.broadcast_arrays(np.asarray(left, dtype=object), np.asarray(right, dtype=object))
    if not real:
        return bool(np.all(first == second))
    return all(_overlap(a, b) for a, b in zip(first.ravel(), second.ravel(), strict=True))


def _overlap(left: Any, right: Any) -> bool:
    difference = ball_reading.ball(left) - ball_reading.ball(right)
    return bool(difference.contains(0)) and float(difference.rad()) < CLOSE
