"""What crosses the border: fixed binary frames. Requests may carry JSON; of answers only the reason why there is none.

An answer is a header of known size, then exactly as many float64 as the judge asked for. Texts follow on a channel of
their own, as untrusted bytes of a length that the header tells and the judge bounds.
"""

from __future__ import annotations

import os
import struct

REQUEST_MAGIC, ANSWER_MAGIC = b"GCq1", b"GCa1"
REQUEST = struct.Struct("<4s16sIQ")  # magic, nonce, bytes of JSON, bytes that follow it
ANSWER = struct.Struct("<4s16sBBIIQ")  # magic, nonce, status, flags, line, bytes of text, how many float64
LARGEST_TEXT = 1 << 16

# To a template, of which processes are forked: what to do, and with which of them; its answer: which one, and how it ended.
ORDER, ENDED = struct.Struct("<ci"), struct.Struct("<ii")
FORK, BURY = b"F", b"B"
LIVES = -(1 << 31)  # in the place of how a process ended

# How a request ended, as the child sees it. The judge adds what only it can see: timeout, crash, output-limit, protocol.
STATUSES = (
    "ok",
    "syntax",
    "import",
    "missing-function",
    "wrong-shape",
    "wrong-type",
    "not-finite",
    "exception",
    "memory",
    "exit",
    "forbidden",
    "not-offered",
    "not-followed",
)
SINGLE_PRECISION = 1  # a flag: some array came as float32 or float16
SAID = 2  # a flag: the text is a sentence as data, JSON


def read_exactly(channel: int, count: int) -> bytes:
    """So many bytes; raises EOFError where the channel ends before."""
    parts = []
    while count:
        part = os.read(channel, min(count, 1 << 20))
        if not part:
            raise EOFError
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def write_all(channel: int, data: bytes) -> None:
    """All of the bytes, however many writes it takes."""
    view = memoryview(data)
    while view:
        view = view[os.write(channel, view) :]
