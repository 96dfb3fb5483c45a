"""From a spec to its program: forward statements, the cost, and backward statements by local derivatives.

Each backward right side is the derivative of one forward statement by one name, multiplied and summed by the chain
rule. Nothing is ever substituted into anything, so the program grows with the number of parameters and not with its
depth.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product

import sympy as sp

from reference_nets.spec import NetworkSpec
from symbolic.programs.functions import COST_TERMS, activation, batch_sum, derivative, softmax
from symbolic.programs.statements import Program, Statement, entry, symbol

BATCH_SIZE = sp.Symbol("m")
L2_FACTOR = sp.Symbol("lam")


def program(spec: NetworkSpec, *, dx: bool = False) -> Program:
    """The straight-line program of a network; with ``dx`` the derivatives for the inputs, ``dx_0``, are in it, too.

    >>> for statement in program(NetworkSpec.parse("1-1:tanh")).statements: print(statement.name, "=", statement.rhs)
    z1_0 = W1_0_0*x_0 + b1_0
    a1_0 = tanh(z1_0)
    c = (a1_0 - y_0)**2/2
    C = batch_sum(c)/m
    delta1_0 = (a1_0 - y_0)*dtanh(z1_0)/m
    db1_0 = batch_sum(delta1_0)
    dW1_0_0 = batch_sum(delta1_0*x_0)
    """
    return built(spec, dx)  # however it was asked for, one program: it is the key of many caches


@lru_cache(maxsize=64)
def built(spec: NetworkSpec, dx: bool) -> Program:
    """What `program` gives; kept."""
    return Program(spec, (*_forward(spec), *_backward(spec), *(_input_gradient(spec) if dx else ())))


def _sum(terms: list[sp.Expr]) -> sp.Expr:
    """The terms added in the order given: SymPy would sort them, and a reader would have to search."""
    return terms[0] if len(terms) == 1 else sp.Add(*terms, evaluate=False)


def inputs_of(layer: int, spec: NetworkSpec) -> list[sp.Symbol]:
    """The names a^{l-1} that layer l sees; ``x`` for the first."""
    quantity = "x" if layer == 1 else f"a{layer - 1}"
    return [symbol(quantity, i) for i in range(spec.sizes[layer - 1])]


def _column(quantity: str, size: int) -> list[sp.Symbol]:
    return [symbol(quantity, j) for j in range(size)]


def _times(a: sp.Symbol, b: sp.Symbol) -> sp.Expr:
    """``a * b`` of two different symbols, put in order at once: SymPy's search for what could be simplified takes long."""
    return sp.Mul(*((a, b) if a.compare(b) < 0 else (b, a)), evaluate=False)


# Forward


def _forward(spec: NetworkSpec) -> list[Statement]:
    statements: list[Statement] = []
    for layer in spec.layers:
        statements += _affine(spec, layer)
        statements += _activation(spec, layer)
    return statements + _cost(spec)


def _affine(spec: NetworkSpec, layer: int) -> list[Statement]:
    return [weighted_input(spec, layer, j) for j in range(spec.sizes[layer])]


def weighted_input(spec: NetworkSpec, layer: int, j: int) -> Statement:
    """``z_l = W_l a_{l-1} + b_l`` of one unit, without b_l in a network that has none."""
    a = inputs_of(layer, spec)
    terms = [_times(symbol(f"W{layer}", j, i), a[i]) for i in range(len(a))]
    bias = [symbol(f"b{layer}", j)] if spec.has_biases else []
    return Statement(entry(f"z{layer}", j), _sum([*terms, *bias]), "affine", layer, (j,))


def _activation(spec: NetworkSpec, layer: int) -> list[Statement]:
    return [unit_output(spec, layer, k) for k in range(spec.sizes[layer])]


def unit_output(spec: NetworkSpec, layer: int, k: int) -> Statement:
    """``a_l = phi(z_l)`` of one unit."""
    name = spec.activations[layer - 1]
    if name == "softmax":
        value = softmax(k, *_column(f"z{layer}", spec.sizes[layer]))
    else:
        value = activation(name, symbol(f"z{layer}", k))
    return Statement(entry(f"a{layer}", k), value, "activation", layer, (k,))


def _cost_terms(spec: NetworkSpec) -> list[sp.Expr]:
    """What each output adds to the cost of one example, before the 1/m."""
    outputs = spec.sizes[-1]
    a, y = _column(f"a{spec.L}", outputs), _column("y", outputs)
    return [COST_TERMS[spec.cost](a[k], y[k], outputs) for k in range(outputs)]


def cost_slopes(spec: NetworkSpec) -> list[sp.Expr]:
    """``dC/da_k`` for each output, with the 1/m."""
    a = _column(f"a{spec.L}", spec.sizes[-1])
    return [sp.diff(term, a_k) / BATCH_SIZE for term, a_k in zip(_cost_terms(spec), a, strict=True)]


def _cost(spec: NetworkSpec) -> list[Statement]:
    """``c`` of one example, ``C = 1/m sum c (+ lambda/2 sum W^2)``."""
    return [cost_of_example(spec), *([penalty(spec)] if spec.l2 else []), cost_of_batch(spec)]


def cost_of_example(spec: NetworkSpec) -> Statement:
    """``c``."""
    return Statement("c", _sum(_cost_terms(spec)), "cost", spec.L)


def penalty(spec: NetworkSpec) -> Statement:
    """``R = lambda/2 sum W^2``, a term for each number that is regularised."""
    squares = [symbol(key, *index) ** 2 for key in spec.regularised for index in product(*map(range, spec.shapes[key]))]
    return Statement("R", L2_FACTOR / 2 * _sum(squares), "l2-cost", spec.L)


def cost_of_batch(spec: NetworkSpec) -> Statement:
    """``C = 1/m sum c (+ R)``."""
    data = batch_sum(symbol("c")) / BATCH_SIZE
    return Statement("C", data + symbol("R") if spec.l2 else data, "cost", spec.L)


def output_statements(spec: NetworkSpec) -> tuple[Statement, ...]:
    """The output's own statements: a_L, the cost, delta_L; what a reading in matrices takes from the program."""
    return (*_activation(spec, spec.L), *_cost(spec), *output_error(spec))


# Backward


def _backward(spec: NetworkSpec) -> list[Statement]:
    statements = output_error(spec)
    for layer in reversed(spec.layers):
        if layer < spec.L:
            statements += _hidden_delta(spec, layer)
        statements += _bias_gradient(spec, layer) + _weight_gradient(spec, layer)
    return statements


def _bp1(spec: NetworkSpec, quantity: str, right_sides: list[sp.Expr]) -> list[Statement]:
    return [Statement(entry(quantity, k), rhs, "BP1", spec.L, (k,)) for k, rhs in enumerate(right_sides)]


def output_error(spec: NetworkSpec) -> list[Statement]:
    """``delta_L = dC/da phi'(z_L)``, (BP1); multiplied out where cost and activation belong together."""
    a, y, z = (_column(q, spec.sizes[-1]) for q in (f"a{spec.L}", "y", f"z{spec.L}"))
    g = cost_slopes(spec)
    delta, name = f"delta{spec.L}", spec.activations[-1]
    if name == "softmax":
        return _softmax_bce_delta(spec, z, a, y) if spec.cost == "bce" else _softmax_delta(spec, a, y, g)
    if spec.cost == "bce":  # sigmoid' = a (1 - a) cancels against dC/da
        return _bp1(spec, delta, [sp.cancel(g_k * a_k * (1 - a_k)) for g_k, a_k in zip(g, a, strict=True)])
    if spec.cost == "cross_entropy":  # the same; 1 - a = sigmoid(-z) does not cancel at a saturated output
        rest = [sp.cancel(g_k * a_k) * activation("sigmoid", -z_k) for g_k, a_k, z_k in zip(g, a, z, strict=True)]
        return _bp1(spec, delta, rest)
    return _bp1(spec, delta, [g_k * derivative(name, z_k) for g_k, z_k in zip(g, z, strict=True)])


def _softmax_delta(spec: NetworkSpec, a: list[sp.Symbol], y: list[sp.Symbol], g: list[sp.Expr]) -> list[Statement]:
    """``delta_k = sum_j g_j da_j/dz_k = a_k (g_k - sum_j g_j a_j)``, ``g = dC/da``.

    cross_entropy: ``g_j a_j = -y_j / m`` and ``sum y = 1`` leave ``(a_k - y_k) / m``.
    """
    delta, K = f"delta{spec.L}", range(len(a))
    if spec.cost == "cross_entropy":
        h = [sp.cancel(g[k] * a[k]) for k in K]
        total = sp.cancel(sum(h) / sum(y))  # -1/m: the sum of all h where the targets of an example sum to 1
        return _bp1(spec, delta, [(a[k] - h[k] / total) * -total for k in K])
    names = [symbol(f"g{spec.L}", k) for k in K]
    mean = Statement(f"s{spec.L}", _sum([names[j] * a[j] for j in K]), "BP1", spec.L)
    return [*_bp1(spec, f"g{spec.L}", g), mean, *_bp1(spec, delta, [a[k] * (names[k] - mean.symbol) for k in K])]


def _softmax_bce_delta(
    spec: NetworkSpec, z: list[sp.Symbol], a: list[sp.Symbol], y: list[sp.Symbol]
) -> list[Statement]:
    """The same for bce, whose ``g_j a_j = (a_j (1 - y_j) / q_j - y_j) / m`` has ``q_j = 1 - a_j`` below the line.

    ``q_j`` is the sum of the other outputs, ``a_k / q_j`` a softmax without output j: nothing cancels, nothing overflows.
    """
    K = range(len(a))
    q = [symbol(f"q{spec.L}", k) for k in K]

    def share(k: int, j: int) -> sp.Expr:
        """``a_k / q_j``."""
        return softmax(k - (k > j), *(z[i] for i in K if i != j))

    statements = _bp1(spec, f"q{spec.L}", [_sum([a[j] for j in K if j != k]) for k in K])
    own = [a[k] * (1 - y[k]) - y[k] * q[k] for k in K]
    others = [_sum([y[j] * a[k] - a[j] * (1 - y[j]) * share(k, j) for j in K if j != k]) for k in K]
    return statements + _bp1(spec, f"delta{spec.L}", [(own[k] + others[k]) / BATCH_SIZE for k in K])


def _hidden_delta(spec: NetworkSpec, layer: int) -> list[Statement]:
    return [hidden_error(spec, layer, j) for j in range(spec.sizes[layer])]


def hidden_error(spec: NetworkSpec, layer: int, j: int) -> Statement:
    """``delta_l = (delta_{l+1} W_{l+1}) phi'(z_l)`` of one unit, (BP2)."""
    above = _column(f"delta{layer + 1}", spec.sizes[layer + 1])
    back = _sum([_times(delta_k, symbol(f"W{layer + 1}", k, j)) for k, delta_k in enumerate(above)])
    slope = sp.diff(activation(spec.activations[layer - 1], symbol(f"z{layer}", j)), symbol(f"z{layer}", j))
    rhs = back if slope == 1 else sp.Mul(back, slope, evaluate=False)
    return Statement(entry(f"delta{layer}", j), rhs, "BP2", layer, (j,))


def _bias_gradient(spec: NetworkSpec, layer: int) -> list[Statement]:
    units = range(spec.sizes[layer]) if spec.has_biases else ()
    return [statement for j in units for statement in bias_slope(spec, layer, j)]


def bias_slope(spec: NetworkSpec, layer: int, j: int) -> list[Statement]:
    """``dC/db_l = sum over the batch of delta_l``, (BP3)."""
    return _with_decay(spec, f"b{layer}", batch_sum(symbol(f"delta{layer}", j)), "BP3", layer, (j,))


def _weight_gradient(spec: NetworkSpec, layer: int) -> list[Statement]:
    statements = []
    for j in range(spec.sizes[layer]):
        for i, a in enumerate(inputs_of(layer, spec)):
            statements += weight_slope(spec, layer, j, i, a)
    return statements


def weight_slope(spec: NetworkSpec, layer: int, j: int, i: int, a: sp.Symbol) -> list[Statement]:
    """``dC/dW_l = delta_l^T a_{l-1}`` summed over the batch, (BP4)."""
    return _with_decay(spec, f"W{layer}", batch_sum(_times(symbol(f"delta{layer}", j), a)), "BP4", layer, (j, i))


def _with_decay(
    spec: NetworkSpec, key: str, data: sp.Expr, rule: str, layer: int, index: tuple[int, ...]
) -> list[Statement]:
    """``dC/dtheta``; of a regularised parameter what the data give as ``gW``, ``+ lambda theta`` a statement of its own."""
    name = entry(f"d{key}", *index)
    if key not in spec.regularised:
        return [Statement(name, data, rule, layer, index)]
    rhs = symbol(f"g{key}", *index) + L2_FACTOR * symbol(key, *index)
    return [Statement(entry(f"g{key}", *index), data, rule, layer, index), Statement(name, rhs, "l2", layer, index)]


def _input_gradient(spec: NetworkSpec) -> list[Statement]:
    """``dC/dx = delta_1 W_1``, example by example: (BP2) without an activation."""
    delta = _column("delta1", spec.sizes[1])
    return [
        Statement(
            entry("dx", i), _sum([delta_j * symbol("W1", j, i) for j, delta_j in enumerate(delta)]), "BP2", 0, (i,)
        )
        for i in range(spec.sizes[0])
    ]
