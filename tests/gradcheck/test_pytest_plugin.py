# ruff: noqa: E501 - command lines
"""pytest pointed at a submission: one test a check, words instead of stack traces, nothing of the submission's folder."""

import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import pytest_gradcheck
from gradcheck.pytest_plugin import LESSONS

pytest_plugins = "pytester"
ROOT = Path(__file__).parents[2]
GOOD = (ROOT / "tests" / "submissions" / "right" / "plain_loop.py").read_text()
TANH = """
import numpy as np

def backward(params, x, y):
    (W1, b1), (W2, b2) = params
    a1 = np.tanh(x @ W1.T + b1)
    a2 = 1 / (1 + np.exp(-(a1 @ W2.T + b2)))
    delta2 = (a2 - y) * a2 * (1 - a2) / len(x)
    delta1 = delta2 @ W2 * (1 - a1**2)
    return [(delta1.T @ x, delta1.sum(axis=0)), (delta2.T @ a1, delta2.sum(axis=0))]
"""
WRONG = GOOD.replace("* a * (1 - a) / len(x)", "/ len(x)")


@pytest.fixture(scope="module")
def surroundings(tmp_path_factory):
    """What those processes see of the environment; the self-test of the isolation is made once and remembered for all."""
    notes = tmp_path_factory.mktemp("notes")
    kept = {name: os.environ[name] for name in ("PYTHONPYCACHEPREFIX", "PYTHONDONTWRITEBYTECODE") if name in os.environ}
    places = {"XDG_CACHE_HOME": str(notes), "HYPOTHESIS_STORAGE_DIRECTORY": str(notes / "hypothesis")}
    return {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **places, **kept}


@pytest.fixture
def run(tmp_path, surroundings):
    """``run(text, *options)``: the exit code and the output of pytest, started elsewhere."""
    (tmp_path / "handed-in").mkdir()
    (tmp_path / "elsewhere").mkdir()

    def started(text: str, *options: str, folder: str = "elsewhere", also_on_the_path: Path = ROOT) -> tuple[int, str]:
        (tmp_path / "handed-in" / "student.py").write_text(text)
        command = [sys.executable, "-m", "pytest", "-p", "pytest_gradcheck", "-p", "no:cacheprovider"]
        if folder == "elsewhere":
            options = ("--gradcheck-network=3-4-2", f"--gradcheck-submission={tmp_path / 'handed-in' / 'student.py'}", *options)
        done = subprocess.run(
            [*command, *options],
            cwd=tmp_path / folder, capture_output=True, text=True, check=False,
            env={**surroundings, "PYTHONPATH": f"{ROOT}:{also_on_the_path}", "HOME": str(tmp_path)},
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    return started


def test_the_documented_example_in_a_folder_with_the_file_alone(run, tmp_path):
    documented = re.search(r"^    pytest (--gradcheck-submission student.py .*)", (ROOT / "docs" / "submissions.md").read_text(), re.M)
    code, output = run(TANH, *documented[1].split(), "-v", folder="handed-in")
    assert code == 0, output
    assert "student.py::the gradient dW2 is right PASSED" in output
    assert "student.py::equal calls give equal answers PASSED" in output
    assert [path.name for path in (tmp_path / "handed-in").iterdir()] == ["student.py"]


@pytest.fixture
def run_here(pytester, tmp_path, monkeypatch):
    """The same in this process, which has everything loaded."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    (tmp_path / "handed-in").mkdir()

    def run(text: str, *options: str) -> tuple[int, str]:
        path = tmp_path / "handed-in" / "student.py"
        path.write_text(text)
        words = ("--gradcheck-network=3-4-2", f"--gradcheck-submission={path}", *options)
        done = pytester.runpytest_inprocess("-p", "pytest_gradcheck", "-p", "no:cacheprovider", *words)
        return done.ret, str(done.stdout) + str(done.stderr)

    return run


def test_a_wrong_one_is_told_why_without_a_stack_trace(run_here):
    code, output = run_here(WRONG, "-m", "gradcheck_output_layer")
    assert code == 1
    assert "missing-output-activation-derivative: in layer 2, delta_L = dC/da stands where dC/da * phi'(z_L) is right" in output
    assert "<- the slope of sigmoid is missing" in output and "So the chain rule has one more factor" in output
    assert "Traceback" not in output and "pytest_plugin.py" not in output
    assert "1 failed, 2 passed" in output and "deselected" in output  # dW2 and db2 are right given delta2
    assert "Put right" not in output


def test_the_line_put_right_is_shown_where_it_is_asked_for(run_here):
    _, output = run_here(WRONG, "-m", "gradcheck_output_layer or gradcheck_properties", "--gradcheck-hints", "line")
    assert "Put right" in output and "Tried: with this line every entry is right." in output
    assert "1 failed" in output and "skipped" in output  # a property that fails with the gradient is no test of its own


def test_a_conftest_and_tests_beside_a_submission_are_not_loaded(run_here, tmp_path):
    (tmp_path / "handed-in" / "conftest.py").write_text("raise SystemExit('conftest ran')")
    (tmp_path / "handed-in" / "test_mine.py").write_text("def test_always(): assert False")
    code, output = run_here(GOOD)
    assert code == 0, output
    assert "conftest.py was not loaded" in output
    assert "conftest ran" not in output and "test_always" not in output


def test_it_refuses_where_pytest_would_run_what_was_handed_in(run, tmp_path):
    (tmp_path / "handed-in" / "pytest.ini").write_text("[pytest]\n")
    code, output = run(GOOD, "--gradcheck-submission=student.py", folder="handed-in")
    assert code == 4
    assert "lies in the submission's folder" in output and "gradcheck validate" in output
    (tmp_path / "handed-in" / "pytest.ini").unlink()
    (tmp_path / "handed-in" / "other.py").touch()
    code, output = run(GOOD, "--gradcheck-submission=student.py", "-p", "other", folder="handed-in")
    assert code == 4
    assert "pytest has already run" in output and "other.py, which lies in the submission's folder" in output


NEIGHBOUR = {
    "pytest.ini": "[pytest]\naddopts = --strict-markers --strict-config\nmarkers =\n    submission: ours\n    gradient: ours\n"
    "network = ours\n",
    "gradcheck.py": "MINE = 1\n",
    "conftest.py": """
import pytest
def pytest_addoption(parser):
    for name in ("submission", "network", "contract"):
        parser.addoption(f"--{name}")
    parser.addini("network", "ours")
@pytest.fixture
def gradcheck(request):
    return request.config.getoption("--network")
""",
    "test_one.py": """
import sys, pytest
@pytest.mark.submission
@pytest.mark.gradient
def test_one(gradcheck, pytestconfig):
    assert (gradcheck, pytestconfig.getini("network")) == ("n", "ours")
    assert {"gradcheck", "numpy", "reports"}.isdisjoint(sys.modules)
    import gradcheck
    assert gradcheck.MINE
    assert "gradcheck_" not in str(pytestconfig.getini("markers"))
""",
}


def test_a_project_with_options_markers_fixtures_and_a_module_of_the_same_names_is_as_it_was(run, tmp_path):
    for name, text in NEIGHBOUR.items():
        (tmp_path / "elsewhere" / name).write_text(text)
    command = [sys.executable, "-m", "pytest", "-p", "pytest_gradcheck", "-p", "no:cacheprovider", "--network=n"]
    done = subprocess.run(
        command, cwd=tmp_path / "elsewhere", capture_output=True, text=True, check=False,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )  # fmt: skip
    assert done.returncode == 0 and "1 passed" in done.stdout, done.stdout + done.stderr
    code, output = run(GOOD)
    assert code == 4 and f"{tmp_path / 'elsewhere' / 'gradcheck.py'} bears the name of the package gradcheck" in output


def test_every_name_that_pytest_sees_is_ours():
    options = re.findall(r'addoption\("([^"]*)"', (ROOT / "pytest_gradcheck.py").read_text())
    assert len(options) == 4 and all(name.startswith("--gradcheck-") for name in options)
    assert all(name.startswith("gradcheck_") for name in LESSONS)


def test_a_file_is_judged_in_one_process_also_with_xdist():
    option = SimpleNamespace(numprocesses=2, tx=["popen", "popen"], dist="load")
    config = SimpleNamespace(option=option, getoption=lambda name: "student.py" if name == "--gradcheck-submission" else None)
    next(pytest_gradcheck.pytest_cmdline_main(config))
    assert vars(option) == {"numprocesses": None, "tx": [], "dist": "no"}
    config = SimpleNamespace(option=SimpleNamespace(dist="load"), getoption=lambda name: None)
    next(pytest_gradcheck.pytest_cmdline_main(config))
    assert config.option.dist == "load"


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


def test_a_files_name_steers_no_terminal_and_spoils_no_xml(tmp_path, surroundings):
    from xml.etree import ElementTree

    name = "a\x1b[31mb\n\u202ec\udc80d"
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    student = tmp_path / "in" / f"{name}.py"
    student.write_text(WRONG)
    words = [sys.executable, "-m", "pytest", "-p", "pytest_gradcheck", "-p", "no:cacheprovider", "-v"]
    words += ["--gradcheck-network", "3-4-2", "--gradcheck-submission", str(student), "--junit-xml=out.xml"]
    done = subprocess.run(
        words, cwd=tmp_path / "out", capture_output=True, check=False,
        env={**surroundings, "HOME": str(tmp_path)},
    )  # fmt: skip
    text = (done.stdout + done.stderr).decode("utf-8")
    assert done.returncode == 1, text
    assert not set(text) & set("\x1b\u202e\udc80") and "\n\u202e" not in text and "b\nc" not in text
    assert ElementTree.parse(tmp_path / "out" / "out.xml").getroot().find("testsuite").get("failures") != "0"


@pytest.mark.parametrize("module", ["hypothesis", "flint"])
def test_a_library_that_is_missing_is_named_and_no_test_fails_by_it(module, tmp_path, run):
    (tmp_path / "lacking.py").write_text(
        "import sys\nclass Lacking:\n    def find_spec(name, path=None, target=None):\n"
        f"        if name == {module!r}: raise ModuleNotFoundError(f'No module named {{name}}', name=name)\n"
        "sys.meta_path.insert(0, Lacking)\n"
    )
    code, out = run(GOOD, "-p", "lacking", also_on_the_path=tmp_path)
    name = {"flint": "python-flint"}.get(module, module)
    assert code == 4, out
    assert f"gradcheck: {name} " in out and "try: pip install" in out and "gradcheck doctor" in out
    assert "INTERNALERROR" not in out and "failed" not in out
