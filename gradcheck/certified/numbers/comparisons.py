"""Which of two Scalars is larger: decided, chosen, or open where both answers are to be followed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gradcheck.certified.code.reasons import refuse
from gradcheck.certified.numbers.choices import GREATER, Key, Mode, Open, OpenComparison
from gradcheck.certified.numbers.directions import entries_of, sides_of_pair
from gradcheck.certified.numbers.nodes import DERIVED
from gradcheck.certified.numbers.run_state import active
from gradcheck.sentences.sentence import Sentence

if TYPE_CHECKING:
    from gradcheck.certified.numbers.scalars import Scalar


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
        refuse("not-finite", Sentence("following.compares-not-finite", operation=operation))
    exact = bool(x.is_exact() and y.is_exact())
    if exact and (active.tape is None or (a.node < 0 and b.node < 0)):
        return 0
    choices = active.choices
    choices.note(operation, exact=exact, entries=lambda: entries_of((a, b)))
    if choices.mode is Mode.MIDPOINT:
        return _sign(x.mid(), y.mid())
    key, swapped = key_of(a, b)
    if choices.mode is Mode.FORCED:
        greater = choices.choose(key, operation, lambda: sides_of_pair(a, b, swapped=swapped)) == GREATER
        return 1 if greater != swapped else -1
    choices.compared.setdefault(key, OpenComparison((a, b), swapped=swapped))
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
        refuse("not-finite", Sentence("following.equals-not-finite"))
    exact = bool(x.is_exact() and y.is_exact())
    if exact and (active.tape is None or (a.node < 0 and b.node < 0)):
        return True
    choices.note("==", exact=exact, entries=lambda: entries_of((a, b)))
    if choices.mode is Mode.MIDPOINT:
        return exact
    return choices.choose(("equal", key_of(a, b)[0]), "==", lambda: [[], []]) == 1
