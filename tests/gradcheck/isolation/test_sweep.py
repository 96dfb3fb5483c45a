"""Who is whose child: only those are waited for."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gradcheck.isolation.kernel.sweep import is_child


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="NOT RUN: there is no /proc here")
@pytest.mark.parametrize("alone", [False, True])
def test_a_child_is_what_this_process_has_started_and_not_yet_buried(alone):
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=alone) as process:
        assert is_child(process.pid)
        process.kill()
    assert not any(map(is_child, (process.pid, os.getpid(), os.getppid())))
