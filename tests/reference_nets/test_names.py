"""A notation is read without loading the presets; a name loads them."""

import subprocess
import sys

import pytest

from reference_nets.examples.presets import PRESETS, resolve
from reference_nets.names import named_spec


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_found_by_its_name(name):
    assert named_spec(name) == resolve(name).spec


def test_what_is_neither_is_refused_as_by_the_presets():
    with pytest.raises(ValueError, match="did you mean iris"):
        named_spec("iriss")


def test_a_notation_loads_no_presets():
    code = "import sys; from reference_nets.names import named_spec; named_spec('2-1')"
    code += "; sys.exit('reference_nets.examples.presets' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
