"""A rule applied to Scalars: the enclosed value, and one more node of the tape where there is one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradcheck.certified.numbers.choices import Split
from gradcheck.certified.numbers.constants import opened
from gradcheck.certified.numbers.elementary import RULES, Rule
from gradcheck.certified.numbers.nodes import CONSTANT, DERIVED
from gradcheck.certified.numbers.registry import ELEMENTWISE
from gradcheck.certified.numbers.run_state import active
from gradcheck.certified.numbers.scalars import Scalar
from symbolic.balls import Ball, magnitude, widened

# Where a small constant keeps something finite: the places of the operands that may not be 0.
GUARDED = {"log": (0,), "log2": (0,), "log10": (0,), "sqrt": (0,), "reciprocal": (0,), "divide": (1,), "power": (0,)}


def rounded(ball: Any, ulps: float) -> Any:
    """The ball widened by the rounding error of one operation, where the run counts those; infinity and 0 are exact."""
    if ball.is_exact() and (ball.is_zero() or not ball.is_finite()):
        return ball
    return widened(ball, active.unit * ulps * magnitude(ball) + active.tiny)


def apply1(rule: Rule, a: Scalar) -> Scalar:
    """One more node, or a constant."""
    return _guarded(rule, a) if active.small else _applied1(rule, a, a.ball)


def _applied1(rule: Rule, a: Scalar, x: Any) -> Scalar:
    y = rule.value(x)
    if active.unit:
        y = rounded(y, rule.ulps)
    if a.node < 0:
        return Scalar(y)
    tape = active.tape
    if tape is None:
        return Scalar(y, DERIVED)
    slope = rule.slopes[0]
    tape.parents.append(a.node)
    tape.partials.append(slope(x, y) if slope else None)
    return Scalar(y, tape.close())


def apply2(rule: Rule, a: Scalar, b: Scalar) -> Scalar:
    """One more node with up to two edges, or a constant."""
    return _guarded(rule, a, b) if active.small else _applied2(rule, a, b, a.ball, b.ball)


def _applied2(rule: Rule, a: Scalar, b: Scalar, x: Any, z: Any) -> Scalar:
    y = rule.value(x, z)
    if active.unit:
        y = rounded(y, rule.ulps)
    if a.node < 0 and b.node < 0:
        return Scalar(y)
    tape = active.tape
    if tape is None:
        return Scalar(y, DERIVED)
    for operand, slope in zip((a, b), rule.slopes, strict=True):
        if operand.node >= 0:
            tape.parents.append(operand.node)
            tape.partials.append(slope(x, z, y) if slope else None)
    return Scalar(y, tape.close())


def _guarded(rule: Rule, *operands: Scalar) -> Scalar:
    """The same where a small constant that is added to a variable stands for anything between nothing and itself.

    It does so from the logarithm, root or quotient on that the sum keeps finite; a sum that is only handed on, or is the
    result, holds the constant itself. Until then what the opened sum would give waits beside each value made of it.
    """
    waiting = [_waiting(rule, operand, operands) for operand in operands]
    balls = [operand.ball for operand in operands]
    for place in GUARDED.get(rule.name, ()):
        if waiting[place] is not None:
            balls[place], waiting[place] = waiting[place], None
    result = _applied1(rule, *operands, *balls) if len(operands) == 1 else _applied2(rule, *operands, *balls)
    if any(ball is not None for ball in waiting):
        wide = rule.value(*(ball if other is None else other for ball, other in zip(balls, waiting, strict=True)))
        active.waiting[id(result)] = result, wide  # which keeps its id from being used again
    return result


def _waiting(rule: Rule, operand: Scalar, operands: tuple[Scalar, ...]) -> Any:
    """The ball that waits beside an operand, or that a small constant opens in a sum with a variable; None if neither."""
    if (known := active.waiting.get(id(operand))) is not None:
        return known[1]
    added = rule.name in ("add", "subtract") and any(other.node != CONSTANT for other in operands)
    return opened(operand, near=(0,)) if added else None


def subtract(a: Scalar, b: Scalar) -> Scalar:
    """``a - b``; a number minus itself is 0, whatever it depends on."""
    same = a is b or (a.node == b.node and a.node > DERIVED)
    return Scalar(Ball(0)) if same and a.ball.is_finite() else apply2(RULES["subtract"], a, b)


def root(a: Scalar) -> Scalar:
    """``sqrt(a)``; at 0 it has no slope, and the tape keeps that apart until it is known whether anything depends on it."""
    if active.tape is None or a.node < 0:
        return apply1(RULES["sqrt"], a)
    found = Scalar(Ball(0), active.tape.close_cusp(a.node)) if a.ball.is_zero() else apply1(RULES["sqrt"], a)
    active.tape.roots.append((found.node, found.ball))
    return found


def length(a: Scalar, b: Scalar) -> Scalar:
    """``sqrt(a^2 + b^2)``."""
    if a.ball.is_zero() and b.ball.is_zero():
        square = RULES["square"]
        return root(apply2(RULES["add"], apply1(square, a), apply1(square, b)))
    return apply2(RULES["hypot"], a, b)


def node_of(ball: Any, edges: list[tuple[Scalar, Any]]) -> Scalar:
    """A Scalar with the given value and the given parents and partials; constants among the parents are dropped."""
    kept = [(parent, partial) for parent, partial in edges if parent.node >= 0]
    if not kept:
        return Scalar(ball)
    tape = active.tape
    if tape is None:
        return Scalar(ball, DERIVED)
    for parent, partial in kept:
        tape.parents.append(parent.node)
        tape.partials.append(partial)
        tape.splits = tape.splits or isinstance(partial, Split)
    return Scalar(ball, tape.close())


def _unary(rule: Rule) -> Callable[..., Any]:
    return lambda a: apply1(rule, a)


def _binary(rule: Rule) -> Callable[..., Any]:
    return lambda a, b: apply2(rule, a, b)


ELEMENTWISE |= {name: (_unary if len(rule.slopes) == 1 else _binary)(rule) for name, rule in RULES.items()}
ELEMENTWISE |= {"subtract": subtract, "sqrt": root, "hypot": length}
_ALIASES = {
    "true_divide": "divide",
    "deg2rad": "radians",
    "rad2deg": "degrees",
    "digamma": "psi",
    "loggamma": "gammaln",
}
ELEMENTWISE |= {alias: ELEMENTWISE[name] for alias, name in _ALIASES.items()}
