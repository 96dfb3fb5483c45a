"""JSON is strict, stable and complete."""

import json
from typing import Any

import numpy as np
import pytest

from reports.document import Document, prose
from reports.render import render
from tests.reports.sample import sample


def refuse(name: str) -> None:
    raise AssertionError(f"{name} is not JSON")


def read(data: dict[str, Any]) -> Any:
    return json.loads(render(Document("t", [], data=data), "json"), parse_constant=refuse)


def test_numbers_that_json_does_not_know_become_null() -> None:
    data = {"a": float("nan"), "b": [float("inf"), -np.inf, 1.5], "c": np.array([[1.0, np.nan]])}
    assert read(data) == {"a": None, "b": [None, None, 1.5], "c": [[1.0, None]]}


def test_numpy_sets_tuples_and_keys_that_are_no_text_are_written() -> None:
    data = {"a": np.float32(0.5), "b": np.int64(3), "c": {2, 1}, "d": (True, None), 5: np.bool_(True)}
    assert read(data) == {"a": 0.5, "b": 3, "c": [1, 2], "d": [True, None], "5": True}


def test_keys_keep_the_order_of_their_author() -> None:
    assert list(read({"schema": 1, "b": 2, "a": 3})) == ["schema", "b", "a"]


def test_floats_come_back_bit_for_bit() -> None:
    values = [0.1, 1 / 3, 5e-324, 1.7976931348623157e308, -0.0]
    assert [value.hex() for value in read({"v": values})["v"]] == [value.hex() for value in values]


def test_a_document_without_data_is_written_block_by_block() -> None:
    assert json.loads(render(Document("t", [prose("a")]), "json"))["blocks"] == [{"type": "prose", "parts": ["a"]}]
    kinds = {block["type"] for block in json.loads(render(sample(), "json"))["blocks"]}
    assert kinds == {"callout", "prose", "section"}


def test_an_empty_mapping_is_data() -> None:
    assert read({}) == {}


def test_what_has_no_form_in_json_is_refused() -> None:
    with pytest.raises(TypeError, match="of type object has no form in JSON; turn it into numbers or text first"):
        read({"a": object()})
