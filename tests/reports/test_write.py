"""A file is written whole or not at all, and a refusal says why."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from reports import files
from reports.document import Document, prose
from reports.render import FORMATS, render, write
from tests.reports.sample import hostile, sample

DOCUMENT = Document("t", [prose("δ")])


@pytest.mark.parametrize("format", [name for name, row in FORMATS.items() if not row.binary])
def test_the_suffix_names_the_format(format: str, tmp_path: Path) -> None:
    path = write(DOCUMENT, tmp_path / f"a{FORMATS[format].suffix.upper()}")
    assert path.read_text(encoding="utf-8") == render(DOCUMENT, format)
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_a_named_format_goes_before_the_suffix(tmp_path: Path) -> None:
    assert write(DOCUMENT, str(tmp_path / "a.txt"), format="json").read_text().startswith("{")


@pytest.mark.parametrize(("name", "what"), [("a.doc", r"the suffix '\.doc'"), ("a", "no suffix")])
def test_an_unknown_suffix_is_refused_with_those_that_are_known(name: str, what: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=rf"{name} has {what}, expected one of \.txt \.md \.html \.tex \.pdf \.json"):
        write(DOCUMENT, tmp_path / name)


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="there is no format 'word', expected one of text, markdown, html, latex"):
        render(DOCUMENT, "word")


def test_a_missing_directory_is_made_and_only_when_the_file_is_written(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "below" / "a.txt"
    files.check_writable(path)
    assert list(tmp_path.iterdir()) == []
    assert write(DOCUMENT, path).read_text(encoding="utf-8") == render(DOCUMENT, "text")


@pytest.mark.parametrize("name", ["a.txt", "below/a.txt"])
def test_a_file_in_the_place_of_a_directory_is_named(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NotADirectoryError, match=r"cannot write .*a\.txt: .*file is a file, no directory; choose another"):
        files.check_writable(tmp_path / "file" / name)


def test_a_place_is_tried_and_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(files.tempfile, "TemporaryFile", refuse)
    with pytest.raises(OSError, match=r"cannot write .*a\.txt: Read-only file system; choose another place"):
        files.check_writable(tmp_path / "nowhere" / "a.txt")
    assert list(tmp_path.iterdir()) == []


def test_a_directory_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "a.txt").mkdir()
    with pytest.raises(IsADirectoryError, match=r"a\.txt is a directory; name a file in it"):
        write(DOCUMENT, tmp_path / "a.txt")


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(files.tempfile, "mkstemp", refuse)
    with pytest.raises(PermissionError, match=r"cannot write .*a\.txt: Permission denied; choose another place"):
        write(DOCUMENT, tmp_path / "a.txt")


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()], ids=["full", "ctrl-c"])
def test_an_interrupted_write_leaves_the_old_file_and_nothing_else(
    error: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise error

    path = tmp_path / "a.txt"
    path.write_text("old")
    monkeypatch.setattr(files.os, "fsync", fail)
    with pytest.raises(type(error)):
        write(DOCUMENT, path)
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


def test_a_document_that_cannot_be_rendered_touches_no_file(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="no form in JSON"):
        write(Document("t", [], data={"a": object()}), tmp_path / "a.json")
    assert list(tmp_path.iterdir()) == []


def test_a_replaced_file_keeps_its_permissions_and_a_link_stays_a_link(tmp_path: Path) -> None:
    path, link = tmp_path / "a.txt", tmp_path / "b.txt"
    path.write_text("old")
    path.chmod(0o640)
    link.symlink_to(path)
    write(DOCUMENT, link)
    assert link.is_symlink() and path.read_text(encoding="utf-8") == render(DOCUMENT, "text")
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_device_is_written_and_not_replaced(tmp_path: Path) -> None:
    link = tmp_path / "a.txt"
    link.symlink_to(os.devnull)
    write(DOCUMENT, link)
    assert not Path(os.devnull).is_file()


def test_a_pdf_is_no_text() -> None:
    with pytest.raises(ValueError, match=r"pdf is no text and goes into a file only: write\(document, 'name\.pdf'\)"):
        render(DOCUMENT, "pdf")


def test_without_tex_a_pdf_is_refused_with_a_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RuntimeError, match=r"none of latexmk, xelatex, .*write \.html and print it from a browser"):
        write(DOCUMENT, tmp_path / "a.pdf")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("code", "pdf"), [(1, True), (0, False)])
def test_an_engine_that_fails_is_quoted(code: int, pdf: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = tmp_path / "lualatex"
    make = "printf x > report.pdf; " if pdf else ""
    engine.write_text(f"#!/bin/sh\n{make}echo '! Undefined control sequence.'; exit {code}\n")
    engine.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RuntimeError, match=r"lualatex could not compile the report: ! Undefined control sequence\."):
        write(DOCUMENT, tmp_path / "a.pdf")


def test_the_engine_runs_until_references_settle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = tmp_path / "xelatex"
    engine.write_text("#!/bin/sh\nprintf x >> report.pdf\n")
    engine.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert write(DOCUMENT, tmp_path / "a.pdf").read_bytes() == b"xxx"


@pytest.mark.extra("tex")
@pytest.mark.parametrize("document", [sample(), hostile()], ids=["sample", "hostile"])
def test_a_real_engine_compiles_without_a_warning(document: Document, tmp_path: Path) -> None:
    engine = shutil.which("xelatex") or shutil.which("lualatex")
    if engine is None:
        pytest.skip("NOT RUN: needs xelatex or lualatex")
    (tmp_path / "a.tex").write_text(render(document, "latex"), encoding="utf-8")
    for _ in range(3):
        command = [engine, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "a.tex"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=120)
        assert done.returncode == 0, done.stdout[-2000:].decode("utf-8", "replace")
    log = (tmp_path / "a.log").read_text(encoding="utf-8", errors="replace")
    wrong = [line for line in log.splitlines() if "Warning" in line or "Overfull" in line or "Missing char" in line]
    assert wrong == []
