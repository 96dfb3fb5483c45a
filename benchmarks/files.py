"""Files as people write them, classes and scripts, each with its right answer: passed, failed, refused, falsely alarmed.

``python -m benchmarks files [NAME ...]``: those whose names hold one of the words.
"""

import sys
import time
import tomllib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gradcheck import validate

FILES = Path(__file__).parent / "files"
LARGEST_SHARE_REFUSED = 0.1


def outcome(answer: str, result: Any) -> str:
    """What came of a file beside what is right of it."""
    got = {"pass": "pass", "fail": "fail"}.get(result.verdict, "refused")
    if answer == got:
        return f"right: {got}"
    if got == "refused":
        return "refused"
    return "FALSE ALARM" if answer == "pass" else "WRONG PASSED" if got == "pass" else "judged, though nobody can"


def main(words: Sequence[str] = ()) -> int:
    counts: Counter[str] = Counter()
    answers = tomllib.loads((FILES / "answers.toml").read_text(encoding="utf-8"))
    asked = {name: one for name, one in answers.items() if not words or any(word in name for word in words)}
    named = 0
    for name, one in asked.items():
        start = time.process_time()
        result = validate(FILES / f"{name}.py", network=one["network"])
        what = outcome(one["answer"], result)
        counts[what] += 1
        ids = [diagnosis.id for diagnosis in result.diagnoses]
        named += one.get("mistake") in ids
        told = result.error.message if result.error else ", ".join(ids)
        print(f"{what:15} {name:32} {result.contract:10} {time.process_time() - start:4.1f} s  {told}"[:200], flush=True)
    print(", ".join(f"{what}: {count}" for what, count in sorted(counts.items())), f"mistakes named: {named}", sep="; ")
    bad = counts["FALSE ALARM"] + counts["WRONG PASSED"] + (counts["refused"] > LARGEST_SHARE_REFUSED * len(asked))
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
