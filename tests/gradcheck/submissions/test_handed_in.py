"""Submissions are read whatever they are called and however they are packed; what cannot be read gets a true sentence."""

import io
import json
import os
import random
import stat
import sys
import threading
import time
import unicodedata
import zipfile
from contextlib import nullcontext
from pathlib import Path

import pytest

from gradcheck.commands.cli import main
from gradcheck.isolation.child import loading
from gradcheck.isolation.child.failures import line_of, sentence, written
from gradcheck.isolation.child.own_files import forget
from gradcheck.isolation.faults import SubmissionFault
from gradcheck.isolation.spoken import spoken
from gradcheck.sentences.sentence import Sentence
from gradcheck.submissions.reading import file_bytes, notebook_cells
from gradcheck.submissions.reading.files import BadFile, Files, read_submission
from gradcheck.submissions.reading.plain_names import told_apart
from gradcheck.submissions.validation import validate
from reports.neutral import spelled

GOOD = (Path(__file__).parents[2] / "submissions" / "right" / "plain_loop.py").read_text()
HELPER = "def helped():\n    return 'helped'\n"

NAMES = [
    *(
        "alice.smith.py",
        "hw1.v2.py",
        "a.b.c.py",
        "student 1.py",
        " .py",
        "..py",
        "...py",
        ".py",
        ".hidden.py",
        "noname",
        "no suffix",
    ),
    *("学生.py", "مرحبا.py", "😀.py", "👩\u200d💻.py", "e\u0301te\u0301.py", "1st.py", "-dash.py", "--network.py", "-"),
    *("it's.py", 'a"b.py', "a\nb.py", "a\tb.py", "a\x1b[31mb.py", "a\\b.py", "STUDENT.PY", "Student.Py", "class.py", "None.py"),
    *("numpy.py", "math.py", "random.py", "test.py", "json.py", "_runner.py", "__main__.py", "__init__.py", "submission.py"),
    *(
        "<string>",
        "<stdin>.py",
        "x" * 247 + ".py",
        "notes.txt",
        "student.py.txt",
        "functions",
        "gradcheck.py",
        "torch.py",
        "\udcff\udcfe.py",
    ),
]


@pytest.fixture
def load():
    """``load(files)`` runs what was read as the confined process does, in this one; the module."""
    finders, modules = list(sys.meta_path), dict(sys.modules)

    def loaded(files: Files):
        names = dict(zip(files.contents, files.told, strict=True))
        sources = {names[name]: data for name, data in files.contents.items()}
        notebooks = frozenset(names[name] for name in files.notebooks)
        return loading.load(sources, names[files.entry], files.root, notebooks).module

    yield loaded
    forget(())
    sys.meta_path[:] = finders
    for name in set(sys.modules) - set(modules):
        del sys.modules[name]
    sys.modules.update(modules)


def notebook(*sources: str | list[str], **more) -> bytes:
    return json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "source": one} for one in sources], **more}).encode()


def packed(files: dict[str, str | bytes], **how) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", **how) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return data.getvalue()


def refusal(path: Path, entry: str | None = None) -> str:
    with pytest.raises((BadFile, SubmissionFault)) as caught:
        read_submission(path, entry)
    assert str(caught.value).isprintable()
    return str(caught.value)


# Names


@pytest.mark.parametrize("name", NAMES, ids=spelled)
def test_a_file_by_any_name_is_a_submission(name, tmp_path, load):
    (tmp_path / name).write_text("import math, random, json, numpy as np\nx = np.zeros(2)\ndef f(): return math.pi\n")
    module = load(read_submission(tmp_path / name))
    assert module.f() > 3 and module.x.shape == (2,)


@pytest.mark.parametrize(
    "name", ["alice.smith.ipynb", "学生 2.ipynb", "A.IPYNB", "a.Ipynb", "notebook", "renamed.py", "n.json"]
)
def test_a_notebook_by_any_name_is_read_as_one(name, tmp_path, load):
    (tmp_path / name).write_bytes(notebook("%matplotlib inline\nx = 3", ["y = 1\n", "z = 2"]))
    module = load(read_submission(tmp_path / name))
    assert (module.x, module.y, module.z) == (3, 1, 2)


@pytest.mark.parametrize("name", ["s.zip", "S.ZIP", "s.Zip", "no suffix", "student.py", "a.b.c.zip", "学生.zip"])
def test_an_archive_by_any_name_is_read_as_one(name, tmp_path, load):
    (tmp_path / name).write_bytes(
        packed({"hw 1/alice.smith.py": "from .helper import helped\nx = helped()", "hw 1/helper.py": HELPER})
    )
    assert load(read_submission(tmp_path / name, "alice.smith.py")).x == "helped"


@pytest.mark.parametrize(
    "folder", ["hw1", "hw1.v2", "week 1", "学生", "numpy", "random", "test", "class", "a.b/c.d", "-x", "s.zip", "helper"]
)
@pytest.mark.parametrize("entry", ["student.py", "hw1.v2.py", "alice smith.py", "1.py"])
@pytest.mark.parametrize(
    "how", ["from .helper import helped", "from helper import helped", "from . import helper\nhelped = helper.helped"]
)
def test_files_of_a_folder_import_each_other_whatever_folder_and_entry_are_called(folder, entry, how, tmp_path, load):
    (tmp_path / folder).mkdir(parents=True)
    (tmp_path / folder / entry).write_text(f"import numpy as np\n{how}\nx = helped()\n", "utf-8")
    (tmp_path / folder / "helper.py").write_text(HELPER)
    assert load(read_submission(tmp_path / folder, entry)).x == "helped"
    if "/" in folder:
        assert load(read_submission(tmp_path / folder.split("/")[0], entry)).x == "helped"


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("my-helper.py", "from importlib import import_module\nx = import_module('my-helper').helped()"),
        ("my helper.py", "x = __import__('my helper').helped()"),
        ("helper.PY", "from helper import helped\nx = helped()"),
        ("hélper.py", "from he\u0301lper import helped\nx = helped()"),
        ("he\u0301lper.py", "from hélper import helped\nx = helped()"),
        ("学.py", "from 学 import helped\nx = helped()"),
        ("pkg/__init__.py", "from pkg import helped\nx = helped()"),
        ("pkg/inner/helper.py", "import pkg.inner.helper as h\nx = h.helped()"),
        ("pkg/helper.py", "def f():\n    from pkg.helper import helped\n    return helped()\nx = f()"),
        ("torch.py", "import torch\nx = torch.helped()"),
        ("scipy.py", "from scipy import helped\nx = helped()"),
    ],
)
def test_a_module_is_found_by_every_way_to_write_its_name(file, code, tmp_path, load):
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / "s" / file).write_text(HELPER)
    (tmp_path / "s" / "student.py").write_text(code)
    assert load(read_submission(tmp_path / "s", "student.py")).x == "helped"


@pytest.mark.parametrize(
    ("file", "code", "words"),
    [
        (
            "alice.smith.py",
            "import alice.smith",
            "alice.smith.py has a dot in its name, which an import takes for a folder: call it alice_smith.py",
        ),
        ("alice.smith.py", "from alice import smith", "has a dot in its name"),
        (
            "my-helper.py",
            "import my_helper",
            "the file my-helper.py is there, but by this name only my_helper.py would be imported",
        ),
        ("Helper.py", "import helper", "the file Helper.py is there, but by this name only helper.py would be imported"),
        (
            "helper.ipynb",
            "import helper",
            "helper.ipynb is a notebook, and Python imports no notebooks: hand in a .py file for helper",
        ),
        ("random.py", "from random import helped", "the random which comes with Python or NumPy, not the file random.py"),
        ("math.py", "import math\nx = math.helped()", "the math which comes with Python or NumPy, not the file math.py"),
        ("other.py", "import helper", "No module named 'helper'"),
        ("other.py", "import math\nx = math.helped()", "module 'math' has no attribute 'helped'"),
    ],
)
def test_an_import_that_cannot_be_is_told_why(file, code, words, tmp_path, load):
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / file).write_bytes(notebook(HELPER) if file.endswith(".ipynb") else HELPER.encode())
    (tmp_path / "s" / "student.py").write_text(code)
    with pytest.raises((ImportError, AttributeError)) as caught:
        load(read_submission(tmp_path / "s", "student.py"))
    told = spoken(written(sentence(caught.value)))
    assert words in told
    assert ("not the file" in told) == ("not the file" in words)


def test_nothing_of_an_earlier_run_stays(tmp_path, load):
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "helper.py").write_text("count = []\n")
    (tmp_path / "s" / "student.py").write_text("from . import helper\nhelper.count.append(1)\nx = len(helper.count)")
    files = read_submission(tmp_path / "s", "student.py")
    assert [load(files).x, load(files).x] == [1, 1]


def test_names_are_shown_as_they_are_where_they_can_be_seen_and_each_once():
    assert told_apart(["a\nb.py", "a\\nb.py", "<string>", "学.py", "\udcff"]) == [
        r"a\nb.py",
        r"a\nb.py (2)",
        "./<string>",
        "学.py",
        r"\udcff",
    ]


# Links, pipes, devices


def test_a_link_with_another_suffix_than_its_target_is_read_by_what_it_leads_to(tmp_path, load):
    (tmp_path / "n.ipynb").write_bytes(notebook("x = 1"))
    (tmp_path / "alice.py").symlink_to("n.ipynb")
    files = read_submission(tmp_path / "alice.py")
    assert load(files).x == 1
    assert files.notes == (f"alice.py is a link; what it leads to was judged: {tmp_path / 'n.ipynb'}",)


@pytest.mark.parametrize("target", ["gone.py", "loop.py"])
def test_a_link_that_leads_nowhere_is_told(target, tmp_path):
    (tmp_path / "loop.py").symlink_to(target)
    assert "is a link to" in refusal(tmp_path / "loop.py")


def test_a_link_within_a_folder_is_followed_and_one_out_of_it_is_not(tmp_path, load):
    (tmp_path / "s").mkdir()
    (tmp_path / "secret.py").write_text("x = 1")
    (tmp_path / "s" / "real.py").write_text(HELPER)
    (tmp_path / "s" / "helper.py").symlink_to("real.py")
    (tmp_path / "s" / "out.py").symlink_to("../secret.py")
    (tmp_path / "s" / "student.py").write_text("from helper import helped\nx = helped()")
    files = read_submission(tmp_path / "s", "student.py")
    assert load(files).x == "helped"
    assert files.notes == ("out.py is a link out of the directory, and was not followed",)
    assert "holds no file out.py" in refusal(tmp_path / "s", "out.py")


@pytest.mark.parametrize(
    "data", [b"x = 7\n", notebook("x = 7"), packed({"a.py": "x = 7"}), b"x = 7\n" + b"#" * 300_000], ids=len
)
def test_a_pipe_is_read_to_its_end(data, tmp_path, load):
    os.mkfifo(tmp_path / "pipe")
    thread = threading.Thread(target=lambda: (tmp_path / "pipe").write_bytes(data))
    thread.start()
    files = read_submission(tmp_path / "pipe")
    thread.join()
    assert load(files).x == 7


def test_a_pipe_that_nobody_writes_to_is_not_waited_for_without_end(tmp_path, monkeypatch):
    monkeypatch.setattr(file_bytes, "STREAM_SECONDS", 0.2)
    os.mkfifo(tmp_path / "pipe.py")
    start = time.monotonic()
    assert "nothing came through it for 0.2 seconds" in refusal(tmp_path / "pipe.py")
    assert time.monotonic() - start < 5


def test_devices_are_read_up_to_the_limit_and_other_things_refused(tmp_path, load):
    load(read_submission(Path("/dev/null")))
    assert "/" not in refusal(Path("/dev/zero")) and "larger than 4 MiB" in refusal(Path("/dev/zero"))
    (tmp_path / "s").mkdir()
    os.mkfifo(tmp_path / "s" / "pipe.py")
    assert "holds no .py or .ipynb file" in refusal(tmp_path / "s")


def test_standard_input_is_judged_by_a_dash(monkeypatch, capfd):
    kept, (read, write) = os.dup(0), os.pipe()
    os.write(write, GOOD.encode())
    os.close(write)
    os.dup2(read, 0)
    try:
        assert main(["validate", "-", "--network", "3-4-2", "--examples", "0", "--format", "json"]) == 0
    finally:
        os.dup2(kept, 0)
        os.close(kept)
        os.close(read)
    assert json.loads(capfd.readouterr().out)["submission"] == "standard input"


# Notebooks


def test_a_notebook_of_sixty_megabytes_of_plots_is_read_in_little_time(tmp_path, load):
    plot = {
        "output_type": "display_data",
        "data": {"image/png": ("iVBORw0KGgo" * 7 + "\n") * 100_000, "text/plain": ["<Figure>"]},
    }
    cells = [{"cell_type": "code", "source": f"x{n} = {n}", "outputs": [plot]} for n in range(8)]
    (tmp_path / "plots.ipynb").write_text(json.dumps({"nbformat": 4, "metadata": {}, "cells": cells}))
    assert (tmp_path / "plots.ipynb").stat().st_size > 60_000_000
    start = time.process_time()
    files = read_submission(tmp_path / "plots.ipynb")
    assert time.process_time() - start < 10
    assert len(files.contents["plots.ipynb"]) < 1000 and load(files).x7 == 7


@pytest.mark.parametrize("filling", ["[],", '"ab",', "1,", '{"a":[1.5e3]},'], ids=["lists", "texts", "numbers", "objects"])
def test_what_a_notebook_of_millions_of_values_takes_is_bounded(filling, tmp_path, monkeypatch):
    monkeypatch.setattr(notebook_cells, "MOST_VALUES", 40_000)
    data = b'{"nbformat": 4, "cells": [], "metadata": [0, 1]}'
    for many, is_read in ((10_000, True), (300_000, False)):
        (tmp_path / "n.ipynb").write_bytes(data.replace(b"0,", filling.encode() * many))
        with nullcontext() if is_read else pytest.raises(SubmissionFault, match="clear its outputs"):
            assert read_submission(tmp_path / "n.ipynb").contents["n.ipynb"] == b"[]"
    (tmp_path / "n.ipynb").write_bytes(data.replace(b"0,", json.dumps(filling * 300_000).encode() + b","))  # as one text
    assert read_submission(tmp_path / "n.ipynb").contents["n.ipynb"] == b"[]"


def code(source: str | list[str], key: str = "source", **more) -> dict[str, object]:
    return {"cell_type": "code", key: source, **more}


def test_code_cells_alone_are_counted():
    cells = [{"cell_type": "markdown", "source": "a"}, code("x = 1"), {"cell_type": "raw", "source": "b"}, code("y = 2")]
    assert notebook_cells.code_cells(json.dumps({"nbformat": 4, "cells": cells}).encode()) == ("x = 1", "y = 2")
    spoilt = json.dumps({"nbformat": 4, "cells": [*cells, code([1])]}).encode()
    with pytest.raises(notebook_cells.BrokenNotebook, match="the source of code cell 3 of the notebook is no text"):
        notebook_cells.code_cells(spoilt)


OLD = [{"cell_type": "heading", "source": "x = 2", "level": 1}, code(["x", " = 1"], "input", language="python")]


@pytest.mark.parametrize(
    "told",
    [
        {"nbformat": 3, "worksheets": [{"cells": OLD, "metadata": {}}]},
        {"nbformat": 3, "worksheets": [{"cells": []}, {"cells": [code("x = 1", "input")]}]},
        {"worksheets": [{"cells": OLD}]},
        {"cells": [code("x = 1")]},
        {"nbformat": 4, "cells": [{"cell_type": "raw", "source": "x = 2"}, {"cell_type": "markdown"}, code(["x = 1\n"])]},
        {"nbformat": 4, "cells": [code("!pip install x\n%load_ext y\nx = 1"), code("%%bash\nls"), code([])]},
        {"nbformat": 4, "nbformat_minor": 99, "cells": [code("x = 1", outputs=[{"source": "x = 2", "cells": 3}])]},
    ],
)
def test_notebooks_of_format_three_and_four_are_read(told, tmp_path, load):
    (tmp_path / "n.ipynb").write_text("\ufeff" + json.dumps(told), "utf-8")
    assert load(read_submission(tmp_path / "n.ipynb")).x == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'{"nbformat": 1, "cells": []}', "nbformat is 1; 3 and 4 are read"),
        (b'{"nbformat": 2, "worksheets": []}', "nbformat is 2; 3 and 4 are read"),
        (b'{"nbformat": 5, "cells": []}', "nbformat is 5; 3 and 4 are read"),
        (b'{"nbformat": "four", "cells": []}', "nbformat is four"),
        (b'{"nbformat": 4}', "the notebook has no list of cells"),
        (b'{"nbformat": 3, "cells": []}', "the notebook has no list of worksheets"),
        (b'{"nbformat": 3, "worksheets": [{}]}', "a worksheet has no list of cells"),
        (b'{"nbformat": 3, "worksheets": [7]}', "a worksheet has no list of cells"),
        (b'{"nbformat": 4, "cells": [{}]}', "cell 1 of the notebook, cells of text counted as well, has no cell_type"),
        (b'{"nbformat": 4, "cells": [{"cell_type": "code"}]}', "the source of code cell 1 of the notebook is no text"),
        (b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": [1]}]}', "source of code cell 1 of the notebook"),
        (b"[1, 2]", "it is JSON, but no object"),
        (b"", "no JSON in line 1: Expecting value"),
        (b"x = 1\n", "no JSON in line 1"),
        (b'{"nbformat": 4, "cells": [', "it was cut off or changed by hand"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"cells": "\xff"}', "is not saved as UTF-8"),
    ],
)
def test_what_is_no_notebook_is_told_why_and_is_the_submissions(data, words, tmp_path):
    (tmp_path / "n.ipynb").write_bytes(data)
    assert words in refusal(tmp_path / "n.ipynb")
    result = validate(tmp_path / "n.ipynb", network="3-4-2")  # starts no process
    assert (result.verdict, result.exit_code, result.error.kind) == ("error", 1, "syntax")
    assert result.max_score == 4.0 and result.score == 0


# Archives


def test_an_archive_made_on_windows_opens(tmp_path, load):
    (tmp_path / "s.zip").write_bytes(
        packed({"hw1\\": "", "hw1\\student.py": "from .util import helped\nx = helped()", "hw1\\util.py": HELPER})
    )
    for entry in ("student.py", "hw1/student.py", "hw1\\student.py", ".\\hw1\\student.py", "STUDENT.PY"):
        assert load(read_submission(tmp_path / "s.zip", entry)).x == "helped"


def test_what_macos_adds_is_no_file_of_the_submission(tmp_path, load):
    added = {
        "__MACOSX/._student.py": b"\0\5\x16\7",
        "._student.py": b"\0\5\x16\7",
        ".DS_Store": b"\0\0\0\1Bud1",
        "__MACOSX/hw/._a.ipynb": b"\0",
    }
    (tmp_path / "s.zip").write_bytes(packed({**added, "student.py": "x = 1"}))
    assert load(read_submission(tmp_path / "s.zip")).x == 1


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "cp437", "cp932", "cp866"])
def test_names_in_other_encodings_without_a_flag_are_found(encoding, tmp_path, load):
    name = {"cp437": "übung", "cp932": "練習", "cp866": "задача"}.get(encoding, "学生作业")
    data = packed({"MARK/" + "n" * len(name.encode(encoding)) + ".py": "x = 1", "MARK/other.py": ""})
    data = data.replace(b"n" * len(name.encode(encoding)), name.encode(encoding))
    (tmp_path / "s.zip").write_bytes(data)
    files = read_submission(tmp_path / "s.zip", f"{name}.py")
    assert load(files).x == 1
    if encoding in ("utf-8", "gbk", "cp437"):
        assert files.entry == f"MARK/{name}.py"


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "holds no .py or .ipynb file"),
        ({"data.csv": "1"}, "holds no .py or .ipynb file"),
        ({"../student.py": "x = 1"}, "../student.py leads out of the archive, and was left out"),
        ({"alice.zip": packed({"a.py": ""})}, "it holds alice.zip: hand in that archive itself"),
        ({"a/student.py": "", "b/student.py": ""}, "holds 2 files: name the one to call with --entry"),
        ({"student.py": packed({"a.py": ""})}, "student.py is an archive within s.zip"),
        ({"student.ipynb": "x = 1"}, "student.ipynb: the file is no Jupyter notebook"),
        ({"student.py": "#" * (4 << 20) + "#"}, "student.py in s.zip is larger than 4 MiB"),
    ],
)
def test_an_archive_without_a_submission_is_told_why(files, words, tmp_path):
    (tmp_path / "s.zip").write_bytes(packed(files, compression=zipfile.ZIP_DEFLATED))
    assert words in refusal(tmp_path / "s.zip")


@pytest.mark.parametrize(
    "name", ["/abs/student.py", "C:\\work\\student.py", "//host/student.py", "./student.py", "a/a/a/student.py"]
)
def test_names_that_begin_elsewhere_are_read_below_the_archive(name, tmp_path, load):
    (tmp_path / "s.zip").write_bytes(packed({name: "x = 1"}))
    assert load(read_submission(tmp_path / "s.zip", "student.py")).x == 1


def test_two_names_that_differ_in_case_are_two_files_and_the_same_name_twice_is_refused(tmp_path, load):
    (tmp_path / "s.zip").write_bytes(packed({"student.py": "x = 1", "Student.py": "x = 2"}))
    assert [load(read_submission(tmp_path / "s.zip", entry)).x for entry in ("student.py", "Student.py")] == [1, 2]
    assert "holds more than one file STUDENT.PY" in refusal(tmp_path / "s.zip", "STUDENT.PY")
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(tmp_path / "s.zip", "a") as archive:
        archive.writestr("student.py", "x = 3")
    assert "holds two files student.py" in refusal(tmp_path / "s.zip", "student.py")


def test_a_link_in_an_archive_is_passed_over_and_told(tmp_path, load):
    link = zipfile.ZipInfo("helper.py")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "s.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("student.py", "x = 1")
    files = read_submission(tmp_path / "s.zip")
    assert load(files).x == 1 and files.notes == ("helper.py is a link, and was not followed",)


def test_an_encrypted_a_damaged_and_a_foreign_archive_are_told(tmp_path):
    data = bytearray(packed({"student.py": "x = 1"}))
    for start, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(start) + place] |= 1
    (tmp_path / "s.zip").write_bytes(data)
    assert "student.py in s.zip is encrypted; pack it anew without a password" in refusal(tmp_path / "s.zip")
    (tmp_path / "s.zip").write_bytes(packed({"student.py": "x = 1"}).replace(b"x = 1", b"x = 2"))
    assert "student.py in s.zip is damaged (Bad CRC-32" in refusal(tmp_path / "s.zip")
    for start, what in file_bytes.FOREIGN.items():
        (tmp_path / "s.zip").write_bytes(start + bytes(100))
        told = Sentence(f"reading.is-{what}")
        assert refusal(tmp_path / "s.zip") == f"s.zip is {told}"
        assert told.split()[0] in ("a", "an")
    for data in (b"", b"PK\3\4", b"PK\5\6" + bytes(10), random.Random(1).randbytes(5000)):
        (tmp_path / "s.zip").write_bytes(data)
        assert "s.zip is no zip archive that can be read" in refusal(tmp_path / "s.zip")


def test_a_file_beside_the_entry_that_cannot_be_read_is_left_out_and_told(tmp_path, load):
    data = packed(
        {"student.py": "x = 1", "old.ipynb": "{", "data.py": "#" * (5 << 20), "paper.py": "%PDF-1.4"},
        compression=zipfile.ZIP_DEFLATED,
    )
    (tmp_path / "s.zip").write_bytes(data)
    files = read_submission(tmp_path / "s.zip", "student.py")
    assert load(files).x == 1 and set(files.contents) == {"student.py"}
    assert len(files.notes) == 3 and all(note.startswith("left out: ") for note in files.notes)


def test_zip64_and_a_preamble_are_read(tmp_path, load):
    with zipfile.ZipFile(tmp_path / "s.zip", "w") as archive, archive.open("student.py", "w", force_zip64=True) as file:
        file.write(b"x = 1")
    assert load(read_submission(tmp_path / "s.zip")).x == 1
    (tmp_path / "t.zip").write_bytes(b"#!/bin/sh\n" + packed({"student.py": "x = 2"}))
    assert load(read_submission(tmp_path / "t.zip")).x == 2


def test_an_archive_that_lists_files_without_end_is_refused_unread(tmp_path):
    data = bytearray(packed({"student.py": "x = 1"}))
    end = data.index(b"PK\5\6")
    data[end + 12 : end + 16] = (40 << 20).to_bytes(4, "little")
    (tmp_path / "s.zip").write_bytes(bytes(50 << 20) + data)
    assert "no zip archive that can be read: it lists too many files" in refusal(tmp_path / "s.zip")


def test_hidden_files_are_read_where_they_are_named_or_all_there_is(tmp_path, load):
    (tmp_path / "s" / ".ipynb_checkpoints").mkdir(parents=True)
    (tmp_path / "s" / ".ipynb_checkpoints" / "old.py").write_text("x = 3")
    (tmp_path / "s" / ".student.py").write_text("x = 1")
    assert load(read_submission(tmp_path / "s")).x == 1
    (tmp_path / "s" / "student.py").write_text("x = 2")
    assert load(read_submission(tmp_path / "s")).x == 2
    assert load(read_submission(tmp_path / "s", ".student.py")).x == 1


# Sources

BOMS = [
    ("utf-8-sig", ""),
    ("latin-1", "# coding: latin-1\n"),
    ("gbk", "#!/usr/bin/python\n# -*- coding: gbk -*-\n"),
    ("cp1252", "# vim: fileencoding=cp1252\n"),
]


@pytest.mark.parametrize(("encoding", "head"), BOMS)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n\f"])
def test_sources_in_every_declared_encoding_and_with_every_end_of_line_are_read(encoding, head, end, tmp_path, load):
    text = f"{head}x = '{'学' if encoding == 'gbk' else 'é'}'\nif x:\n    y = 1\n".replace("\n", end)
    (tmp_path / "s.py").write_bytes(text.encode(encoding))
    module = load(read_submission(tmp_path / "s.py"))
    assert module.x in ("学", "é") and module.y == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"x = 1\n\0", "null bytes"),
        ("x = 'é'\n".encode("utf-16"), "saved as UTF-16, which Python does not read"),
        ("x = 'é'\n".encode("utf-32"), "saved as UTF-32"),
        ("x = 1\n\n\ny = 'é'\n".encode("latin-1"), "a character that is not utf-8"),
        (b"# coding: utf-16\nx = 1\n", "utf-16 is no encoding of Python source"),
        (b"# coding: utf-7\nx = 1\n", "utf-7 is no encoding of Python source"),
        (b"# coding: rot13\nx = 1\n", "rot13 is no encoding of Python source"),
        (b"# coding: klingon\nx = 1\n", "unknown encoding: klingon"),
        (b"x = " + b"-" * 100_000 + b"1\n", "nested too deeply"),
        (b"x = " + b"1+" * 100_000 + b"1\n", "nested too deeply"),
        (b"x = " + b"f(" * 100 + b"1+" * 5000 + b"1" + b")" * 100, "nested too deeply"),
        (b"x = " + b"(" * 10_000 + b")" * 10_000, "too many nested parentheses"),
        (b"x = a" + b".b" * 100_000 + b"\n", "nested too deeply"),
        (b"x = " + b"not " * 50_000 + b"1\n", "nested too deeply"),
        (b"x = " + b"1 if y else " * 20_000 + b"1\n", "nested too deeply"),
        (b"x = " + b"[" * 10_000 + b"\n", "too many nested parentheses"),
    ],
)
def test_sources_that_cannot_be_read_are_told_why(data, words, tmp_path, load):
    (tmp_path / "s.py").write_bytes(data)
    with pytest.raises(SyntaxError) as caught:
        load(read_submission(tmp_path / "s.py"))
    assert words in str(caught.value)


def test_an_expression_of_two_thousand_operators_is_read_where_python_can_and_else_told(tmp_path, load):
    limit = sys.getrecursionlimit()
    (tmp_path / "s.py").write_text("x = " + " + ".join(["1"] * 2000) + "\n")
    files = read_submission(tmp_path / "s.py")
    if sys.version_info[:2] == (3, 12):  # it compiles no tree as deep as that
        with pytest.raises(SyntaxError, match="nested too deeply"):
            load(files)
    else:
        assert load(files).x == 2000
    assert sys.getrecursionlimit() == limit


@pytest.mark.parametrize("name", ["big.py", "big", "big.txt"])
def test_a_source_beyond_the_limit_is_the_submissions(name, tmp_path, capsys):
    (tmp_path / name).write_bytes(b"x = 1\n" * 9_000_000)
    assert main(["validate", str(tmp_path / name), "--network", "3-4-2", "--format", "json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["error"]["kind"] == "unreadable" and "larger than 4 MiB" in told["error"]["message"]


# As a whole: a few of these through the confined process and back


@pytest.mark.parametrize("name", ["alice.smith.py", "\udcff\n 学 numpy.py", "numpy.py"], ids=spelled)
def test_a_right_submission_passes_whatever_it_is_called(name, tmp_path, capsys):
    (tmp_path / name).write_text(GOOD)
    assert main(["validate", str(tmp_path / name), "--network", "3-4-2", "--examples", "0", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["submission"] == spelled(name) and told["verdict"] == "pass"


@pytest.mark.parametrize(
    "data",
    ["x = " + "-" * 100_000 + "1\n", "x = '" + "y" * 4_000_000 + "\n" + "z = (" * 1000, "x = [" + "1," * 900_000],
    ids=["deep", "long", "wide"],
)
def test_what_cannot_be_read_is_the_submissions_error_in_json(data, tmp_path, capsys):
    (tmp_path / "s.py").write_text(data)
    assert main(["validate", str(tmp_path / "s.py"), "--network", "3-4-2", "--format", "json"]) == 1
    out = capsys.readouterr()
    told = json.loads(out.out)
    assert told["verdict"] == "error" and told["error"]["kind"] == "syntax" and "Traceback" not in out.err


def test_an_adapter_may_be_called_anything_and_stays_apart_from_the_submission(tmp_path):
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "adapter.py").write_text(GOOD + "\ndef late():\n    from helper import helped\n    return helped()\n")
    (tmp_path / "s" / "helper.py").write_text(HELPER)
    teachers = (
        "# coding: latin-1\n# \xe9\nclass Adapter:\n    def __init__(self, module):\n        self.module = module\n"
        "    def gradient(self, network, params, x, y):\n        assert self.module.late() == 'helped'\n"
        "        return self.module.backward([(params[f'W{l}'], params[f'b{l}']) for l in network.layers], x, y)\n"
    )
    (tmp_path / "the adapter.v2").write_bytes(teachers.encode("latin-1"))
    result = validate(
        tmp_path / "s", network="3-4-2", entry="adapter.py", contract=str(tmp_path / "the adapter.v2"), examples=0
    )
    assert (result.verdict, result.contract) == ("pass", "adapter"), result


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "-" * 100_000 + "1",
        "x = (\n",
        "\0",
        "class Adapter: pass\n",
        "print 'x'\nclass Adapter:\n  def gradient(s): pass",
    ],
)
def test_an_adapter_that_cannot_be_read_is_the_teachers(text, tmp_path):
    (tmp_path / "s.py").write_text(GOOD)
    (tmp_path / "A.PY").write_text(text)
    with pytest.raises(ValueError, match=r"A\.PY.*adapter"):
        validate(tmp_path / "s.py", network="3-4-2", contract=str(tmp_path / "A.PY"))


def test_an_entry_is_found_however_its_accents_are_stored(tmp_path, load):
    for stored, asked in (("NFC", "NFD"), ("NFD", "NFC")):
        (tmp_path / "s.zip").write_bytes(packed({unicodedata.normalize(stored, "étude.py"): "x = 1", "other.py": ""}))
        assert load(read_submission(tmp_path / "s.zip", unicodedata.normalize(asked, "étude.py"))).x == 1


@pytest.mark.parametrize(
    ("text", "line"),
    [("x = 1\n\f\ny = 1 / 0\n", 3), ("x = 'a\x0bb\x1cc\u2028'\ny = 1 / 0\n", 2), ("x = 1\ry = 2\rz = 1 / 0\r", 3)],
)
def test_the_line_of_an_error_is_the_one_that_is_quoted_whatever_ends_lines(text, line, tmp_path, load):
    (tmp_path / "a.b.py").write_text(text, "utf-8")
    with pytest.raises(ZeroDivisionError) as caught:
        load(read_submission(tmp_path / "a.b.py"))
    assert line_of(caught.value, ["a.b.py"]) == line
    assert sentence(caught.value)["values"]["code"].endswith("= 1 / 0")
