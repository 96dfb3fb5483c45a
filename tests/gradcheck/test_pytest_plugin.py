# ruff: noqa: E501 - command lines
"""pytest pointed at a submission: one test a check, words instead of stack traces, nothing of the submission's folder."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GOOD = (ROOT / "tests" / "submissions" / "right" / "plain_loop.py").read_text()
WRONG = GOOD.replace("* a * (1 - a) / len(x)", "/ len(x)")


@pytest.fixture
def run(tmp_path):
    """``run(text, *options)``: the exit code and the output of pytest, started elsewhere."""
    (tmp_path / "handed-in").mkdir()
    (tmp_path / "elsewhere").mkdir()

    def started(text: str, *options: str, folder: str = "elsewhere") -> tuple[int, str]:
        (tmp_path / "handed-in" / "student.py").write_text(text)
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "gradcheck.pytest_plugin",
            "-p",
            "no:cacheprovider",
            "--network",
            "3-4-2",
        ]
        done = subprocess.run(
            [*command, "--submission", str(tmp_path / "handed-in" / "student.py"), *options],
            cwd=tmp_path / folder, capture_output=True, text=True, check=False,
            env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    return started


def test_a_right_submission_is_green_and_names_read_as_sentences(run):
    code, output = run(GOOD, "-v")
    assert code == 0, output
    assert "student.py::the gradient dW2 is right PASSED" in output
    assert "student.py::equal calls give equal answers PASSED" in output


def test_a_wrong_one_is_told_why_without_a_stack_trace(run):
    code, output = run(WRONG, "-m", "output_layer")
    assert code == 1
    assert "missing-output-activation-derivative: in layer 2, delta_L = dC/da stands where dC/da * phi'(z_L) is right" in output
    assert "Traceback" not in output and "pytest_plugin.py" not in output
    assert "2 failed" in output and "deselected" in output


def test_a_conftest_and_tests_beside_a_submission_are_not_loaded(run, tmp_path):
    (tmp_path / "handed-in" / "conftest.py").write_text("raise SystemExit('conftest ran')")
    (tmp_path / "handed-in" / "test_mine.py").write_text("def test_always(): assert False")
    code, output = run(GOOD)
    assert code == 0, output
    assert "conftest.py was not loaded" in output
    assert "conftest ran" not in output and "test_always" not in output


def test_it_refuses_where_pytest_would_run_what_was_handed_in(run, tmp_path):
    (tmp_path / "handed-in" / "pytest.ini").write_text("[pytest]\n")
    code, output = run(GOOD, folder="handed-in")
    assert code == 4
    assert "lies in the submission's folder" in output and "gradcheck validate" in output


def test_without_the_option_it_collects_nothing(tmp_path):
    (tmp_path / "test_one.py").write_text("def test_one(): pass\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "gradcheck.pytest_plugin", "-p", "no:cacheprovider", "-q", "--collect-only"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )  # fmt: skip
    assert "1 test collected" in done.stdout


# Files that are written, and names as strangers write them


@pytest.mark.parametrize("option", ["--junit-xml={}", "--log-file={}", "-o log_file={}", "--basetemp={}"])
def test_no_report_of_pytest_takes_the_place_of_the_submission(option, run, tmp_path):
    student, name = tmp_path / "handed-in" / "student.py", tmp_path / "link"
    name.symlink_to(student)
    code, output = run(GOOD, *option.format(name).split())
    assert code == 4
    assert "is read (as" in output and "would be overwritten" in output
    assert student.read_text() == GOOD


def test_a_folder_that_pytest_empties_does_not_hold_the_submission(run, tmp_path):
    code, output = run(GOOD, f"--basetemp={tmp_path / 'handed-in'}")
    assert code == 4 and "would be overwritten" in output
    assert (tmp_path / "handed-in" / "student.py").read_text() == GOOD


def test_two_reports_of_pytest_go_to_two_files(run, tmp_path):
    code, output = run(GOOD, f"--junit-xml={tmp_path / 'a'}", f"--log-file={tmp_path / 'a'}")
    assert code == 4 and "--junit-xml and --log-file both name" in output


@pytest.mark.parametrize("name", ["a\x1b[31mb\n\u202ec", "a\udc80b"])
def test_a_files_name_steers_no_terminal_and_spoils_no_xml(name, tmp_path):
    from xml.etree import ElementTree

    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    student = tmp_path / "in" / f"{name}.py"
    student.write_text(WRONG)
    words = [sys.executable, "-m", "pytest", "-p", "gradcheck.pytest_plugin", "-p", "no:cacheprovider", "-v"]
    words += ["--network", "3-4-2", "--submission", str(student), "--junit-xml=out.xml"]
    done = subprocess.run(
        words, cwd=tmp_path / "out", capture_output=True, check=False,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )  # fmt: skip
    text = (done.stdout + done.stderr).decode("utf-8")
    assert done.returncode == 1, text
    assert not set(text) & set("\x1b\u202e\udc80") and "\n\u202e" not in text and "b\nc" not in text
    assert ElementTree.parse(tmp_path / "out" / "out.xml").getroot().find("testsuite").get("failures") != "0"
