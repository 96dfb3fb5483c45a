"""A network's derivation as data: every statement with its rule and what it depends on, from which all reports are written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any

import sympy as sp

from reference_nets.spec import NetworkSpec
from reports.document import Document, Math
from symbolic.derivation.general_rules import general_rule, rules_of
from symbolic.derivation.proof import Progress, Proof, prove
from symbolic.formulas.formula import Line, Sum
from symbolic.formulas.latex import formula_latex, line_latex
from symbolic.formulas.teaching_order import formula_of, name_of
from symbolic.formulas.text import formula_text
from symbolic.programs.compiled import Gradient, closed_form
from symbolic.programs.on_demand import program_on_demand
from symbolic.programs.statements import Program, Statement, entry

if TYPE_CHECKING:
    from symbolic.report.options import Options


LISTED = 30_000  # parameters up to which the JSON report has every step: half a millisecond and 500 bytes each


@dataclass(frozen=True)
class Step:
    """One statement of the derivation: ``name = expression`` by a rule, from the quantities that it depends on.

    ``rule`` is affine, activation, cost, l2-cost, BP1, BP2, BP3, BP4 or l2; ``line`` is what is printed.
    """

    name: str
    expression: sp.Expr
    rule: str
    layer: int
    index: tuple[int, ...]
    depends_on: tuple[str, ...]

    @cached_property
    def line(self) -> Line:
        """``symbol = formula`` in teaching order."""
        return Line(name_of(self.name), (formula_of(self.expression),))

    @property
    def latex(self) -> str:
        """The line in LaTeX."""
        return line_latex(self.line, width=10**9)

    @property
    def text(self) -> str:
        """The line in Unicode."""
        return f"{formula_text(self.line.left)} = {formula_text(self.line.rights[0])}"

    def to_dict(self) -> dict[str, Any]:
        """What the JSON report says of the step; ``srepr`` rebuilds the expression in SymPy."""
        return {
            "name": self.name,
            "rule": self.rule,
            "layer": self.layer,
            "index": list(self.index),
            "depends_on": list(self.depends_on),
            "text": self.text,
            "latex": self.latex,
            "srepr": sp.srepr(self.expression, order="none"),  # in its own order: sorting hundreds of terms takes long
        }


@dataclass(frozen=True)
class Derivation:
    """Every step from the inputs to the cost and back to each partial derivative, in order."""

    program: Program

    @property
    def spec(self) -> NetworkSpec:
        """The network."""
        return self.program.spec

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """All steps, each in terms of earlier ones only."""
        return tuple(map(_step, self.program.statements))

    @cached_property
    def _made(self) -> dict[str, Step]:
        return {}

    def step(self, name: str, *index: int) -> Step:
        """The step of a name: ``step("dW1", 0, 2)`` or ``step("dW1_0_2")``; raises KeyError for what is none."""
        wanted = entry(name, *index)
        if wanted not in self._made:
            statement = self.program.by_name.get(wanted)
            if statement is None:
                some = ", ".join(entry("z1", j) for j in range(min(self.spec.sizes[1], 3)))
                raise KeyError(f"{self.spec} has no step {wanted!r}, expected one such as {some} or C")
            self._made[wanted] = _step(statement)
        return self._made[wanted]

    def derivative(self, key: str, index: tuple[int, ...]) -> Line:
        """``dC/dW = sum delta a (+ lambda W)``: the two statements of a network with l2 put together."""
        step = self.step(f"d{key}", *index)
        whole = step.line.rights[0]
        if step.rule != "l2" or not isinstance(whole, Sum):
            return step.line
        data = self.step(f"g{key}", *index).line.rights[0]
        return Line(step.line.left, (Sum((data, *whole.terms[1:])),))

    def behind(self, name: str) -> Iterator[Step]:
        """Every step that a quantity rests on, itself last: what must be right for it to be right."""
        wanted = {name}
        for step in reversed(self.steps):
            if step.name in wanted:
                wanted.update(step.depends_on)
        return (step for step in self.steps if step.name in wanted)

    def rule(self, rule: str, layer: int) -> Line:
        """A rule for one layer, with letters for the units: what a diagnosis quotes as the right formula."""
        return general_rule(self.program, rule, layer)

    def quote(self, rule: str, layer: int) -> Math:
        """A rule for one layer as a formula within a sentence: *the right formula is ...*.

        >>> derive("2-3-1").quote("BP4", 2).text
        '∂C/∂W²ⱼᵢ = Σₑ δ²ⱼ a¹ᵢ'
        """
        line = self.rule(rule, layer)
        sides = [line.left, line.rights[-1]]
        return Math(" = ".join(map(formula_latex, sides)), " = ".join(map(formula_text, sides)))

    def closed_form(self) -> Gradient:
        """The compiled partial derivatives: a function of (params, x, y)."""
        return closed_form(self.spec)

    def proof(self, *, progress: Progress | None = None) -> Proof:
        """Whether the recursion is the derivative of the cost, proven or refuted; worked out once."""
        if "_proof" not in self.__dict__:
            self.__dict__["_proof"] = prove(self.program, progress=progress)
        proof: Proof = self.__dict__["_proof"]
        return proof

    def report(self, options: Options | None = None, **settings: Any) -> Document:
        """The derivation as a document; settings are those of `Options`: language, level, weight, expand, point, ..."""
        from symbolic.report.document import derivation_report
        from symbolic.report.options import Options

        return derivation_report(self, options or Options(**settings))

    def to_dict(self, *, progress: Progress | None = None) -> dict[str, Any]:
        """The steps as data; of a network beyond `LISTED` those of the first and last units, and how many are left out."""
        spec, total = self.spec, len(self.program.statements)
        names = _shown_names(self.program) if spec.n_params > LISTED else [s.name for s in self.program.statements]
        steps = []
        for number, name in enumerate(names):
            if progress and number % 100 == 0:
                progress(number, len(names))
            steps.append(self.step(name).to_dict())
        left_out = {"steps_left_out": total - len(steps)} if len(steps) < total else {}
        return {
            "network": str(spec),
            "sizes": list(spec.sizes),
            "activations": list(spec.activations),
            "cost": spec.cost,
            "l2": spec.l2,
            "l2_on_biases": spec.l2_on_biases,
            "biases": spec.has_biases,
            "steps": steps,
            **left_out,
        }

    def _repr_html_(self) -> str:
        from reports.formats.html import fragment

        return fragment(self.report(level="brief"))

    def _repr_latex_(self) -> str:
        rules = [
            self.rule(rule, layer)
            for layer in reversed(self.spec.layers)
            for rule in rules_of(self.spec, layer)
        ]
        rows = r" \\ ".join(f"{formula_latex(line.left)} &= {formula_latex(line.rights[-1])}" for line in rules)
        return rf"$$\begin{{aligned}} {rows} \end{{aligned}}$$"


def derive(spec: NetworkSpec | str) -> Derivation:
    """The derivation of a network, by its spec or its notation.

    >>> derivation = derive("2-3-1")
    >>> print(derivation.step("delta1", 0).text)
    δ¹₁ = W²₁₁ δ²₁ σ′(z¹₁)
    >>> derivation.step("delta1", 0).depends_on
    ('W2_0_0', 'delta2_0', 'z1_0')
    """
    return Derivation(program_on_demand(NetworkSpec.parse(spec) if isinstance(spec, str) else spec))


def _shown_names(program: Program) -> list[str]:
    """The names of the first two and the last units of each layer, in the order of the statements."""
    spec = program.spec

    def ends(layer: int) -> list[int]:
        return sorted({0, 1, spec.sizes[layer] - 1} & set(range(spec.sizes[layer])))

    names = [entry(f"{q}{layer}", j) for layer in spec.layers for q in "za" for j in ends(layer)]
    names += [name for name in ("c", "C") if name in program.by_name]
    names += [s.name for s in program.output_error if not s.index or s.index[0] in ends(spec.L)]
    for layer in reversed(spec.layers):
        if layer < spec.L:
            names += [entry(f"delta{layer}", j) for j in ends(layer)]
        for key in (f"b{layer}", f"W{layer}") if spec.has_biases else (f"W{layer}",):
            kinds = "gd" if key in spec.regularised else "d"
            indices = product(*(ends(layer - axis) for axis in range(len(spec.shapes[key]))))
            names += [entry(f"{kind}{key}", *index) for index in indices for kind in kinds]
    return names


def _step(statement: Statement) -> Step:
    names = tuple(sorted(symbol.name for symbol in statement.rhs.free_symbols))
    return Step(statement.name, statement.rhs, statement.rule, statement.layer, statement.index, names)
