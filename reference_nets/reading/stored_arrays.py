"""Arrays from ``.npz`` files that nobody vouches for: bounded in time and memory, nothing in them is ever executed.

Read by hand, member by member, because `numpy.load` trusts what a header says of sizes and takes any type of number.
"""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np

from reference_nets.activations import Array
from reference_nets.reading.strict_json import DamagedFile, read_file

LARGEST_ARRAYS = 256 * 2**20  # bytes of all arrays together, unpacked
MOST_MEMBERS = 4096
LONGEST_SIDE = 2**31
UNPACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # what `numpy.savez` and `savez_compressed` write
ENCRYPTED = 0x1
EXACT = 2**53  # whole numbers up to here are floats


def read_npz(
    path: Path, keys: Collection[str] | None = None, *, texts: Collection[str] = (), beside: Collection[str] = ()
) -> dict[str, Array]:
    """The arrays under these names (without any all of them but those ``beside``); a name that is not there is left out.

    Floats of 16 to 64 bits, whole numbers that are floats exactly, in any byte order, and under ``texts`` one text each.
    Raises DamagedFile, saying what was expected and what came, for anything else.
    """
    content = read_file(path)
    if not content.startswith(b"PK\x03\x04"):
        raise DamagedFile(path, "is damaged or no .npz file, expected one that numpy.savez wrote")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = _members(archive, keys, beside)
            return {key: _array(key, _unpacked(archive, member), key in texts) for key, member in members.items()}
    except _Refused as error:
        raise DamagedFile(path, str(error)) from None
    except Exception as error:  # a damaged archive makes zipfile, zlib and struct raise almost anything
        told = "is damaged or no .npz file, expected one that numpy.savez wrote"
        raise DamagedFile(path, f"{told} ({type(error).__name__}: {error})") from error


class _Refused(Exception):  # noqa: N818 - it says why
    """What is wrong with a file, to stand after its name."""


def _members(archive: zipfile.ZipFile, keys: Collection[str] | None, beside: Collection[str]) -> dict[str, zipfile.ZipInfo]:
    """The members that are wanted, by their key; their sizes are what the archive says, and no more of them is unpacked."""
    if len(archive.infolist()) > MOST_MEMBERS:
        raise _Refused(f"has {len(archive.infolist())} members, expected at most {MOST_MEMBERS}")
    found: dict[str, zipfile.ZipInfo] = {}
    for member in archive.infolist():
        key = member.filename.removesuffix(".npy")
        if key in beside if keys is None else key not in keys:
            continue
        if key in found:
            raise _Refused(f"holds {key!r} twice; which of the two counts?")
        if member.flag_bits & ENCRYPTED:
            raise _Refused(f"is encrypted ({key!r}); save it without a password")
        if member.compress_type not in UNPACKED:
            raise _Refused(f"is compressed in a way that numpy does not write ({key!r}); save it by numpy.savez")
        found[key] = member
    if (size := sum(member.file_size for member in found.values())) > LARGEST_ARRAYS:
        raise _Refused(f"unpacks to {size / 2**20:.0f} MiB, expected at most {LARGEST_ARRAYS // 2**20}")
    return found


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """The bytes of a member: asked for by their number, for without one all is unpacked, whatever size was said."""
    with archive.open(member) as file:
        return file.read(member.file_size)


def _array(key: str, data: bytes, as_text: bool) -> Array:
    """The array in a member of an archive."""
    stream = io.BytesIO(data)
    try:
        version = np.lib.format.read_magic(stream)
        read_header = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}[version]
        shape, fortran, dtype = read_header(stream)
    except Exception as error:
        raise _Refused(f"is damaged: {key!r} is no array that numpy wrote") from error
    _check_type(key, dtype, shape, as_text)
    if not all(type(n) is int and 0 <= n < LONGEST_SIDE for n in shape):
        raise _Refused(f"is damaged: {key!r} says that its shape is {_short(shape)}")
    room, needed = len(data) - stream.tell(), math.prod(shape) * dtype.itemsize
    if room != needed:
        raise _Refused(f"is damaged: {key!r} of shape {shape} needs {needed} bytes, and {room} are there")
    flat = np.frombuffer(data, dtype=dtype, offset=stream.tell())
    array = flat.reshape(shape, order="F" if fortran else "C")
    if dtype.kind in "iu" and array.size and not -EXACT <= int(array.min()) <= int(array.max()) <= EXACT:
        raise _Refused(f"holds whole numbers beyond 2**53 under {key!r}, which are no floats; expected floats")
    return np.array(array, dtype=dtype.newbyteorder("="), order="C")


def _check_type(key: str, dtype: Any, shape: tuple[int, ...], as_text: bool) -> None:
    if as_text:
        if dtype.kind != "U" or shape != ():
            raise _Refused(f"is damaged: {key!r} holds {dtype} of shape {_short(shape)}, expected one text")
        return
    if dtype.hasobject:
        raise _Refused(f"holds pickled objects under {key!r}, which are never read; expected an array of floats")
    number = dtype.kind in "iu" or (dtype.kind == "f" and dtype.itemsize <= 8)
    if dtype.names is not None or dtype.subdtype is not None or not number:
        raise _Refused(f"holds {dtype} under {key!r}, expected floats; try {key}.astype(float)")


def _short(shape: object) -> str:
    text = str(shape)
    return text if len(text) <= 60 else f"{text[:57]}..."
