"""One request for numbers: the point is unpacked, the adapter called, the answer flattened in a known order."""

from __future__ import annotations

import base64
import re
import sys
from collections.abc import Mapping
from types import FrameType
from typing import Any

import numpy as np

_FROM_BYTES, _CONCATENATE, _PROD = np.frombuffer, np.concatenate, np.prod


def unpack(contracts: Any, header: Mapping[str, Any], payload: bytes) -> tuple[Any, Any]:
    """The network and the point: parameters in the order of the keys, then x, then y."""
    net = contracts.Net(tuple(header["sizes"]), tuple(header["activations"]), header["cost"], header["l2"])
    shapes = {**net.shapes, "x": (header["m"], net.sizes[0]), "y": (header["m"], net.sizes[-1])}
    numbers, start, arrays = _FROM_BYTES(payload, dtype="<f8"), 0, {}
    for key, shape in shapes.items():
        count = int(_PROD(shape))
        arrays[key] = numbers[start : start + count].reshape(shape).copy()
        start += count
    x, y = arrays.pop("x"), arrays.pop("y")
    return net, contracts.Point(arrays, x, y)


def flatten(net: Any, grads: Mapping[str, Any]) -> tuple[bytes, bool]:
    """The gradient's numbers in the order of the keys as float64, and whether any came in single precision."""
    single = any(grads[key].dtype.itemsize < 8 for key in net.shapes)
    return _CONCATENATE([grads[key].ravel().astype("<f8") for key in net.shapes]).tobytes(), single


_COMPLEX = {"complex", "complex64", "complex128", "cdouble", "imag"}  # to ask for one (iscomplexobj) is no use of it
_NO_FUNCTIONS = ("<module>", "<listcomp>", "<dictcomp>", "<setcomp>", "<genexpr>")


class CallCounter:
    """Counts, while it is on, how often each function of the submission is entered, and how often each line runs."""

    def __init__(self, files: Mapping[str, Any]) -> None:
        self.files = files
        self.calls: dict[str, int] = {}
        self.lines: dict[int, int] = {}
        self.complex = False  # whether a function that ran knows complex numbers

    def __enter__(self) -> CallCounter:
        sys.settrace(self._event)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(None)

    @property
    def busiest(self) -> tuple[int, int]:
        """The line that ran most often, and how often."""
        return max(self.lines.items(), key=lambda item: item[1], default=(0, 0))

    def _event(self, frame: FrameType, event: str, argument: Any) -> Any:
        del event, argument
        code = frame.f_code
        if code.co_filename not in self.files:
            return None
        if code.co_name not in _NO_FUNCTIONS:
            self.calls[code.co_qualname] = self.calls.get(code.co_qualname, 0) + 1
        self.complex |= any(isinstance(c, complex) for c in code.co_consts) or not _COMPLEX.isdisjoint(code.co_names)
        return self._line

    def _line(self, frame: FrameType, event: str, argument: Any) -> Any:
        del argument
        if event == "line":
            self.lines[frame.f_lineno] = self.lines.get(frame.f_lineno, 0) + 1
        return self._line


MOST_RECORDED, LARGEST_RECORDED, MOST_TEXT, MOST_PARTS = 500, 512, 48_000, 64
Held = dict[str, tuple[Any, int]]  # by name, as code writes it: an array and the hash of its numbers


class Tracer:
    """While it is on, notes the arrays that each line of the submission makes or fills, in the order of their making."""

    def __init__(self, files: Mapping[str, Any]) -> None:
        self.files = files
        self.noted: dict[tuple[int, str, int], str] = {}  # by line, name and array: of one that a loop fills the last state
        self.kept: list[Any] = []  # so that no array takes the place in memory of an earlier one
        self.room = MOST_TEXT
        self.known: dict[FrameType, tuple[int, Held]] = {}

    def __enter__(self) -> Tracer:
        sys.settrace(self._frame)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(None)

    @property
    def records(self) -> list[str]:
        """``line name shape numbers``, a record an array."""
        return list(self.noted.values())

    def _frame(self, frame: FrameType, event: str, argument: Any) -> Any:
        del event, argument
        if frame.f_code.co_filename not in self.files or len(self.noted) >= MOST_RECORDED:
            return None
        self.known[frame] = (frame.f_lineno, _held(frame))
        return self._line

    def _line(self, frame: FrameType, event: str, argument: Any) -> Any:
        line, before = self.known.get(frame, (frame.f_lineno, {}))
        held = _held(frame)
        for name, (array, numbers) in held.items():
            if name not in before or before[name][0] is not array or before[name][1] != numbers:
                self._note(line, name, array)
        self.known[frame] = (frame.f_lineno, held)
        if event == "return":
            returned: Held = {}
            _gather(returned, "return", argument, 3)
            for name, (array, _) in returned.items():
                self._note(line, name, array)
            self.known.pop(frame, None)
        return self._line

    def _note(self, line: int, name: str, array: Any) -> None:
        numbers = base64.b64encode(array.astype("<f8").tobytes()).decode()
        name = re.sub(r"\s", "", name)[:40]
        record = f"{line} {name} {'x'.join(map(str, array.shape))} {numbers}"
        key = (line, name, id(array))
        if key in self.noted:
            self.noted[key] = record
        elif len(self.noted) < MOST_RECORDED and len(record) < self.room:
            self.noted[key] = record
            self.kept.append(array)
            self.room -= len(record) + 10


def _held(frame: FrameType) -> Held:
    """The small arrays of floats that a frame's variables hold, those in dicts, lists and attributes of ``self`` among them."""
    found: Held = {}
    for name, value in frame.f_locals.items():
        if not name.startswith("."):
            _gather(found, name, vars(value) if name == "self" and hasattr(value, "__dict__") else value, 2)
    return found


def _gather(found: Held, name: str, value: Any, depth: int) -> None:
    if type(value) is np.ndarray:
        if value.dtype.kind == "f" and 0 < value.size <= LARGEST_RECORDED and value.ndim <= 2:
            found[name] = (value, hash(value.tobytes()))
    elif depth and type(value) in (tuple, list, dict) and len(value) <= MOST_PARTS:
        for key, part in value.items() if type(value) is dict else enumerate(value):
            _gather(found, f"{name}[{key}]", part, depth - 1)
