"""What the tests of networks share."""

import pytest


@pytest.fixture
def verdict_alone(monkeypatch):
    """Without the search for the mistake, which takes most of the time, and for which no verdict waits."""
    monkeypatch.setattr("gradcheck.networks.check._diagnosed", lambda *_: ((), None))
