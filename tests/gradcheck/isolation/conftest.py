"""Here confined processes are started as for a single submission: from nothing."""

from collections.abc import Iterator

import pytest

from gradcheck.isolation.kept import templates


@pytest.fixture(autouse=True)
def _confined_processes_are_started() -> Iterator[None]:
    with templates(kept=False):
        yield
