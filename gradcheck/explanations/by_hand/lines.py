"""The calculation line by line: forward, the cost, the deltas and the gradients from the output back, beside the code's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from gradcheck.explanations.by_hand.case import CalculationLine, LineAgreement
from gradcheck.explanations.by_hand.same_mistake import is_alike
from gradcheck.explanations.by_hand.written import Writing, index_text, plain_shape
from reference_nets.activations import Array
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec
from symbolic.derivation.general_rules import cost_in_general, general_rule, matrix_rule, penalty_in_general
from symbolic.formulas.formula import AVERAGE, Formula, Negative, Number, OverBatch, Partial, Sum, product
from symbolic.formulas.walk import parts
from symbolic.programs.statements import entry
from symbolic.report.derivation import Derivation, derive
from symbolic.report.options import Values
from symbolic.report.point_values import AtPoint
from symbolic.report.worked_lines import worked_formula

LONGEST = 110  # of a cost with its numbers
FEW = 4  # weights that a penalty is written out for, one by one
RULES = {"z": "affine", "a": "activation", "delta": "BP2", "db": "BP3", "dW": "BP4"}


@dataclass(frozen=True)
class CodeNumbers:
    """What is known of the code's own numbers: quantities by our names, and how the code calls them."""

    values: Mapping[str, Array]
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class EntryPlace:
    """One entry of a gradient: W1[0, 1]."""

    key: str
    index: tuple[int, ...]


@dataclass(frozen=True)
class _Formula:
    """A formula in names, and with the numbers put in where that says more."""

    general: str
    numbers: str = ""

    @property
    def whole(self) -> str:
        return f"{self.general} = {self.numbers}" if self.numbers else self.general


class Calculation:
    """A small network worked out at a point, one quantity a line."""

    def __init__(self, spec: NetworkSpec, point: Point, own: CodeNumbers) -> None:
        self.spec, self.m, self.own = spec, len(point.x), own
        self.derivation: Derivation = derive(spec)
        self.at = AtPoint(self.derivation.program, Values(point.params, point.x, point.y))
        self.gradient = self.at.gradient()
        self.writing = Writing(spec, self.m, own.names)

    def rows(self, wrong: EntryPlace) -> tuple[CalculationLine, ...]:
        """All lines; under a quantity of several entries the wrong one has a line of its own, with its numbers."""
        found = []
        for layer in self.spec.layers:
            found += [self._line("z", layer), self._line("a", layer)]
        found.append(self._cost())
        for layer in reversed(self.spec.layers):
            for quantity in ("delta", "db", "dW") if self.spec.has_biases else ("delta", "dW"):
                found += [self._line(quantity, layer), *self._wrong_entry(quantity, layer, wrong)]
        return tuple(_compared(found))

    def value(self, quantity: str, layer: int) -> Array:
        """A quantity at the point: (m, n) of a layer, or the shape of its parameter."""
        if quantity in ("dW", "db"):
            return self.gradient[f"{quantity[1]}{layer}"]
        units = range(self.spec.sizes[layer])
        return np.array([[self.at.number(entry(f"{quantity}{layer}", j), e) for j in units] for e in range(self.m)])

    def _line(self, quantity: str, layer: int) -> CalculationLine:
        """A quantity of one entry with its numbers; of several by the rule for the whole layer."""
        single = self.spec.sizes[layer] == 1 and (quantity != "dW" or self.spec.sizes[layer - 1] == 1)
        name = f"{quantity}{layer}"
        if single:
            formula = self._worked(quantity, layer, (0, 0) if quantity == "dW" else (0,))
        else:
            formula = _Formula(self.writing.text(self._rule(quantity, layer)))
        return self._row(name, formula, self.value(quantity, layer), self.own.values.get(name))

    def _row(self, name: str, formula: _Formula, right: Array, yours: Array | None) -> CalculationLine:
        own = None if yours is None else plain_shape(yours)
        written = (formula.whole, formula.numbers or formula.general)
        return CalculationLine(name, self.writing.name(name), *written, plain_shape(right), own, LineAgreement.UNKNOWN)

    def _worked(self, quantity: str, layer: int, index: tuple[int, ...]) -> _Formula:
        """The formula of one entry; and with the numbers in it where they are those of one example, or added up."""
        formula = worked_formula(self.derivation, entry(f"{quantity}{layer}", *index)).rights[0]
        return self._with_numbers(formula, self.m == 1 or quantity in ("dW", "db"))

    def _with_numbers(self, formula: Formula, wanted: bool) -> _Formula:
        text, inserted = self.writing.text(formula), self.at.inserted(formula)
        alone = isinstance(inserted.body if isinstance(inserted, Negative) else inserted, Number)
        return _Formula(text, self.writing.numbers(inserted) if wanted and not alone else "")

    def _rule(self, quantity: str, layer: int) -> Formula:
        """The rule for a layer as one formula of whole arrays."""
        program = self.derivation.program
        if quantity != "delta" or layer < self.spec.L:
            return matrix_rule(program, RULES[quantity], layer).rights[0]
        formula = general_rule(program, "BP1", layer).rights[-1]  # for unit j, which whole arrays are written like
        return matrix_rule(program, "BP1", layer).rights[0] if _has_partial(formula) else formula

    def _wrong_entry(self, quantity: str, layer: int, wrong: EntryPlace) -> Iterator[CalculationLine]:
        """The line of the wrong entry, or of the delta that it rests on."""
        name, value = f"{quantity}{layer}", self.value(quantity, layer)
        if layer != int(wrong.key[1:]) or quantity not in ("delta", "dW") or (quantity, wrong.key[0]) == ("dW", "b"):
            return
        index = wrong.index[:1] if quantity == "delta" else wrong.index
        shape = value.shape[1:] if quantity == "delta" else value.shape
        if not index_text(shape, index) or (quantity == "delta" and self.m > 1):
            return
        yours = self.own.values.get(name)
        at = (0, *index) if quantity == "delta" else index
        row = self._row(name, self._worked(quantity, layer, index), value[at], None if yours is None else yours[at])
        entry_index = index_text(shape, index)
        yield replace(row, key=row.key + entry_index, name=row.name + entry_index)

    def _cost(self) -> CalculationLine:
        """The cost of the example, or the average over them, with the penalty."""
        program, few = self.derivation.program, self.spec.sizes[-1] <= 2
        data = self.derivation.step("c").line.rights[0] if few else cost_in_general(program).rights[0]
        formula = product(AVERAGE, OverBatch(data)) if self.m > 1 else data
        if self.spec.l2:
            weights = sum(self.gradient[f"W{layer}"].size for layer in self.spec.layers)
            few = few and weights <= FEW
            penalty = self.derivation.step("R").line if weights <= FEW else penalty_in_general(program)
            formula = Sum((formula, penalty.rights[0]))
        written = self._with_numbers(formula, True) if few else _Formula(self.writing.text(formula))
        written = written if len(written.whole) <= LONGEST else _Formula(written.general)
        return self._row("C", written, np.array(self.at.cost), self.own.values.get("C"))


def _has_partial(formula: Formula) -> bool:
    return isinstance(formula, Partial) or any(map(_has_partial, parts(formula)))


def _compared(rows: list[CalculationLine]) -> Iterator[CalculationLine]:
    """Each line beside the code's own; the first that differs is marked."""
    found_one = False
    for row in rows:
        if row.yours is None:
            yield row
        elif is_alike(row.right, row.yours):
            yield replace(row, compared=LineAgreement.SAME)
        else:
            yield replace(row, compared=LineAgreement.DIFFERENT if found_one else LineAgreement.FIRST)
            found_one = True
