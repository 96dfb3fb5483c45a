"""Functions that compare: absolute value, maximum, where, sign, steps, powers; on Scalars."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradcheck.certified.code.reasons import refuse
from gradcheck.certified.numbers.choices import Open, Split
from gradcheck.certified.numbers.comparisons import compare, order
from gradcheck.certified.numbers.constants import opened
from gradcheck.certified.numbers.elementary import RULES, integer_power
from gradcheck.certified.numbers.operations import apply1, apply2, node_of, root, rounded
from gradcheck.certified.numbers.registry import ELEMENTWISE
from gradcheck.certified.numbers.run_state import active
from gradcheck.certified.numbers.scalars import ZERO, Scalar
from gradcheck.sentences.sentence import Sentence
from symbolic.balls import SIGN_INTERVAL, UNIT_INTERVAL, Ball

ONE = Scalar(Ball(1))


def choice(which: Open, if_true: Any, if_false: Any) -> Split:
    """A partial derivative that is one ball where the open truth value holds, another where it does not."""
    less, greater = (if_true, if_false) if which.if_less else (if_false, if_true)
    return Split(which.key, less, greater)


def either(condition: Any, a: Scalar, b: Scalar) -> Scalar:
    """``a if condition else b``; both at once for an open condition."""
    if not isinstance(condition, Open):
        return a if condition else b
    if a is b:
        return a
    yes, no = choice(condition, Ball(1), Ball(0)), choice(condition, Ball(0), Ball(1))
    return node_of(a.ball.union(b.ball), [(a, yes), (b, no)])


def truth_number(value: Any) -> Scalar:
    """0 or 1 for a truth value, the interval between for an open one."""
    return Scalar(UNIT_INTERVAL) if isinstance(value, Open) else (ONE if value else ZERO)


def _opened(a: Scalar) -> Scalar:
    """A bound that is a small constant of the code, where the run takes it for anything up to itself."""
    ball = opened(a) if active.small else None
    return a if ball is None else Scalar(ball)


def maximum(a: Scalar, b: Scalar) -> Scalar:
    """The larger of two; at a tie either may count."""
    a, b = _opened(a), _opened(b)
    below = order(a, b, "maximum")
    if not isinstance(below, Open):
        return b if below < 0 else a
    of_a, of_b = choice(below, Ball(0), Ball(1)), choice(below, Ball(1), Ball(0))
    return node_of(a.ball.max(b.ball), [(a, of_a), (b, of_b)])


def minimum(a: Scalar, b: Scalar) -> Scalar:
    """The smaller of two; at a tie either may count."""
    a, b = _opened(a), _opened(b)
    below = order(a, b, "minimum")
    if not isinstance(below, Open):
        return a if below < 0 else b
    of_a, of_b = choice(below, Ball(1), Ball(0)), choice(below, Ball(0), Ball(1))
    return node_of(a.ball.min(b.ball), [(a, of_a), (b, of_b)])


def absolute(a: Scalar) -> Scalar:
    """``|a|``."""
    below = order(a, ZERO, "abs")
    if not isinstance(below, Open):
        return apply1(RULES["negative"], a) if below < 0 else a
    return node_of(a.ball.union(-a.ball), [(a, choice(below, Ball(-1), Ball(1)))])


def sign(a: Scalar) -> Scalar:
    """-1, 0 or 1: a constant, except where it jumps."""
    below = order(a, ZERO, "sign")
    return Scalar(SIGN_INTERVAL) if isinstance(below, Open) else Scalar(Ball(below))


def heaviside(a: Scalar, at_zero: Scalar) -> Scalar:
    """0 below 0, 1 above."""
    below = order(a, ZERO, "heaviside")
    if isinstance(below, Open):
        return Scalar(UNIT_INTERVAL)
    return at_zero if below == 0 else (ONE if below > 0 else ZERO)


def copysign(a: Scalar, b: Scalar) -> Scalar:
    """``|a|`` with the sign of b."""
    below = order(b, ZERO, "copysign")
    if below == 0:
        refuse("no-rule", Sentence("following.copysign"))
    size = absolute(a)
    return apply2(RULES["multiply"], size, sign(b)) if isinstance(below, Open) else (-size if below < 0 else size)


def power(a: Scalar, b: Scalar) -> Scalar:
    """``a ** b``: any base to an integer, a base that is not negative to anything else."""
    x, p = a.ball, b.ball
    if b.node < 0 and p.is_exact() and p.is_integer():
        return _integer_power(a, int(p.unique_fmpz()))
    if b.node < 0 and p == Ball(0.5):
        return root(a)
    whole = p.is_exact() and p.is_integer()
    y = _rounded(integer_power(x, int(p.unique_fmpz())) if whole else x**p)
    edges = [(a, p * x ** (p - 1))] if a.node >= 0 else []
    edges += [(b, y * x.log())] if b.node >= 0 else []
    return node_of(y, edges)


def _integer_power(a: Scalar, n: int) -> Scalar:
    if n == 0:
        return ONE
    if n == 1:
        return a
    if n == 2:
        return apply1(RULES["square"], a)
    return node_of(_rounded(integer_power(a.ball, n)), [(a, n * integer_power(a.ball, n - 1))])


def _rounded(ball: Any) -> Any:
    return rounded(ball, 4.0) if active.unit else ball


def _step(name: str, shift: float, value: Callable[[Any], Any]) -> Callable[[Scalar], Scalar]:
    """A step function: constant between its jumps, which lie where a + shift is an integer."""

    def step(a: Scalar) -> Scalar:
        x = a.ball
        if a.node < 0 and x.is_exact():
            return Scalar(value(x))
        if (x + shift).contains_integer():
            refuse("jump", Sentence("following.jump", name=name))
        return Scalar(value(x))

    return step


def _rint(x: Any) -> Any:
    below = (x + Ball(0.5)).floor()
    tie = (x + Ball(0.5)) == below  # exactly half: to the even one
    return below - 1 if tie and not (below / 2).is_integer() else below


floor = _step("floor", 0.0, lambda x: x.floor())
ceil = _step("ceil", 0.0, lambda x: x.ceil())
rint = _step("round", 0.5, _rint)
trunc = _step("trunc", 0.0, lambda x: x.ceil() if x < 0 else x.floor())


def floor_divide(a: Scalar, b: Scalar) -> Scalar:
    """``floor(a / b)``."""
    return floor(a / b)


def remainder(a: Scalar, b: Scalar) -> Scalar:
    """``a - b floor(a / b)``."""
    return a - b * floor(a / b)


def fmod(a: Scalar, b: Scalar) -> Scalar:
    """``a - b trunc(a / b)``."""
    return a - b * trunc(a / b)


def logaddexp2(a: Scalar, b: Scalar) -> Scalar:
    """``log2(2^a + 2^b)``."""
    log2 = Scalar(Ball(2).log())
    return ELEMENTWISE["logaddexp"](a * log2, b * log2) / log2


def betaln(a: Scalar, b: Scalar) -> Scalar:
    """``ln(Gamma(a) Gamma(b) / Gamma(a + b))``."""
    g = ELEMENTWISE["gammaln"]
    return g(a) + g(b) - g(a + b)


def beta(a: Scalar, b: Scalar) -> Scalar:
    """``Gamma(a) Gamma(b) / Gamma(a + b)``."""
    return ELEMENTWISE["exp"](betaln(a, b))


def pseudo_huber(delta: Scalar, r: Scalar) -> Scalar:
    """``delta^2 (sqrt(1 + (r / delta)^2) - 1)``."""
    ratio = r / delta
    return delta * delta * (ELEMENTWISE["sqrt"](1 + ratio * ratio) - 1)


def huber(delta: Scalar, r: Scalar) -> Scalar:
    """``r^2 / 2`` for ``|r| <= delta``, ``delta (|r| - delta / 2)`` beyond."""
    size = absolute(r)
    return either(compare(size, delta, "<="), r * r / 2, delta * (size - delta / 2))


def is_missing(a: Scalar) -> bool:
    """Whether this is a NaN of the code itself: exactly that, where a ball of which nothing is known has no bounds."""
    return a.node < 0 and bool(a.ball.is_nan()) and bool(a.ball.is_exact())


def _finite(a: Scalar, name: str) -> bool:
    if is_missing(a):
        return False
    if a.ball.is_nan():
        refuse("not-finite", Sentence("following.of-not-finite", name=name))
    return bool(a.ball.is_finite())


ELEMENTWISE |= {
    "absolute": absolute,
    "fabs": absolute,
    "maximum": maximum,
    "minimum": minimum,
    "fmax": maximum,
    "fmin": minimum,
    "sign": sign,
    "heaviside": heaviside,
    "copysign": copysign,
    "power": power,
    "float_power": power,
    "pow": power,
    "floor": floor,
    "ceil": ceil,
    "rint": rint,
    "trunc": trunc,
    "floor_divide": floor_divide,
    "remainder": remainder,
    "mod": remainder,
    "fmod": fmod,
    "positive": lambda a: a,
    "conjugate": lambda a: a,
    "logaddexp2": logaddexp2,
    "betaln": betaln,
    "beta": beta,
    "pseudo_huber": pseudo_huber,
    "huber": huber,
}
# Functions of numbers whose values are truth values.
PREDICATES: dict[str, Callable[..., Any]] = {
    "less": lambda a, b: compare(a, b, "<"),
    "less_equal": lambda a, b: compare(a, b, "<="),
    "greater": lambda a, b: compare(a, b, ">"),
    "greater_equal": lambda a, b: compare(a, b, ">="),
    "equal": lambda a, b: compare(a, b, "=="),
    "not_equal": lambda a, b: compare(a, b, "!="),
    "isfinite": lambda a: _finite(a, "isfinite"),
    "isnan": lambda a: is_missing(a) or (not _finite(a, "isnan") and False),
    "isinf": lambda a: not is_missing(a) and not _finite(a, "isinf"),
    "signbit": lambda a: compare(a, ZERO, "<"),
}
