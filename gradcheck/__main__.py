"""``python -m gradcheck``, and the command ``gradcheck``."""

import os
import sys

from gradcheck.commands.shared.early import leave_when_interrupted

# ``python -m`` looks for modules in the current directory first. Where that is a folder of submissions, a file numpy.py
# would run right here, unconfined; the command ``gradcheck`` looks there neither.
if not sys.flags.safe_path and sys.path and os.path.dirname(os.path.dirname(os.path.abspath(__file__))) != sys.path[0]:
    sys.path[:1] = []

leave_when_interrupted()

from gradcheck.commands.cli import main  # noqa: E402 - Ctrl-C may come while it is imported

if __name__ == "__main__":
    sys.exit(main())
