"""Scalars of our own: a ball and its place on the tape. What would turn one into a float raises a named reason."""

from __future__ import annotations

import numbers
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from gradcheck.certified.active import active
from gradcheck.certified.choices import GREATER, Key, Open, Split
from gradcheck.certified.constants import constant_ball
from gradcheck.certified.nodes import CONSTANT, DERIVED
from gradcheck.certified.reasons import CannotFollow
from gradcheck.certified.rules import RULES, Rule
from symbolic.balls import NAN_BALL, UNIT_INTERVAL, Ball, magnitude, widened

Elementwise = Callable[..., Any]
ELEMENTWISE: dict[str, Elementwise] = {}  # by the name of the ufunc: a function of Scalars, filled here and in piecewise


class Scalar:
    """An immutable real number, enclosed; behaves as a NumPy float64 does, except that it never becomes one silently."""

    __slots__ = ("ball", "node")

    shape: tuple[int, ...] = ()
    ndim = 0
    size = 1
    dtype = np.dtype(np.float64)
    itemsize = 8
    nbytes = 8

    if TYPE_CHECKING:  # defined below, from the tables

        def __add__(self, other: Any) -> Any: ...
        def __radd__(self, other: Any) -> Any: ...
        def __sub__(self, other: Any) -> Any: ...
        def __rsub__(self, other: Any) -> Any: ...
        def __mul__(self, other: Any) -> Any: ...
        def __rmul__(self, other: Any) -> Any: ...
        def __truediv__(self, other: Any) -> Any: ...
        def __rtruediv__(self, other: Any) -> Any: ...
        def __mod__(self, other: Any) -> Any: ...
        def __rmod__(self, other: Any) -> Any: ...
        def __floordiv__(self, other: Any) -> Any: ...
        def __rfloordiv__(self, other: Any) -> Any: ...
        def __neg__(self) -> Any: ...

    def __init__(self, ball: Any, node: int = CONSTANT) -> None:
        self.ball = ball
        self.node = node

    def __float__(self) -> float:
        if self.node == CONSTANT and self.ball.is_exact():
            number = float(self.ball)
            if Ball(number) == self.ball or not self.ball.is_finite():
                return number
        refuse("float-conversion", "a number that depends on the inputs is turned into a Python or C float")

    def __int__(self) -> int:
        return self.__index__()

    def __index__(self) -> int:
        if self.node == CONSTANT and self.ball.is_exact() and self.ball.is_integer():
            return int(self.ball.unique_fmpz())
        refuse("int-conversion", "a number that depends on the inputs is turned into an integer")

    def __complex__(self) -> complex:
        refuse("complex", "complex numbers are not followed")

    def __round__(self, digits: int | None = None) -> Any:
        place = ELEMENTWISE["rint"](self if digits is None else self * 10**digits if digits >= 0 else self / 10**-digits)
        return int(place) if digits is None else lift(round(float(self.ball.mid()), digits))

    def __floor__(self) -> int:
        return int(ELEMENTWISE["floor"](self))

    def __ceil__(self) -> int:
        return int(ELEMENTWISE["ceil"](self))

    def __trunc__(self) -> int:
        return int(ELEMENTWISE["trunc"](self))

    def __divmod__(self, other: Any) -> Any:
        return self // other, self % other

    def __rdivmod__(self, other: Any) -> Any:
        return other // self, other % self

    def __bool__(self) -> bool:
        return bool(compare(self, ZERO, "!="))

    def __hash__(self) -> int:
        return id(self)

    def __repr__(self) -> str:
        return f"<{self.ball.str(17, radius=False)}>"  # for a log line: no text that float() reads back

    def __format__(self, spec: str) -> str:
        return f"<{format(float(self.ball.mid()), spec)}>"

    def __deepcopy__(self, memo: Any) -> Scalar:
        return self

    __copy__ = __pos__ = lambda self, *_: self

    def conjugate(self) -> Scalar:
        """The number itself: it is real."""
        return self

    conj = copy = conjugate

    @property
    def real(self) -> Scalar:
        """The number itself."""
        return self

    T = real

    @property
    def imag(self) -> Scalar:
        """0: the number is real."""
        return ZERO

    def item(self, *_: Any) -> Scalar:
        """The number itself: there is no float that could stand for it."""
        return self

    tolist = item


numbers.Real.register(Scalar)
ZERO = Scalar(Ball(0))


def refuse(code: str, message: str) -> NoReturn:
    """End the run with a named reason."""
    raise CannotFollow(code, message)


def lift(value: Any) -> Scalar:
    """A Scalar as it is, a number of any other kind as a constant; TypeError for what is no number."""
    if type(value) is Scalar:
        return value
    if isinstance(value, np.ndarray) and value.ndim == 0:
        return lift(value.item())
    return Scalar(UNIT_INTERVAL if isinstance(value, Open) else constant_ball(value))


def rounded(ball: Any, ulps: float) -> Any:
    """The ball widened by the rounding error of one operation, where the run counts those; an infinity is exact."""
    if not ball.is_finite() and ball.is_exact():
        return ball
    return widened(ball, active.unit * ulps * magnitude(ball) + active.tiny)


def apply1(rule: Rule, a: Scalar) -> Scalar:
    """One more node, or a constant."""
    x = a.ball
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
    x, z = a.ball, b.ball
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


# Comparisons


def key_of(a: Scalar, b: Scalar) -> tuple[Key, bool]:
    """The key of a comparison, and whether the two stand in it the other way round; it can be forced in another run."""
    if active.tape is None:
        return Key(("comparison", active.choices.asked), -1), False
    places = [place_of(s) for s in (a, b)]
    if places[0] is not None and places[1] is not None:
        return Key(tuple(sorted(places, reverse=True)), -1), places[0] < places[1]
    if places[0] is not None:
        return Key((places[0], float(b.ball.mid())), places[0]), False
    return Key((places[1], float(a.ball.mid())), -1 if places[1] is None else places[1]), True


def place_of(a: Scalar) -> Any:
    """Its node, counted from the start of the tape; None for a constant."""
    return a.node - active.tape.first if active.tape is not None and a.node >= 0 else None


def order(a: Scalar, b: Scalar, operation: str) -> int | Open:
    """1, 0 or -1 as a is above, equal to or below b; ``Open`` (true where a < b) if that cannot be told."""
    active.choices.asked += 1
    x, y = a.ball, b.ball
    if x > y:
        return 1
    if x < y:
        return -1
    if a is b or (a.node == b.node and a.node > DERIVED):
        return 0
    if x.is_nan() or y.is_nan():
        refuse("not-finite", f"{operation} compares a value that is not finite, or not known to be")
    exact = bool(x.is_exact() and y.is_exact())
    if exact and (active.tape is None or (a.node < 0 and b.node < 0)):
        return 0
    choices = active.choices
    choices.note(operation, exact=exact)
    if choices.mode == "midpoint":
        return _sign(x.mid(), y.mid())
    key, swapped = key_of(a, b)
    if choices.mode == "forced":
        greater = choices.choose(key, 2, operation) == GREATER
        return 1 if greater != swapped else -1
    return Open(key, not swapped)


def _sign(x: Any, y: Any) -> int:
    return 1 if x > y else -1 if x < y else 0


_FROM_SIGN: dict[str, Callable[[int], bool]] = {
    "<": lambda s: s < 0,
    "<=": lambda s: s <= 0,
    ">": lambda s: s > 0,
    ">=": lambda s: s >= 0,
}


def compare(a: Scalar, b: Scalar, symbol: str) -> Any:
    """``a < b`` and the like: a bool, or ``Open`` where both answers are followed at once."""
    if symbol in ("==", "!="):
        return _equal(a, b) == (symbol == "==")
    s = order(a, b, symbol)
    if isinstance(s, Open):
        return s if symbol in ("<", "<=") else ~s
    return _FROM_SIGN[symbol](s)


def _equal(a: Scalar, b: Scalar) -> bool:
    """Equality holds, if at all, at the point alone: that is one choice, being different next to it the other."""
    choices = active.choices
    choices.asked += 1
    x, y = a.ball, b.ball
    if x > y or x < y:
        return False
    if a is b or (a.node == b.node and a.node > DERIVED):
        return True
    if x.is_nan() or y.is_nan():
        refuse("not-finite", "== compares a value that is not finite, or not known to be")
    exact = bool(x.is_exact() and y.is_exact())
    if exact and (active.tape is None or (a.node < 0 and b.node < 0)):
        return True
    choices.note("==", exact=exact)
    if choices.mode == "midpoint":
        return exact
    return choices.choose(("equal", key_of(a, b)[0]), 2, "==") == 1


# Operators


def _is_array(value: Any) -> bool:
    return isinstance(value, np.ndarray | list | tuple)


def _unary(rule: Rule) -> Elementwise:
    return lambda a: apply1(rule, a)


def _binary(rule: Rule) -> Elementwise:
    return lambda a, b: apply2(rule, a, b)


ELEMENTWISE |= {name: (_unary if len(rule.slopes) == 1 else _binary)(rule) for name, rule in RULES.items()}
_ALIASES = {
    "true_divide": "divide",
    "deg2rad": "radians",
    "rad2deg": "degrees",
    "digamma": "psi",
    "loggamma": "gammaln",
}
ELEMENTWISE |= {alias: ELEMENTWISE[name] for alias, name in _ALIASES.items()}


def _operators(name: str, ufunc: Any) -> tuple[Elementwise, Elementwise]:
    """The operator and its mirror image, on Scalars, numbers and arrays."""

    def forward(self: Scalar, other: Any) -> Any:
        if type(other) is Scalar:
            return ELEMENTWISE[name](self, other)
        if _is_array(other):
            return ufunc(self, other)
        try:
            return ELEMENTWISE[name](self, lift(other))
        except TypeError:
            return NotImplemented

    def mirrored(self: Scalar, other: Any) -> Any:
        if _is_array(other):
            return ufunc(other, self)
        try:
            return ELEMENTWISE[name](lift(other), self)
        except TypeError:
            return NotImplemented

    return forward, mirrored


SMALL = 1e-5  # a constant below this may be the tolerance of an iteration
_compared: Any
_ufunc: Any
for _symbol, _name, _ufunc in (
    ("add", "add", np.add),
    ("sub", "subtract", np.subtract),
    ("mul", "multiply", np.multiply),
    ("truediv", "divide", np.true_divide),
    ("pow", "power", np.power),
    ("mod", "remainder", np.remainder),
    ("floordiv", "floor_divide", np.floor_divide),
):
    _forward, _mirrored = _operators(_name, _ufunc)
    setattr(Scalar, f"__{_symbol}__", _forward)
    setattr(Scalar, f"__r{_symbol}__", _mirrored)


def _comparison(symbol: str, ufunc: Any) -> Elementwise:
    def method(self: Scalar, other: Any) -> Any:
        if _is_array(other):
            return ufunc(self, other)
        try:
            value = lift(other)
        except TypeError:
            return NotImplemented
        answer = compare(self, value, symbol)
        if value.node == CONSTANT and not isinstance(answer, Open) and 0 < magnitude(value.ball) < SMALL:
            active.choices.small.setdefault(magnitude(value.ball), set()).add(answer)
        return answer if isinstance(answer, Open) else np.bool_(answer)

    return method


for _dunder, _symbol, _compared in (
    ("lt", "<", np.less),
    ("le", "<=", np.less_equal),
    ("gt", ">", np.greater),
    ("ge", ">=", np.greater_equal),
    ("eq", "==", np.equal),
    ("ne", "!=", np.not_equal),
):
    setattr(Scalar, f"__{_dunder}__", _comparison(_symbol, _compared))


def _method(name: str) -> Elementwise:
    return lambda self: ELEMENTWISE[name](self)


# NumPy calls x.exp() where it meets an object in an array of objects.
for _name, _rule in RULES.items():
    if len(_rule.slopes) == 1:
        setattr(Scalar, _name, _method(_name))
setattr(Scalar, "__neg__", _method("negative"))  # noqa: B010 - beside its kind
setattr(Scalar, "__abs__", _method("absolute"))  # noqa: B010

UNKNOWN = Scalar(NAN_BALL)
