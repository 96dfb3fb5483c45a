"""One request for numbers: the point is unpacked, the adapter called, the answer flattened in a known order."""

from __future__ import annotations

import base64
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
        self.complex |= any(isinstance(c, complex) for c in code.co_consts) or any("complex" in n for n in code.co_names)
        return self._line

    def _line(self, frame: FrameType, event: str, argument: Any) -> Any:
        del argument
        if event == "line":
            self.lines[frame.f_lineno] = self.lines.get(frame.f_lineno, 0) + 1
        return self._line


MOST_RECORDED, LARGEST_RECORDED, MOST_TEXT = 500, 512, 48_000


class Tracer:
    """While it is on, notes the arrays that each line of the submission makes, in the order in which they come to be."""

    def __init__(self, files: Mapping[str, Any]) -> None:
        self.files = files
        self.records: list[str] = []
        self.room = MOST_TEXT
        self.known: dict[FrameType, tuple[int, dict[str, int]]] = {}

    def __enter__(self) -> Tracer:
        sys.settrace(self._frame)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(None)

    def _frame(self, frame: FrameType, event: str, argument: Any) -> Any:
        del event, argument
        if frame.f_code.co_filename not in self.files or len(self.records) >= MOST_RECORDED:
            return None
        self.known[frame] = (frame.f_lineno, {name: id(value) for name, value in frame.f_locals.items()})
        return self._line

    def _line(self, frame: FrameType, event: str, argument: Any) -> Any:
        line, before = self.known.get(frame, (frame.f_lineno, {}))
        for name, value in frame.f_locals.items():
            if before.get(name) != id(value) and not name.startswith("."):
                self._note(line, name, value)
        if event == "return":
            self._note_within(line, argument, 3)
            self.known.pop(frame, None)
        else:
            self.known[frame] = (frame.f_lineno, {name: id(value) for name, value in frame.f_locals.items()})
        return self._line

    def _note_within(self, line: int, value: Any, depth: int) -> None:
        """What is returned: an array, or those in a tuple, list or dict."""
        if type(value) in (tuple, list, dict) and depth and len(value) <= 64:
            for part in value.values() if type(value) is dict else value:
                self._note_within(line, part, depth - 1)
        else:
            self._note(line, "return", value)

    def _note(self, line: int, name: str, value: Any) -> None:
        if type(value) is not np.ndarray or value.dtype.kind != "f" or not 0 < value.size <= LARGEST_RECORDED or value.ndim > 2:
            return
        numbers = base64.b64encode(value.astype("<f8").tobytes()).decode()
        record = f"{line} {name[:40]} {'x'.join(map(str, value.shape))} {numbers}"
        if len(self.records) < MOST_RECORDED and len(record) < self.room:
            self.records.append(record)
            self.room -= len(record) + 10
