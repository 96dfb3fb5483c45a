"""What is remembered of the self-test of isolation: spoilt, forged, of another user, in another's reach, a link, a bomb.

Nothing of it is an error of the user's: a note is believed, or the levels are tried anew. So "accepted" counts the notes
that were believed and "refused" those that led to a test. What is believed must stand in the file as Python reads it, lie
where only this user writes, and be what some test could have found; after a test a whole note lies there and is believed.
"""

from __future__ import annotations

import json
import os
import random
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.readers import Reader
from gradcheck.isolation import choose, memory
from gradcheck.isolation.choose import Isolation, isolation
from gradcheck.isolation.layers import LETTERS, LEVELS, Level
from gradcheck.isolation.places import Places, places
from gradcheck.isolation.probes import NAMES, NOT_STOPPED, OUTCOMES, STOPPED

STATE, ANOTHER = "a" * 64, "b" * 64
ALL_STOPPED = dict.fromkeys(NAMES, STOPPED)
OPEN = {**dict.fromkeys(NAMES, NOT_STOPPED), "prlimit": STOPPED}
NOBODY = 65534


def _probe(level: Level, _: Places) -> dict[str, str]:
    """This machine: bubblewrap lets a connection through, the second level holds, the last stops hardly anything."""
    found = {"A": {**ALL_STOPPED, "tcp": NOT_STOPPED}, "A-": ALL_STOPPED}
    return found.get(level.name, {**ALL_STOPPED, "read": NOT_STOPPED} if len(level.layers) > 1 else OPEN)


def _machine(folder: Path) -> Any:
    """The places and the state are the same for all files, so that thousands are read in a minute."""
    environment = patch.dict(os.environ, {"XDG_CACHE_HOME": str(folder)})
    here, state = partial(_same, places()), partial(_same, STATE)
    return environment, patch.multiple(choose, probe=_probe, places=here), patch.object(memory, "state_of", state)


def _same(value: Any, *_: Any) -> Any:
    return value


# Files


def _wish(rng: random.Random) -> str:
    return rng.choice(("best", "best", *LETTERS))


def _entry(level: Level, name: str) -> dict[str, Any]:
    better = [one for one in LEVELS[: LEVELS.index(level)] if name in ("best", one.name)]
    passed_over = [f"{one.name}: not stopped: tcp" for one in better]
    return {"layers": list(level.layers), "probes": dict(_probe(level, places())), "passed_over": passed_over}


def _notes(rng: random.Random) -> bytes:
    """The notes of one or more states, as they are written; those of this machine are the truth."""
    true = {"best": LEVELS[1], **{level.name: level for level in reversed(LEVELS)}}
    own = {name: _entry(true[name], name) for name in ("best", _wish(rng)) if name != "A"}
    others = {"".join(rng.choices("0123456789abcdef", k=64)): own for _ in range(rng.choice((0, 0, 1, 3)))}
    return json.dumps({**others, STATE: own}).encode()


def _changed(change: Callable[[random.Random, dict[str, Any]], Any], rng: random.Random, data: bytes) -> bytes:
    """The file with something of its structure changed; as it is, where it is no structure any more."""
    try:
        states = json.loads(data)
        change(rng, states)
        return json.dumps(states).encode()
    except (ValueError, KeyError, AttributeError, TypeError, IndexError, RecursionError):
        return data


def _forge(rng: random.Random, states: dict[str, Any]) -> None:
    """A better level, or better outcomes, than there are here: with layers, outcomes and reasons that fit, or do not."""
    level, name = rng.choice(LEVELS), _wish(rng)
    odd: tuple[Any, ...] = ([], None, 7, "A", {"A": 1}, ["bubblewrap"], [["rlimits"]], "x" * 9000, 10**400, True, -0.0)
    one_odd = {**ALL_STOPPED, rng.choice(NAMES): rng.choice((*OUTCOMES, *odd))}
    forged = {
        **_entry(level, rng.choice((name, name, _wish(rng)))),
        "probes": rng.choice((ALL_STOPPED, ALL_STOPPED, OPEN, one_odd)),
    }
    if rng.randrange(3) == 0:
        forged[rng.choice((*forged, "name", "remembered"))] = rng.choice(odd)
    states.setdefault(STATE, {})[name] = forged


def _of_another_state(rng: random.Random, states: dict[str, Any]) -> None:
    states[rng.choice((ANOTHER, STATE.upper(), f" {STATE}", STATE[:-1], ""))] = states.pop(STATE)


def _of_another_wish(rng: random.Random, states: dict[str, Any]) -> None:
    states[STATE][_wish(rng)] = states[STATE].pop(rng.choice(list(states[STATE])))


def _huge(rng: random.Random, states: dict[str, Any]) -> None:
    states[STATE]["best"]["passed_over"] = ["x" * rng.choice((1999, 2001, 70_000))] * rng.choice((1, 3, 40))


def _key_twice(rng: random.Random, data: bytes) -> bytes:
    key = rng.choice((b'"layers": ["rlimits"], ', b'"probes": {}, ', b'"passed_over": [], '))
    return data.replace(b'"layers"', key + b'"layers"', 1)


def _bomb(rng: random.Random, data: bytes) -> bytes:
    deep = rng.choice((b"[", b'{"a":', b"[[],")) * rng.choice((500, 5_000, 13_000))
    text = data.decode(errors="replace")
    return rng.choice((deep, data[:-1] + b', "x": ' + deep, b"9" * 60_000, b" " * 70_000 + data, text.encode("utf-16")))


# Where they lie


def _plain(file: Path) -> None:
    file.chmod(0o600)


def _by_link(file: Path) -> None:
    file.rename(file.with_name("elsewhere"))
    file.symlink_to("elsewhere")


def _folder_by_link(file: Path) -> None:
    file.parent.rename(file.parent.with_name("elsewhere"))
    file.parent.symlink_to("elsewhere")


def _second_name(file: Path) -> None:
    os.link(file, file.with_name("second"))


def _given_away(file: Path) -> None:
    if os.geteuid() == 0:
        os.chown(file, NOBODY, NOBODY)
    else:
        file.chmod(0o622)


def _open_folder(file: Path) -> None:
    file.parent.chmod(0o777)


PLAIN = (*(_plain,) * 15, _second_name)
ODD = (_by_link, _folder_by_link, _given_away, _open_folder, lambda file: file.chmod(0o620), lambda file: file.chmod(0o602))
LAID = (*PLAIN, *ODD)


def _laid(data: bytes) -> Callable[[Path], None]:
    """Where the file with these bytes is laid: the same each time it is read."""
    return LAID[zlib.crc32(data) % len(LAID)]


# Reading


class TestedAnew(ValueError):  # noqa: N818 - no error
    """The note was not believed, and a test found what holds here."""


def _read(data: bytes, folder: Path) -> tuple[str, Isolation]:
    name = ("best", "A-", "C")[len(data) % 3]
    wanted = None if name == "best" else name
    file = folder / "gradcheck" / memory.FILE
    file.parent.mkdir(mode=0o700)
    file.write_bytes(data)
    _laid(data)(file)
    environment, levels, state = _machine(folder)
    with environment, levels, state:
        found = isolation(wanted)
        if found.remembered:
            return name, found
        true = isolation(wanted, remember=False)
        assert (found.level, found.probes, found.passed_over) == (true.level, true.probes, true.passed_over), "another test"
        again = isolation(wanted)
    assert again == true, f"after a test {again} is remembered"
    assert again.remembered or _laid(data) is _folder_by_link, "what a test has found is not remembered"
    left = {one.name for one in file.parent.iterdir()} - {"elsewhere", "second"}
    assert left <= {memory.FILE}, f"{left} are left"
    raise TestedAnew("tested anew")


def _wrong(data: bytes, result: tuple[str, Isolation]) -> str:
    """Why no test can have written what was believed."""
    name, found = result
    said = json.loads(data).get(STATE, {}).get(name)
    if said is None:
        return "nothing is noted of this state, or of this wish"
    stopped = sum(outcome == STOPPED for outcome in said["probes"].values())
    candidates = [one for one in LEVELS if name in ("best", one.name)]
    place = next((n for n, one in enumerate(candidates) if list(one.layers) == said["layers"]), None)
    names = {one.name for one in LEVELS if list(one.layers) == said["layers"]} | {"C"}
    reasons = {
        "it lies where others write": _laid(data) in ODD,
        "it has other layers than stand there": list(found.level.layers) != said["layers"],
        "it has other outcomes than stand there": dict(found.probes) != said["probes"] or list(found.probes) != list(NAMES),
        "its level is none of those asked for": place is None,
        "it does not say why each better level was passed over": len(found.passed_over) != place,
        "it has other reasons than stand there": list(found.passed_over) != said["passed_over"],
        "it is called isolated, and something was not stopped": found.level.name[0] == "A" and stopped < len(NAMES),
        "it is called B and stops hardly anything": found.level.name == "B" and len(NAMES) - stopped > 5,
        "it is called better than its layers are": found.level.name not in names,
    }
    return "; ".join(reason for reason, holds in reasons.items() if holds)


CHANGES = (_forge, _forge, _forge, _of_another_state, _of_another_wish, _huge)
SPOIL: tuple[Callable[[random.Random, bytes], bytes], ...] = (*(partial(_changed, one) for one in CHANGES), _key_twice, _bomb)
ROWS = [Reader("self-tests", _notes, _read, (TestedAnew,), _wrong, SPOIL)]
