"""Reading certificates that nobody vouches for: their form is checked to the last field before anything in them counts.

Like the whole recheck it uses nothing that wrote the certificate: Python's own library, and a strict reader of JSON.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from reference_nets.reading.strict_json import parse

NETWORK, FUNCTION = "gradcheck.certificate/1", "gradcheck.function-certificate/1"
_COMMON = {"schema", "toolkit", "seed", "witness", "claimed", "enclosure", "budget", "verdicts", "sha256"}
FIELDS = {
    NETWORK: _COMMON | {"network", "point"},
    FUNCTION: _COMMON | {"subject", "function", "gradient", "bits", "formula", "x", "cotangent", "checks", "verdict"},
}
PARTS = ("mid", "low", "rad")
MOST_ENTRIES_OF_FILE = 10**7
# What a verdict may be, from good to bad: the worst of all is the verdict on the whole.
VERDICTS = ("match", "kink", "inaccurate", "inconclusive", "skipped", "error", "mismatch")
JUDGED = ("match", "kink", "inaccurate", "inconclusive", "mismatch")  # what can be said of a quantity


class NoCertificate(ValueError):  # noqa: N818 - it says what the file is
    """A text that is no certificate, or one that cannot be read without guessing."""


class Outcome(StrEnum):
    """What came of looking at a certificate again."""

    HOLDS = "holds"  # the verdict was found again
    UNCONFIRMED = "unconfirmed"  # nothing speaks against it, and what it rests on could not be taken again
    REFUTED = "refuted"


@dataclass(frozen=True)
class Recheck:
    """What a recheck found.

    ``verdicts`` are those that the certificate states. ``faults`` are sentences on what does not hold, ``open`` on what the
    verdict rests on and nobody could recompute, ``trusted`` on what is believed without changing the verdict. ``how`` says
    by which means the entries were looked at.
    """

    kind: str
    entries: int
    verdict: str
    verdicts: Mapping[str, str]
    faults: tuple[str, ...]
    open: tuple[str, ...]
    trusted: tuple[str, ...]
    how: str

    @property
    def outcome(self) -> Outcome:
        """Whether the certificate holds."""
        if self.faults:
            return Outcome.REFUTED
        return Outcome.UNCONFIRMED if self.open else Outcome.HOLDS

    @property
    def ok(self) -> bool:
        """Whether its verdict was found again."""
        return self.outcome is Outcome.HOLDS


def read_certificate(text: str) -> dict[str, Any]:
    """The certificate in a text, its form checked; raises NoCertificate, saying what was expected and what came."""
    try:
        data = parse(text)
    except ValueError as error:
        raise NoCertificate(f"this is no certificate: {error}; gradcheck writes them with write_certificate") from None
    if not isinstance(data, dict) or not isinstance(data.get("schema"), str):
        raise NoCertificate("this is no certificate: it has no schema; gradcheck writes them with write_certificate")
    fields = FIELDS.get(data["schema"])
    if fields is None:
        raise NoCertificate(
            f"this is no certificate that can be read here: its schema is {data['schema'][:60]!r}, expected {NETWORK!r} or "
            f"{FUNCTION!r}"
        )
    if data.keys() != fields:
        raise NoCertificate(f"this is no certificate: {_difference(fields, data)}")
    _check_common(data)
    return data


def hash_faults(data: Mapping[str, Any]) -> list[str]:
    """Whether the hash is that of the content."""
    content = {key: value for key, value in data.items() if key != "sha256"}
    found = hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    return [] if found == data["sha256"] else ["the hash does not fit: the file was changed after it was written"]


def expect(holds: bool, sentence: str) -> None:
    """Raise NoCertificate with this sentence where something does not hold."""
    if not holds:
        raise NoCertificate(f"this is no certificate: {sentence}")


def expect_keys(value: Any, keys: Sequence[str] | set[str], where: str) -> None:
    """Raise NoCertificate where a value is no object with exactly these keys."""
    expect(isinstance(value, dict), f"{where} is {kind_of(value)}, expected an object")
    expect(value.keys() == set(keys), f"{where}: {_difference(set(keys), value)}")


def kind_of(value: Any) -> str:
    """How a value of JSON is called."""
    names = {bool: "a truth value", int: "a number", float: "a number", str: "a text", list: "a list", dict: "an object"}
    return names.get(type(value), "null")


def shape_of(value: Any, where: str, *, finite: bool = True) -> tuple[int, ...]:
    """The shape of nested lists of hexadecimal floats, each written as Python writes it; NoCertificate for anything else."""
    if not isinstance(value, list):
        expect(isinstance(value, str), f"{where} holds {kind_of(value)}, expected a hexadecimal float such as '0x1.8p+1'")
        try:
            number = float.fromhex(value)
        except (ValueError, OverflowError):
            number = None
        expect(number is not None and number.hex() == value, f"{where} holds {value[:40]!r}, expected a hexadecimal float")
        expect(not finite or abs(number or 0.0) < float("inf"), f"{where} holds {value}, expected a finite number")
        return ()
    shapes = {shape_of(item, where, finite=finite) for item in value}
    expect(len(shapes) <= 1, f"the lists of {where} are of different lengths")
    return (len(value), *(shapes.pop() if shapes else ()))


def indices(shape: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Every index of an array of this shape."""
    if not shape:
        yield ()
        return
    for place in range(shape[0]):
        yield from ((place, *rest) for rest in indices(shape[1:]))


def at(value: Any, index: Sequence[int]) -> Any:
    """The entry of nested lists."""
    for place in index:
        value = value[place]
    return value


def _difference(expected: set[str], found: Mapping[str, Any]) -> str:
    more, missing = sorted(found.keys() - expected), sorted(expected - found.keys())
    parts = [
        f"{name} {', '.join(repr(key[:40]) for key in keys[:5])}"
        for name, keys in (("it lacks", missing), ("it has also", more))
        if keys
    ]
    return " and ".join(parts)


def _check_common(data: Mapping[str, Any]) -> None:
    for name in ("toolkit", "witness", "sha256"):
        expect(isinstance(data[name], str), f"{name} is {kind_of(data[name])}, expected a text")
    seed = data["seed"]
    expect(seed is None or (type(seed) is int and seed >= 0), "seed is expected to be a whole number or null")
    verdicts = data["verdicts"]
    expect(isinstance(verdicts, dict), f"verdicts is {kind_of(verdicts)}, expected an object")
    expect(bool(verdicts), "it has no quantity: nothing is certified")
    for name, verdict in verdicts.items():
        expect(verdict in JUDGED, f"the verdict on {name[:40]} is {str(verdict)[:40]!r}, expected one of {', '.join(JUDGED)}")
    for part in ("claimed", "enclosure", "budget"):
        expect_keys(data[part], set(verdicts), part)
    total = 0
    for name in verdicts:
        shape = shape_of(data["claimed"][name], f"claimed {name}", finite=False)
        expect_keys(data["enclosure"][name], PARTS, f"the enclosure of {name}")
        for part in PARTS:
            same = shape_of(data["enclosure"][name][part], f"the {part} of {name}", finite=False)
            expect(same == shape, f"the {part} of {name} has shape {same}, its claim {shape}")
        same = shape_of(data["budget"][name], f"the budget of {name}", finite=False)
        expect(same == shape, f"the budget of {name} has shape {same}, its claim {shape}")
        for index in indices(shape):
            for what, number in (
                ("radius", at(data["enclosure"][name]["rad"], index)),
                ("budget", at(data["budget"][name], index)),
            ):
                expect(float.fromhex(number) >= 0, f"a {what} of {name} is {float.fromhex(number)}, expected 0 or more")
            total += 1
    expect(total <= MOST_ENTRIES_OF_FILE, f"it has {total} entries, at most {MOST_ENTRIES_OF_FILE} are read")
