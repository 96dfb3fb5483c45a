"""Numbers that are kept in files: points, models, tables, certificates, and the notation of a network."""

from __future__ import annotations

import csv
import io
import json
import math
import random
import struct
import tempfile
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.readers import Reader
from gradcheck import check_grad
from gradcheck.functions.certificate import function_certificate
from gradcheck.networks.certificate import certificate, digest
from gradcheck.recheck.function import is_of_function, recheck_function
from gradcheck.recheck.network import recheck
from gradcheck.recheck.reading import Outcome
from gradcheck.witnesses.points import load_point, safe_point
from reference_nets.learning import learn
from reference_nets.models import load_model, save_model
from reference_nets.network import backward
from reference_nets.points import Point
from reference_nets.reading.csv_data import DataTable, read_csv
from reference_nets.spec import NetworkSpec
from reference_nets.training import Settings

SPEC = NetworkSpec.parse("2-3:tanh-1/mse")


@cache
def _points() -> tuple[Point, ...]:
    return tuple(safe_point(SPEC, np.random.default_rng(seed), m=3) for seed in range(4))


def _arrays(point: Point) -> dict[str, Any]:
    return {**point.params, "x": point.x, "y": point.y}


# Points


def _npz(rng: random.Random, arrays: dict[str, Any]) -> bytes:
    file = io.BytesIO()
    (np.savez if rng.randrange(2) else np.savez_compressed)(file, **arrays)
    return file.getvalue()


def _point_npz(rng: random.Random) -> bytes:
    """Of floats as people keep them: other byte orders, other layouts, shorter formats, whole numbers."""
    arrays = _arrays(rng.choice(_points()))
    key = rng.choice(list(arrays))
    changes = (
        lambda a: a,
        lambda a: a.astype(">f8"),
        lambda a: np.asfortranarray(a),
        lambda a: a.astype(np.float32),
        lambda a: a.astype(np.float16),
        lambda a: np.round(a).astype(np.int64),
    )
    return _npz(rng, {**arrays, key: rng.choice(changes)(arrays[key])})


TYPES = ("<c16", "<M8[s]", "<m8[D]", "<U5", "|S8", "|b1", "|O", "|V8", ">f8", "<f4", "<i8", "<u8", "<f2", "|u1")


SHAPES = ("()", "(3,)", "(2, 3)", f"({2**70},)", f"({2**40}, {2**40})", "(-1, 2)", "(True, 3)", "(0,)", "(1.0,)", "[3]")


def _other_array(rng: random.Random, data: bytes) -> bytes:
    """One member replaced by an array of another type, another shape, or with a header that lies."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {info.filename: archive.read(info) for info in archive.infolist()}
    except Exception:  # it was spoiled before
        return data
    if not members:
        return data
    name = rng.choice(list(members))
    shape = rng.choice(SHAPES)
    header = f"{{'descr': {rng.choice(TYPES)!r}, 'fortran_order': {rng.choice((True, False, 1))}, 'shape': {shape}, }}"
    header = rng.choice((header, header, header.replace("descr", "desc"), "{" * 500, "1" * 5000, header + "#" * 70000))
    body = rng.choice((b"", members[name][128:], bytes(rng.randrange(256) for _ in range(48))))
    length = rng.choice((len(header), len(header), 2**16 - 1, 0))
    made = b"\x93NUMPY" + bytes((rng.choice((1, 1, 2, 3, 9)), 0))
    made += struct.pack("<H", length & 0xFFFF) if made[6] == 1 else struct.pack("<I", rng.choice((length, 2**32 - 1)))
    members[name] = made + header.encode() + body
    file = io.BytesIO()
    way = rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))
    with zipfile.ZipFile(file, "w", compression=way) as archive:
        for each, content in members.items():
            archive.writestr(each, content)
    return file.getvalue()


def _other_directory(rng: random.Random, data: bytes) -> bytes:
    """The archive's own list of members spoiled: sizes, ways of compression, flags."""
    place = data.rfind(b"PK\x01\x02")
    if place < 0:
        return data
    at = place + rng.choice((8, 10, 12, 16, 20, 24, 28, 42))
    return data[:at] + bytes(rng.randrange(256) for _ in range(rng.choice((1, 2, 4)))) + data[at + 4 :]


def _read_point(suffix: str) -> Any:
    def read(data: bytes, folder: Path) -> Point:
        (folder / f"point{suffix}").write_bytes(data)
        return load_point(folder / f"point{suffix}", SPEC)

    return read


def _differs(expected: dict[str, Any], found: dict[str, Any]) -> str:
    for key, value in found.items():
        if not np.array_equal(np.asarray(expected[key], dtype=np.float64), value) or value.dtype != np.float64:
            return f"{key} is {value.ravel()[:3]}, in the file stands {np.ravel(expected[key])[:3]}"
    return ""


def _wrong_npz(data: bytes, point: Point) -> str:
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            stands = {key: archive[key] for key in (*point.params, "x", "y")}
    except Exception as error:
        return f"it was accepted, and numpy says {type(error).__name__}: {error}"
    if bad := [key for key, value in stands.items() if value.dtype.kind not in "fiu"]:
        return f"{bad[0]} holds {stands[bad[0]].dtype}"
    return _differs(stands, _arrays(point))


def _point_json(rng: random.Random) -> bytes:
    return json.dumps({key: value.tolist() for key, value in _arrays(rng.choice(_points())).items()}).encode()


VALUES = (None, True, "1.5", 10**400, -(10**5000), 1e308, [], {}, [[]], [1, [2]], "NaN", float("nan"), float("inf"), 2**63, "𝟙")


def _other_number(rng: random.Random, data: bytes) -> bytes:
    """One number replaced by something else, or one list."""
    try:
        value = json.loads(data)
        home: Any = value
        key: Any = rng.choice(list(home))
        while isinstance(home[key], list) and home[key] and rng.randrange(4):
            home, key = home[key], rng.randrange(len(home[key]))
        home[key] = rng.choice(VALUES)
        text = json.dumps(value)
    except Exception:  # it was spoiled before
        return data
    return text.replace("1.5", rng.choice(("1.5", "1" * 5000, "1e400", "[" * 500, "0x10"))).encode()


def _key_twice(rng: random.Random, data: bytes) -> bytes:
    return data.replace(b"{", b'{"' + rng.choice((b"W1", b"x", b"claimed", b"schema")) + b'": [[1, 2]], ', 1)


def _wrong_json(data: bytes, point: Point) -> str:
    pairs: list[tuple[str, Any]] = json.loads(data.decode("utf-8-sig"), object_pairs_hook=list)
    if len(dict(pairs)) < len(pairs):
        return "a key stands twice"
    return _differs(dict(pairs), _arrays(point))


# Models


@cache
def _model_file() -> bytes:
    table = DataTable(np.random.default_rng(0).normal(size=(12, 2)), ("a", "b"), ("yes", "no") * 6, "kind")
    spec = NetworkSpec.parse("2-3:tanh-2/cross_entropy")
    learned = learn(spec, table, rng=np.random.default_rng(0), settings=Settings(epochs=2))
    with tempfile.TemporaryDirectory() as folder:
        save_model(learned.model, Path(folder) / "m.npz")
        return (Path(folder) / "m.npz").read_bytes()


def _read_model(data: bytes, folder: Path) -> Any:
    (folder / "m.npz").write_bytes(data)
    return load_model(folder / "m.npz")


def _wrong_model(data: bytes, model: Any) -> str:
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            description = json.loads(str(archive["description"]))
            stands = {key: archive[key] for key in model.params}
    except Exception as error:
        return f"it was accepted, and numpy says {type(error).__name__}: {error}"
    if NetworkSpec.parse(description["network"]) != model.spec or tuple(description["classes"]) != model.prepared.classes:
        return "it is described otherwise"
    return next((f"{key} differs" for key, value in model.params.items() if not np.array_equal(stands[key], value)), "")


# Tables


def _table(rng: random.Random) -> bytes:
    mark, columns = rng.choice(",;\t"), rng.randint(2, 4)
    lines = [mark.join(f"c{i}" for i in range(columns))] if rng.randrange(2) else []
    for _ in range(rng.randint(1, 6)):
        cells = [rng.choice((f"{rng.gauss(0, 1):.4g}", f" {rng.randint(-9, 9)}", '"2.5"', "1e-3")) for _ in range(columns - 1)]
        lines.append(mark.join([*cells, rng.choice(("yes", "no", "ä"))]))
    return (rng.choice(("\n", "\r\n")).join(lines) + "\n").encode()


def _read_table(data: bytes, folder: Path) -> Any:
    (folder / "t.csv").write_bytes(data)
    return read_csv(folder / "t.csv")


def _wrong_table(data: bytes, table: Any) -> str:
    text = data.decode("utf-8-sig")
    first = text.lstrip().partition("\n")[0]
    mark = next((m for m in "\t;" if m in first), ",")
    rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark) if any(cell.strip() for cell in row)]
    rows = rows[len(rows) - len(table) :]
    expected = [[float(cell) for cell in row[:-1]] for row in rows]
    if table.features.tolist() != expected or not all(map(math.isfinite, table.features.ravel())):
        return "its numbers are not those of the file"
    return "" if list(table.labels) == [row[-1].strip() for row in rows] else "its labels are not those of the file"


# Certificates


@cache
def _certificates() -> tuple[dict[str, Any], ...]:
    found = []
    for seed, notation in enumerate(("1-1:tanh-1/mse", "2-1/bce", "1-2:relu-1/mse")):
        spec = NetworkSpec.parse(notation)
        point = safe_point(spec, np.random.default_rng(seed), m=2)
        found.append(certificate(spec, point, backward(spec, point.params, point.x, point.y)))
    return tuple(found)


def _certificate(rng: random.Random) -> bytes:
    return json.dumps(rng.choice(_certificates()), indent=1).encode()


FLOATS = ("0x1.0p+0", "0x1.0000000000000p+0", "0x0.0p+0", "nan", "inf", "-0x1.8000000000000p+3")
FORGED = (*VALUES, *FLOATS, "match", "kink", "mismatch")


def _forged(rng: random.Random, data: bytes) -> bytes:
    """One value replaced, left out or added, and the hash made anew."""
    try:
        value = json.loads(data)
        home: Any = value
        key: Any = rng.choice(list(home))
        while isinstance(home[key], dict | list) and home[key] and rng.randrange(8):
            home = home[key]
            key = rng.choice(list(home)) if isinstance(home, dict) else rng.randrange(len(home))
        if rng.randrange(6) == 0:
            del home[key]
        else:
            home[key] = rng.choice(FORGED)
        value["sha256"] = digest(value)
        return json.dumps(value).encode()
    except Exception:  # it was spoiled before
        return data


def _read_certificate(data: bytes, folder: Path) -> Any:
    del folder
    text = data.decode("utf-8")
    return recheck_function(text) if is_of_function(text) else recheck(text)


VOUCHED = ("network", "point", "claimed", "verdicts")  # what a certificate that holds vouches for


def _wrong_certificate(data: bytes, found: Any) -> str:
    if found.outcome is not Outcome.HOLDS:
        return ""
    said = json.loads(data)
    for true in _certificates():
        if all(said[part] == true[part] for part in VOUCHED):
            return ""
    return "" if found.verdict == "mismatch" else "it holds and says what no true certificate says"


def _cubes(x: Any) -> Any:
    return np.sum(x**3)


def _sizes(x: Any) -> Any:
    return np.sum(np.abs(x))


@cache
def _function_certificates() -> tuple[dict[str, Any], ...]:
    right = check_grad(_cubes, lambda x: 3 * x**2, np.array([0.5]))
    wrong = check_grad(_cubes, lambda x: 3 * x**2 + 1e-3, np.array([-1.25]))
    kink = check_grad(_sizes, np.sign, np.array([0.0]))
    return tuple(map(function_certificate, (right, wrong, kink)))


def _function_certificate(rng: random.Random) -> bytes:
    return json.dumps(rng.choice(_function_certificates()), indent=1).encode()


def _read_function_certificate(data: bytes, folder: Path) -> Any:
    del folder
    text = data.decode("utf-8")
    if not is_of_function(text):
        return recheck(text)
    return recheck_function(text, _sizes if '"kink"' in text else _cubes)


def _wrong_function_certificate(data: bytes, found: Any) -> str:
    said = json.loads(data)
    if found.outcome is not Outcome.HOLDS or said["verdict"] == "mismatch":
        return ""
    for true in _function_certificates():
        same = all(said[part] == true[part] for part in ("x", "cotangent", "verdicts", "verdict"))
        slope = float.fromhex(said["claimed"]["x"][0])
        if same and (said["claimed"] == true["claimed"] or (said["verdict"] == "kink" and abs(slope) <= 1)):
            return ""  # at 0 every slope from -1 to 1 is a subgradient of |x|
    return "it holds and says what no true certificate says"


# Notation


def _notation(rng: random.Random) -> bytes:
    sizes = [str(rng.randint(1, 12)) for _ in range(rng.randint(2, 5))]
    layers = [n + rng.choice(("", ":tanh", ":relu", ":gelu")) for n in sizes[1:]]
    return ("-".join([sizes[0], *layers]) + rng.choice(("", "/mse", "/huber+l2=0.1", "+l2=1e-3"))).encode()


def _wrong_notation(data: bytes, spec: NetworkSpec) -> str:
    return "" if NetworkSpec.parse(str(spec)) == spec else f"{spec} is read otherwise than {data!r}"


OF_ARCHIVES = (_other_array, _other_directory)
ROWS = [
    Reader("points-npz", _point_npz, _read_point(".npz"), (ValueError,), _wrong_npz, OF_ARCHIVES),
    Reader("points-json", _point_json, _read_point(".json"), (ValueError,), _wrong_json, (_other_number, _key_twice)),
    Reader("models", lambda rng: _model_file(), _read_model, (ValueError,), _wrong_model, OF_ARCHIVES),
    Reader("tables", _table, _read_table, (ValueError,), _wrong_table),
    Reader("certificates", _certificate, _read_certificate, (ValueError,), _wrong_certificate, (_forged, _forged, _key_twice)),
    Reader(
        "function-certificates",
        _function_certificate,
        _read_function_certificate,
        (ValueError,),
        _wrong_function_certificate,
        (_forged, _forged, _key_twice),
    ),
    Reader("notations", _notation, lambda data, folder: NetworkSpec.parse(data.decode()), (ValueError,), _wrong_notation),
]
