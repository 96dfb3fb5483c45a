"""No command overwrites what it reads, nor writes two things into one file: told in a sentence, before any work."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from gradcheck.commands import cli
from gradcheck.commands.shared import places
from gradcheck.commands.shared.places import check_places, overwrites, same_file

STUDENT = (Path(__file__).parents[2] / "submissions" / "right" / "plain_loop.py").read_text(encoding="utf-8")
# A command line with IN where the file stands that it reads and OUT where one is written.
COMMANDS = {
    "verify, report": ["verify", "2-1", "--point", "IN", "--format", "text", "--output", "OUT"],
    "verify, certificate": ["verify", "2-1", "--point", "IN", "--certificate", "OUT"],
    "derive": ["derive", "2-1", "--point", "IN", "--format", "text", "--output", "OUT"],
    "validate": ["validate", "IN", "--network", "3-4-2", "--format", "text", "--output", "OUT"],
    "validate, adapter": ["validate", "x.py", "--contract", "IN", "--network", "2-1", "--format", "text", "--output", "OUT"],
    "recheck": ["recheck", "IN", "--format", "text", "--output", "OUT"],
    "recheck, function": ["recheck", "x", "--function", "IN:backward", "--format", "text", "--output", "OUT"],
    "recheck, gradient": ["recheck", "x", "--gradient", "IN:backward", "--format", "text", "--output", "OUT"],
    "train, model": ["train", "2-1/bce", "--data", "IN", "--model", "OUT"],
    "train, report": ["train", "2-1/bce", "--data", "IN", "--format", "text", "--output", "OUT"],
    "predict, model": ["predict", "IN", "--data", "x.csv", "--format", "text", "--output", "OUT"],
    "predict, data": ["predict", "x.npz", "--data", "IN", "--format", "text", "--output", "OUT"],
}


def spellings(path: Path) -> dict[str, str]:
    """Other names of one file: links of both kinds, through other folders, relative ones."""
    folder = path.parent
    (folder / "link").symlink_to(path)
    (folder / "link-to-link").symlink_to("link")
    os.link(path, folder / "hard")
    (folder / "below").mkdir()
    (folder / "folder-link").symlink_to(folder)
    names = {
        "itself": path.name,
        "absolute": str(path),
        "dots": f"below/../{path.name}",
        "by way of a folder that is missing": f"missing/../{path.name}",
        "by way of two": f"below/missing/more/../../../{path.name}",
        "slashes": f".//{path.name}",
        "folder link": f"folder-link/{path.name}",
    }
    return names | {name: name for name in ("link", "link-to-link", "hard")}


@pytest.mark.parametrize("command", COMMANDS)
def test_what_is_read_is_never_overwritten(command, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "mine.py"
    path.write_text(STUDENT)
    for kind, name in spellings(path).items():
        for read, written in ((path.name, name), (name, path.name)):
            words = [written if word == "OUT" else word.replace("IN", read) for word in COMMANDS[command]]
            if not read.endswith(".py") and command in ("validate, adapter", "recheck, function", "recheck, gradient"):
                continue  # these are told by their suffix
            assert cli.main(words) == 2, (kind, words)
            err = capsys.readouterr().err
            assert "is read (as" in err and "would be overwritten; give what is written another name" in err, kind
            assert path.read_text() == STUDENT
    assert (tmp_path / "link").is_symlink()


@pytest.mark.parametrize(
    "words",
    [
        ["networks", "--output", "a.txt", "--output", "NAME"],
        ["verify", "2-1", "--certificate", "a.txt", "--output", "NAME"],
        ["train", "xor", "--model", "a.txt", "--output", "NAME"],
        ["train", "xor", "--model", "NAME", "--output", "a.txt"],
        ["doctor", "--output", "a.txt", "--output", "a.html", "--output", "NAME"],
    ],
)
@pytest.mark.parametrize("name", ["a.txt", "./a.txt", "{}/a.txt", "b/../a.txt", "l.txt"])
@pytest.mark.parametrize("exists", [False, True])
def test_two_outputs_are_two_files(words, name, exists, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "b").mkdir()
    (tmp_path / "l.txt").symlink_to("a.txt")
    if exists:
        (tmp_path / "a.txt").write_text("")
    assert cli.main([word.replace("NAME", name.format(tmp_path)) for word in words]) == 2
    assert "is named for two files; give each a name of its own" in capsys.readouterr().err
    assert not exists or (tmp_path / "a.txt").read_text() == ""


def test_the_default_place_of_a_model_is_one_of_them(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["train", "xor", "--format", "text", "--output", "out/xor.npz"]) == 2
    assert "out/xor.npz is named for two files" in capsys.readouterr().err


def test_devices_may_be_named_twice_and_read_beside(tmp_path):
    null = Path(os.devnull)
    check_places([null, null], [null])


def test_files_of_one_content_or_name_are_two_files(tmp_path):
    (tmp_path / "b").mkdir()
    for name in ("a.txt", "c.txt", "b/a.txt"):
        (tmp_path / name).write_text("x")
    check_places([tmp_path / "a.txt", tmp_path / "c.txt"], [tmp_path / "b" / "a.txt"])
    check_places([tmp_path / "new.txt", tmp_path / "NEW.txt"], [tmp_path / "b" / "new.txt"])
    assert not same_file(tmp_path / "new.txt", tmp_path / "b" / "new.txt")
    assert same_file(tmp_path / "no" / "new.txt", tmp_path / "b" / ".." / "no" / "new.txt")


def test_where_case_is_ignored_names_that_differ_by_it_are_one(tmp_path, monkeypatch):
    assert not same_file(tmp_path / "a.txt", tmp_path / "A.TXT")
    monkeypatch.setattr(places, "_ignores_case", lambda place: place == tmp_path)
    assert same_file(tmp_path / "a.txt", tmp_path / "A.TXT")
    assert same_file(tmp_path / "b" / "straße", tmp_path / "B" / "STRASSE")
    assert not same_file(tmp_path / "a.txt", tmp_path / "b.txt")


def test_sources_in_the_folder_that_is_read_are_kept_and_reports_may_lie_there(tmp_path):
    (tmp_path / "deep").mkdir()
    for name in ("main.py", "deep/Help.PY", "work.ipynb", "old.html"):
        (tmp_path / name).write_text("")
    (tmp_path / "link.txt").symlink_to("main.py")
    assert all(overwrites(tmp_path / name, tmp_path) for name in ("main.py", "deep/Help.PY", "work.ipynb", "link.txt"))
    assert not any(overwrites(tmp_path / name, tmp_path) for name in ("old.html", "new.html", "new.py"))


@pytest.mark.parametrize(
    "words",
    [
        ["predict", "m.npz", "--data", "d.csv"],
        ["train", "2-1/bce", "--data", "d.csv"],
        ["train", "xor", "--model", "d.csv"],
        ["validate", "d.csv", "--network", "2-1"],
        ["recheck", "d.csv"],
        ["verify", "2-1", "--point", "d.csv"],
        ["derive", "2-1", "--point", "d.csv"],
    ],
)
def test_standard_output_does_not_go_into_what_is_used(words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("d.csv").write_text("1,2,3\n")
    with open("d.csv", "a", encoding="utf-8") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        assert cli.main(words) == 2
    assert "standard output goes into d.csv, which is used otherwise" in capsys.readouterr().err
    assert Path("d.csv").read_text() == "1,2,3\n"


@pytest.mark.parametrize(("name", "content"), [("notes.txt", "my notes"), ("data.csv", "1,2\n"), ("w.py", "x = 1\n")])
def test_a_model_does_not_replace_what_is_surely_none(name, content, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path(name).write_text(content)
    assert cli.main(["train", "xor", "--epochs", "2", "--model", name]) == 2
    assert f"{name} is there and holds no model; name another file with --model" in capsys.readouterr().err
    assert Path(name).read_text() == content


@pytest.mark.parametrize("name", ["m.npz", "m.txt"])
def test_a_model_replaces_a_model_through_a_link(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = ["train", "xor", "--epochs", "2", "--quiet", "--format", "json", "--output", "r.json", "--model"]
    assert cli.main([*words, name]) in (0, 1)
    before = Path(name).read_bytes()
    Path("link").symlink_to(name)
    assert cli.main([*words, "link", "--seed", "7"]) in (0, 1)
    assert Path("link").is_symlink() and Path(name).read_bytes() != before


@pytest.mark.parametrize("words", [["--model", "/dev/null"], ["--model", "link"], ["--format", "json", "--output", "link"]])
def test_a_device_is_written_and_stays(words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("link").symlink_to("/dev/null")
    assert cli.main(["train", "xor", "--epochs", "2", "--quiet", *words]) in (0, 1)
    assert Path("/dev/null").is_char_device() and Path("link").is_symlink()


def test_a_certificate_is_whole_or_the_old_one(capsys, tmp_path, monkeypatch):
    path = tmp_path / "c.json"
    path.write_text("old")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert cli.main(["verify", "1-1", "--certificate", str(path)]) == 2
    out, err = capsys.readouterr()
    assert f"cannot write {path}: No space left on device" in err and "standard output" not in err
    assert "1 of 1 network verified" in out
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


def test_a_model_that_cannot_be_written_is_told_beside_a_report_that_cannot(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert cli.main(["train", "xor", "--epochs", "2", "--model", "m.npz", "--output", "r.txt"]) == 2
    err = capsys.readouterr().err
    assert "cannot write m.npz: No space" in err and "cannot write r.txt: No space" in err


def test_the_demo_leaves_a_file_of_its_submissions_name_alone(tmp_path, monkeypatch, capsys):
    from gradcheck.commands import demo

    monkeypatch.chdir(tmp_path)
    Path("out").mkdir()
    shutil.copy(__file__, "out/student.py")
    monkeypatch.setattr("gradcheck.commands.demo.verify_network", lambda *_, **__: pytest.fail("there was work before it"))
    assert demo.main() == 2
    assert "is there and is none of the demo's; start it in another folder" in capsys.readouterr().err
    assert Path("out/student.py").read_text(encoding="utf-8") == Path(__file__).read_text(encoding="utf-8")
