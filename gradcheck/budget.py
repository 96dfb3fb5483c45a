"""The rounding budget: how far a correct implementation may be from the true gradient, entry by entry.

A running error analysis (Higham 2002, ch. 3): the program is read on numbers that carry a bound of their own error,
valid for any order of summation (``gamma_n = n u / (1 - n u)``), for phi' written from z or from a, and for the usual
ways to write each activation. Nothing in it is a tolerance that someone may set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, reduce
from itertools import product
from operator import add
from typing import Any

import numpy as np

from gradcheck.subgradients import MAX_COMBINATIONS, Kinks
from reference_nets.activations import ACTIVATIONS, Activation, Array, softmax
from reference_nets.spec import LEAKY_SLOPE, NetworkSpec
from symbolic.blocks import Block, blocks, run_blocks
from symbolic.build import program
from symbolic.interpret import Numbers, collect, one_example, point_inputs, rerun, run
from symbolic.statements import FORWARD_RULES, Program, Statement, entry

SAFETY = 4.0  # for what the analysis does not model: fused multiply-add, library functions, another but sensible form
FUNCTION_ULPS = 4.0  # the error of an elementary function and of the few operations around it, in units of u


@dataclass(frozen=True)
class Roundoff:
    """A floating-point format: unit roundoff u and the smallest subnormal number."""

    u: float
    tiny: float

    @classmethod
    def of(cls, dtype: Any) -> Roundoff:
        """The format of a NumPy dtype, float64 or float32."""
        info = np.finfo(dtype)
        return cls(float(info.eps) / 2, float(info.smallest_subnormal))

    def gamma(self, n: int) -> float:
        """``n u / (1 - n u)``: the relative error of a sum of n + 1 terms in any order."""
        return n * self.u / (1 - n * self.u)


NO_KINK: Array = np.zeros(1)  # as ``low`` and ``high``: no choice of subgradient matters, and none is computed with


@dataclass(frozen=True)
class Approximate:
    """Values with a bound on the error of whoever computes them in this format.

    The choice of a subgradient at kinks moves a value by anything from ``low <= 0`` to ``high >= 0``; both are NO_KINK
    itself where nothing can move it.
    """

    value: Array
    error: Array
    low: Array
    high: Array
    format: Roundoff

    __array_ufunc__ = None  # array * approximate is approximate

    @property
    def smooth(self) -> bool:
        """Whether no kink reaches these values."""
        return self.low is NO_KINK and self.high is NO_KINK

    @property
    def kink(self) -> Array:
        """How far a choice of subgradient may move the value, one way or the other."""
        return NO_KINK if self.smooth else np.maximum(-self.low, self.high)

    @property
    def size(self) -> Array:
        """The largest magnitude that a choice of subgradient gives."""
        return _size(self.value, self.low, self.high)

    def __mul__(self, other: Any) -> Approximate:
        other = self._lift(other)
        size, other_size = self.size, other.size
        error = size * other.error + (other_size + other.error) * self.error
        low, high = _reach_of_product(self, other)
        return _rounded(self.value * other.value, error, low, high, self.format)

    def __pow__(self, exponent: int) -> Approximate:
        if exponent == 1:
            return self
        if exponent > 1:
            return self * self ** (exponent - 1)
        nearest = np.maximum(np.abs(self.value) - self.error - self.kink, self.format.tiny)
        slope = -exponent * nearest ** (exponent - 1.0)
        low, high = _either_way(self, slope * self.kink)
        return _rounded(self.value**exponent, slope * self.error, low, high, self.format)

    __rmul__ = __mul__

    def _lift(self, other: Any) -> Approximate:
        return other if isinstance(other, Approximate) else exact(other, self.format)


def _reach_of_product(a: Approximate, b: Approximate) -> tuple[Array, Array]:
    """The lowest and highest ``(a + s)(b + t) - a b`` for s and t within reach: at the ends."""
    if a.smooth and b.smooth:
        return NO_KINK, NO_KINK
    ends = [s * b.value + a.value * t + s * t for s in (a.low, a.high) for t in (b.low, b.high)]
    return np.minimum.reduce(ends), np.maximum.reduce(ends)


def _either_way(z: Approximate, kink: Array) -> tuple[Array, Array]:
    """The reach of what is computed from z, which its kinks move by this much one way or the other."""
    return (NO_KINK, NO_KINK) if z.smooth else (-kink, kink)


def _size(value: Array, low: Array, high: Array) -> Array:
    if low is NO_KINK and high is NO_KINK:
        return np.abs(value)
    return np.maximum(np.abs(value + low), np.abs(value + high))


def _rounded(value: Array, error: Array, low: Array, high: Array, format: Roundoff) -> Approximate:
    """The result of one more operation: one rounding, and one smallest subnormal in case of underflow."""
    return Approximate(value, error + format.u * _size(value, low, high) + format.tiny, low, high, format)


def exact(value: Any, format: Roundoff) -> Approximate:
    """Numbers that an implementation is handed as they are: parameters, inputs, targets, m, lambda."""
    array = np.atleast_1d(np.asarray(value, dtype=np.float64))
    return Approximate(array, np.zeros_like(array), NO_KINK, NO_KINK, format)


def _sum(terms: list[Approximate]) -> Approximate:
    format = terms[0].format
    value, error, size = (reduce(add, [getattr(term, part) for term in terms]) for part in ("value", "error", "size"))
    low = high = NO_KINK
    if not all(term.smooth for term in terms):
        low, high = (reduce(add, [getattr(term, part) for term in terms]) for part in ("low", "high"))
    return Approximate(value, error + format.gamma(len(terms) - 1) * size + format.tiny, low, high, format)


def _batch_sum(a: Approximate) -> Approximate:
    format = a.format
    gamma = format.gamma(max(a.value.shape[-1] - 1, 1))
    error = a.error + gamma * a.size + format.tiny
    value, error = (part.sum(axis=-1, keepdims=True) for part in (a.value, error))
    low, high = (part if part is NO_KINK else part.sum(axis=-1, keepdims=True) for part in (a.low, a.high))
    return Approximate(value, error, low, high, format)


def _one_example(which: int, a: Approximate) -> Approximate:
    value, error = one_example(which, a.value), one_example(which, a.error)
    low, high = (part if part is NO_KINK else one_example(which, part) for part in (a.low, a.high))
    return Approximate(value, error, low, high, a.format)


# How an activation and its derivative are usually written costs more than the function itself would: 1 + tanh (in a
# sigmoid, too), 1 - sigmoid and exp(z) - 1 cancel, and phi' from a is 1 - a^2, a (1 - a), a + 1 or 1 - exp(-a). Each row:
# that error in units of FUNCTION_ULPS u, and what is lost where the form has saturated, so that it returns exactly 0 or 1.

_SATURATED = 1e-3  # in units of u: a library's tanh or exp is exact to the last digit beyond


@dataclass(frozen=True)
class UsualForm:
    """The absolute error of the usual way to write a function, beyond that of the function's own rounding."""

    error: Callable[[Array], Any] = np.zeros_like
    lost: Callable[[Array], Any] = lambda z: np.inf

    def bound(self, z: Array, u: float) -> Array:
        """The larger error of the usual forms at z."""
        lost = self.lost(z)
        return np.where(lost < _SATURATED * u, lost, FUNCTION_ULPS * u * self.error(z))


_GELU_SCALE = 1.5957691216057308  # 2 sqrt(2 / pi)


def _gelu_gate(z: Array) -> tuple[Array, Array]:
    """``1 + |z| w'`` and ``sigmoid'(w)``: what multiplies the rounding of ``1 - tanh^2``, and when it has saturated."""
    w = _GELU_SCALE * z * (1 + 0.044715 * z * z)
    return 1 + np.abs(z) * (1 + 3 * 0.044715 * z * z), ACTIVATIONS["sigmoid"].dphi(w)


_sigmoid, _softplus = ACTIVATIONS["sigmoid"], ACTIVATIONS["softplus"]
_USUAL_PHI = {
    "sigmoid": UsualForm(np.ones_like, _sigmoid.phi),
    "tanh": UsualForm(np.ones_like),
    "elu": UsualForm(lambda z: z < 0),
    "softplus": UsualForm(np.ones_like, _softplus.phi),
    "gelu": UsualForm(np.abs, lambda z: np.abs(z) * _gelu_gate(z)[1]),
}
_USUAL_DPHI = {
    "sigmoid": UsualForm(np.ones_like, _sigmoid.dphi),
    "tanh": UsualForm(lambda z: 3 * np.ones_like(z), ACTIVATIONS["tanh"].dphi),
    "elu": UsualForm(lambda z: z < 0, ACTIVATIONS["elu"].dphi),
    "softplus": UsualForm(np.ones_like, _softplus.dphi),
    "silu": UsualForm(lambda z: (1 + np.abs(z)) * _sigmoid.phi(z)),
    "gelu": UsualForm(lambda z: _gelu_gate(z)[0], lambda z: np.prod(_gelu_gate(z), axis=0)),
}


def _elementwise(
    f: Callable[[Array], Array], slope: Callable[[Array], Array], usual: UsualForm
) -> Callable[[Approximate], Approximate]:
    """``f`` on approximate values: error through the slope, a curvature allowance, and the rounding of f itself.

    The slope is the steepest within the error of z: at a kink that of the other side may count.
    """

    def value_at(z: Approximate) -> Approximate:
        u, value, reach = z.format.u, f(z.value), SAFETY * z.error + z.kink
        steepness = np.abs(slope(np.stack([z.value - reach, z.value, z.value + reach]))).max(axis=0)
        rounding = FUNCTION_ULPS * u * np.abs(value) + usual.bound(z.value, u) + z.format.tiny
        curvature = np.minimum(1, 4 * (np.abs(value) + steepness) * (1 + z.value**2) ** 2)  # bounds |f''| / 2
        error = steepness * z.error + curvature * z.error**2 + rounding
        low, high = _either_way(z, steepness * z.kink + curvature * z.kink * (z.kink + 2 * z.error))
        return Approximate(value, error, low, high, z.format)

    return value_at


def _is_at_kink(z: Approximate) -> Array:
    """Where a weighted input is nearer to zero than its own error."""
    return np.asarray(np.abs(z.value) <= SAFETY * z.error + z.kink)


def _kinked_derivative(row: Activation, left: float) -> Callable[[Approximate], Approximate]:
    """``phi'`` of relu and leaky_relu: either side counts wherever |z| is below its own error."""

    def value_at(z: Approximate) -> Approximate:
        value = row.dphi(z.value)
        at_kink = _is_at_kink(z)
        low = high = NO_KINK
        if at_kink.any():
            low, high = np.where(at_kink, left - value, 0.0), np.where(at_kink, 1.0 - value, 0.0)
        return Approximate(value, FUNCTION_ULPS * z.format.u * (value + high), low, high, z.format)

    return value_at


def _softmax(k: int, *z: Approximate) -> Approximate:
    format, values = z[0].format, np.stack(np.broadcast_arrays(*(z_j.value for z_j in z)), axis=-1)
    a = softmax(values)
    errors = np.stack(np.broadcast_arrays(*(z_j.error for z_j in z)), axis=-1)
    kinks = np.stack(np.broadcast_arrays(*(z_j.kink for z_j in z)), axis=-1)
    # the shift by the maximum or by ln sum exp is rounded, too
    size = 1 + np.abs(values).max(axis=-1) + np.abs(values[..., k])
    rounding = FUNCTION_ULPS * format.u * (size + len(z)) * a[..., k] + format.tiny

    def spread(e: Array) -> Array:
        return np.asarray(a[..., k] * (e[..., k] + (a * e).sum(axis=-1)) + e.max(axis=-1) ** 2)

    low = high = NO_KINK
    if not all(z_j.smooth for z_j in z):
        high = spread(errors + kinks) - spread(errors)
        low = -high
    return Approximate(a[..., k], spread(errors) + rounding, low, high, format)


def _huber(e: Array) -> Array:
    return np.where(np.abs(e) <= 1, e * e / 2, np.abs(e) - 0.5)


def _log(a: Approximate) -> Approximate:
    nearest = np.maximum(a.value - a.error - a.kink, a.format.tiny)
    value, u = np.log(a.value), FUNCTION_ULPS * a.format.u
    low, high = _either_way(a, a.kink / nearest)
    return Approximate(value, a.error / nearest + u * np.abs(value), low, high, a.format)


def _functions() -> dict[str, Callable[..., Any]]:
    table: dict[str, Callable[..., Any]] = {"softmax": _softmax, "batch_sum": _batch_sum, "one_example": _one_example}
    for name, row in ACTIVATIONS.items():
        if name in ("identity", "softmax"):
            continue
        table[name] = _elementwise(row.phi, row.dphi, _USUAL_PHI.get(name, UsualForm()))
        table[f"d{name}"] = _elementwise(row.dphi, row.d2phi, _USUAL_DPHI.get(name, UsualForm()))
    table["drelu"] = _kinked_derivative(ACTIVATIONS["relu"], 0.0)
    table["dleaky_relu"] = _kinked_derivative(ACTIVATIONS["leaky_relu"], LEAKY_SLOPE)
    table["log"] = _log
    table["huber"] = _elementwise(_huber, lambda e: np.clip(e, -1, 1), UsualForm())
    table["dhuber"] = _elementwise(lambda e: np.clip(e, -1, 1), np.ones_like, UsualForm())
    return table


_FUNCTIONS = _functions()


def error_numbers(format: Roundoff) -> Numbers:
    """Values with errors as a kind of numbers for the interpreter."""

    def constant(number: Any) -> Approximate:
        value = exact(float(number), format)
        return value if number.is_Integer else value * exact(1.0, format)

    return Numbers(constant, _FUNCTIONS, _sum)


@dataclass(frozen=True)
class Budget:
    """For each entry of each gradient: what rounding may do, and what a choice of subgradient at kinks can reach.

    ``lowest`` and ``highest`` are the ends of the reachable values; they are equal where no kink matters. ``kinks`` says
    what all entries can reach together.
    """

    rounding: dict[str, Array]
    lowest: dict[str, Array]
    highest: dict[str, Array]
    kinks: Kinks | None = None


def approximate_values(
    program: Program, params: Mapping[str, Array], x: Array, y: Array, format: Roundoff
) -> dict[str, Approximate]:
    """Every name of a program that the gradient needs, on values with errors."""
    spec, numbers = program.spec, error_numbers(format)
    inputs = point_inputs(spec, params, x, y, lambda number: number)
    to_delta, onwards = _in_blocks(program)
    with np.errstate(all="ignore"):
        env = run_blocks(to_delta, {name: exact(value, format) for name, value in inputs.items()}, numbers, _Stacks())
        for name, unfused in _unfused_delta(spec, env).items():
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


# The program's delta_L is the fused one, such as (a - y) / m. Books also write dC/da first, where 1 - a cancels, and
# multiply by phi' after: as right, and less accurate.


def _unfused_delta(spec: NetworkSpec, env: Mapping[str, Approximate]) -> dict[str, Array]:
    """The error of delta_L as ``dC/da`` times ``phi'``, by name, where the program fuses the two; NaN where that is lost.

    ``dC/da = -y / a + (1 - y) / (1 - a)``; then ``g phi'(z)``, or ``a_k (g_k - sum_j g_j a_j)`` for softmax.
    """
    output, K = spec.activations[-1], range(spec.sizes[-1])
    if spec.cost not in ("bce", "cross_entropy") or (output, spec.cost) == ("softmax", "cross_entropy"):
        return {}
    z, a, y = ([_without_kink(env[f"{q}_{k}"]) for k in K] for q in (f"z{spec.L}", f"a{spec.L}", "y"))
    rest = [_sum([a[j] for j in K if j != k]) if output == "softmax" else _FUNCTIONS["sigmoid"](-1 * z[k]) for k in K]
    g = [_cost_slope(spec.cost, *parts) for parts in zip(z, a, rest, y, strict=True)]
    if output == "softmax":
        errors = _softmax_chain_error(a, rest, g)
    else:
        errors = [(g[k] * _FUNCTIONS["dsigmoid"](z[k])).error for k in K]
    return {f"delta{spec.L}_{k}": errors[k] / env["m"].value for k in K}


def _softmax_chain_error(a: list[Approximate], rest: list[Approximate], g: list[Approximate]) -> list[Array]:
    """The error of ``a_k (g_k - sum_j g_j a_j)``.

    One g enters it twice, so that its error counts as ``da_j/dz_k`` times, and not more; each term is rounded anew.
    """
    K, u = range(len(a)), a[0].format.u
    products = [g[j].size * a[j].value for j in K]
    total = np.sum(products, axis=0)
    moved = np.sum([g[j].size * a[j].error for j in K], axis=0)
    errors = []
    for k in K:
        upstream = [g[j].error * a[j].value * (rest[k].value if j == k else a[k].value) for j in K]
        slope = np.abs(g[k].value - np.sum([g[j].value * a[j].value for j in K], axis=0))
        rounding = FUNCTION_ULPS * u * a[k].value * (g[k].size + total * len(a))
        errors.append(np.sum(upstream, axis=0) + a[k].error * slope + a[k].value * moved + rounding)
    return errors


def _cost_slope(cost: str, z: Approximate, a: Approximate, rest: Approximate, y: Approximate) -> Approximate:
    """``dC/da`` with the errors of a and, for bce, of ``1 - a``, whose value is ``rest``."""
    u = a.format.u
    steady = a.value * (z.error + 2 * FUNCTION_ULPS * u) + a.format.tiny  # below u the forms that cancel are lost
    error = np.where(a.value < u / 2, np.minimum(steady, a.error), a.error)
    overflows = a.value < a.format.tiny / (8 * u)  # 1 / a does: the form is lost
    slope = -1 * y * _inverse(replace(a, error=np.where(overflows, np.nan, error)))
    if cost == "cross_entropy":
        return slope
    cancelled = np.where((rest.value < u / 2) & (y.value != 1), np.nan, a.error + u * rest.value)  # 1 - a is 0: lost
    return _sum([slope, exact(1 - y.value, a.format) * _inverse(replace(rest, error=cancelled))])


def _inverse(a: Approximate) -> Approximate:
    """``1 / a`` for a computed a that is at least its own spacing: its error stays finite however much has cancelled."""
    nearest = np.maximum(a.value - a.error, np.minimum(a.format.u, a.value))
    value = 1 / a.value
    return _rounded(value, a.error / nearest * value, NO_KINK, NO_KINK, a.format)


def _without_kink(a: Approximate) -> Approximate:
    return replace(a, low=NO_KINK, high=NO_KINK)


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
    return {key: Approximate(values[key], _bounded(errors[key]), lows[key], highs[key], format) for key in values}


def rounding_budget(
    spec: NetworkSpec, params: Mapping[str, Array], x: Array, y: Array, *, dtype: Any = np.float64, dx: bool = False
) -> Budget:
    """The budget of a correct implementation in this dtype, at this point, SAFETY included; keys and shapes as params.

    With ``dx`` also that of the gradient for the inputs, under "x".
    """
    known, format = program(spec, dx=dx), Roundoff.of(dtype)
    values = approximate_values(known, params, x, y, format)
    gradient = gradient_of(spec, values, format)
    rounding = {key: SAFETY * value.error for key, value in gradient.items()}
    lowest = {key: value.value + value.low for key, value in gradient.items()}
    highest = {key: value.value + value.high for key, value in gradient.items()}
    return Budget(rounding, lowest, highest, _kinks(known, values, format))


def _kinks(program: Program, values: Mapping[str, Approximate], format: Roundoff) -> Kinks | None:
    """Which units lie on a kink for which examples, and the gradient with each of them on either side of it."""
    found = [
        (entry(f"z{layer}", unit), int(example), f"layer {layer}, unit {unit}, example {example}")
        for layer, name in enumerate(program.spec.activations, 1)
        if ACTIVATIONS[name].kinked
        for unit in range(program.spec.sizes[layer])
        for example in np.flatnonzero(_is_at_kink(values[entry(f"z{layer}", unit)]))
    ]
    if not found:
        return None
    places = tuple(place for _, _, place in found)
    if 2 ** len(found) > MAX_COMBINATIONS:
        return Kinks(places)
    sides = np.array(list(product((-1.0, 1.0), repeat=len(found))))
    return Kinks(places, _on_sides(program, values, found, sides, format))


def _on_sides(
    program: Program, values: Mapping[str, Approximate], found: list[tuple[str, int, str]], sides: Array, format: Roundoff
) -> dict[str, Array]:
    """The gradient for each row of signs: the backward statements alone, run with those weighted inputs moved aside."""
    moved = dict(values)
    for (name, example, _), side in zip(found, sides.T, strict=True):
        z = np.broadcast_to(moved[name].value, (len(sides), moved[name].value.shape[-1])).copy()
        z[:, example] = side
        moved[name] = exact(z, format)
    backward = [s for s in gradient_statements(program) if s.rule not in FORWARD_RULES]
    with np.errstate(all="ignore"):
        env = run(backward, moved, error_numbers(format))
    each = {name: np.broadcast_to(a.value, (len(sides), a.value.shape[-1])) for name, a in env.items() if name[0] == "d"}
    return collect(program.spec, each)


def cost_budget(spec: NetworkSpec, params: Mapping[str, Array], x: Array, y: Array) -> float:
    """The same for the value of the cost, as its textbook form computes it in float64, SAFETY included."""
    format = Roundoff.of(np.float64)
    with np.errstate(all="ignore"):
        inputs = point_inputs(spec, params, x, y, lambda number: number)
        cost = run(
            program(spec).forward, {name: exact(value, format) for name, value in inputs.items()}, error_numbers(format)
        )["C"]
    return SAFETY * float(_bounded(cost.error)[0])


def _bounded(error: Array) -> Array:
    return np.where(np.isnan(error), np.inf, error)
