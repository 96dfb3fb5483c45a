"""Files of the user's that bear the names of our packages: ours are found all the same, or the file in the way is named."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gradcheck.commands import cli

ROOT = Path(__file__).resolve().parents[3]
NAMES = ("reports", "reference_nets", "symbolic")
CHECK = (
    "from gradcheck import numeric_gradient, check_grad\n"
    "import reports.document, symbolic.programs.build, reference_nets.spec\n"
)
DOORS = ["from gradcheck import check_grad", "import gradcheck.judge", "import gradcheck.ecosystems"]
SUBMISSION = ROOT / "tests" / "submissions" / "right" / "plain_loop.py"


def python(*words, cwd, path=(), **environment):
    """A fresh interpreter whose ``sys.path`` begins with its current directory, then has ``path``, then ours."""
    places = os.pathsep.join(map(str, (*path, ROOT)))
    return subprocess.run(
        [sys.executable, *map(str, words)],
        cwd=cwd, env={**os.environ, "PYTHONPATH": places, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def as_module(folder, name):
    (folder / f"{name}.py").write_text("MINE = 1\n")
    return folder / f"{name}.py"


def as_package(folder, name):
    (folder / name).mkdir()
    (folder / name / "__init__.py").write_text("MINE = 1\n")
    return folder / name / "__init__.py"


def as_folder_of_code(folder, name):
    (folder / name).mkdir()
    (folder / name / "pages.py").write_text("MINE = 1\n")
    return folder / name


def as_output_folder(folder, name):
    (folder / name).mkdir()
    (folder / name / "report.html").write_text("<p>")
    return folder / name


KINDS = (as_module, as_package, as_folder_of_code, as_output_folder)


@pytest.mark.parametrize("kind", KINDS)
def test_the_command_line_takes_its_own(kind, tmp_path):
    for name in NAMES:
        kind(tmp_path, name)
    done = python("-m", "gradcheck", "networks", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "logistic-regression" in done.stdout


@pytest.mark.parametrize("kind", [as_package])
def test_all_three_names_at_once_and_a_submission_that_has_such_a_file_beside_it(kind, tmp_path):
    for name in NAMES:
        kind(tmp_path, name)
    (tmp_path / "student.py").write_text("from reports import MINE\n" + SUBMISSION.read_text())
    done = python("-m", "gradcheck", "validate", "student.py", "--network", "3-4-2", "--examples", "1", cwd=tmp_path)
    alone = cli.main(["validate", str(tmp_path / "student.py"), "--network", "3-4-2", "--examples", "1", "--quiet"])
    assert done.returncode == alone, done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("kind", [as_module, as_package])
def test_in_a_program_ours_is_taken_with_a_warning_that_names_the_other(kind, tmp_path):
    files = {name: kind(tmp_path, name) for name in NAMES}
    done = python("-c", f"{CHECK}import {', '.join(NAMES)}\nfor one in {', '.join(NAMES)}: print(one.__file__)", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(ROOT / name / "__init__.py") for name in NAMES]
    for name, file in files.items():
        assert f"{file} bears the name of the package {name!r} that comes with gradcheck" in done.stderr
    assert done.stderr.count("rename yours to use both") == len(NAMES)


def test_another_project_that_comes_later_is_not_in_the_way(tmp_path):
    for name in NAMES:
        as_package(tmp_path, name)
    done = python("-W", "error", "-c", f"import sys; sys.path.append({str(tmp_path)!r})\n{CHECK}", cwd="/")
    assert (done.returncode, done.stderr) == (0, "")


def test_another_project_installed_before_is_passed_over(tmp_path):
    files = [as_package(tmp_path, name) for name in NAMES]
    done = python("-c", CHECK, cwd="/", path=[tmp_path])
    assert done.returncode == 0, done.stderr
    assert all(str(file) in done.stderr for file in files)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", [as_module, as_package])
def test_one_that_was_imported_first_is_named_each_time(kind, name, tmp_path):
    file = kind(tmp_path, name)
    program = (
        f"import {name}\nfor _ in range(2):\n    try: import gradcheck.judge\n    except ImportError as e: print(e)\n"
    )
    done = python("-c", program, cwd=tmp_path)
    sentence = f"{file} bears the name of the package {name!r} that comes with gradcheck and was imported before it"
    assert done.stdout.count(sentence) == 2, done.stdout + done.stderr


@pytest.mark.parametrize("taken", DOORS)
def test_it_does_not_matter_through_which_door_one_comes(taken, tmp_path):
    as_module(tmp_path, "reports")
    assert python("-c", taken, cwd=tmp_path).returncode == 0
    assert "reports.py bears the name" in python("-c", f"import reports\n{taken}", cwd=tmp_path).stderr


def test_an_output_folder_that_was_imported_gives_way(tmp_path):
    as_output_folder(tmp_path, "reports")
    program = f"import sys; keep = sys.path[:]; sys.path[:] = ['']\nimport reports\nsys.path[:] = keep\n{CHECK}"
    done = python("-W", "error", "-c", program, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_gradcheck_alone_takes_no_name(tmp_path):
    as_module(tmp_path, "reports")
    program = "import gradcheck, reports; print(reports.MINE)"
    done = python("-W", "error::UserWarning", "-c", program, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "1\n"), done.stderr


def test_a_module_made_in_memory_is_told(tmp_path):
    program = "import sys, types; sys.modules['symbolic'] = types.ModuleType('symbolic')\nimport gradcheck.judge"
    assert "a module made in memory bears the name of the package 'symbolic'" in python("-c", program, cwd=tmp_path).stderr


def test_what_is_on_the_path_later_does_not_replace_ours(tmp_path):
    as_module(tmp_path, "symbolic")
    program = (
        f"import gradcheck.judge, sys\nsys.path.insert(0, {str(tmp_path)!r})\nsys.modules.pop('symbolic', 0)\n{CHECK}"
    )
    assert python("-W", "ignore", "-c", program, cwd="/").returncode == 0


def test_pickles_keep_their_names(tmp_path):
    as_module(tmp_path, "reference_nets")
    program = (
        "import gradcheck.judge, pickle\nfrom reference_nets.spec import NetworkSpec\nimport reference_nets.spec as module\n"
        "one = NetworkSpec.parse('2-1')\nassert pickle.loads(pickle.dumps(one)) == one\n"
        "assert NetworkSpec.__module__ == 'reference_nets.spec' and module.NetworkSpec is NetworkSpec\n"
    )
    done = python("-W", "ignore", "-c", program, cwd=tmp_path)
    assert done.returncode == 0, done.stderr


PLUGIN = ("-m", "pytest", "-q", "-p", "pytest_gradcheck", "-p", "no:cacheprovider")


def test_the_plugin_leaves_a_users_reports_alone_where_nothing_is_asked_of_it(tmp_path):
    as_module(tmp_path, "reports")
    (tmp_path / "test_mine.py").write_text("def test_mine():\n    import reports\n    assert reports.MINE\n")
    done = python(*PLUGIN, "-W", "error", cwd=tmp_path, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    assert "1 passed" in done.stdout, done.stdout + done.stderr


def test_the_plugin_judges_beside_such_files(tmp_path):
    (tmp_path / "run").mkdir()
    as_output_folder(tmp_path / "run", "reports")
    as_module(tmp_path / "run", "symbolic")
    as_module(tmp_path / "run", "reference_nets")
    words = ("--gradcheck-submission", SUBMISSION, "--gradcheck-network", "3-4-2", "-W", "ignore")
    done = python(*PLUGIN, *words, cwd=tmp_path / "run", PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_users_test_that_imports_both_is_told(tmp_path):
    file = as_module(tmp_path, "reports")
    (tmp_path / "test_mine.py").write_text("import reports\nfrom gradcheck import check_grad\n")
    done = python(*PLUGIN, cwd=tmp_path, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    assert done.returncode != 0
    assert f"{file} bears the name of the package 'reports'" in done.stdout
