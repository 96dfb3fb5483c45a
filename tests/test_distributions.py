"""What is handed out: the source distribution holds the tree, the wheel holds the packages, and neither anything else."""

import configparser
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).resolve().parents[1]
BUILD = "import sys, setuptools.build_meta as build\nplace = sys.argv[1]\nbuild.build_sdist(place), build.build_wheel(place)"
# What lies about where somebody works, and is nobody else's.
LITTER = (
    "gradcheck/__pycache__/pytree.cpython-311.pyc", ".venv/lib/numpy/core.py", ".venv-lowest/constraints.txt", "out/a.html",
    "dist/old.tar.gz", ".hypothesis/unicode", "tests/__pycache__/a.pyc", "notes.txt", ".git/config", "htmlcov/index.html",
)  # fmt: skip


def in_the_tree():
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("NOT RUN: needs a clone and git")
    words = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return {name for name in listed.split("\0") if name and (ROOT / name).is_file()}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The names in both, without the folder that a source distribution puts around them."""
    tree, out = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("out")
    files = in_the_tree()
    for name in files:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tree / name)
    for name in LITTER:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).touch()
    done = subprocess.run([sys.executable, "-c", BUILD, out], cwd=tree, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (source,), (wheel,) = out.glob("*.tar.gz"), out.glob("*.whl")
    with tarfile.open(source) as archive:
        sources = {one.name.partition("/")[2] for one in archive.getmembers() if one.isfile()}
    with zipfile.ZipFile(wheel) as archive:
        return files, sources, set(archive.namelist())


def test_the_source_distribution_is_the_tree(built):
    files, sources, _ = built
    made = {name for name in sources if name == "PKG-INFO" or PurePosixPath(name).parts[0].endswith(".egg-info")}
    assert {"forgotten": files - sources, "litter": sources - made - files} == {"forgotten": set(), "litter": set()}


def test_the_wheel_is_the_packages(built):
    files, _, wheel = built
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    places = {package.replace(".", "/") for package in config["options"]["packages"].split()}
    installed = {name for name in wheel if not PurePosixPath(name).parts[0].endswith(".dist-info")}
    alone = {f"{module}.py" for module in config["options"]["py_modules"].split()}
    assert {str(PurePosixPath(name).parent) for name in installed - alone if name.endswith(".py")} == places
    assert installed == alone | {name for name in files if name.split("/")[0] in {place.split("/")[0] for place in places}}
    assert any(name.endswith(".dist-info/licenses/LICENSE") or name.endswith(".dist-info/LICENSE") for name in wheel)
