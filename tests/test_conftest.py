"""Tests that need an extra are left out, run, or listed as NOT RUN, and never counted as passed."""

import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).with_name("conftest.py")
SUITE = """
import pytest

def test_core():
    pass

@pytest.mark.extra("json")
def test_extra_that_is_there():
    pass

@pytest.mark.extra("json", "no_such_module")
def test_extra_that_is_missing():
    raise AssertionError("ran without its extra")

def test_text(golden):
    golden("text.txt", "new")
"""


@pytest.fixture
def suite(tmp_path):
    (tmp_path / "conftest.py").write_text(CONFTEST.read_text())
    (tmp_path / "test_suite.py").write_text(SUITE)
    (tmp_path / "golden").mkdir()
    (tmp_path / "golden" / "text.txt").write_text("new")
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = extra(*names): x\n")
    return tmp_path


def run(suite, *options):
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    return subprocess.run(command, cwd=suite, capture_output=True, text=True, check=False)


def test_without_the_option_extra_tests_are_deselected(suite):
    done = run(suite)
    assert done.returncode == 0
    assert "2 passed, 2 deselected" in done.stdout
    assert "NOT RUN" not in done.stdout


def test_a_test_whose_extra_is_missing_is_listed_and_does_not_pass(suite):
    done = run(suite, "--all-extras")
    assert "3 passed, 1 skipped" in done.stdout
    assert "NOT RUN: test_suite.py::test_extra_that_is_missing (needs no_such_module)" in done.stdout


def test_a_golden_text_that_differs_fails_and_names_the_flag_that_renews_it(suite):
    golden = suite / "golden" / "text.txt"
    golden.write_text("old")
    failed = run(suite)
    assert failed.returncode == 1
    assert "pytest --renew-golden test_suite.py::test_text" in failed.stdout
    assert golden.read_text() == "old"
    assert run(suite, "--renew-golden").returncode == 0
    assert golden.read_text() == "new"
