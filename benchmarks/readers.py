"""Spoiled files against everything that reads a user's file: only clean errors, and nothing accepted that is wrong.

``python -m benchmarks readers [NAMES] [--count N] [--seed S]`` draws valid files, spoils them (bytes flipped, cut off, doubled,
numbers made huge, parts of the structure changed), reads each and prints a line a reader. Exit code 1 where a reader raised
anything but its own errors, took longer than it may, or accepted what another way of reading the file contradicts.
``python -m benchmarks readers zips --count 500 --only 17`` reads one input again and shows what it raises.

A reader is one row of ``READERS``: how a valid file is drawn, how it is read, how the reader may refuse, what would be wrong.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from time import perf_counter
from typing import Any

LONGEST = 5.0  # seconds for one small file, on a busy machine; what grows with the square of its size takes minutes
SHOWN = 5  # failures of a reader that are printed


@dataclass(frozen=True)
class Reader:
    """One kind of file.

    ``valid(rng)`` draws a valid file; ``read(data, folder)`` reads it, and may write it into the empty folder for that;
    ``clean`` are the exceptions by which it may refuse, each with a sentence; ``wrong(data, result)`` says why an
    accepted result is wrong, nothing where it is right; ``spoil`` are changes of the structure, beside those of bytes.
    """

    name: str
    valid: Callable[[random.Random], bytes]
    read: Callable[[bytes, Path], Any]
    clean: tuple[type[BaseException], ...]
    wrong: Callable[[bytes, Any], str]
    spoil: tuple[Callable[[random.Random, bytes], bytes], ...] = ()


@dataclass
class Counts:
    """What came of one reader's inputs."""

    outcomes: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    slowest: float = 0.0


# Modules here that hold rows, each in a list ``ROWS``: a module is imported when its readers run.
ROWS_IN = {
    "benchmarks.reading.submitted": ("notebooks", "zips", "sources"),
    "benchmarks.reading.stored": (
        *("points-npz", "points-json", "models", "tables"),
        *("certificates", "function-certificates", "notations"),
    ),
    "benchmarks.reading.remembered": ("self-tests",),
}


def _flipped(rng: random.Random, data: bytes) -> bytes:
    spoiled = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8))):
        if spoiled:
            spoiled[rng.randrange(len(spoiled))] = rng.randrange(256)
    return bytes(spoiled)


def _cut(rng: random.Random, data: bytes) -> bytes:
    start, end = sorted((rng.randint(0, len(data)), rng.randint(0, len(data))))
    return rng.choice((data[:start], data[end:], data[:start] + data[end:]))


def _doubled(rng: random.Random, data: bytes) -> bytes:
    start, end = sorted((rng.randint(0, len(data)), rng.randint(0, len(data))))
    return data[:end] + data[start:end] * rng.choice((1, 1, 5)) + data[end:]


# What readers have stumbled over: ends of files, encodings, numbers beyond every format, nesting, archives.
PIECES = (
    *(b"\0", b"\r", b"\x0c", b"\x1a", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\\ud800", b'"', b"'", b"\\", b"{", b"["),
    *(b"NaN", b"Infinity", b"1e400", b"-1", b"9" * 400, b"0x", b"null", b"true", b"[" * 3000, b"(" * 300, b"-" * 5000),
    *(b"# coding: utf-16\n", b"# coding: rot13\n", b"\xb0\xa1", b"PK\x03\x04", b"PK\x05\x06", b"\xff" * 8, b"\0" * 8, b"../"),
)


def _inserted(rng: random.Random, data: bytes) -> bytes:
    place = rng.choice((0, len(data), rng.randint(0, len(data))))
    return data[:place] + rng.choice(PIECES) + data[place + rng.choice((0, 0, 1, 4)) :]


OF_BYTES = (_flipped, _cut, _doubled, _inserted)


def spoiled(reader: Reader, rng: random.Random) -> bytes:
    """A valid file in one of thirty, else one that was changed in one or a few ways."""
    data = reader.valid(rng)
    if rng.randrange(30) == 0:
        return data
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        data = rng.choice(OF_BYTES if not reader.spoil or rng.randrange(2) else reader.spoil)(rng, data)
    return data


def read_one(reader: Reader, number: int, seed: int, counts: Counts, *, raises: bool = False) -> None:
    """Draw input ``number``, read it, count what came of it."""
    data = spoiled(reader, random.Random(f"{reader.name} {seed} {number}"))
    start = perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        try:
            result = reader.read(data, Path(folder))
        except reader.clean as error:
            outcome, said = ("refused", "") if str(error).strip() else ("crash", f"{type(error).__name__} without a sentence")
        except BaseException as error:  # whatever it is, it is the finding
            if raises or isinstance(error, KeyboardInterrupt):
                raise
            outcome, said = "crash", traceback.format_exc(limit=-3)
        else:
            said = reader.wrong(data, result)
            outcome = "wrong" if said else "accepted"
    took = perf_counter() - start
    counts.slowest = max(counts.slowest, took)
    if took > LONGEST:
        outcome, said = "slow", f"{took:.1f} s for {len(data)} bytes"
    counts.outcomes[outcome] += 1
    if said:
        counts.failures.append(f"{reader.name} --only {number}: {outcome}: {said}")


def readers(names: Sequence[str] = ()) -> list[Reader]:
    """The rows by these names, all of them without any."""
    known = [name for own in ROWS_IN.values() for name in own]
    if unknown := sorted(set(names) - set(known)):
        raise ValueError(f"no reader is named {', '.join(unknown)}; there are {', '.join(known)}")
    wanted = [module for module, own in ROWS_IN.items() if not names or set(own) & set(names)]
    rows: list[Reader] = [row for module in wanted for row in import_module(module).ROWS]
    return [row for row in rows if not names or row.name in names]


def run(reader: Reader, count: int, seed: int) -> Counts:
    """So many inputs for one reader."""
    counts = Counts()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number in range(count):
            read_one(reader, number, seed, counts)
    return counts


def main(arguments: Sequence[str] = ()) -> int:
    """Run, print, and say by the exit code whether every input was read or refused as it should be."""
    parser = argparse.ArgumentParser(prog="benchmarks readers", description="Spoiled files against what reads files.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="the readers (default: all)")
    parser.add_argument("--count", type=int, default=2000, help="inputs for each reader (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", type=int, help="the number of one input: read it, and let it raise")
    asked: Any = parser.parse_args(list(arguments))
    failed = False
    for reader in readers(asked.names):
        start = perf_counter()
        if asked.only is not None:
            counts = Counts()
            read_one(reader, asked.only, asked.seed, counts, raises=True)
        else:
            counts = run(reader, asked.count, asked.seed)
        told = ", ".join(f"{n} {outcome}" for outcome, n in sorted(counts.outcomes.items()))
        print(f"{reader.name}: {told}; the slowest took {counts.slowest:.2f} s, all {perf_counter() - start:.0f} s", flush=True)
        print("\n".join(counts.failures[:SHOWN]), end="\n" if counts.failures else "", flush=True)
        failed |= bool(counts.failures)
    return int(failed)
