"""The source files of a zip archive, whoever packed it: names as they are meant, sizes as they unpack, nothing written."""

from __future__ import annotations

import re
import stat
import zipfile
from collections.abc import Callable, Iterator
from typing import IO

from gradcheck.isolation.faults import SubmissionFault
from gradcheck.isolation.limits import MIB
from gradcheck.sentences.sentence import Sentence, told_by
from reports.neutral import spelled

# The other ways unpack a whole chunk at once, whatever becomes of it.
BOUNDED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
LARGEST_DIRECTORY = 16 * MIB  # of an archive: the names of some 150,000 files
UTF8_NAME, ENCRYPTED = 0x800, 0x1  # bits of a member's flags
# What names without that flag may have been written in.
_FOREIGN = ("utf-8", "gbk", "big5", "cp932", "cp949", "cp866", "cp1252")
_DRIVE = re.compile(r"^([A-Za-z]:)?/*")


class Members:
    """An archive by the names of its files; ``passed_over`` are links, which point to what may not be there."""

    def __init__(self, file: IO[bytes], name: str) -> None:
        self.name = spelled(name)
        self.passed_over: list[str] = []
        self.archives: list[str] = []  # what is packed within, and not looked into
        try:
            self.archive = zipfile.ZipFile(_Bounded(file))
            self.all = list(self._named())
        except SubmissionFault:
            raise
        except Exception as error:  # a spoilt archive makes zipfile raise almost anything
            raise _broken(self.name, error) from None

    def _named(self) -> Iterator[tuple[str, zipfile.ZipInfo]]:
        for member in self.archive.infolist():
            name = name_of(member)
            if name.endswith("/") or any(part == "__MACOSX" or part.startswith("._") for part in name.split("/")):
                continue
            if stat.S_ISLNK(member.external_attr >> 16):
                self.passed_over.append(name)
                continue
            yield name, member

    def read(self, member: zipfile.ZipInfo, name: str, largest: Callable[[bytes], int]) -> bytes:
        """What a file holds; ``largest`` tells by its beginning how much that may be."""
        where = Sentence("reading.within", name=spelled(name), holder=self.name)
        if member.flag_bits & ENCRYPTED:
            raise SubmissionFault("unreadable", Sentence("reading.encrypted", where=where))
        if member.compress_type not in BOUNDED:
            raise SubmissionFault("unreadable", Sentence("reading.unusual", where=where))
        data, most = bytearray(), 1
        try:
            with self.archive.open(member) as file:
                while part := file.read(MIB):
                    data += part
                    most = largest(bytes(data[:MIB])) if len(data) == len(part) else most
                    if len(data) > most:
                        raise SubmissionFault("unreadable", Sentence("reading.too-large", where=where, most=most >> 20))
        except SubmissionFault:
            raise
        except Exception as error:  # so does a spoilt stream zlib
            damage = spelled(str(error)[:200])
            raise SubmissionFault("unreadable", Sentence("reading.damaged", where=where, error=damage)) from None
        return bytes(data)


def _words(error: Exception) -> str:
    words = told_by(error)
    return words if isinstance(words, Sentence) else spelled(words[:300])


def _broken(name: str, error: Exception) -> SubmissionFault:
    return SubmissionFault("unreadable", Sentence("reading.no-archive", name=name, error=_words(error)))


def name_of(member: zipfile.ZipInfo) -> str:
    """A name as it was meant: Windows writes backslashes, a drive, and other encodings than it says."""
    name = member.orig_filename.partition("\0")[0]
    if not member.flag_bits & UTF8_NAME and not name.isascii():
        name = _decoded(name.encode("cp437"))
    return _DRIVE.sub("", name.replace("\\", "/")).removeprefix("./")


def other_names(member: zipfile.ZipInfo) -> set[str]:
    """What a name without the flag may mean as well: nobody can tell its encoding, but one who knows the name can."""
    name = member.orig_filename
    if member.flag_bits & UTF8_NAME or name.isascii():
        return set()
    found = {name}
    for encoding in _FOREIGN:
        try:
            found.add(name.encode("cp437").decode(encoding))
        except UnicodeDecodeError:
            continue
    return {_DRIVE.sub("", one.replace("\\", "/")) for one in found}


def _decoded(raw: bytes) -> str:
    """UTF-8 where it is that, GBK where every sign is one of its common characters, else what the format says: cp437."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    # Lead bytes of GB 2312's characters are frames and Greek letters in cp437, which no name is made of.
    if re.fullmatch(rb"(?:[\0-\x7f]|[\xb0-\xf7][\xa1-\xfe])*", raw):
        return raw.decode("gbk", "replace")
    return raw.decode("cp437")


class _Bounded:
    """A file that gives no directory of unbounded size: zipfile reads that in one piece, however large it says it is."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.seek, self.tell, self.close = file.seek, file.tell, file.close

    def read(self, size: int = -1) -> bytes:
        """So many bytes, of a number that a sane archive asks for."""
        if size > LARGEST_DIRECTORY:
            raise zipfile.BadZipFile(Sentence("reading.too-many-listed"))
        return self._file.read(size)

    def seekable(self) -> bool:
        """Whatever comes here can be."""
        return True
