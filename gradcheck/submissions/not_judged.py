"""What a file offers and nobody judged: functions that give a gradient and never ran while the gradient was asked for.

A right `affine_backward` says nothing of the `conv_backward` beside it, so a verdict names what it does not speak of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from gradcheck.sentences.sentence import Sentence


class WhyNotJudged(Enum):
    """Why something was not judged."""

    NOT_CALLED = "not-called"
    NO_OBJECT = "no-object"
    UNKNOWN_LAYER = "unknown-layer"

    @property
    def words(self) -> Sentence:
        """The reason in words."""
        return Sentence(f"submissions.{self.value}")


@dataclass(frozen=True)
class NotJudged:
    """A function, a method or a class of the file, where it stands, and why it was not judged."""

    name: str
    reason: WhyNotJudged
    file: str
    line: int

    def to_dict(self) -> dict[str, Any]:
        """In the shape of the schema."""
        return {"name": self.name, "reason": self.reason.words, "file": self.file, "line": self.line}


@dataclass(frozen=True)
class DefinedFunction:
    """A function or method that a file defines, as the confined process tells it.

    ``ran`` says whether it was entered while it was watched, ``pair`` whether it returns several things, as a loss with
    its gradient does.
    """

    file: str
    line: int
    name: str
    ran: bool
    pair: bool

    @classmethod
    def read(cls, told: str, files: Sequence[str]) -> DefinedFunction | None:
        """From ``line ran pair name number-of-file``, the word of the confined process; None where that is not its form."""
        found = re.fullmatch(r"([0-9]{1,9}) ([01]) ([01]) ([^\W0-9][\w.]{0,99}) ([0-9]{1,4})", told)
        if not found or int(found[5]) >= len(files):
            return None
        return cls(files[int(found[5])], int(found[1]), found[4], found[2] == "1", found[3] == "1")

    @property
    def owner(self) -> str:
        """The class of a method, nothing for a function."""
        return self.name.rpartition(".")[0]


# Words of a name that say "this gives a gradient"; those that may as well belong to a helper; and those of the helpers.
SURELY = {"backward", "backprop", "backpropagation", "backpropagate", "backpropogation", "bprop", "back"}
PERHAPS = {
    *("grad", "grads", "gradient", "gradients", "derivative", "derivatives", "deriv", "prime", "delta", "deltas", "jacobian"),
    *(f"d{name}" for name in ("sigmoid", "tanh", "relu", "softmax", "loss", "cost", "act", "activation")),
}
CHECKS = {"check", "checking", "checker", "test", "tests", "numerical", "numeric", "num", "finite", "difference", "approx"}
HELPS = {
    *("descent", "ascent", "clip", "clipping", "zero", "reset", "plot", "train", "fit", "update", "optimize", "optimise"),
    *("print", "show", "apply", "step", "sgd", "adam", "save", "load", "average", "scale", "magnitude", "noise"),
}
COSTS = {"loss", "cost"}


def gives_a_gradient(one: DefinedFunction, *, layers: bool) -> bool:
    """Whether a definition's name (and, of a cost, what it returns) says that it gives a gradient, or is a layer."""
    words = {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", one.name.rpartition(".")[2])}
    if words & CHECKS:
        return False
    if words & SURELY or (words & PERHAPS and not words & HELPS):
        return True
    return (bool(words & COSTS) and one.pair) or (layers and "forward" in words and not one.owner)


def not_judged(defined: Sequence[DefinedFunction], *, layers: Iterable[str] | None) -> tuple[NotJudged, ...]:
    """What gives a gradient and never ran; with the contract layers those that were judged by name are its ``layers``."""
    known = set(layers or ())
    working = {one.owner for one in defined if one.ran}
    found: dict[tuple[str, str], NotJudged] = {}
    for one in defined:
        if one.ran or one.name in known or not gives_a_gradient(one, layers=layers is not None):
            continue
        if one.owner and one.owner not in working:
            found.setdefault((one.file, one.owner), NotJudged(one.owner, WhyNotJudged.NO_OBJECT, one.file, one.line))
            continue
        reason = WhyNotJudged.NOT_CALLED if layers is None or one.owner else WhyNotJudged.UNKNOWN_LAYER
        found[one.file, one.name] = NotJudged(one.name, reason, one.file, one.line)
    return tuple(found.values())
