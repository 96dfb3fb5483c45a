"""What holds of every right gradient, whatever the network: properties as a table, each an equation with two sides.

Most need nothing but the gradient function itself, asked at two points that belong together; the last two look at the cost.
The data term is the gradient without ``lambda W``. What each catches is measured: docs/properties.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from gradcheck.networks.claim import BadClaim
from gradcheck.properties.subject import BoundedValues, Gradient, Subject, exactly
from gradcheck.properties.taylor import remainders, slope_downhill
from gradcheck.sentences.sentence import Sentence, told_by
from gradcheck.witnesses.kink_free import kink_free
from reference_nets.activations import Array
from reference_nets.network import forward
from reference_nets.points import Point
from reference_nets.spec import ACTIVATIONS, NetworkSpec
from symbolic.programs.functions import DEFINITIONS

Sides = Iterator[tuple[str, BoundedValues, BoundedValues]]  # what is compared, the left side, the right side

HOMOGENEOUS = tuple(name for name in ACTIVATIONS if name in DEFINITIONS and DEFINITIONS[name].is_homogeneous)
ODD = tuple(name for name in ACTIVATIONS if name in DEFINITIONS and DEFINITIONS[name].is_odd)


@dataclass(frozen=True)
class Violation:
    """Where a property fails: the two sides of its equation, and how far apart rounding may bring them."""

    property: str
    quantity: str
    index: tuple[int, ...]
    left: float
    right: float
    budget: float
    message: str
    is_no_gradient: bool = False  # what came had no sides to compare


@dataclass(frozen=True)
class Property:
    """Something that every right gradient has.

    ``sides`` yields what is compared and both sides of the equation; ``applies`` tells for which networks it holds.
    ``free_targets`` says that it asks for targets of its own, which a function that takes labels cannot be given.
    """

    name: str
    statement: str
    equation: str
    applies: Callable[[NetworkSpec], bool]
    sides: Callable[[Subject], Sides]
    free_targets: bool = False

    def violation(
        self, gradient: Gradient, spec: NetworkSpec, params: dict[str, Array], x: Array, y: Array
    ) -> Violation | None:
        """The first violation at a point, None where the property holds: the sides differ by no more than their rounding.

        ``gradient(params, x, y)`` returns arrays by key, as params.
        """
        return self.violated_by(Subject(gradient, spec, Point(params, x, y)))

    def violated_by(self, subject: Subject) -> Violation | None:
        """The first violation by a subject, whose answers are kept for the next property."""
        return next(self.violations(subject), None)

    def violations(self, subject: Subject) -> Iterator[Violation]:
        """Every quantity whose sides differ, each at its worst entry; what is no gradient at all violates, too."""
        try:
            for quantity, left, right in self.sides(subject):
                if found := self._compared(quantity, left, right):
                    yield found
        except BadClaim as error:
            yield Violation(self.name, "", (), np.nan, np.nan, np.nan, told_by(error), is_no_gradient=True)

    def _compared(self, quantity: str, left: BoundedValues, right: BoundedValues) -> Violation | None:
        apart, allowed = np.abs(left.value - right.value), left.error + right.error
        if (apart <= allowed).all():  # False for NaN
            return None
        place = int(np.argmax(np.where(apart <= allowed, -1.0, apart - allowed)))
        index = tuple(int(i) for i in np.unravel_index(place, apart.shape))
        name = Sentence("properties.entry", quantity=quantity, index=", ".join(map(str, index))) if index else quantity
        one, other, budget = float(left.value[index]), float(right.value[index]), float(allowed[index])
        message = Sentence("properties.sides", name=name, left=one, right=other, budget=budget)
        return Violation(self.name, quantity, index, one, other, budget, message)


def _each_quantity(left: dict[str, BoundedValues], right: dict[str, BoundedValues]) -> Sides:
    for key in left:
        yield f"d{key}", left[key], right[key]


# The batch


def _mean_of_examples(s: Subject) -> Sides:
    """``g(batch) = 1/m sum_i g(example i)``: the cost is a mean over the examples, and so is its gradient."""
    m = len(s.point.x)
    for key, batch in s.data.items():
        values = [alone[key] for alone in s.each_example]
        stacked = BoundedValues(np.stack([v.value for v in values]), np.stack([v.error for v in values]))
        yield f"d{key}", batch, stacked.sum(0) * (1 / m)


def _permuted_batch(s: Subject) -> Sides:
    """``g(P x, P y) = g(x, y)``: a mean knows no order."""
    point = replace(s.point, x=np.roll(s.point.x, 1, axis=0), y=np.roll(s.point.y, 1, axis=0))
    return _each_quantity(s.asked(point, {key: g.error for key, g in s.here.items()}), s.here)


def _duplicated_example(s: Subject) -> Sides:
    """``(m + 1) g(batch and example 0 again) = m g(batch) + g(example 0)``: m times the gradient is a sum over examples."""
    m = len(s.point.x)
    twice = np.array([*range(m), 0])
    point = replace(s.point, x=s.point.x[twice], y=s.point.y[twice])
    longer, first = s.data_at(point), s.each_example[0]
    for key, batch in s.data.items():
        yield f"d{key}", longer[key] * (m + 1), batch * m + first[key]


# Symmetries of the parameters: (Hecht-Nielsen 1990; Sussmann 1992) another point, the same function.


def _permuted_units(s: Subject) -> Sides:
    """With unit j of a hidden layer renamed to j + 1, rows of W_l, b_l and columns of W_{l+1} move, and so does g.

    Layer by layer: where both sides of a square W are renamed alike, its transpose would move in the same way.
    """
    for layer in range(1, s.spec.L):
        here = {key: (g.value, g.error) for key, g in s.here.items()}
        point = replace(s.point, params={key: _rolled(key, layer, value) for key, value in s.point.params.items()})
        moved = {key: BoundedValues(_rolled(key, layer, g), _rolled(key, layer, error)) for key, (g, error) in here.items()}
        yield from _each_quantity(s.asked(point, {key: g.error for key, g in moved.items()}), moved)


def _rolled(key: str, layer: int, values: Array) -> Array:
    if key in (f"W{layer}", f"b{layer}"):
        return np.roll(values, 1, axis=0)
    return np.roll(values, 1, axis=1) if key == f"W{layer + 1}" else values


def _flipped_signs(s: Subject) -> Sides:
    """With every other unit of a tanh layer negated, W_l[j], b_l[j], W_{l+1}[:, j] change sign, and so does g there.

    ``tanh(-z) = -tanh(z)``, Sussmann 1992: the minus signs before and after the unit cancel.
    """
    for layer in range(1, s.spec.L):
        if s.spec.activations[layer - 1] in ODD:
            signs = {key: _signs(key, layer, value) for key, value in s.point.params.items()}
            point = replace(s.point, params={key: signs[key] * value for key, value in s.point.params.items()})
            flipped = {key: BoundedValues(signs[key] * g.value, g.error) for key, g in s.here.items()}
            yield from _each_quantity(s.asked(point, {key: g.error for key, g in s.here.items()}), flipped)


def _signs(key: str, layer: int, values: Array) -> Array:
    signs = np.ones_like(values)
    if key in (f"W{layer}", f"b{layer}"):
        signs[::2] = -1
    elif key == f"W{layer + 1}":
        signs[:, ::2] = -1
    return signs


def _balanced_layers(s: Subject) -> Sides:
    """``sum_i W_l[j, i] dW_l[j, i] + b_l[j] db_l[j] = sum_k W_{l+1}[k, j] dW_{l+1}[k, j]`` for each unit j of the layer.

    Scaling what enters a relu unit by c and what leaves it by 1/c changes nothing: both sides are the batch's sum of
    delta_j z_j (Du, Hu and Lee 2018, theorem 2.1). Without biases and summed over the units, ``sum W_l * dW_l`` is the
    same in every layer.
    """
    for layer in range(1, s.spec.L):
        if s.spec.activations[layer - 1] in HOMOGENEOUS:
            p, g = s.point.params, s.data
            incoming = (g[f"W{layer}"] * p[f"W{layer}"]).sum(1)
            if s.spec.has_biases:
                incoming = incoming + g[f"b{layer}"] * p[f"b{layer}"]
            outgoing = (g[f"W{layer + 1}"] * p[f"W{layer + 1}"]).sum(0)
            yield Sentence("properties.unit", layer=layer), incoming, outgoing


# What one input, one output, one target must give


def _constant_input(s: Subject) -> Sides:
    """``dC/db_1 = dC/dW_1[:, 0]`` where x_0 = 1 in every example: a bias is a weight on a constant input of one."""
    x = s.point.x.copy()
    x[:, 0] = 1
    data = s.data_at(Point(kink_free(s.spec, dict(s.point.params), x), x, s.point.y))
    yield "db1", data["b1"], data["W1"][:, 0]


def _softmax_shift(s: Subject) -> Sides:
    """``sum_k db_L[k] = 0`` and ``sum_k dW_L[k, i] = 0``: softmax does not change when all z_k grow by the same.

    That is, each row of delta_L sums to zero (Bishop 2006, section 4.3.4: the sum over k of da_k/dz_j is zero).
    """
    data, top = s.data, s.spec.L
    if s.spec.has_biases:
        yield Sentence("properties.sum-of", name=f"db{top}"), data[f"b{top}"].sum(0), exactly(0.0)
    yield Sentence("properties.column-sums-of", name=f"dW{top}"), data[f"W{top}"].sum(0), exactly(np.zeros(s.spec.sizes[-2]))


def _no_error(s: Subject) -> Sides:
    """``g = 0`` where ``y = a_L``: at its targets the cost has its minimum, and nothing is to be corrected."""
    point = replace(s.point, y=forward(s.spec, s.point.params, s.point.x))
    for key, g in s.data_at(point).items():
        yield f"d{key}", g, exactly(np.zeros_like(g.value))


# The cost


def _downhill(s: Subject) -> Sides:
    """``C(p - h g) < C(p)`` for a small h: the gradient points uphill (Cauchy 1847)."""
    slope = slope_downhill(s)
    if slope is not None:
        yield "(C(p - h g) - C(p)) / h", exactly(slope), exactly(min(slope, 0.0))


def _second_order(s: Subject) -> Sides:
    """``C(p + h v) - C(p) - h g.v = O(h^2)``: its linear part, ``(grad C - g).v``, is the rounding of g."""
    yield Sentence("properties.linear-part"), remainders(s).linear, exactly(0.0)


def _always(_: NetworkSpec) -> bool:
    return True


def _has_hidden(*names: str) -> Callable[[NetworkSpec], bool]:
    return lambda spec: any(name in names for name in spec.activations[:-1])


PROPERTIES: tuple[Property, ...] = (
    Property(
        "mean-of-examples",
        Sentence("properties.mean-of-examples"),
        "g(batch) = 1/m sum_i g(example i)",
        _always,
        _mean_of_examples,
    ),
    Property(
        "permuted-batch",
        Sentence("properties.permuted-batch"),
        "g(P x, P y) = g(x, y)",
        _always,
        _permuted_batch,
    ),
    Property(
        "duplicated-example",
        Sentence("properties.duplicated-example"),
        "(m + 1) g(batch, example) = m g(batch) + g(example)",
        _always,
        _duplicated_example,
    ),
    Property(
        "permuted-units",
        Sentence("properties.permuted-units"),
        "g(P W_l, P b_l, W_{l+1} P^T) = (P dW_l, P db_l, dW_{l+1} P^T)",
        lambda spec: max(spec.sizes[1:-1], default=1) > 1,
        _permuted_units,
    ),
    Property(
        "sign-symmetry",
        Sentence("properties.sign-symmetry"),
        "g(S W_l, S b_l, W_{l+1} S) = (S dW_l, S db_l, dW_{l+1} S), S = diag(+-1)",
        _has_hidden(*ODD),
        _flipped_signs,
    ),
    Property(
        "positive-homogeneity",
        Sentence("properties.positive-homogeneity"),
        Sentence("properties.equation-unit-by-unit", equation="sum_i W_l dW_l + b_l db_l = sum_k W_{l+1} dW_{l+1}"),
        _has_hidden(*HOMOGENEOUS),
        _balanced_layers,
    ),
    Property(
        "constant-input",
        Sentence("properties.constant-input"),
        Sentence("properties.equation-where", equation="dC/db_1 = dC/dW_1[:, 0]", condition="x_0 = 1"),
        lambda spec: spec.has_biases,
        _constant_input,
    ),
    Property(
        "softmax-shift",
        Sentence("properties.softmax-shift"),
        "sum_k db_L[k] = 0, sum_k dW_L[k, i] = 0",
        lambda spec: spec.activations[-1] == "softmax",
        _softmax_shift,
    ),
    Property(
        "zero-error",
        Sentence("properties.zero-error"),
        Sentence("properties.equation-where", equation="g = 0", condition="y = a_L"),
        lambda spec: (spec.activations[-1], spec.cost) != ("sigmoid", "cross_entropy"),
        _no_error,
        free_targets=True,
    ),
    Property(
        "downhill",
        Sentence("properties.downhill"),
        "C(p - h g) < C(p)",
        _always,
        _downhill,
    ),
    Property(
        "taylor",
        Sentence("properties.taylor"),
        "C(p + h v) - C(p) - h g.v = O(h^2)",
        _always,
        _second_order,
    ),
)


def applicable(spec: NetworkSpec) -> tuple[Property, ...]:
    """The properties that a right gradient of this network has."""
    return tuple(row for row in PROPERTIES if row.applies(spec))
