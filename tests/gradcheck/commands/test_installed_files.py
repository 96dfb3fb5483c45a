"""Whether the toolkit's files are as they were installed, and what doctor says of those that are not, or are in the way."""

import base64
import hashlib
from dataclasses import replace
from importlib.metadata import Distribution, PackageNotFoundError
from pathlib import Path

import pytest

from gradcheck.commands.doctor import _lines, doctor_document
from gradcheck.commands.examination import Examination, Kernel
from gradcheck.commands.shared import installed_files
from gradcheck.commands.shared.installed_files import spoilt
from gradcheck.siblings import InTheWay
from reports.render import FORMATS, render

OURS = {"symbolic/balls.py": b"MINE = 1\n", "reports/document.py": b"", "reports/data.csv": b"1,2\n", "reports/py.typed": b""}
TERMINAL = {"encoding": "utf-8", "columns": 80, "color": False, "signs": True}
CACHE = {"directory": "/home/me/.cache/gradcheck", "writable": True}
EXAMINED = Examination((), (), Kernel("Linux", "6.12.0", 6, "allowed", root=False), (), (), TERMINAL, CACHE)


def hashed(data: bytes, kind: str = "sha256") -> str:
    return f"{kind}={base64.urlsafe_b64encode(hashlib.new(kind, data).digest()).rstrip(b'=').decode()}"


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """``installed(records)``: the toolkit as pip installs it, with the lines that pip notes of its files."""

    class Installed(Distribution):
        records = tuple(f"{name},{hashed(data)},{len(data)}" for name, data in OURS.items())

        def read_text(self, filename):
            return "\n".join(self.records) if filename == "RECORD" else None

        def locate_file(self, path):
            return tmp_path / path

    for name, data in OURS.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    monkeypatch.setattr(installed_files, "HOME", str(tmp_path))
    monkeypatch.setattr(installed_files, "distribution", lambda name: Installed())
    return Installed


def test_files_as_they_were_installed_are_nothing_to_tell(installed):
    assert list(spoilt()) == []


@pytest.mark.parametrize("data", [b"", b"MINE = 2\n", b"MINE = 1\r\n", b"\0" * 99])
def test_a_file_that_another_project_wrote_over_is_named(data, installed, tmp_path):
    (tmp_path / "symbolic" / "balls.py").write_bytes(data)
    assert list(spoilt()) == [f"{tmp_path / 'symbolic' / 'balls.py'} is not the file that was installed"]


def test_a_file_that_is_gone_and_one_that_became_a_folder_are_missing(installed, tmp_path):
    (tmp_path / "symbolic" / "balls.py").unlink()
    (tmp_path / "reports" / "document.py").unlink()
    (tmp_path / "reports" / "document.py").mkdir()
    paths = [tmp_path / "symbolic" / "balls.py", tmp_path / "reports" / "document.py"]
    assert list(spoilt()) == [f"{path} is missing" for path in paths]


def test_what_is_no_code_or_has_no_hash_is_not_looked_at(installed, tmp_path):
    (tmp_path / "reports" / "data.csv").unlink()
    installed.records = [*installed.records, "reports/more.py,,", "gradcheck_toolkit-0.1.0.dist-info/RECORD,,"]
    assert list(spoilt()) == []


def test_every_hash_that_pip_may_write_is_computed(installed, tmp_path):
    installed.records = [f"symbolic/balls.py,{hashed(OURS['symbolic/balls.py'], 'sha512')},9"]
    assert list(spoilt()) == []
    (tmp_path / "symbolic" / "balls.py").write_bytes(b"MINE = 3\n")
    assert len(list(spoilt())) == 1


def test_files_of_an_installation_elsewhere_are_not_the_ones_that_run(installed, monkeypatch, tmp_path):
    """From its source tree, beside an older installation: nothing is said of that."""
    (tmp_path / "symbolic" / "balls.py").unlink()
    monkeypatch.setattr(installed_files, "HOME", str(tmp_path / "symb"))
    assert list(spoilt()) == []


def test_what_was_never_installed_has_nothing_to_compare(monkeypatch):
    def missing(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr(installed_files, "distribution", missing)
    assert list(spoilt()) == []


WRITTEN_OVER = ("/site/symbolic/balls.py is not the file that was installed", "/site/reports/formats/pdf.py is missing")
PASSED_OVER = (
    InTheWay("reports", "/home/me/reports.py", is_code=True),
    InTheWay("symbolic", "/home/me/symbolic", is_code=False),
)


@pytest.mark.parametrize("format", [name for name, row in FORMATS.items() if not row.binary])
def test_doctor_names_the_files_in_the_way_in_every_format(format):
    found = replace(EXAMINED, spoilt=WRITTEN_OVER, in_the_way=PASSED_OVER)
    text = " ".join(render(doctor_document(found), format).replace("\\allowbreak{}", "").replace("\\_", "_").split())
    for name in ("balls.py", "pdf.py", "reports.py"):
        assert name in text


def test_doctor_answers_with_the_file_that_is_spoilt_and_what_to_do():
    found = replace(EXAMINED, spoilt=WRITTEN_OVER, in_the_way=PASSED_OVER)
    text = " ".join(render(doctor_document(found)).replace("▌", "").split())
    assert "Files of the toolkit are not as they were installed" in text and "(of 2)" in text
    assert text.count("has another project written over it? install gradcheck-toolkit anew") == 2
    assert text.count("passed over; rename it if a program is to use both") == 1  # a folder without code harms nobody
    assert not found.ok
    assert found.to_dict()["spoilt"] == list(WRITTEN_OVER)
    assert [one["path"] for one in found.to_dict()["names"]] == [one.path for one in PASSED_OVER]


def test_where_no_report_can_be_written_the_files_are_named_in_plain_lines():
    lines = _lines(replace(EXAMINED, spoilt=WRITTEN_OVER, in_the_way=PASSED_OVER))
    assert [Path(line.split()[0]).name for line in lines[-3:]] == ["balls.py", "pdf.py", "reports.py"]


def test_where_nothing_is_in_the_way_there_is_no_such_section():
    assert "Files in the way" not in render(doctor_document(EXAMINED))
