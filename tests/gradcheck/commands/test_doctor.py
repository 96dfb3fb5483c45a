"""`gradcheck doctor`: what it says of a machine where all is well, and of machines where something is missing."""

import configparser
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from gradcheck.commands import cli
from gradcheck.commands import examination as doctor
from gradcheck.commands.doctor import doctor_document
from gradcheck.commands.examination import Kernel, advice, examine
from gradcheck.commands.shared import libraries
from gradcheck.commands.shared.libraries import CORE, core_libraries, lower_bounds
from gradcheck.isolation import choose, spawn
from gradcheck.isolation.choose import Trial
from gradcheck.isolation.faults import SandboxFailure
from gradcheck.isolation.layers import LEVELS
from gradcheck.isolation.probes import NAMES
from reports.render import FORMATS, render

ROOT = Path(__file__).resolve().parents[3]
ALL_STOPPED = dict.fromkeys(NAMES, "stopped")
NUMPY = f">={lower_bounds(libraries.requirements(), sys.version_info[:2])['numpy']}"
GOOD = ROOT / "tests" / "submissions" / "right" / "plain_loop.py"
LINUX = Kernel("Linux", "6.12.0", 6, "allowed", root=False)


@pytest.fixture(scope="module")
def here():
    return examine()


@pytest.fixture
def everything_stopped(monkeypatch):
    monkeypatch.setattr(choose, "probe", lambda *_: ALL_STOPPED)


def test_on_this_machine_every_level_is_tried_with_every_probe(here):
    data = json.loads(render(doctor_document(here), "json"))
    assert data["schema"] == "gradcheck.doctor/1"
    assert [trial["level"][0] for trial in data["isolation"]["levels"]] == ["A", "A", "B", "B", "B", "C"]
    assert all(set(trial["probes"]) == set(NAMES) for trial in data["isolation"]["levels"])
    assert data["isolation"]["level"] == next(trial["level"] for trial in data["isolation"]["levels"] if trial["holds"])
    assert data["ok"]


@pytest.mark.parametrize("format", [name for name, row in FORMATS.items() if not row.binary])
def test_every_format_names_the_level_and_the_libraries(here, format):
    text = render(doctor_document(here), format)
    assert "latex2mathml" in text.replace("\\allowbreak{}", "")
    assert here.best.level.name in text
    assert format != "text" or max(map(len, text.splitlines())) <= 80


def test_the_core_and_its_ranges_are_those_of_setup_cfg():
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    lines = config["options"]["install_requires"].split("\n")
    bounds = lower_bounds(lines, sys.version_info[:2])
    assert {one.name: one.needed for one in core_libraries(tried=False)} == {name: f">={low}" for name, low in bounds.items()}


@pytest.mark.parametrize(
    ("python", "low"), [((3, 11), "1.26"), ((3, 12), "1.26"), ((3, 13), "2.1"), ((3, 14), "2.1"), ((4, 0), "2.1")]
)
def test_a_bound_may_be_higher_for_a_later_python(python, low):
    lines = ["numpy>=1.26", 'numpy>=2.1; python_version >= "3.13"', 'jax>=0.4; extra == "bench"', ""]
    assert lower_bounds(lines, python) == {"numpy": low}
    assert lower_bounds(['numpy>=2.1 ; python_version>="3.13"', *lines[:1]][::-1], python) == {"numpy": low}


def test_the_self_test_is_run_anew_and_not_remembered(tmp_path, monkeypatch, everything_stopped):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    choose.isolation()
    monkeypatch.setattr(choose, "probe", _nothing_starts)
    assert choose.isolation().level.name == "A"  # this one believes its note
    assert examine().best is None


def _nothing_starts(level, _):
    raise SandboxFailure(f"no luck with {level.name}")


def test_where_no_level_starts_it_says_so_and_ends_with_4(capsys, monkeypatch):
    monkeypatch.setattr(choose, "probe", _nothing_starts)
    assert cli.main(["doctor"]) == 4
    out = capsys.readouterr().out
    assert "Submissions cannot be run: no level of isolation starts here." in out
    assert "A- (landlock + seccomp + rlimits): no luck with A-" in out


def test_a_library_that_cannot_be_imported_is_named_and_ends_with_4(capsys, monkeypatch, everything_stopped):
    def broken(name):
        raise OSError(f"{name}: wrong ELF class")

    monkeypatch.setattr(libraries, "import_module", broken)
    monkeypatch.setattr(libraries, "CORE", {"sympy": CORE["sympy"]})
    assert cli.main(["doctor"]) == 4
    out = " ".join(capsys.readouterr().out.split())
    assert "Something needed does not work: sympy." in out
    assert "import sympy: OSError: sympy: wrong" in out


@pytest.mark.parametrize(
    ("version", "trouble"),
    [
        ("1.9.3", f"expected {NUMPY}, got 1.9.3; try: pip install 'numpy{NUMPY}'"),
        (NUMPY[2:], ""),
        (f"{NUMPY[2:]}.0", ""),
        ("99.0rc1", ""),
    ],
)
def test_a_version_is_held_against_its_range(monkeypatch, version, trouble):
    monkeypatch.setattr(libraries, "version", lambda _: version)
    monkeypatch.setattr(libraries, "CORE", {"numpy": CORE["numpy"]})
    assert [one.trouble for one in core_libraries()] == [trouble]


@pytest.mark.parametrize("name", CORE)
def test_a_library_that_does_not_do_what_is_needed_is_told_and_so_is_what_to_try(monkeypatch, name):
    monkeypatch.setattr(libraries, "CORE", {name: CORE[name]._replace(trial=lambda: False, needs=())})
    (one,) = core_libraries()
    assert f"expected {one.needed}, got {one.version}; try: pip install --force-reinstall" in one.trouble


@pytest.mark.parametrize("name", CORE)
def test_each_library_is_used_as_the_toolkit_uses_it(name):
    assert CORE[name].trial()


# Broken libraries, planted in front of the real ones.

BREAKS = {
    "is missing": "raise ModuleNotFoundError(f'No module named {__name__!r}', name=__name__)",
    "raises": "raise RuntimeError('compiled for another machine')",
    "cannot be loaded": "raise OSError('wrong ELF class')",
    "ends the program": "raise SystemExit(7)",
    "is empty": "",
}


# Which isolation holds here is another question; the processes that are started below do not ask it again and again.
STOPPED = f"from gradcheck.isolation import choose; choose.probe = lambda *_: {ALL_STOPPED!r}"


def run_with_broken(tmp_path, broken, *words, before=""):
    (tmp_path / "planted").mkdir()
    for module, how in broken.items():
        (tmp_path / "planted" / f"{module}.py").write_text(BREAKS[how])
    path = os.pathsep.join([str(tmp_path / "planted"), str(ROOT)])
    environment = {**os.environ, "PYTHONPATH": path, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    command = [sys.executable, "-c", f"{before}\nimport sys\nfrom gradcheck.__main__ import main\nsys.exit(main())", *words]
    return subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)


PLANTED = [
    {"numpy": "raises"},
    {"sympy": "raises", "latex2mathml": "raises", "hypothesis": "is empty"},
    {"tabulate": "raises", "mpmath": "cannot be loaded"},
    {"flint": "raises", "pytest": "raises", "hypothesis": "is missing"},
    {"mpmath": "ends the program", "tqdm": "is empty"},
]


@pytest.mark.parametrize("broken", PLANTED, ids=" ".join)
def test_doctor_itself_runs_and_names_what_is_broken(tmp_path, broken):
    done = run_with_broken(tmp_path, broken, "doctor", before="" if broken == PLANTED[0] else STOPPED)
    assert done.returncode == 4, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert "Something needed does not work" in done.stdout
    told = done.stdout
    if not {"tabulate", "latex2mathml"} & {*broken}:  # without them no report is written, and no line says it first
        told = " ".join(told.replace("▌", " ").split()).partition("Something needed does not work: ")[2].partition(".")[0]
    assert all(module in told for module in broken), told


LACKING = [*(("hypothesis", how) for how in BREAKS if how != "is empty"), ("sympy", "raises"), ("flint", "is missing")]


VALIDATE, VERIFY = ["validate", str(GOOD), "--network", "3-4-2"], ["verify", "1-1"]


@pytest.mark.parametrize(("module", "how", "words"), [
    *((*one, VALIDATE) for one in LACKING), ("hypothesis", "is missing", VERIFY), ("sympy", "raises", VERIFY),
])  # fmt: skip
def test_a_command_that_lacks_something_says_so_in_one_sentence(tmp_path, module, how, words):
    done = run_with_broken(tmp_path, {module: how}, *words)
    name = {"flint": "python-flint"}.get(module, module)
    assert done.returncode == 4, done.stdout + done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith(f"gradcheck {words[0]}: {name} ")
    assert "gradcheck doctor" in done.stderr


def trials(*holding):
    return [Trial(level, ALL_STOPPED, "" if number in holding else "does not") for number, level in enumerate(LEVELS)]


@pytest.mark.parametrize(
    ("holding", "kernel", "bubblewrap", "words"),
    [
        ((0, 1, 5), LINUX, "/usr/bin/bwrap", []),
        ((1, 5), LINUX, None, ["level A needs bubblewrap"]),
        ((1, 5), LINUX, "/usr/bin/bwrap", ["bubblewrap is here and does not start"]),
        (
            (3, 5),
            replace(LINUX, landlock=3),
            None,
            ["level A needs bubblewrap", "Landlock ABI 6 (Linux 6.12 or later), here is 3"],
        ),
        ((2, 5), replace(LINUX, landlock=0), "/usr/bin/bwrap", ["landlock among lsm= at boot"]),
        (
            (1, 5),
            replace(LINUX, user_namespaces="forbidden by x"),
            None,
            ["needs bubblewrap", "user namespaces, forbidden by x"],
        ),
        ((5,), Kernel("Darwin", "24.0", 0, "none", root=False), None, ["levels A and B need Linux"]),
    ],
)
def test_what_a_better_level_needs_is_told(monkeypatch, holding, kernel, bubblewrap, words):
    monkeypatch.setattr(spawn, "find_bubblewrap", lambda: bubblewrap)
    told = list(advice(trials(*holding), kernel))
    assert len(told) == len(words)
    assert all(word in sentence for word, sentence in zip(words, told, strict=True))


def test_a_terminal_that_cannot_write_the_signs_is_told_what_to_set(here):
    poor = replace(here, terminal={**here.terminal, "encoding": "ascii", "signs": doctor._can_write("ascii")})
    assert "PYTHONIOENCODING=utf-8" in render(doctor_document(poor))
    assert doctor._can_write("utf-8")


def run_in_ascii(*words):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "gradcheck", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_where_the_signs_cannot_be_written_a_report_is_still_read():
    done = run_in_ascii("train", "guess-two")
    assert (done.returncode, "The guessing game for two" in done.stdout) == (0, True)
    assert "set PYTHONIOENCODING=utf-8" in done.stderr


def test_a_format_for_programs_is_refused_there_and_not_spoilt():
    done = run_in_ascii("networks", "--format", "markdown")
    assert (done.returncode, done.stdout) == (2, "")
    assert "standard output is ascii" in done.stderr
