"""The command line as a user meets it: exit codes, one sentence for a mistake, JSON alone on standard output."""

import errno
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gradcheck.commands import cli
from gradcheck.judge.verdicts import CheckerFault, Verdict
from gradcheck.verification.comparisons import Comparison

ROOT = Path(__file__).resolve().parents[3]


def run(capsys, *words):
    """Run one command line in this process: (exit code, standard output, standard error)."""
    try:
        code = cli.main(words)
    except SystemExit as stop:  # argparse ends the process for --help and for bad options
        code = stop.code
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def gradcheck(*words, cwd, **options):
    """Run one command line as a process."""
    command = [sys.executable, "-m", "gradcheck", *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False, **options)


def test_verify_prints_a_report_and_exits_with_0(capsys):
    code, out, _ = run(capsys, "verify", "2-3-3-2")
    assert code == 0
    assert "1 of 1 network verified: 29 partial derivatives." in out
    assert max(map(len, out.splitlines())) <= 80


def test_json_goes_alone_to_standard_output(capsys):
    code, out, _ = run(capsys, "verify", "1-1:identity/mse", "--format", "json")
    data = json.loads(out)
    assert code == 0
    assert data["schema"] == "gradcheck.verification/1"
    assert [network["network"] for network in data["networks"]] == ["1-1:identity/mse"]


def test_the_same_seed_gives_the_same_answer_but_for_the_timings(capsys):
    def answer(seed):
        data = json.loads(run(capsys, "verify", "2-3:tanh-2", "--format", "json", "--seed", seed)[1])
        for network in data["networks"]:
            del network["seconds"]
        return data

    assert answer("3") == answer("3")
    assert answer("3") != answer("4")


@pytest.mark.parametrize("suffix", ["txt", "md", "html", "tex", "json"])
def test_output_goes_to_the_file_in_the_format_of_its_suffix(capsys, tmp_path, suffix):
    path = tmp_path / f"report.{suffix}"
    code, out, err = run(capsys, "verify", "1-1", "--output", str(path))
    assert (code, out) == (0, "")
    assert f"wrote {path}" in err
    assert "verified" in path.read_text(encoding="utf-8") or suffix == "json"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["verify", "3-4:tan-2"], "unknown activation 'tan'"),
        (["verify", "iriss"], "did you mean iris?"),
        (["verify", "--point", "p.npz"], "--point belongs to one network, got 0"),
        (["verify", "2-1", "--point", "nowhere.npz"], "cannot read the point nowhere.npz"),
        (["verify", "100000-100000-10"], "parameters, expected at most 200,000"),
        (["verify", "2-1", "--seed", "-1"], "--seed is -1, expected a whole number >= 0"),
        (["verify", "2-1", "--output", "file/report.html"], "file is a file, no directory"),
        (["verify", "2-1", "--certificate", "file/c.json"], "file is a file, no directory"),
        (["verify", "2-1", "--certificate", "c.json", "--output", "./c.json"], "c.json is named for two files"),
        (["derive", "2-1", "--output", "file/below/report.html"], "file is a file, no directory"),
        (["validate", "file", "--network", "2-1", "--output", "file/r.txt"], "file is a file, no directory"),
        (["qualify", "2-1", "--output", "file/r.txt"], "file is a file, no directory"),
        (["networks", "--output", "file/r.txt"], "file is a file, no directory"),
        (["doctor", "--output", "file/r.txt"], "file is a file, no directory"),
        (["predict", "m.npz", "--data", "x.csv", "--output", "file/r.txt"], "file is a file, no directory"),
        (["verify", "2-1", "--output", "report.docx"], "the suffix '.docx', expected one of"),
        (["train", "2-3-1"], "has no data of its own; name a CSV file with --data"),
        (["train", "iris", "--data", "nowhere.csv"], "nowhere.csv"),
        (["train", "iris", "--epochs", "0"], "epochs is 0, expected a whole number >= 1"),
        (["train", "guess-two", "--epochs", "3", "--model", "z.npz"], "got --epochs, --model"),
        (["train", "guess-two", "--seed", "0"], "is a story told without data, expected no options of training, got --seed"),
        (["train", "iris", "--folds", "2", "--model", "z.npz", "--test", ".2"], "got --test, --model"),
        (["train", "iris", "--folds", "0"], "0 folds of 150 rows"),
        (["train", "iris", "--label", "7"], "belongs to a CSV file, got --label without --data"),
        (["train", "iris", "--no-header"], "belongs to a CSV file, got --header without --data"),
        (["train", "iris", "--seed", "-1"], "--seed is -1, expected a whole number >= 0"),
        (["train", "iris", "--test", "1.5"], "the share of rows held out is 1.5"),
        (["train", "iris", "--model", "file/m.npz"], "file is a file, no directory"),
        (["train", "iris", "--model", "m.txt", "--output", "m.txt"], "m.txt is named for two files"),
        (["predict", "nowhere.npz", "--data", "x.csv"], "nowhere.npz"),
    ],
)
def test_a_users_mistake_is_one_sentence_and_exit_2(capsys, tmp_path, monkeypatch, words, sentence):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    for work in ("verification.verify.verify_network", "commands.validate.validate"):
        monkeypatch.setattr(f"gradcheck.{work}", lambda *_, **__: pytest.fail("there was work before it"))
    code, out, err = run(capsys, *words)
    assert code == 2
    assert out == ""
    assert sentence in err
    assert "Traceback" not in err
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "expected a command, one of verify"),
        (["verfy"], "there is no command 'verfy', expected one of verify"),
        (["verfy"], "did you mean verify?"),
        (["verify", "--frmat", "json"], "unrecognized arguments: --frmat"),
    ],
)
def test_an_unknown_word_is_misuse(capsys, words, sentence):
    code, _, err = run(capsys, *words)
    assert code == 2
    assert sentence in err


def test_version_names_the_version(capsys):
    assert run(capsys, "--version")[:2] == (0, "gradcheck 0.1.0\n")


def test_help_lists_every_command(capsys):
    out = run(capsys, "--help")[1]
    assert all(name in out for name in cli.COMMANDS)


@pytest.mark.parametrize("name", list(cli.COMMANDS))
def test_every_command_has_help_of_its_own(capsys, name):
    code, out, _ = run(capsys, name, "--help")
    assert code == 0
    assert f"gradcheck {name}" in out


@pytest.mark.smoke
def test_witnesses_that_contradict_each_other_are_the_checkers_own_fault(capsys, monkeypatch):
    from reference_nets import network

    right = network.backward
    wrong = lambda spec, params, x, y, **options: {k: -v for k, v in right(spec, params, x, y, **options).items()}
    monkeypatch.setattr("gradcheck.verification.comparisons.backward", wrong)
    code, out, err = run(capsys, "verify", "2-2-1", "1-1", "--format", "text")
    assert code == 4
    assert "0 of 2 networks verified" in out
    assert "2-2-1: mismatch: backprop against" in out
    assert "1-1: mismatch: backprop against" in out
    assert "is within the rounding budget" not in out
    assert "fault: its witnesses contradict each other on 2-2-1 (and on 1 more), backprop against" in err
    assert err.count("\n") == 1


def test_the_summary_vouches_for_no_network_but_those_that_were_verified(capsys, monkeypatch):
    from reference_nets import network

    def wrong(spec, params, x, y, **options):
        grads = network.backward(spec, params, x, y, **options)
        return {k: 2 * v for k, v in grads.items()} if spec.sizes[0] == 3 else grads

    monkeypatch.setattr("gradcheck.verification.comparisons.backward", wrong)
    out = " ".join(run(capsys, "verify", "2-1", "3-1")[1].replace("▌", " ").split())
    assert "1 of 2 networks verified" in out
    assert "3-1: mismatch: backprop" in out
    assert "in the others every entry is as near to the derivative as rounding" in out


@pytest.mark.parametrize("seed", [0, 3])
def test_logistic_regression_is_verified_at_a_random_point_and_on_its_own_data(capsys, seed):
    code, out, _ = run(capsys, "verify", "logistic-regression", "--seed", str(seed), "--format", "json")
    (network,) = json.loads(out)["networks"]
    assert (code, network["verdict"], network["points"]) == (0, "match", 2)


def test_a_presets_own_point_counts(monkeypatch):
    from gradcheck.verification.verify import verify_network
    from reference_nets import network
    from reference_nets.examples.presets import PRESETS

    own = PRESETS["mazur"].point()

    def wrong_there(spec, params, x, y, **options):
        grads = network.backward(spec, params, x, y, **options)
        return {k: 2 * v for k, v in grads.items()} if np.array_equal(x, own.x) else grads

    monkeypatch.setattr("gradcheck.verification.comparisons.backward", wrong_there)
    assert verify_network("2-2-2").verdict is Verdict.MATCH
    assert verify_network("mazur").verdict is Verdict.MISMATCH


def write_point(tmp_path, **arrays):
    path = tmp_path / "point.json"
    path.write_text(json.dumps(arrays), encoding="utf-8")
    return str(path)


def test_a_saturated_point_is_verified_and_its_blindness_told_in_percent(capsys, tmp_path):
    point = write_point(tmp_path, W1=[[400, 800]], b1=[0.5], x=[[1, 1], [0.5, -0.3]], y=[[1], [0]])
    code, out, _ = run(capsys, "verify", "2-1/bce", "--point", point)
    assert code == 0
    assert "In 100 % of the entries" in " ".join(out.replace("▌", " ").split())


def test_a_point_at_which_float64_overflows_is_refused(capsys, tmp_path):
    point = write_point(tmp_path, W1=[[1e200, 1]], b1=[0], x=[[1e150, 1]], y=[[1]])
    code, out, err = run(capsys, "verify", "2-1:identity/mse", "--point", point)
    assert (code, out) == (2, "")
    assert "the cost of 2-1:identity/mse overflows float64 at this point" in err


def test_a_point_near_the_end_of_float64_gives_no_false_alarm(capsys, tmp_path):
    point = write_point(tmp_path, W1=[[1e150, 1]], b1=[0.5], x=[[1, 1], [0.5, -0.3]], y=[[1], [0]])
    code, _, err = run(capsys, "verify", "2-1:identity/mse", "--point", point)
    assert code in (0, 3)
    assert err == ""


def test_the_verdict_stands_beside_the_name_where_a_narrow_screen_shows_it(capsys):
    out = run(capsys, "verify", "1-1", "--format", "markdown")[1]
    (head,) = [line for line in out.splitlines() if line.startswith("| network") and "properties" in line]
    assert [cell.strip() for cell in head.split("|")][1:4] == ["network", "verdict", "points"]


def test_an_exact_figure_is_written_like_the_printed_one(capsys):
    data = run(capsys, "verify", "mazur", "--format", "markdown")[1]
    (row,) = [line for line in data.splitlines() if "0.0000351085" in line]
    assert "| 0.0000351018" in row
    assert "e-" not in row.split("|")[3]


def test_lost_digits_exit_with_0_and_a_warning_and_with_1_under_strict(capsys, monkeypatch):
    monkeypatch.setattr("gradcheck.verification.report.overall", lambda found: Verdict.INACCURATE)
    code, _, err = run(capsys, "verify", "1-1")
    assert code == 0
    assert "digits were lost" in err
    assert run(capsys, "verify", "1-1", "--strict")[0] == 1


def test_a_fault_of_the_checker_exits_with_4_and_no_traceback(capsys, monkeypatch):
    def broken(*arguments, **options):
        raise RuntimeError("witnesses disagree")

    monkeypatch.delenv("GRADCHECK_DEBUG", raising=False)
    monkeypatch.setattr("gradcheck.verification.verify.verify_network", broken)
    code, _, err = run(capsys, "verify", "1-1")
    assert code == 4
    assert "the checker's own fault: RuntimeError: witnesses disagree" in err
    assert "Traceback" not in err


def test_a_value_error_of_the_work_itself_is_no_misuse(capsys, monkeypatch):
    def broken(*arguments, **options):
        raise ValueError("operands could not be broadcast together")

    monkeypatch.delenv("GRADCHECK_DEBUG", raising=False)
    monkeypatch.setattr("gradcheck.verification.verify.verify_network", broken)
    code, _, err = run(capsys, "verify", "1-1")
    assert code == 4
    assert "the checker's own fault: RuntimeError: operands could not be broadcast together" in err


def test_memory_that_does_not_suffice_is_no_fault_of_the_checker(capsys, monkeypatch):
    def greedy(*arguments, **options):
        raise MemoryError

    monkeypatch.setattr("gradcheck.verification.verify.verify_network", greedy)
    code, _, err = run(capsys, "verify", "1-1")
    assert code == 2
    assert "not enough memory" in err


def test_a_full_disk_is_told_with_advice(capsys, monkeypatch):
    def full(*arguments, **options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(sys.stdout, "write", full)
    code, _, err = run(capsys, "networks")
    assert code == 2
    assert err == (
        "gradcheck networks: standard output: there is no space left to write it; free some, or name a file in "
        "another place\n"
    )


def test_what_is_claimed_of_the_reference_is_what_was_run(capsys):
    (network,) = json.loads(run(capsys, "verify", "1-1", "--format", "json")[1])["networks"]
    claim = network["claims"][-1]
    assert claim["claim"] == "the reference's recursion gives the certified gradient"
    assert "not as its floats code them" in claim["means"]


def test_a_point_of_the_users_own_is_verified(capsys, tmp_path):
    path = tmp_path / "point.npz"
    np.savez(path, W1=np.ones((1, 2)), b1=np.zeros(1), x=np.ones((3, 2)), y=np.zeros((3, 1)))
    assert run(capsys, "verify", "2-1", "--point", str(path))[0] == 0


def test_a_point_at_a_kink_is_told_as_one(capsys, tmp_path):
    path = tmp_path / "point.json"
    point = {"W1": [[1.0]], "b1": [0.0], "W2": [[1.0]], "b2": [0.0], "x": [[0.0], [1.0]], "y": [[1.0], [3.0]]}
    path.write_text(json.dumps(point), encoding="utf-8")
    code, out, _ = run(capsys, "verify", "1-1:relu-1:identity", "--point", str(path))
    assert code == 0
    assert "kink" in out


def test_train_keeps_a_model_that_predict_uses(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    places = [(x, y) for x in (-1.5, -0.5, 0.5, 1.5) for y in (-1, 0, 0.4, 1.3)]
    rows = "\n".join(f"{x},{y},{'in' if x * x + y * y < 1 else 'out'}" for x, y in places)
    Path("rings.csv").write_text(f"x,y,place\n{rows}\n", encoding="utf-8")
    code, out, err = run(capsys, "train", "2-6:tanh-1/bce", "--data", "rings.csv", "--epochs", "30", "--model", "rings.npz")
    assert code == 0
    assert "accuracy" in out
    assert "model kept in rings.npz" in err
    code, out, _ = run(capsys, "predict", "rings.npz", "--data", "rings.csv", "--format", "json")
    prediction = json.loads(out)
    assert code == 0
    assert prediction["classes"] == ["in", "out"]
    assert len(prediction["labels"]) == 16


def test_a_label_of_digits_is_a_columns_name_where_there_is_one(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("years.csv").write_text("2019,2020,2021\n1,a,3\n2,b,1\n3,a,2\n0,b,1\n", encoding="utf-8")
    words = ["train", "2-1/bce", "--data", "years.csv", "--header", "--epochs", "2", "--model", "y.npz"]
    assert run(capsys, *words, "--label", "2020")[0] == 0
    assert run(capsys, *words, "--label", "1")[0] == 0


@pytest.mark.parametrize("label", ["--5", "\u00b2", "-9"])
def test_a_label_that_is_no_column_is_told_so(capsys, tmp_path, monkeypatch, label):
    monkeypatch.chdir(tmp_path)
    Path("rows.csv").write_text("x,l\n1,a\n2,b\n", encoding="utf-8")
    code, _, err = run(capsys, "train", "1-1/bce", "--data", "rows.csv", f"--label={label}")
    assert code == 2
    assert "rows.csv has no column" in err or "expected a label position from -2 to 1, got -9" in err


def test_training_that_learns_nothing_warns_and_exits_with_1(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, _, err = run(capsys, "train", "iris", "--learning-rate", "1e10", "--epochs", "3", "--quiet")
    assert code == 1
    assert "nothing was learnt: no epoch has a smaller cost than the parameters drawn at the start" in err
    assert "try a smaller --learning-rate" in err


def test_a_target_that_is_reached_at_once_is_no_failure(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(capsys, "train", "iris", "--target", "1e9", "--quiet")[0] == 0


def test_one_row_is_one_row(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("rows.csv").write_text("x,l\n1,a\n2,b\n3,b\n", encoding="utf-8")
    Path("new.csv").write_text("x\n1\n", encoding="utf-8")
    run(capsys, "train", "1-1/bce", "--data", "rows.csv", "--epochs", "2", "--model", "m.npz")
    assert "1 row by" in run(capsys, "predict", "m.npz", "--data", "new.csv")[1]
    assert "3 rows by" in run(capsys, "predict", "m.npz", "--data", "rows.csv")[1]


def test_ctrl_c_in_the_demo_is_one_sentence_and_130(capsys, tmp_path, monkeypatch):
    from gradcheck.commands import demo

    def interrupted(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("gradcheck.commands.demo.verify_network", interrupted)
    assert demo.main() == 130
    assert capsys.readouterr().err.endswith("interrupted; nothing was left half-written\n")


def test_the_demo_exits_with_4_where_witnesses_contradict_each_other(capsys, tmp_path, monkeypatch):
    from gradcheck.commands import demo
    from gradcheck.verification.comparisons import Witness
    from gradcheck.verification.verify import verify_network

    def wrong(*arguments, **options):
        apart = Comparison(Witness.BACKPROP, Witness.SYMBOLIC, Verdict.MISMATCH, 7.0)
        return replace(verify_network("1-1"), comparisons=(apart,))

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("gradcheck.commands.demo.default_networks", lambda: ["1-1"])
    monkeypatch.setattr("gradcheck.commands.demo.TRAINED", {})
    monkeypatch.setattr("gradcheck.commands.demo.verify_network", wrong)
    assert demo.main() == 4
    err = capsys.readouterr().err
    assert "contradict each other on 1-1, backprop against symbolic: apart by 7 times what rounding allows" in err


def test_train_without_a_model_path_writes_to_out(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(capsys, "train", "xor", "--epochs", "2")[0] == 0
    assert Path("out/xor.npz").is_file()


def test_train_tells_the_guessing_games(capsys):
    code, out, _ = run(capsys, "train", "guess-three")
    assert code == 0
    assert "Blue hat" in out
    assert "the girl" in out


def test_folds_give_a_score_each_and_their_mean(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    out = run(capsys, "train", "iris", "--folds", "3", "--epochs", "5", "--format", "json")[1]
    data = json.loads(out)
    assert len(data["folds"]) == 3
    assert data["mean"]["accuracy"] == pytest.approx(np.mean([fold["accuracy"] for fold in data["folds"]]))


def test_networks_lists_every_preset_and_mistake(capsys):
    from reference_nets.examples.presets import PRESETS
    from symbolic.mistakes.catalogue import CATALOGUE

    data = json.loads(run(capsys, "networks", "--format", "json")[1])
    assert set(data["presets"]) == set(PRESETS)
    assert set(data["mistakes"]) == set(CATALOGUE)


def test_a_reader_that_closes_the_pipe_gets_no_traceback(tmp_path):
    command = f'"{sys.executable}" -m gradcheck networks | head -n 1'
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, shell=True, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout == "Names\n"
    assert done.stderr == ""


def test_ctrl_c_while_training_keeps_the_best_and_exits_with_130(tmp_path):
    command = [sys.executable, "-m", "gradcheck", "train", "digits", "--epochs", "100000"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # what runs in the background ignores it
    )
    try:
        time.sleep(4)
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=30)
    finally:
        process.kill()
    assert process.returncode == 130, err
    assert "interrupted after" in out
    assert (tmp_path / "out" / "digits.npz").is_file()
    assert "Traceback" not in err


def test_an_output_too_saturated_for_the_direct_derivative_is_inconclusive(capsys, tmp_path):
    path = tmp_path / "point.json"
    path.write_text(json.dumps({"W1": [[1e4]], "b1": [0.0], "x": [[1.0], [-1.0]], "y": [[0.0], [0.0]]}), encoding="utf-8")
    code, out, _ = run(capsys, "verify", "1-1/bce", "--point", str(path))
    assert code == 3
    assert "inconclusive" in out


# Files that are written


def test_missing_directories_are_made_for_every_file(capsys, tmp_path):
    words = ["verify", "2-1", "--certificate", str(tmp_path / "a" / "b" / "c.json"), "--output", str(tmp_path / "d" / "v.txt")]
    assert run(capsys, *words)[0] == 0
    assert json.loads((tmp_path / "a" / "b" / "c.json").read_text())["verdicts"] == {"W1": "match", "b1": "match"}
    assert "verified" in (tmp_path / "d" / "v.txt").read_text()
    model, report = tmp_path / "e" / "m.npz", tmp_path / "f" / "t.md"
    run(capsys, "train", "xor", "--epochs", "2", "--model", str(model), "--output", str(report))
    assert model.is_file() and report.is_file()


def full_for(name, monkeypatch):
    """As if the disk were full when a file of this name is written."""
    from reports import files

    write = files.os.fsync
    opened = files.tempfile.mkstemp
    current = []

    def mkstemp(**options):
        current[:] = [options["prefix"]]
        return opened(**options)

    def fsync(handle):
        if name in current[0]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(handle)

    monkeypatch.setattr(files.tempfile, "mkstemp", mkstemp)
    monkeypatch.setattr(files.os, "fsync", fsync)


@pytest.mark.parametrize("full", ["c.json", "v.txt", "v.md"])
def test_a_full_disk_names_the_file_leaves_the_old_one_and_writes_the_others(full, capsys, tmp_path, monkeypatch):
    names = ["c.json", "v.txt", "v.md"]
    for name in names:
        (tmp_path / name).write_text("old")
    full_for(full, monkeypatch)
    places = {name: str(tmp_path / name) for name in names}
    words = ["verify", "2-1", "--certificate", places["c.json"], "--output", places["v.txt"], "--output", places["v.md"]]
    code, _, err = run(capsys, *words)
    assert code == 2
    assert f"cannot write {places[full]}: No space left on device; choose another place" in err
    assert [name for name in names if (tmp_path / name).read_text() == "old"] == [full]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_device_is_named(capsys):
    code, _, err = run(capsys, "networks", "--format", "json", "--output", "/dev/full")
    assert (code, "cannot write /dev/full: No space left on device" in err) == (2, True)


def test_a_missing_tex_engine_is_no_fault_and_the_other_files_are_written(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    pdf, text, certificate = (str(tmp_path / name) for name in ("v.pdf", "v.txt", "c.json"))
    code, _, err = run(capsys, "verify", "2-1", "--output", pdf, "--output", text, "--certificate", certificate)
    assert code == 2
    assert "a PDF needs a TeX engine" in err and "install one" in err and "fault" not in err
    assert Path(text).is_file() and Path(certificate).is_file() and not Path(pdf).exists()


@pytest.mark.parametrize("words", [["verify", "2-1"], ["derive", "2-1"], ["networks"]])
def test_a_pdf_alone_without_tex_is_refused_before_any_work(words, capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    worked = lambda *_, **__: pytest.fail("there was work before it")
    monkeypatch.setattr("gradcheck.verification.verify.verify_network", worked)
    code, _, err = run(capsys, *words, "--output", str(tmp_path / "v.pdf"))
    assert (code, "a PDF needs a TeX engine" in err) == (2, True)


def test_witnesses_that_contradict_each_other_are_told_as_such(capsys, monkeypatch):
    def contradicts(*arguments, **options):
        raise CheckerFault("one says 1, the other 2")

    monkeypatch.delenv("GRADCHECK_DEBUG", raising=False)
    monkeypatch.setattr("gradcheck.verification.verify.verify_network", contradicts)
    code, _, err = run(capsys, "verify", "1-1")
    assert code == 4
    assert "the checker's own fault: my witnesses contradict each other: one says 1, the other 2" in err
    assert "please report it" in err
