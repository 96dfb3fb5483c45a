"""Why code could not be followed on balls: a reason with a name, never a guess."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from types import FrameType, TracebackType
from typing import Any, NoReturn

from gradcheck.certified.code.libraries import LIBRARIES, package
from gradcheck.sentences.sentence import Sentence


@dataclass(frozen=True)
class CodePlace:
    """A line of the code under test."""

    file: str
    line: int
    function: str

    def __str__(self) -> str:
        inside = self.file.startswith(here := os.getcwd() + os.sep)
        where = f"{self.file[len(here) :] if inside else self.file}:{self.line}"
        return where if self.function == "<module>" else Sentence("following.in-function", where=where, function=self.function)


@dataclass(frozen=True)
class Reason:
    """``code`` names the kind, ``message`` says what happened and what would help, ``place`` on which line, if it is known."""

    code: str
    message: str
    place: CodePlace | None = None

    def __str__(self) -> str:
        place = Sentence("following.at", place=str(self.place)) if self.place else ""
        return Sentence("following.reason", code=self.code, message=self.message, place=place)

    def to_dict(self) -> dict[str, Any]:
        """The reason as JSON data."""
        found: dict[str, Any] = {"code": self.code, "message": self.message}
        return found | {"place": asdict(self.place)} if self.place else found


def place_now() -> CodePlace | None:
    """The line of the code under test that runs now; None where none does."""
    frames: list[tuple[FrameType, int]] = []
    frame = sys._getframe(1)
    while not is_call(frame):
        frames.append((frame, frame.f_lineno))
        if frame.f_back is None:
            return None
        frame = frame.f_back
    return _innermost(frames)


def place_of(traceback: TracebackType | None) -> CodePlace | None:
    """The line of the code under test where an exception was raised."""
    frames: list[tuple[FrameType, int]] = []
    while traceback is not None:
        frames.insert(0, (traceback.tb_frame, traceback.tb_lineno))
        traceback = traceback.tb_next
    return _innermost(frames)


def is_call(frame: FrameType) -> bool:
    """Is this the frame from which a run calls the code under test?"""
    return frame.f_code.co_name == "call" and frame.f_globals.get("__name__") == "gradcheck.certified.runs.evaluate"


def _innermost(frames: Iterable[tuple[FrameType, int]]) -> CodePlace | None:
    """The first of these frames that is no library's."""
    for frame, line in frames:
        if package(frame.f_globals.get("__name__")) not in LIBRARIES:
            return CodePlace(frame.f_code.co_filename, line, frame.f_code.co_name)
    return None


raised: list[CannotFollow] = []  # in this run, in order: code under test may catch exceptions, but not hide them


class CannotFollow(Exception):  # noqa: N818 - not an error of the user's
    """The certified witness ends here; carries its `Reason`."""

    def __init__(self, code: str, message: str, place: CodePlace | None = None) -> None:
        self.reason = Reason(code, message, place or place_now())
        super().__init__(str(self.reason))
        self.on_balls = False  # whether arrays that the code keeps were balls in this run: as floats it may run through
        raised.append(self)


class Undecided(CannotFollow):
    """A comparison of overlapping balls was asked for one answer; the run is repeated, once for each answer."""

    def __init__(self, message: str) -> None:
        super().__init__("undecided", message)


def refuse(code: str, message: str) -> NoReturn:
    """End the run with a named reason."""
    raise CannotFollow(code, message)
