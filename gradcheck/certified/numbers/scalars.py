"""Scalars of our own: a ball and its place on the tape. What would turn one into a float raises a named reason."""

from __future__ import annotations

import numbers
import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.certified.code.reasons import refuse
from gradcheck.certified.code.text import is_text_made
from gradcheck.certified.numbers.choices import Open
from gradcheck.certified.numbers.comparisons import compare
from gradcheck.certified.numbers.constants import constant_ball
from gradcheck.certified.numbers.elementary import RULES
from gradcheck.certified.numbers.nodes import CONSTANT
from gradcheck.certified.numbers.registry import ELEMENTWISE, PROTOCOLS, Rule
from gradcheck.certified.numbers.run_state import active
from gradcheck.sentences.sentence import Sentence
from symbolic.balls import NAN_BALL, UNIT_INTERVAL, Ball, magnitude


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

        reshape: Any

    def __init__(self, ball: Any, node: int = CONSTANT) -> None:
        self.ball = ball
        self.node = node

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return PROTOCOLS["ufunc"](ufunc, method, inputs, kwargs)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return PROTOCOLS["function"](func, args, kwargs)

    def __float__(self) -> float:
        if is_text_made(sys._getframe(1)):
            return float(self.ball.mid())
        if self.node == CONSTANT and self.ball.is_exact():
            number = float(self.ball)
            if Ball(number) == self.ball or not self.ball.is_finite():
                return number
        refuse("float-conversion", Sentence("following.to-float"))

    def __int__(self) -> int:
        return self.__index__()

    def __index__(self) -> int:
        if self.node == CONSTANT and self.ball.is_exact() and self.ball.is_integer():
            return int(self.ball.unique_fmpz())
        refuse("int-conversion", Sentence("following.to-integer"))

    def __complex__(self) -> complex:
        refuse("complex", Sentence("following.complex-numbers"))

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

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, int):  # TypeError, not IndexError: a loop over it is no loop over nothing
            raise TypeError("a number has no entries")
        return self.reshape(())[index]

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
UNKNOWN = Scalar(NAN_BALL)


def lift(value: Any) -> Scalar:
    """A Scalar as it is, a number of any other kind as a constant; TypeError for what is no number."""
    if type(value) is Scalar:
        return value
    if isinstance(value, np.ndarray) and value.ndim == 0:
        return lift(value.item())
    return Scalar(UNIT_INTERVAL if isinstance(value, Open) else constant_ball(value))


# Operators


def _is_array(value: Any) -> bool:
    return isinstance(value, np.ndarray | list | tuple)


def _operators(name: str, ufunc: Any) -> tuple[Rule, Rule]:
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


def _comparison(symbol: str, ufunc: Any) -> Rule:
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


def _method(name: str) -> Rule:
    return lambda self: ELEMENTWISE[name](self)


# NumPy calls x.exp() where it meets an object in an array of objects.
for _name, _rule in RULES.items():
    if len(_rule.slopes) == 1:
        setattr(Scalar, _name, _method(_name))
setattr(Scalar, "__neg__", _method("negative"))  # noqa: B010 - beside its kind
setattr(Scalar, "__abs__", _method("absolute"))  # noqa: B010
