"""Does the delta recursion give the derivative of the cost? Proven statement by statement, whole, or tested in the field.

Three grades, the strongest that the size allows. *Expansion*: the cost's direct derivative, with everything written out in
x, W, b and the activations opaque, minus the recursion's closed form expands to 0, for every parameter. *Induction*: each
layer's step is proven as a lemma about an arbitrary cost above it; chained from the output back they give the gradient.
*Field*: one random point of a prime field, exact equality, a stated probability of being fooled. Where a step does not hold
it is refuted with the first quantity, from the output back, that differs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import sympy as sp

from symbolic.derivation.equality import same_function
from symbolic.derivation.local_derivatives import link, term_slope
from symbolic.derivation.refutation import differs_on_balls
from symbolic.derivation.whole_expansion import expands_to_zero
from symbolic.exact.identity import identity_test, layers_identity
from symbolic.programs.functions import DEFINITIONS, batch_sum
from symbolic.programs.statements import Program, entry, symbol

LARGEST_EXPANSION = 60  # parameters: 4-5-3 has 43 and takes half a second, 4-8-8-3 has 139 and half a minute
LARGEST_LEMMA = 4000  # weights: each is one small derivative
LARGEST_OUTPUT = 12  # outputs of a softmax, whose head lemma is a rational function of all of them

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Lemma:
    """One step that was proven: ``BP1``, ``BP2``, ``BP3``, ``BP4``, ``l2``, its layer, and for how many entries."""

    rule: str
    layer: int
    entries: int


class Method(StrEnum):
    """By what a program is proven, tested, or refuted."""

    EXPANSION = "expansion"
    INDUCTION = "induction"
    FIELD = "field"  # a test in a finite field
    AGREEMENT = "agreement"  # SymPy could not decide, numbers agree
    BALLS = "balls"  # refuted


@dataclass(frozen=True)
class Proof:
    """``holds`` with its ``method``, or refuted: the first statement that is wrong.

    ``error_probability`` is 0 for a proof. ``assumes`` holds message keys: what the proof takes for granted.
    """

    method: Method
    holds: bool
    lemmas: tuple[Lemma, ...]
    assumes: tuple[str, ...]
    entries: int
    quantity: str | None = None
    error_probability: float = 0.0


def prove(program: Program, *, progress: Progress | None = None, seed: int = 0) -> Proof:
    """Prove the program's backward statements, or refute them.

    >>> from symbolic.programs.build import program
    >>> from reference_nets.spec import NetworkSpec
    >>> prove(program(NetworkSpec.parse("2-3-1"))).method.value
    'expansion'
    """
    spec, tell = program.spec, progress or (lambda done, total: None)
    if spec.n_weights > LARGEST_LEMMA or (spec.activations[-1] == "softmax" and spec.sizes[-1] > LARGEST_OUTPUT):
        return _by_field(program, seed)
    lemmas, wrong = _lemmas(program, tell)
    if wrong is not None:
        return _refuted(program, lemmas, wrong, seed)
    expanded = spec.n_params <= LARGEST_EXPANSION and expands_to_zero(program)
    method = Method.EXPANSION if expanded else Method.INDUCTION
    return Proof(method, True, lemmas, _assumptions(program), spec.n_params)


def _assumptions(program: Program) -> tuple[str, ...]:
    spec = program.spec
    kinked = any(name in DEFINITIONS and DEFINITIONS[name].kinks for name in spec.activations)
    sums_to_one = spec.cost == "cross_entropy" and spec.activations[-1] == "softmax"
    return ("assume.slope", *(["assume.kink"] if kinked else []), *(["assume.targets"] if sums_to_one else []), "assume.batch")


def _by_field(program: Program, seed: int) -> Proof:
    """One exact test; in the field an activation is opaque, so that a difference counts only if the true ones differ, too."""
    rng = np.random.default_rng(seed)
    found = layers_identity(program.spec, rng) if program.is_on_demand else identity_test(program, rng)
    if found.holds or not differs_on_balls(program, seed):
        method = Method.FIELD if found.holds else Method.AGREEMENT
        return Proof(method, True, (), _assumptions(program), program.spec.n_params, None, found.error_probability)
    assert found.quantity is not None
    wrong = entry(found.quantity, *(found.index or ()))
    return Proof(Method.FIELD, False, (), _assumptions(program), program.spec.n_params, wrong, found.error_probability)


def _refuted(program: Program, lemmas: tuple[Lemma, ...], wrong: str, seed: int) -> Proof:
    """A step that SymPy could not prove is wrong only if the numbers say so: gradients on disjoint balls."""
    if differs_on_balls(program, seed):
        return Proof(Method.BALLS, False, lemmas, (), program.spec.n_params, wrong)
    return _by_field(program, seed)


# The lemmas, from the output back


def _lemmas(program: Program, tell: Progress) -> tuple[tuple[Lemma, ...], str | None]:
    """Every backward step, or those before the first one that is wrong, and its name."""
    spec = program.spec
    proven: list[Lemma] = []
    for number, layer in enumerate(reversed(spec.layers)):
        tell(number, spec.L)
        for rule, names in _steps(program, layer):
            wrong = next((name for name, right in names if not same_function(_claim(program, name), right, spec)), None)
            if wrong is not None:
                return tuple(proven), wrong
            proven.append(Lemma(rule, layer, len(names)))
    return tuple(proven), None


def _steps(program: Program, layer: int) -> Iterator[tuple[str, list[tuple[str, sp.Expr]]]]:
    """For each rule of a layer: the quantities, and what the chain rule says they are."""
    spec, units = program.spec, range(program.spec.sizes[layer])
    if layer == spec.L:
        yield "BP1", [(entry(f"delta{layer}", k), _direct_output_delta(program, k)) for k in units]
    else:
        links = _links(program, layer + 1)
        yield "BP2", [(entry(f"delta{layer}", j), _through_layer(program, layer, j, links)) for j in units]
    own = _links(program, layer)
    for rule, key in (("BP3", f"b{layer}"), ("BP4", f"W{layer}")):
        data = f"{'g' if key in spec.regularised else 'd'}{key}"
        pulled = [(index, _pulled_back(layer, own[symbol(key, *index)])) for index in np.ndindex(*spec.shapes.get(key, (0,)))]
        if pulled:
            yield rule, [(entry(data, *index), batch_sum(value)) for index, value in pulled]
    if spec.l2:
        yield "l2", _decays(program, layer)


def _decays(program: Program, layer: int) -> list[tuple[str, sp.Expr]]:
    """What the l2 term adds to the derivatives of a layer's parameters."""
    spec = program.spec
    factor, squares = _penalty(program)
    keys = [key for key in (f"b{layer}", f"W{layer}") if key in spec.regularised]
    entries = [(key, index, symbol(key, *index)) for key in keys for index in np.ndindex(*spec.shapes[key])]
    return [
        (entry(f"d{key}", *index), symbol(f"g{key}", *index) + factor * term_slope(squares[theta], theta))
        for key, index, theta in entries
    ]


def _claim(program: Program, name: str) -> sp.Expr:
    """The right side that the program has, the helpers of BP1 (g, s, q, h) put in."""
    statement = program.by_name[name]
    if statement.rule != "BP1":
        return statement.rhs
    helpers = {s.symbol: s.rhs for s in program.output_error if not s.name.startswith("delta")}
    rhs = statement.rhs
    while rhs.free_symbols & helpers.keys():
        rhs = rhs.xreplace(helpers)
    return rhs


def _direct_output_delta(program: Program, unit: int) -> sp.Expr:
    """``dC/dz_k`` of one example: the cost differentiated through every output that depends on z_k."""
    L, outputs = program.spec.L, range(program.spec.sizes[-1])
    z = entry(f"z{L}", unit)
    reached = [j for j in outputs if sp.Symbol(z) in program.by_name[entry(f"a{L}", j)].rhs.free_symbols]
    terms = [link(program, "c", entry(f"a{L}", j)) * link(program, entry(f"a{L}", j), z) for j in reached]
    return sp.Add(*terms) / sp.Symbol("m")


Links = dict[sp.Symbol, list[tuple[int, sp.Expr]]]


def _links(program: Program, layer: int) -> Links:
    """For each symbol in the weighted inputs of a layer: by which of them it is used, and the derivative."""
    found: Links = {}
    for k in range(program.spec.sizes[layer]):
        slopes: dict[sp.Symbol, sp.Expr] = {}
        for term in sp.Add.make_args(program.by_name[entry(f"z{layer}", k)].rhs):
            for used in term.free_symbols:
                slopes[used] = slopes.get(used, sp.Integer(0)) + term_slope(term, used)
        for used, slope in slopes.items():
            found.setdefault(used, []).append((k, slope))
    return found


def _pulled_back(layer: int, links: list[tuple[int, sp.Expr]]) -> sp.Expr:
    """``sum_k dC/dz_k dz_k/ds`` for any cost whose derivatives by z are delta: the chain rule for one symbol s."""
    return sp.Add(*(symbol(f"delta{layer}", k) * slope for k, slope in links))


def _through_layer(program: Program, layer: int, unit: int, links: Links) -> sp.Expr:
    """``dC/dz_j``: through the activation, and through every weighted input above that uses it."""
    slope = link(program, entry(f"a{layer}", unit), entry(f"z{layer}", unit))
    return _pulled_back(layer + 1, links[symbol(f"a{layer}", unit)]) * slope


def _penalty(program: Program) -> tuple[sp.Expr, dict[sp.Symbol, sp.Expr]]:
    """The l2 term as a factor and, for each number in it, the term of the sum that has it."""
    *factors, squares = sorted(sp.Mul.make_args(program.by_name["R"].rhs), key=lambda factor: len(factor.free_symbols))
    terms = sp.Add.make_args(squares)
    return sp.Mul(*factors), {next(iter(term.free_symbols)): term for term in terms}
