"""Standard streams that are closed, full, or read by nobody: right exit codes, one sentence, nothing in a wrong place."""

import gc
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gradcheck.commands import cli
from gradcheck.commands.shared import streams
from gradcheck.commands.shared.interruption import interruptible

ROOT = Path(__file__).resolve().parents[3]
WRONG = (ROOT / "tests" / "submissions" / "right" / "plain_loop.py").read_text().replace("* a * (1 - a) / len(x)", "/ len(x)")
FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
REPORT = "train guess-two"  # of all commands that print a report the one that loads least
STEERING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
NAMES = [f"q{c}z" for c in ("\x1b[31m", "\n", "\u202e", "\t", "\r", "\udc80", "\x07", "\u2028", "\x9b", "\x00")]


def shell(line, cwd, **environment):
    """Run a line of shell with ``gradcheck`` in it: (exit code of the first command, standard output, standard error)."""
    command = f"{shlex.quote(sys.executable)} -m gradcheck"
    script = f"gradcheck() {{ {command} \"$@\"; }}; {line}; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", script], cwd=cwd, env={**os.environ, "PYTHONPATH": str(ROOT), **environment}, capture_output=True,
        stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")


@FULL
@pytest.mark.parametrize("words", ["--help", "--version", REPORT, "verify --help", f"{REPORT} --format json"])
def test_a_full_standard_output_is_one_sentence_and_exit_2(words, tmp_path):
    code, _, err = shell(f"gradcheck {words} > /dev/full", tmp_path)
    assert code == 2
    assert err.count("\n") == 1 and "standard output: there is no space left to write it" in err


@pytest.mark.parametrize("words", ["--help", "--version", "recheck --help", REPORT])
def test_a_closed_standard_output_is_one_sentence_and_exit_2(words, tmp_path):
    code, _, err = shell(f"gradcheck {words} >&-", tmp_path)
    assert code == 2
    assert err.count("\n") == 1 and "standard output is closed" in err


@pytest.mark.parametrize(("closed", "words", "expected"), [
    *((closed, *one) for closed in ("2>&-", "<&-", "2>&- <&-") for one in ((REPORT, 0), ("--version", 0), ("nope", 2))),
    ("2>&- <&-", "verify 1-1", 0),
])  # fmt: skip
def test_other_closed_streams_change_no_exit_code(closed, words, expected, tmp_path):
    code, out, _ = shell(f"gradcheck {words} {closed}", tmp_path)
    assert code == expected
    assert bool(out) is (expected == 0) and "Traceback" not in out


@pytest.mark.parametrize("closed", [">&-", ">&- 2>&-", ">&- 2>&- <&-"])
def test_no_file_gets_the_number_of_a_closed_stream(closed, tmp_path):
    assert shell(f"gradcheck train xor --epochs 3 --model m.npz --output r.txt {closed}", tmp_path)[0] in (0, 1)
    assert (tmp_path / "r.txt").read_text(encoding="utf-8").startswith("Training of xor\n")
    assert (tmp_path / "m.npz").read_bytes()[:2] == b"PK"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["m.npz", "r.txt"]


@FULL
@pytest.mark.parametrize("words", [REPORT, "nope", "verify --frmat"])
def test_a_full_standard_error_changes_no_exit_code(words, tmp_path):
    assert shell(f"gradcheck {words} 2> /dev/full", tmp_path)[0] == (0 if words == REPORT else 2)


@pytest.mark.parametrize(
    ("stream", "reader"), [("", "head -n 1"), ("--format json", "true"), ("--format text --output /dev/stdout", "true")]
)
def test_a_mismatch_stays_one_where_the_reader_has_gone(stream, reader, tmp_path):
    (tmp_path / "wrong.py").write_text(WRONG)
    words = f"validate wrong.py --network 3-4-2 --examples 0 {stream}"
    code, _, err = shell(f"gradcheck {words} | {reader}", tmp_path)
    assert code == 1
    assert "Traceback" not in err and "Broken" not in err and "BrokenPipe" not in err


@pytest.mark.parametrize("words", ["--help", REPORT, "derive 1-1", "verify 1-1"])
def test_a_reader_that_has_gone_is_no_failure(words, tmp_path):
    assert shell(f"gradcheck {words} | true", tmp_path)[::2] == (0, "")


def test_a_certificate_that_does_not_hold_is_told_to_nobody_with_1(tmp_path):
    assert cli.main(["verify", "1-1", "--certificate", str(tmp_path / "c.json"), "--quiet", "--output", "/dev/null", "--format", "text"]) == 0  # noqa: E501
    text = (tmp_path / "c.json").read_text()
    (tmp_path / "c.json").write_text(text.replace('"seed": 0', '"seed": 1'))
    assert shell("gradcheck recheck c.json | true", tmp_path)[0] == 1


def test_a_stream_is_appended_to_and_not_replaced(tmp_path):
    (tmp_path / "log.txt").write_text("before\n")
    assert shell(f"gradcheck {REPORT} --quiet --format text --output /dev/stdout >> log.txt", tmp_path)[0] == 0
    text = (tmp_path / "log.txt").read_text(encoding="utf-8")
    assert text.startswith("before\nThe guessing game for two\n")
    assert shell(f"gradcheck {REPORT} --quiet --format text --output /dev/fd/3 3>> log.txt", tmp_path)[0] == 0
    assert (tmp_path / "log.txt").read_text(encoding="utf-8") == text + text.removeprefix("before\n")


def test_a_process_substitution_is_written(tmp_path):
    code, out, _ = shell(f"gradcheck {REPORT} --quiet --format text --output >(head -n 1); sleep 0.2", tmp_path)
    assert (code, out) == (0, "The guessing game for two\n")


# Names that strangers chose


def silent(capsys, words):
    """Run in this process; what was told, which must hold nothing that steers a terminal, and no newline of a name."""
    code = None
    try:
        code = cli.main(words)
    except SystemExit as stop:
        code = stop.code
    told = capsys.readouterr()
    for text in (told.out, told.err):
        assert not STEERING.search(text), (words, text)
        assert "q\nz" not in text and "Traceback" not in text
    return code, told


@pytest.mark.parametrize("name", NAMES)
def test_a_name_steers_no_terminal(name, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for words in (
        [name],
        ["verify", name],
        ["verify", f"2-{name}"],
        ["verify", f"--{name}"],
        ["verify", "2-1", "--point", name],
        ["derive", "2-1", "--weight", name],
        ["derive", "2-1", "--format", name],
        ["derive", "2-1", "--output", name],
        ["train", "iris", "--data", f"{name}.csv"],
        ["predict", f"{name}.npz", "--data", "x"],
        ["recheck", name],
        ["validate", name, "--network", "2-1"],
        ["validate", f"{name}.py", "--network", "2-1", "--contract", name],
    ):
        assert silent(capsys, words)[0] == 2


@pytest.mark.parametrize("name", [name for name in NAMES if "\x00" not in name])
def test_a_files_name_is_used_as_it_is_and_told_spelled_out(name, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, told = silent(capsys, ["networks", "--output", f"{name}.txt"])
    assert code == 0 and Path(f"{name}.txt").is_file()
    assert streams.spelled(f"wrote {name}.txt") in told.err
    rows = "".join(f"{x},{y},{x * y > 0}\n" for x in (-1, 1, 2) for y in (-2, 1, 3))
    cells = name.replace("\udc80", "").replace("\t", "")  # no text of a file, and a separator
    Path(f"{name}.csv").write_text(f'"{cells}",b,"{cells}c"\n' + rows, encoding="utf-8", newline="")
    code, told = silent(capsys, ["train", "2-1/bce", "--data", f"{name}.csv", "--epochs", "2", "--model", f"{name}.npz"])
    assert code in (0, 1), told.err
    for format in ("text", "html", "markdown", "latex", "json"):
        words = ["predict", f"{name}.npz", "--data", f"{name}.csv", "--format", format]
        assert silent(capsys, words)[0] == 0
    Path(f"{name}.csv").write_text(f'"{cells}",b\n1,{name[:1]}\n', encoding="utf-8", newline="")
    assert silent(capsys, ["predict", f"{name}.npz", "--data", f"{name}.csv"])[0] == 2


# Surroundings


@pytest.mark.parametrize(
    "environment",
    [
        {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"},
        {"LC_ALL": "POSIX"},
    ],
)
def test_a_poor_encoding_is_no_error(environment, tmp_path):
    (tmp_path / "grün.csv").write_text("ä,b,c\n1,2,ja\n2,1,nein\n3,3,ja\n", encoding="utf-8")
    code, out, err = shell("gradcheck train 2-1/bce --data grün.csv --epochs 2 --model 模.npz", tmp_path, **environment)
    assert code in (0, 1) and "Training of" in out and "Error" not in err
    assert shell("gradcheck derive 1-1 --lang zh", tmp_path, **environment)[0] == 0
    assert shell("gradcheck verify 2-ü", tmp_path, **environment)[0] == 2


@pytest.mark.parametrize("columns", ["0", "1", "-5", "three", "7", "100000"])
def test_any_width_of_the_terminal_will_do(columns, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", columns)
    for words in (["--help"], ["train", "--help"], ["verify", "--nope"], ["networks"]):
        assert silent(capsys, words)[0] in (0, 2)


@pytest.mark.parametrize("words", ["--help", "derive 1-1", "train xor --epochs 2", "recheck c.json", "verify 1-1"])
def test_a_working_directory_that_is_gone_is_no_traceback(words, tmp_path):
    code, out, err = shell(f"mkdir d; cd d; rmdir ../d; gradcheck {words}", tmp_path)
    assert code in (0, 2) and (code == 0 or not out)
    assert "Traceback" not in err + out and (code == 0 or err.count("\n") == 1)


def test_a_working_directory_that_is_gone_keeps_nobody_from_writing_elsewhere(tmp_path):
    line = f"mkdir d; cd d; rmdir ../d; gradcheck {REPORT} --quiet --output {tmp_path}/a.txt"
    assert shell(line, tmp_path) == (0, "", "")
    assert (tmp_path / "a.txt").is_file()


# Signals


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_is_one_sentence_and_its_exit_code(number, code, capsys, monkeypatch):
    monkeypatch.setattr("gradcheck.commands.networks.run", lambda _: os.kill(os.getpid(), number))
    assert cli.main(["networks"]) == code
    assert capsys.readouterr().err == "interrupted; nothing was left half-written\n"
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_signal_that_is_ignored_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with interruptible() as interruption, interruption:
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)
    assert interruption.number is None


def test_who_asks_twice_does_not_disturb_the_cleaning_up():
    cleaned = []

    def work():
        try:
            os.kill(os.getpid(), signal.SIGTERM)
        finally:
            os.kill(os.getpid(), signal.SIGTERM)
            cleaned.append(True)
        return 0

    assert (cli.guarded("work", work), cleaned) == (143, [True])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("error", [None, ValueError("the wrong word"), OSError(28, "full"), MemoryError(), KeyError("x")])
def test_a_signal_while_the_end_is_told_changes_nothing_of_it(error, number, capsys, monkeypatch):
    """It was raised there, and ended in a traceback."""
    right = cli.tell

    def tell(*lines):
        os.kill(os.getpid(), number)
        right(*lines)

    def work():
        if error is None:
            raise KeyboardInterrupt
        raise error

    monkeypatch.setattr(cli, "tell", tell)
    expected = {ValueError: 2, OSError: 2, MemoryError: 2, KeyError: 4}.get(type(error), 128 + number)
    assert cli.guarded("work", work) == expected
    assert capsys.readouterr().err.count("\n") == (2 if type(error) is KeyError else 1)


@pytest.mark.parametrize(("at", "told"), [(1, "interrupted; nothing was left half-written\n"), (4, "")])
def test_a_signal_while_handlers_are_put_in_place_or_put_back_is_no_traceback(at, told, capsys, monkeypatch):
    """After the first is in place, and when the first is as it was again and the others are not yet."""
    right, put = signal.signal, []
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    number = signal.SIGINT if at == 1 else signal.SIGTERM

    def counted(which, handler):
        kept = right(which, handler)
        put.append(which)
        if len(put) == at:
            os.kill(os.getpid(), number)
        return kept

    monkeypatch.setattr(signal, "signal", counted)
    assert cli.guarded("work", lambda: 0) == 128 + number
    assert capsys.readouterr().err == told
    assert [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)] == before
    assert len(put) == 6


def test_a_signal_that_a_library_turns_into_an_error_is_the_signal(capsys):
    def work():
        try:
            os.kill(os.getpid(), signal.SIGTERM)
        except KeyboardInterrupt:
            raise RuntimeError("a callback failed") from None

    assert cli.guarded("work", work) == 143
    assert capsys.readouterr().err == "interrupted; nothing was left half-written\n"


class Dropping:
    """Its end cannot raise: Python drops what comes then."""

    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
        sum(range(1000))


def dropped_by_the_collector(phase, _):
    gc.callbacks.remove(dropped_by_the_collector)
    os.kill(os.getpid(), signal.SIGINT)
    sum(range(1000))


@pytest.mark.parametrize("how", ["collector", "end"])
def test_an_interruption_that_python_drops_ends_the_work_all_the_same(how, capsys):
    def work():
        if how == "collector":
            gc.callbacks.append(dropped_by_the_collector)
            gc.collect()
        else:
            Dropping()
        time.sleep(5)
        return 0

    before = time.monotonic()
    assert cli.guarded("work", work) == 130
    assert time.monotonic() - before < 3
    assert capsys.readouterr().err == "interrupted; nothing was left half-written\n"
    assert sys.unraisablehook.__module__ != "gradcheck.commands.shared.interruption"


def test_a_signal_that_wakes_nobody_up_is_sent_until_it_does(capsys, monkeypatch):
    """It may come after Python has looked for signals and before the system sleeps: the first two are lost here."""
    right, sent = signal.pthread_kill, []

    def kill(thread, number):
        sent.append(number)
        if len(sent) > 2:
            right(thread, number)

    monkeypatch.setattr(signal, "pthread_kill", kill)

    def work():
        Dropping()
        time.sleep(5)
        return 0

    before = time.monotonic()
    assert cli.guarded("work", work) == 130
    assert time.monotonic() - before < 3 and len(sent) >= 3


@pytest.mark.parametrize("error", [SystemExit(3), BaseExceptionGroup("several", [KeyboardInterrupt()]), ImportError("half")])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_whatever_a_library_makes_of_a_signal_is_the_signal(error, number, code):
    def work():
        try:
            os.kill(os.getpid(), number)
        except KeyboardInterrupt:
            raise error from None

    assert cli.guarded("work", work) == code


def test_ctrl_c_while_python_imports_is_one_line(tmp_path):
    code = "from gradcheck.commands.shared.early import *; leave_when_interrupted(); os.kill(os.getpid(), signal.SIGINT)"
    ended = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (130, "gradcheck: interrupted\n")


@pytest.mark.parametrize("command", ["gradcheck doctor", f"{sys.executable} -m gradcheck.commands.demo"])
def test_what_needs_a_current_directory_says_that_it_is_gone(command, tmp_path):
    code, printed, told = shell(f"mkdir d; cd d; rmdir ../d; {command}", tmp_path)
    assert (code, printed) == (2, "")
    assert told.endswith(": the current directory is gone; change to one that exists, and try again\n")
