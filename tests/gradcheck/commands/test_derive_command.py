"""gradcheck derive: formats, files, points, and what it says where something cannot be had."""

import json
import time
from pathlib import Path

import numpy as np
import pytest

from gradcheck.commands.cli import main
from gradcheck.commands.worked_reports import index, worked_report
from gradcheck.verification.published_section import published_section
from reference_nets.examples.published import EXAMPLES
from reports.document import Cell, Prose, Table

ROOT = Path(__file__).parents[3]
EXAMPLES_FOLDER = ROOT / "docs" / "examples"


def derive(*words):
    return main(["derive", *words])


def test_the_report_goes_to_standard_output(capsys):
    assert derive("2-2-1", "--level", "brief") == 0
    out, err = capsys.readouterr()
    assert out.startswith("Backpropagation for 2-2:sigmoid-1:sigmoid/quadratic\n") and "(BP2)" in out and err == ""


def test_json_goes_alone_to_standard_output(capsys):
    assert derive("2-1/bce", "--format", "json") == 0
    assert json.loads(capsys.readouterr().out)["network"] == "2-1:sigmoid/bce"


def test_the_format_follows_the_suffix_and_several_files_come_from_one_run(tmp_path, capsys):
    names = ["a.html", "a.md", "a.tex", "a.txt", "a.json"]
    words = [word for name in names for word in ("--output", str(tmp_path / name))]
    assert derive("2-2-1", "--lang", "zh", *words) == 0
    starts = {name: (tmp_path / name).read_text(encoding="utf-8")[:15] for name in names}
    assert starts["a.html"] == "<!DOCTYPE html>" and starts["a.md"].startswith("# 网络 2-2")
    assert starts["a.tex"].startswith(r"\documentclass") and starts["a.json"].startswith("{")
    assert capsys.readouterr().out == ""


def test_a_preset_brings_its_point_its_learning_rate_and_its_published_figures(capsys):
    assert derive("hmkcode", "--numbers") == 0
    text = capsys.readouterr().out
    assert "η = 0.05" in text and "= −0.22652" in text
    assert "13 The published numbers" in text and "✓ match" in text


def test_without_numbers_nothing_is_drawn_beside_the_symbols(capsys):
    derive("mazur")
    text = capsys.readouterr().out
    assert "With numbers" not in text and "published" not in text and "11 Check against differences" in text


def test_the_same_seed_draws_the_same_point(capsys):
    texts = []
    for seed in ("1", "1", "2"):
        derive("2-2-1", "--numbers", "--batch", "3", "--seed", seed)
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1] != texts[2]
    assert "for a batch of 3" in texts[0]


def test_a_point_of_a_file_is_used(tmp_path, capsys):
    point = tmp_path / "point.json"
    point.write_text(json.dumps({"W1": [[2.0, -3.0]], "b1": [-3.0], "x": [[-1.0, -2.0]], "y": [[0.0]]}))
    assert derive("2-1", "--point", str(point)) == 0
    assert "σ(1)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["2-3", "--weight", "W2[0,0]"], "has no W2; it has W1, b1"),
        (["4-8-8-3", "--expand"], "leave --expand out"),
        (["2-3:tan-1"], "unknown activation 'tan'"),
        (["mazu"], "did you mean mazur?"),
        (["2-1", "--point", "nowhere.json"], "cannot read the point nowhere.json"),
        (["2-1", "--numbers", "--batch", "0"], "a batch of 0 examples, expected 1 to 1000"),
        (["2-1", "--numbers", "--learning-rate", "-1"], "a learning rate of -1.0, expected a finite number above 0"),
        (["2-1", "--output", "a.doc"], "expected one of .txt .md .html .tex .pdf .json"),
    ],
)
def test_what_cannot_be_had_is_misuse_and_said_before_any_work(words, message, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    start = time.perf_counter()
    assert derive(*words) == 2
    out, err = capsys.readouterr()
    assert message in err and "Traceback" not in err and out == ""
    assert time.perf_counter() - start < 5 and list(tmp_path.iterdir()) == []


def test_a_missing_directory_of_an_output_is_made(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert derive("2-1", "--output", "new/deep/a.html", "--quiet") == 0
    assert (tmp_path / "new" / "deep" / "a.html").stat().st_size > 1000



def test_a_point_of_another_network_is_refused(tmp_path, capsys):
    path = tmp_path / "point.npz"
    np.savez(path, W1=np.ones((2, 1)), b1=np.ones(1), x=np.ones((1, 2)), y=np.ones((1, 1)))
    assert derive("2-1", "--point", str(path)) == 2
    assert "W1 has shape (2, 1), expected (1, 2) = (n_out, n_in); did you store the transpose?" in capsys.readouterr().err


@pytest.mark.parametrize("place", ["symbolic.report.document.check_section", "gradcheck.commands.derive.emit"])
def test_an_interruption_leaves_no_file(place, tmp_path, monkeypatch, capsys):
    def interrupted(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(place, interrupted)
    assert derive("2-2-1", "--output", str(tmp_path / "report.html")) == 130
    assert "interrupted; nothing was left half-written" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_mazur_s_step_moves_the_weights_alone(capsys):
    derive("mazur", "--numbers", "--level", "brief")
    text = capsys.readouterr().out
    assert "only W1, W2 move" in text and "The cost falls from 0.298371109 to 0.291027774." in text


# The worked examples


@pytest.mark.parametrize("name", [*EXAMPLES])
def test_the_page_of_a_worked_example_is_as_it_would_be_made_now(name, request):
    path, text = EXAMPLES_FOLDER / f"{name}.md", worked_report(name)
    if request.config.getoption("--renew-golden"):
        path.write_text(text, encoding="utf-8")
    as_it_stands = path.read_text(encoding="utf-8") if path.is_file() else ""
    assert as_it_stands == text, "make it anew: python -m gradcheck.commands.worked_reports"


def test_the_list_of_worked_examples_names_each(request):
    path = EXAMPLES_FOLDER / "README.md"
    if request.config.getoption("--renew-golden"):
        path.write_text(index(), encoding="utf-8")
    assert path.read_text(encoding="utf-8") == index()
    assert all(f"({name}.md)" in index() for name in EXAMPLES)


def test_the_figures_that_differ_are_those_of_mazur_with_the_mistake_that_gives_them():
    for name, example in EXAMPLES.items():
        blocks = published_section(example, "en").blocks
        (table,) = [block for block in blocks if isinstance(block, Table)]
        tones = [cell.tone for row in table.rows for cell in row if isinstance(cell, Cell)]
        assert len(tones) == len(table.rows) >= 1
        assert ("bad" in tones) == (name == "mazur"), name
    said = [
        part for block in published_section(EXAMPLES["mazur"], "zh").blocks if isinstance(block, Prose) for part in block.parts
    ]
    assert any("weights-updated-before-backpropagation" in getattr(part, "text", "") for part in said)
