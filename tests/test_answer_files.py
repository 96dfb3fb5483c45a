"""The table of the corpus and its files agree: every file is named, every line is there, every repaired text is Python."""

import pytest

from benchmarks.answer_files import FOLDER, Answer, Place, Repair, answers, parses, repaired_sources, sources
from benchmarks.answers import Judged, causes_right, first_line, is_there, marked
from gradcheck.contracts.table import CONTRACTS
from reference_nets.names import named_spec
from symbolic.mistakes.catalogue import BEHAVIOUR, CATALOGUE

ALL = answers()
WRONG = [one for one in ALL if one.is_wrong]


def test_every_file_is_named_in_the_table_and_every_name_has_its_file():
    on_disk = {path for kind in ("wrong", "right") for path in (FOLDER / kind).iterdir() if path.name != "__pycache__"}
    assert {one.path for one in ALL} == on_disk
    assert len({one.name for one in ALL}) == len(ALL)


def test_there_are_enough_of_each_kind():
    assert len(WRONG) >= 110 and len(ALL) - len(WRONG) >= 30
    assert sum(len(one.causes) > 1 for one in WRONG) >= 20


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.name)
def test_a_row_of_the_table_fits_its_file(one):
    texts = sources(one)
    assert all(parses(text) for text in texts.values())
    assert one.network is None or named_spec(one.network)
    assert one.contract is None or one.contract in CONTRACTS
    assert one.entry is None or one.entry in texts
    for place in (*one.lines, *(repair.place for repair in one.repairs)):
        assert place.line <= len(texts[place.file if place.cell is None else place.cell].split("\n"))
    for place in one.lines:  # a line of code, and no blank one nor a comment
        line = texts[place.file if place.cell is None else place.cell].split("\n")[place.line - 1].strip()
        assert line and not line.startswith("#")


@pytest.mark.parametrize("one", WRONG, ids=lambda one: one.name)
def test_what_is_wrong_is_told_and_the_repaired_text_is_python(one):
    assert one.causes or one.plain
    assert {name for cause in one.causes for name in cause} <= BEHAVIOUR.keys() | CATALOGUE.keys()
    assert one.first_wrong and one.first_wrong not in one.right_given
    assert one.repairs and all(parses(text) for text in repaired_sources(one, one.repairs).values())
    assert repaired_sources(one, one.repairs) != sources(one)


def told(verdict="fail", ids=(), line=None, **fields):
    diagnoses = [{"id": name, "alternatives": []} for name in ids]
    return {"verdict": verdict, "diagnoses": diagnoses, "first_wrong_line": line, "error": None, **fields}


ONE = Answer(
    "one", FOLDER / "none.py", None, None, "main.py", (frozenset({"a", "b"}), frozenset({"c"})), (Place(7, "cost.py"),)
)


@pytest.mark.parametrize(
    ("ids", "right"),
    [(["b", "c"], True), (["c", "a"], True), (["b"], False), (["a", "c", "d"], False), (["a", "c", "unknown"], True)],
)
def test_a_cause_is_right_where_every_one_is_named_and_none_invented(ids, right):
    assert causes_right(ONE, told(ids=ids)) is right


def test_an_alternative_counts():
    named = [{"id": "x", "alternatives": ["b"]}, {"id": "c", "alternatives": []}]
    assert causes_right(ONE, told() | {"diagnoses": named}) and not causes_right(ONE, told() | {"diagnoses": named[1:]})


def test_a_line_of_another_file_is_another_line():
    assert is_there(ONE, first_line(told(line=7, first_wrong_file="cost.py")))
    assert not is_there(ONE, first_line(told(line=7)))
    assert first_line(told(error={"line": 3, "file": None})) == Place(3) and first_line(told()) is None


def test_the_entry_may_go_without_its_name(tmp_path):
    one = Answer(
        "one", tmp_path, None, None, "main.py", (), (Place(2, "main.py"),), (Repair(Place(2, "main.py"), ""),), plain="x"
    )
    assert is_there(one, Place(2)) and is_there(one, Place(2, "main.py")) and not is_there(one, Place(2, "other.py"))
    marks = marked(Judged(one, told("inconclusive", ["z"], 2), 1.0), tmp_path)
    assert marks.right == {"verdict": False, "nothing invented": False, "line": True, "repair": False}
    assert len(marks.remarks) == 3
