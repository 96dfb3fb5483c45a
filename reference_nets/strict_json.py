"""JSON from a file that nobody vouches for: what is damaged or ambiguous is refused in one sentence, quickly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NoReturn

LARGEST_FILE = 256 * 2**20  # bytes
LONGEST_NUMBER = 1000  # digits; Python itself takes minutes for 10^7 of them, and no float needs more
DEEPEST = 100  # lists in lists; the largest that is written here has six


class DamagedFile(ValueError):  # noqa: N818 - it says what the file is
    """A file that does not hold what was looked for: which one, what is wrong with it, what to try."""


def read_file(path: Path, *, largest: int = LARGEST_FILE) -> bytes:
    """The bytes of an ordinary file; DamagedFile for a directory, a device, an empty file or one that is too large.

    A file that is missing or may not be read stays an OSError.
    """
    if path.is_dir():
        raise DamagedFile(f"{path} is a directory, expected a file; name a file in it")
    with path.open("rb") as file:
        content = file.read(largest + 1)
    if not content:
        raise DamagedFile(f"{path} is empty; was it written to the end?")
    if len(content) > largest:
        raise DamagedFile(f"{path} is larger than {largest // 2**20} MiB, the most that is read; name a smaller file")
    return content


def parse(text: str | bytes) -> Any:
    """The value of a JSON text as RFC 8259 has it; ValueError, without the name of the file, for anything else.

    Refused, too: a key that stands twice in one object (readers disagree on which counts), NaN and Infinity, numbers that
    no float holds, nesting deeper than DEEPEST.
    """
    try:
        text = text.decode("utf-8-sig") if isinstance(text, bytes) else text.removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"it is no text in UTF-8 (byte {error.start}); was the file damaged or saved in another encoding?"
        ) from None
    if _depth(text) > DEEPEST:
        raise ValueError(f"its lists and objects are nested more than {DEEPEST} deep")
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_number, parse_int=_whole, parse_float=_finite)
    except json.JSONDecodeError as error:
        raise ValueError(f"it is no JSON (line {error.lineno}, column {error.colno}: {error.msg})") from None


def _depth(text: str) -> int:
    """The deepest nesting, counted without recursion; signs within strings count too, and hardly any string has such."""
    if text.count("[") + text.count("{") <= DEEPEST:
        return 0
    depth = deepest = 0
    inside = escaped = False
    for sign in text:
        if inside:
            inside, escaped = escaped or sign != '"', sign == "\\" and not escaped
        elif sign == '"':
            inside = True
        elif sign in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in "]}":
            depth -= 1
    return deepest


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for place, (key, _) in enumerate(pairs) if key in dict(pairs[:place]))
        raise ValueError(f"the key {twice[:40]!r} stands twice in one object; which of the two counts?")
    return found


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number of JSON; expected finite numbers")


def _whole(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise ValueError(f"the number {digits[:12]}... has {len(digits)} digits, which no float holds")
    return int(digits)


def _finite(digits: str) -> float:
    if len(digits) > LONGEST_NUMBER:
        raise ValueError(f"the number {digits[:12]}... has {len(digits)} signs; expected at most {LONGEST_NUMBER}")
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"the number {digits} is larger than any float")
    return value
