"""Files that nobody vouches for: refused in one sentence, in little time and memory, or read as what stands in them."""

import io
import json
import struct
import tracemalloc
import zipfile

import numpy as np
import pytest

from gradcheck.commands.cli import main
from gradcheck.witnesses.points import load_point, safe_point
from reference_nets.models import ModelFileError, load_model
from reference_nets.reading.csv_data import DataError, read_csv
from reference_nets.reading.stored_arrays import read_npz
from reference_nets.reading.strict_json import DamagedFile, as_numbers, parse, read_file
from reference_nets.spec import NetworkSpec

SPEC = NetworkSpec.parse("2-3:tanh-1/mse")
POINT = safe_point(SPEC, np.random.default_rng(0), m=2)
ARRAYS = {**POINT.params, "x": POINT.x, "y": POINT.y}


def member(descr="<f8", shape="(3, 2)", body=None, fortran=False, version=1):
    """An .npy file with a header of one's choice."""
    header = f"{{'descr': {descr}, 'fortran_order': {fortran}, 'shape': {shape}, }}\n".encode()
    body = np.arange(6.0).tobytes() if body is None else body
    return b"\x93NUMPY" + bytes((version, 0)) + struct.pack("<H", len(header)) + header + body


def archive(members, compression=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression=compression) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return file.getvalue()


def saved(**changes):
    file = io.BytesIO()
    np.savez(file, **{**ARRAYS, **changes})
    return file.getvalue()


def with_w1(**header):
    with zipfile.ZipFile(io.BytesIO(saved())) as made:
        members = {info.filename: made.read(info) for info in made.infolist()}
    return archive({**members, "W1.npy": member(**header)})


def flagged(data, bit):
    """The archive with a flag or a way of compression set in every header."""
    spoiled = bytearray(data)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = spoiled.find(mark)
        while place >= 0:
            spoiled[place + offset + (2 if bit == "method" else 0)] |= 99 if bit == "method" else 1
            place = spoiled.find(mark, place + 4)
    return bytes(spoiled)


def twice():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("W1.npy", member("'<f8'"))
        with pytest.warns(UserWarning, match="Duplicate name"):
            made.writestr("W1.npy", member("'<f8'"))
    return file.getvalue()


REFUSED = {
    "nothing": (b"", "is empty"),
    "text": (b"W1 = 1", "damaged or no .npz file"),
    "only a beginning": (b"PK\x03\x04", "damaged or no .npz file"),
    "cut off": (saved()[:-30], "damaged or no .npz file"),
    "a text before it": (b"#" + saved(), "damaged or no .npz file"),
    "encrypted": (flagged(saved(), "encrypted"), "is encrypted"),
    "an unknown compression": (flagged(saved(), "method"), "compressed in a way that numpy does not write"),
    "bzip2": (archive({"W1.npy": member("'<f8'")}, zipfile.ZIP_BZIP2), "compressed in a way"),
    "lzma": (archive({"W1.npy": member("'<f8'")}, zipfile.ZIP_LZMA), "compressed in a way"),
    "a shape of 2^70": (with_w1(descr="'<f8'", shape=f"({2**70},)"), "is damaged"),
    "a shape of 2^40 x 2^40": (with_w1(descr="'<f8'", shape=f"({2**40}, {2**40})"), "is damaged"),
    "a shape that needs more": (with_w1(descr="'<f8'", shape="(2000000, 1000)"), "bytes, and 48 are there"),
    "a negative shape": (with_w1(descr="'<f8'", shape="(-3, 2)"), "is damaged"),
    "a shape of truths": (with_w1(descr="'<f8'", shape="(True, 6)"), "is damaged"),
    "a shape that is a text": (with_w1(descr="'<f8'", shape="'(3, 2)'"), "is damaged"),
    "no shape": (with_w1(descr="'<f8'", shape="None"), "is damaged"),
    "a header of brackets": (with_w1(descr="(" * 5000), "is damaged"),
    "a long header": (with_w1(descr="'<f8'", shape="(3, 2)" + " " * 60000), "is damaged"),
    "bytes left over": (with_w1(descr="'<f8'", body=bytes(56)), "needs 48 bytes, and 56 are there"),
    "an unknown version": (with_w1(descr="'<f8'", version=9), "is damaged"),
    "pickled objects": (with_w1(descr="'|O'", body=b"cos\nsystem\n(S'false'\ntR."), "pickled objects under 'W1'"),
    "complex numbers": (saved(W1=POINT.params["W1"] + 0j), "holds complex128 under 'W1', expected floats"),
    "complex64": (saved(W1=POINT.params["W1"].astype(np.complex64)), "holds complex64"),
    "dates": (saved(W1=np.zeros((3, 2), dtype="M8[s]")), "holds datetime64[s]"),
    "spans of time": (saved(W1=np.zeros((3, 2), dtype="m8[D]")), "holds timedelta64[D]"),
    "texts": (saved(W1=np.full((3, 2), "1.5")), "expected floats"),
    "bytes": (saved(W1=np.full((3, 2), b"1.5")), "expected floats"),
    "truths": (saved(W1=np.ones((3, 2), dtype=bool)), "holds bool under 'W1'"),
    "structures": (saved(W1=np.zeros((3, 2), dtype=[("a", "f8")])), "expected floats"),
    "raw memory": (saved(W1=np.zeros((3, 2), dtype="V8")), "expected floats"),
    "large whole numbers": (saved(W1=np.full((3, 2), 2**60)), "beyond 2**53"),
    "one number": (saved(W1=np.float64(3.0)), "W1 has shape ()"),
    "not a number": (saved(W1=np.full((3, 2), np.nan)), "is nan, expected a finite number"),
    "beyond all numbers": (saved(W1=np.full((3, 2), -np.inf)), "is -inf, expected a finite number"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_damaged_point_is_refused_in_one_sentence(tmp_path, capsys, name):
    data, told = REFUSED[name]
    (tmp_path / "point.npz").write_bytes(data)
    assert main(["verify", str(SPEC), "--point", str(tmp_path / "point.npz")]) == 2
    err = capsys.readouterr().err
    assert told in err and err.count("\n") == 1


@pytest.mark.parametrize("name", [name for name in REFUSED if name not in ("one number", "not a number", "beyond all numbers")])
def test_a_damaged_model_is_refused_in_one_sentence(tmp_path, name):
    (tmp_path / "m.npz").write_bytes(REFUSED[name][0])
    with pytest.raises(ModelFileError, match=r"damaged or no \.npz file; train and save the model again"):
        load_model(tmp_path / "m.npz")


def test_a_name_that_stands_twice_is_refused(tmp_path):
    (tmp_path / "point.npz").write_bytes(twice())
    with pytest.raises(DamagedFile, match="holds 'W1' twice"):
        read_npz(tmp_path / "point.npz")


READ = {
    "big-endian": lambda a: a.astype(">f8"),
    "by columns": np.asfortranarray,
    "a view": lambda a: a[::-1][::-1],
    "float32": lambda a: a.astype(np.float32),
    "float16": lambda a: a.astype(np.float16),
    "big-endian float32": lambda a: a.astype(">f4"),
    "whole numbers": lambda a: np.round(a).astype(np.int64),
    "unsigned": lambda a: np.abs(np.round(a)).astype("u1"),
    "a masked array without a mask": np.ma.masked_array,
}


@pytest.mark.parametrize("name", READ)
@pytest.mark.parametrize("key", ARRAYS)
def test_floats_of_any_layout_are_read_as_they_are(tmp_path, name, key):
    given = READ[name](ARRAYS[key])
    (tmp_path / "point.npz").write_bytes(saved(**{key: given}))
    point = load_point(tmp_path / "point.npz", SPEC)
    found = {**point.params, "x": point.x, "y": point.y}[key]
    assert found.dtype == np.float64 and np.array_equal(found, np.asarray(given).astype(np.float64))


def test_what_a_point_does_not_need_is_not_read(tmp_path):
    (tmp_path / "point.npz").write_bytes(saved(note=np.array("drawn on a Monday"), when=np.datetime64("2026-01-01")))
    assert np.array_equal(load_point(tmp_path / "point.npz", SPEC).x, POINT.x)


def bomb():
    """An archive of one megabyte whose one array would fill ten gigabytes."""
    header = member("'<f8'", f"({10 * 2**30 // 8},)", b"")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made, made.open("W1.npy", "w", force_zip64=True) as inside:
        inside.write(header)
        for _ in range(320):  # 320 MiB are enough to be told
            inside.write(bytes(2**20))
    return file.getvalue()


def test_a_bomb_is_refused_before_it_unpacks(tmp_path):
    data = bomb()
    assert len(data) < 2**20
    place = data.rfind(b"PK\x01\x02") + 24
    lying = data[:place] + struct.pack("<I", 1000) + data[place + 4 :]  # it says that it is small
    for content in (data, lying):
        (tmp_path / "point.npz").write_bytes(content)
        tracemalloc.start()
        with pytest.raises(ValueError, match=r"holds no point: it (unpacks to|is damaged)"):
            load_point(tmp_path / "point.npz", SPEC)
        assert tracemalloc.get_traced_memory()[1] < 2**24
        tracemalloc.stop()


def test_a_packed_table_that_is_a_bomb_is_refused(tmp_path):
    import gzip

    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(bytes(2**26)))
    with pytest.raises(DataError, match="which no table of its size does"):
        read_csv(tmp_path / "t.csv.gz")


# JSON

NUMBERS = {key: value.tolist() for key, value in ARRAYS.items()}
TEXT = json.dumps(NUMBERS)
FIRST = json.dumps(NUMBERS["W1"][0][0])
SPOILED = {
    "10^400": (TEXT.replace(FIRST, "1" + "0" * 400), "larger than any float"),
    "-10^400": (TEXT.replace(FIRST, "-1" + "0" * 400), "larger than any float"),
    "1e400": (TEXT.replace(FIRST, "1e400"), "larger than any float"),
    "a hundred thousand digits": (TEXT.replace(FIRST, "1" * 10**5), "has 100000 digits"),
    "a long fraction": (TEXT.replace(FIRST, "0." + "1" * 10**5), "has 100002 signs"),
    "NaN": (TEXT.replace(FIRST, "NaN"), "W1[0, 0] is nan, expected a finite number"),
    "Infinity": (TEXT.replace(FIRST, "-Infinity"), "W1[0, 0] is -inf, expected a finite number"),
    "a number as a text": (TEXT.replace(FIRST, f'"{FIRST}"'), "stands where a number is expected"),
    "a truth": (TEXT.replace(FIRST, "true"), "W1: true stands where a number is expected"),
    "null": (TEXT.replace(FIRST, "null"), "W1: null stands where a number is expected"),
    "an object": (TEXT.replace(FIRST, "{}"), "stands where a number is expected"),
    "a ragged list": (TEXT.replace(FIRST, f"{FIRST}, 1"), "W1: its rows are of different lengths"),
    "deep nesting": (TEXT.replace(FIRST, "[" * 10**5 + "]" * 10**5), "nested more than 100 deep"),
    "deep objects": ('{"W1": ' * 10**5, "nested more than 100 deep"),
    "a key twice": (TEXT.replace("{", '{"W1": [[1]], ', 1), "the key 'W1' stands twice in one object"),
    "a list": (f"[{TEXT}]", "a point is an object"),
    "a number": ("3", "a point is an object"),
    "cut off": (TEXT[: len(TEXT) // 2], "is no JSON (line 1"),
    "UTF-16": (TEXT.encode("utf-16"), "it is no text in UTF-8"),
    "a lone surrogate": (b'{"W1": "\xed\xa0\x80"}', "it is no text in UTF-8"),
    "nothing": ("", "is empty"),
}


@pytest.mark.parametrize("name", SPOILED)
def test_a_damaged_point_in_json_is_refused_in_one_sentence(tmp_path, capsys, name):
    data, told = SPOILED[name]
    (tmp_path / "point.json").write_bytes(data if isinstance(data, bytes) else data.encode())
    assert main(["verify", str(SPEC), "--point", str(tmp_path / "point.json")]) == 2
    assert told in capsys.readouterr().err


def test_signs_within_texts_do_not_nest():
    assert parse(json.dumps({"a": "[" * 500 + '\\"{'})) == {"a": "[" * 500 + '\\"{'}
    assert parse(b"\xef\xbb\xbf[1, 2.5]") == [1, 2.5]
    assert as_numbers([[1, 2.5]]) == [[1.0, 2.5]]


@pytest.mark.parametrize("read", [load_model, read_csv, read_file, lambda path: load_point(path, SPEC)])
@pytest.mark.parametrize("suffix", [".npz", ".json", ".csv", ".csv.gz"])
def test_a_directory_is_no_file(tmp_path, read, suffix):
    path = tmp_path / f"folder{suffix}"
    path.mkdir()
    with pytest.raises(ValueError, match=r"is a directory|is neither \.npz nor \.json"):
        read(path)


@pytest.mark.parametrize("command", [["recheck"], ["predict"], ["verify", "2-1", "--point"], ["train", "2-1", "--data"]])
@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"[" * 10**5, b"PK\x03\x04" * 9, b"\x93NUMPY\x01\x00\xff\xff"])
def test_no_command_takes_a_damaged_file_for_its_own_fault(tmp_path, capsys, command, content):
    path = tmp_path / ("point.npz" if "--point" in command else "file.npz")
    path.write_bytes(content)
    more = ["--data", str(path)] if command == ["predict"] else []
    assert main([*command, str(path), *more]) == 2
    told = capsys.readouterr().err
    assert "the checker's own fault" not in told and "Traceback" not in told
