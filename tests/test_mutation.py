"""The planter of mutants: what it changes and what it leaves alone, and that it tells killed from survived."""

import ast
import re
import shutil
from fnmatch import fnmatch

import pytest

from benchmarks import mutation
from benchmarks.__main__ import main
from benchmarks.mutants import places, planted
from benchmarks.which_tests import Seen, read

SOURCE = '''"""A module with < and 3 in its text."""
from dataclasses import dataclass
Array = dict[str, int]
LIMIT = 1e-6


@dataclass(frozen=True)
class Row:
    size: float = 0.5


def judged(a: float, b: float = 1) -> bool:
    """Whether a < b."""
    if not a < b:
        raise ValueError(f"a is {a + 1}, expected < {b}")
    return a + b > LIMIT and min(a, -b) == 0 if b else True
'''


def all_of(source):
    return [planted(place, source) for place in places("m.py", source)]


def test_each_mutant_has_one_fault_and_says_where():
    found = {(m.line, m.before, m.after) for m in all_of(SOURCE)}
    for expected in [
        (4, "1e-06", "1.6e-05"),
        (9, "0.5", "8.0"),
        (12, "1", "2"),
        (14, "not a < b", "a < b"),
        (14, "a < b", "a <= b"),
        (14, "a < b", "a > b"),
        (16, "a + b", "a - b"),
        (16, "a + b > LIMIT", "a + b >= LIMIT"),
        (16, "min", "max"),
        (16, "-b", "b"),
        (16, "True", "False"),
        (16, "a + b > LIMIT and min(a, -b) == 0", "a + b > LIMIT or min(a, -b) == 0"),
    ]:
        assert expected in found
    assert {line for line, _, _ in found} == {4, 9, 12, 14, 16}  # no text, no annotation, no decorator, nothing raised


def test_what_guards_a_zip_is_left_alone():
    found = [(m.before, m.after) for m in all_of("pairs = list(zip(a, b, strict=True))")]
    assert found == []


SAME = """
MOST_STEPS = 5000
MOST_SIDES = 6


def is_right(a: float) -> bool:
    if a > 1:
        return False
    return a < 0


def found(a):
    rng = np.random.default_rng([2024, 1])
    if not a:
        return False
    return a.reshape(-1, 3), f"{a} rows" if a else "none", Sentence("judge.match", digits=a + 1)


def __str__(self):
    return self.text + 1
"""


def test_what_changes_nothing_is_not_drawn():
    assert sorted((m.line, m.before, m.after) for m in all_of(SAME)) == sorted([
        (3, "6", "7"), (7, "a > 1", "a >= 1"), (7, "a > 1", "a < 1"), (7, "1", "2"), (8, "False", "True"),
        (9, "return a < 0", "return None"), (9, "a < 0", "a <= 0"), (9, "a < 0", "a > 0"), (9, "0", "1"),
        (14, "not a", "a"), (15, "return False", "return None"), (15, "False", "True"), (16, "-1", "1"), (16, "3", "4"),
        (16, "return (a.reshape(-1, 3), f'{a} rows' if a else 'none', Sentence('j...", "return None"),
    ])  # fmt: skip


def test_what_takes_longer_by_the_processor_is_ended_and_what_sleeps_is_not(tmp_path):
    (tmp_path / "test_one.py").write_text(
        "import time\n\ndef test_sleep():\n    time.sleep(1.5)\n\ndef test_busy():\n    while True: pass\n"
    )
    assert mutation._run(["test_one.py::test_sleep"], tmp_path, 30.0) == 0
    assert mutation._run(["test_one.py::test_busy"], tmp_path, 3.0) is None


def test_every_mutant_is_another_program_that_can_be_read():
    whole = ast.unparse(ast.parse(SOURCE))
    sources = [m.source for m in all_of(SOURCE)]
    assert len(set(sources)) == len(sources) and whole not in sources
    assert all(ast.parse(source) for source in sources)


def test_every_module_that_decides_has_tests_that_are_there():
    modules = mutation.targets([])
    decide = ("judge/judge.py", "certified/numbers/tape.py", "witnesses/second_witness.py")
    assert {f"gradcheck/{name}" for name in decide} <= set(modules)
    suite = mutation._suite(mutation.ROOT)
    for module in modules:
        assert any(fnmatch(test, f"*{pattern}") for pattern in mutation._row(module) for test in suite)
    everything = {module for module in modules if "/certified/" in module}
    assert {"symbolic/mistakes/further.py", "gradcheck/explanations/traced/where.py"} <= set(modules)
    assert len(everything) > 50 and set(mutation.targets(["gradcheck/certified"])) == everything
    own = mutation._suite(mutation.ROOT, [mutation._row("gradcheck/judge/judge.py")])
    assert set(own) < set(suite) and all("/judge/test_" in test or "/diagnosis/test_glance" in test for test in own)
    assert mutation.targets(["judge", "numbers/tape"]) == [
        "gradcheck/certified/numbers/tape.py",
        "gradcheck/judge/judge.py",
    ]


def test_every_folder_and_pattern_that_is_named_has_tests():
    tests = mutation.ROOT / "tests"
    for folder in mutation.SUITE:
        assert list((tests / "gradcheck" / folder).glob("test_*.py")), folder
    for pattern in {pattern for _, row in mutation.TESTS for pattern in row}:
        assert [path for base in (tests, tests / "gradcheck") for path in base.glob(pattern)], pattern
    for name in mutation.LONG:
        assert list(tests.rglob(name)), name
    for pattern, _ in mutation.TESTS:
        assert any(fnmatch(module.removeprefix("gradcheck/"), pattern) for module in mutation.targets([])), pattern


def test_a_sample_is_the_same_for_the_same_seed():
    one, two, other = (mutation.sample(5, seed, ["judge"]) for seed in (3, 3, 4))
    assert one == two != other


@pytest.mark.parametrize(("became", "expected"), [(["killed", "timed out", "outside"], 0), (["survived"] * 3, 1)])
def test_what_becomes_of_a_mutant_is_counted(became, expected, monkeypatch, capsys, tmp_path):
    (tmp_path / "gradcheck" / "judge").mkdir(parents=True)
    (tmp_path / "gradcheck" / "judge" / "judge.py").write_text(SOURCE)
    monkeypatch.setattr(mutation, "ROOT", tmp_path)
    monkeypatch.setattr(mutation, "GOAL", 0.5)
    seen = Seen({"tests/test_one.py::test_right": 0.1})
    monkeypatch.setattr(mutation, "_in_children", lambda *_: (seen, [(what, 0.0) for what in became]))
    monkeypatch.setattr(mutation, "_run", lambda *_: 0)  # for what is outside of all functions
    assert main(["mutation", "--sample", "3", "--seed", "1"]) == expected
    told = capsys.readouterr().out
    lost = sum(what in ("survived", "outside") for what in became)
    assert f"3 mutants: {became.count('killed')} killed, {became.count('timed out')} timed out, {lost} survived" in told
    assert told.count("survived  gradcheck/judge/judge.py:") == lost


def test_tests_that_do_not_run_without_a_mutant_are_no_judge(monkeypatch):
    monkeypatch.setattr(mutation, "_run", lambda *_: 2)
    with pytest.raises(RuntimeError, match="the tests do not run without any mutant"):
        mutation.main(["--sample", "1", "--only", "judge"])


MODULE = """LIMIT = 3


def larger(a, b):
    return max(a, b)


def steady(a):
    return LIMIT - a


def twice(a):
    return a * 2


def unseen(a):
    return a + 1


def times(b):
    def product(a):
        return a * b

    return lambda a: product(a)


triple = times(3)
"""
TEST = """import pytest
from gradcheck.judge.judge import LIMIT, larger, steady, triple, twice, unseen

turn = []

def test_right():
    assert larger(1, 2) == 2 and steady(1) == 2 and LIMIT == triple(1) == 3

@pytest.mark.parametrize("x", [1, 2])
def test_wrong(x):
    assert unseen(x) == x + 1 and x == 1

def test_that_counts_on_others():
    turn.append(twice(2))

def test_after_it():
    twice(2)
    assert turn == [4]
"""


def test_each_mutant_is_shown_to_the_tests_in_a_process_of_its_own(tmp_path, monkeypatch, capsys):
    files = [
        ("gradcheck/judge", "judge.py", MODULE),
        ("tests/gradcheck/judge", "test_judge.py", TEST),
        ("gradcheck", "pytest_plugin.py", ""),
    ]
    for folder, name, text in files:  # the plugin is what an installed toolkit has pytest load
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / folder / name).write_text(text)
    shutil.copytree(mutation.ROOT / "benchmarks", tmp_path / "benchmarks")
    monkeypatch.setattr(mutation, "ROOT", tmp_path)
    kept = tmp_path / "seen.json"
    assert main(["mutation", "--sample", "100", "--only", "judge", "--seen", str(kept)]) in (0, 1)
    told = capsys.readouterr().out
    assert "left out, as they fail without any mutant: tests/gradcheck/judge/test_judge.py::test_wrong[2]" in told
    became = {(int(found[2]), found[3]): found[1] for found in re.finditer(r"(\w+) +\d+ s  .*py:(\d+): (.*)  -> ", told)}
    assert became[1, "3"] == became[5, "max"] == became[9, "LIMIT - a"] == "killed"
    assert became[17, "a + 1"] == "killed"  # by the one that passes
    assert became[22, "a * b"] == became[24, "return lambda a: product(a)"] == "killed"  # the one when the module is loaded
    assert became[22, "return a * b"] == "killed"  # without b, it cannot take the place of the other
    assert became[13, "a * 2"] == "survived"  # the one that fails then does so without a mutant, too, when it runs alone
    assert len(read(kept).lines["gradcheck/judge/judge.py"][13]) == 2


def test_only_tests_that_run_a_line_are_asked_and_the_quickest_first():
    seconds = {"slow": 7.0, "quick": 0.1, "middle": 2.0, "other": 0.2, "endless": 50.0}
    seen = Seen(seconds, (), {"m.py": {14: ["slow", "quick", "endless", "middle"], 15: ["other"]}})
    assert seen.asked("m.py", SOURCE, 14) == ["quick", "middle", "slow"]
    once = Seen(seconds, (), {"m.py": {14: ["slow"], 15: ["other"], 16: ["quick", "middle"]}})
    assert once.asked("m.py", SOURCE, 14) == ["slow", "quick", "other", "middle"]  # what one test runs may be kept for others
    assert once.asked("m.py", SOURCE, 16) == ["quick", "middle"]
    assert seen.asked("m.py", SOURCE, 16) == ["quick", "other", "middle", "slow"]  # its function is judged(), lines 12 to 16
    assert seen.asked("m.py", SOURCE, 4) == ["quick", "other", "middle", "slow"]  # at import: all
    assert seen.asked("n.py", SOURCE, 4) == ["quick", "other", "middle", "slow"]
    assert Seen({"endless": 50.0}).asked("m.py", SOURCE, 4) == ["endless"]


def test_the_tests_of_the_row_are_asked_before_all_others():
    seconds = {"a/test_one.py::x": 3.0, "b/test_two.py::y": 0.1, "a/test_one.py::z": 8.0, "b/test_two.py::w": 9.5}
    seen = Seen(seconds, (), {"m.py": {14: list(seconds)}})
    assert seen.asked("m.py", SOURCE, 14, ["test_one.py"]) == ["a/test_one.py::x", "b/test_two.py::y", "b/test_two.py::w"]
