"""A real browser opens the report: quiet, alone, every equation with a box, links that lead somewhere, no sideways scroll."""

import shutil

import pytest

from reference_nets.spec import NetworkSpec
from reports.formats.pdf import render as pdf
from reports.render import render
from symbolic import derive
from symbolic.report.document import random_values

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
NETWORKS = {
    "2-3-1": "en",
    "3-4:relu-3/cross_entropy+l2=0.1": "zh",
    "2-2:gelu-2:softmax/bce": "en",
    "30-20-12/cross_entropy": "zh",
}
# Formulas without a box; equations flatter than a line; links that lead nowhere.
FAULTS = """() => {
  const all = (what) => [...document.querySelectorAll(what)];
  const box = (element) => element.getBoundingClientRect();
  return [
    all("math").filter((m) => box(m).width * box(m).height === 0).length,
    all(".equation").filter((e) => box(e.querySelector("math")).height < 8).length,
    all('a[href^="#"]').filter((a) => !document.getElementById(decodeURIComponent(a.hash.slice(1)))).length,
  ];
}"""


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = next(filter(None, map(shutil.which, BROWSERS)))
        running = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture(scope="module", params=NETWORKS)
def report(request, tmp_path_factory):
    spec = NetworkSpec.parse(request.param)
    document = derive(spec).report(language=NETWORKS[request.param], values=random_values(spec, 1))
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(render(document, "html"), encoding="utf-8")
    return path


@pytest.mark.extra("browser", "playwright")
@pytest.mark.parametrize(("width", "scheme"), [(1100, "light"), (360, "dark")])
def test_the_report_stands_in_a_browser(browser, report, width, scheme):
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page, said, asked = context.new_page(), [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(report.as_uri())
    assert said == [] and asked == [report.as_uri()]
    assert page.locator("math").count() > 50
    assert page.evaluate(FAULTS) == [0, 0, 0]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("main svg").bounding_box()["width"] > 150
    context.close()


@pytest.mark.extra("browser", "playwright")
def test_the_contents_lead_to_their_sections(browser, report):
    page = browser.new_page(viewport={"width": 1200, "height": 800})
    page.goto(report.as_uri())
    links = page.locator("nav a")
    assert links.count() >= 12
    for number in (0, 5, links.count() - 1):
        target = links.nth(number).get_attribute("href")
        links.nth(number).click()
        assert page.url.endswith(target)
        top = page.locator(target).bounding_box()["y"]
        assert -5 <= top <= 800, target
    page.close()


@pytest.mark.extra("tex")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_report_becomes_a_pdf(language):
    if not shutil.which("xelatex"):
        pytest.skip("NOT RUN: needs xelatex")
    spec = NetworkSpec.parse("2-3:relu-3/cross_entropy+l2=0.1")
    content = pdf(derive(spec).report(language=language, values=random_values(spec, 1)))
    assert content.startswith(b"%PDF-") and len(content) > 40_000
