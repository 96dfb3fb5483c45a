"""The chain rule along every path from one parameter to the cost, and the factor that they share: delta."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise
from math import prod

from reference_nets.spec import NetworkSpec, quantity_of
from symbolic.derivation.local_derivatives import link
from symbolic.formulas.formula import Formula, Line, Name, OverBatch, Partial, Product, product, total
from symbolic.formulas.teaching_order import formula_of, name_of
from symbolic.programs.statements import Program, entry


@dataclass(frozen=True)
class Path:
    """The names from a parameter to C, and ``chain = values``: the links as derivatives, and what they are."""

    names: tuple[str, ...]
    line: Line

    @property
    def value(self) -> Formula:
        """The product of the links."""
        return self.line.rights[-1]


def path_count(program: Program, parameter: str) -> int:
    """How many paths lead from a parameter to the cost of one example, counted without walking them.

    One unit of its own layer, then every unit of each layer after it; a softmax reaches every output from each.
    """
    spec, layer = program.spec, quantity_of(parameter).layer
    count = prod(spec.sizes[layer + 1 :])
    return count * spec.sizes[-1] if spec.activations[-1] == "softmax" else count


def paths(program: Program, parameter: str, most: int) -> list[Path]:
    """The first so many paths, in the order of the units."""
    return [_path(program, names) for names in islice(_walk(program, (parameter,)), most)]


def _walk(program: Program, names: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if names[-1] == "c":
        yield (*names, "C")
        return
    for user in _users(program.spec, names[-1]):
        yield from _walk(program, (*names, user))


def _users(spec: NetworkSpec, name: str) -> list[str]:
    """The names of the forward pass that use this one: a parameter its own unit, an output the whole layer above."""
    letter, layer, (unit, *_) = quantity_of(name)
    if letter in "Wb":
        return [entry(f"z{layer}", unit)]
    if letter == "z":
        every = layer == spec.L and spec.activations[-1] == "softmax"
        return [entry(f"a{layer}", k) for k in (range(spec.sizes[-1]) if every else [unit])]
    return ["c"] if layer == spec.L else [entry(f"z{layer + 1}", k) for k in range(spec.sizes[layer + 1])]


def _path(program: Program, names: tuple[str, ...]) -> Path:
    """``dC/dc . dc/da . ... . dz/dW``, from the cost back to the parameter, and the same with the links worked out."""
    steps = list(pairwise(reversed(names)))
    chain = Product(tuple(Partial(name_of(of), name_of(by)) for of, by in steps), dotted=True)
    values = Product(tuple(formula_of(link(program, of, by)) for of, by in steps), dotted=True)
    return Path(names, Line(chain, (_without_ones(values),)))


def _without_ones(formula: Product) -> Formula:
    kept = tuple(factor for factor in formula.factors if factor != product())
    return Product(kept, dotted=True) if len(kept) > 1 else kept[0] if kept else product()


def factored(program: Program, quantity: str, layer: int, index: tuple[int, ...], found: list[Path]) -> list[Line]:
    """The sum over all paths, with what they share taken out; the same under the name delta; and delta itself."""
    left = Partial(Name("C"), Name(quantity, layer, index))
    shared = _shared(found)
    rest = [_links(program, path.names[shared:]) for path in found]
    common = _links(program, found[0].names[: shared + 1])
    delta = Name("delta", layer, (index[0],))
    last = formula_of(link(program, entry(f"z{layer}", index[0]), entry(f"{quantity}{layer}", *index)))
    slopes = _links(program, found[0].names[1 : shared + 1])
    is_regular = f"{quantity}{layer}" in program.spec.regularised
    regular = [product(Name("lam"), Name(quantity, layer, index))] if is_regular else []
    lines = [Line(left, (total([OverBatch(_joined(total(rest), common)), *regular]),))]
    lines.append(Line(delta, (_joined(total(rest), slopes),)))
    return [*lines, Line(left, (total([OverBatch(product(delta, last)), *regular]),))]


def _shared(found: list[Path]) -> int:
    """How many links from the parameter on are the same on all paths; of a single path, those of its own layer."""
    if len(found) == 1:
        return 2 if found[0].names[2].startswith("a") else 1
    columns = zip(*(path.names for path in found), strict=False)
    return next(n for n, column in enumerate(columns) if len(set(column)) > 1) - 1


def _links(program: Program, names: tuple[str, ...]) -> Formula:
    """The product of the links between names, from the cost's end back; 1 where there are none."""
    values = Product(tuple(formula_of(link(program, of, by)) for of, by in pairwise(reversed(names))), dotted=True)
    return _without_ones(values)


def _joined(front: Formula, back: Formula) -> Formula:
    """Two dotted products as one."""
    factors = [*_factors(front), *_factors(back)]
    kept = [factor for factor in factors if factor != product()]
    return Product(tuple(kept), dotted=True) if len(kept) > 1 else kept[0] if kept else product()


def _factors(formula: Formula) -> tuple[Formula, ...]:
    return formula.factors if isinstance(formula, Product) and formula.dotted else (formula,)
