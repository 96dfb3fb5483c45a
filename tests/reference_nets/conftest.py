import importlib.util
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def exact():
    """The oracle in exact.py beside this file, loaded by path: test folders are no packages."""
    module = importlib.util.spec_from_file_location("exact", Path(__file__).with_name("exact.py"))
    oracle = importlib.util.module_from_spec(module)
    module.loader.exec_module(oracle)
    return oracle
