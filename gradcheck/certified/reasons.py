"""Why code could not be followed on balls: a reason with a name, never a guess."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn


@dataclass(frozen=True)
class Reason:
    """``code`` names the kind, ``message`` says what happened and what would help."""

    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"

    def to_dict(self) -> dict[str, Any]:
        """The reason as JSON data."""
        return {"code": self.code, "message": self.message}


raised: list[CannotFollow] = []  # in this run, in order: code under test may catch exceptions, but not hide them


class CannotFollow(Exception):  # noqa: N818 - not an error of the user's
    """The certified witness ends here; carries its `Reason`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.reason = Reason(code, message)
        self.on_balls = False  # whether arrays that the code keeps were balls in this run: as floats it may run through
        raised.append(self)


class Undecided(CannotFollow):
    """A comparison of overlapping balls was asked for one answer; the run is repeated, once for each answer."""

    def __init__(self, message: str) -> None:
        super().__init__("undecided", message)


def refuse(code: str, message: str) -> NoReturn:
    """End the run with a named reason."""
    raise CannotFollow(code, message)
