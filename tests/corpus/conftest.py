"""The hand-written backward passes beside this file, loaded by path: test folders are no packages."""

import importlib.util
from pathlib import Path

import pytest

STYLES = ("vectorised", "loops")


@pytest.fixture(scope="session", params=STYLES)
def style(request):
    spec = importlib.util.spec_from_file_location(request.param, Path(__file__).with_name(f"{request.param}.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
