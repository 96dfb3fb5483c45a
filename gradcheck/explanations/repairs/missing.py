"""A statement that is missing: it is added behind the line where it belongs."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradcheck.explanations.repairs.changes import counts
from gradcheck.explanations.repairs.statement import SourceStatement
from gradcheck.explanations.traced.first_wrong import Slip, Walk
from gradcheck.explanations.traced.quantities import Quantity, Role


def insertions(of: SourceStatement, current: Walk) -> Iterator[str]:
    """The statement with another one behind it, or before it where it returns."""
    for line in _lines(of, current):
        words = f"{of.indent}{line}"
        yield f"{words}\n{of.text}" if isinstance(of.node, ast.Return) else f"{of.text}\n{words}"


def _lines(of: SourceStatement, current: Walk) -> Iterator[str]:
    wrong = current.wrong[0]
    if wrong.slip is Slip.ZERO and wrong.quantity.role is Role.BIAS_GRADIENT:
        yield from _updated_bias(of, current, wrong.quantity.layer)
        yield from _bias(current, wrong.quantity.layer)
    if wrong.slip is Slip.MISSING:
        target = _target(of.node)
        name = of.segment(target) if isinstance(target, ast.Name) else None
        for other in of.atoms[:10] if name else ():
            yield f"{name}[{other} <= 0] = 0"
    if wrong.slip is Slip.FACTOR:
        target = _target(of.node)
        if target is not None and not isinstance(target, ast.Tuple):
            name = of.segment(target)
            base = name.partition("[")[0] if isinstance(of.node, ast.AugAssign) else name
            for count in [one for one in of.atoms if one in ("m", "N", "n")] or ["len(x)"]:
                yield f"{base} /= {count}"


def _target(node: ast.stmt) -> ast.expr | None:
    if isinstance(node, ast.Assign):
        return node.targets[0]
    return node.target if isinstance(node, ast.AugAssign) else None


RATES = ("learning_rate", "lr", "eta", "alpha", "step_size", "rate", "self.lr", "self.learning_rate", "self.eta")


def _updated_bias(of: SourceStatement, current: Walk, layer: int) -> Iterator[str]:
    """Of an update the step of the bias that was left out."""
    delta, rates = current.own(Quantity(Role.DELTA, layer)), [name for name in of.atoms if name in RATES]
    if delta is None or not rates:
        return
    fits = current.roles.by_quantity.get(Quantity(Role.BIAS, layer), ())
    names = dict.fromkeys(fit.name for fit in reversed(fits) if not fit.ones and fit.name.isidentifier())
    sums = [f"{delta.name}.sum({axis})" for axis in ("axis=0", "axis=1, keepdims=True", "axis=1")]
    for name in list(names)[:3]:
        for end in (*sums, *(f"{one} / {count}" for one in sums[:2] for count in counts(of)[:2])):
            yield f"{name} = {name} - {rates[0]} * {end}"


def _bias(current: Walk, layer: int) -> Iterator[str]:
    """The gradient of the bias from its delta, under the names that the code has for both."""
    delta = current.own(Quantity(Role.DELTA, layer))
    if delta is None:
        return
    names = [seen.name for seen in current.roles.seen if not seen.array.any() and seen.name.isidentifier()]
    own = f"db{layer}"
    names = sorted(dict.fromkeys((*names, own)), key=lambda name: (str(layer) not in name, "b" not in name))
    for name in names[:4]:
        for sign in ("=", "+="):
            for end in (f"{delta.name}.sum(axis=0)", f"{delta.name}.sum(axis=1, keepdims=True)", delta.name):
                yield f"{name} {sign} {end}"
