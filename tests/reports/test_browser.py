"""A real browser shows the page: no sideways scrolling on a phone, and a box for every formula."""

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from reports.render import render
from tests.reports.sample import hostile, sample

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --virtual-time-budget=5000 --dump-dom"
)
# The page stands in a frame of the width of a phone: a browser's own window has a least width.
FRAME = """<!DOCTYPE html><iframe id="f" width="{width}" height="800" srcdoc="{page}"></iframe><pre id="out"></pre>
<script>
addEventListener("load", () => {{
  const d = document.getElementById("f").contentDocument;
  const boxes = [...d.querySelectorAll("math")].map(m => m.getBoundingClientRect());
  const wide = [...d.querySelectorAll("main > *, section > *")].filter(e => e.getBoundingClientRect().right > {width});
  document.getElementById("out").textContent = JSON.stringify({{
    scroll: d.documentElement.scrollWidth, client: d.documentElement.clientWidth, wide: wide.length,
    formulas: boxes.length, empty: boxes.filter(b => b.width * b.height === 0).length}});
}});</script>"""


def measured(page: str, width: int, folder: Path) -> dict[str, Any]:
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        pytest.skip("NOT RUN: needs Chromium")
    frame = folder / "frame.html"
    frame.write_text(FRAME.format(width=width, page=html.escape(page)), encoding="utf-8")
    command = [browser, *QUIET.split(), f"--user-data-dir={folder / 'profile'}", frame.as_uri()]
    done = subprocess.run(command, capture_output=True, timeout=120, check=True)
    found = re.search(r'<pre id="out">(.*?)</pre>', done.stdout.decode("utf-8"))
    assert found is not None
    result: dict[str, Any] = json.loads(html.unescape(found.group(1)))
    return result


@pytest.mark.extra("browser")
@pytest.mark.parametrize("width", [360, 800, 1280])
def test_the_sample_never_scrolls_sideways_and_shows_every_formula(width: int, tmp_path: Path) -> None:
    page = render(sample(), "html")
    seen = measured(page, width, tmp_path)
    assert seen["scroll"] <= seen["client"] and seen["wide"] == 0
    assert seen["formulas"] == page.count("<math") > 8 and seen["empty"] == 0


@pytest.mark.extra("browser")
def test_a_stranger_s_text_does_not_widen_the_page(tmp_path: Path) -> None:
    seen = measured(render(hostile(), "html"), 360, tmp_path)
    assert seen["scroll"] <= seen["client"] and seen["wide"] == 0
