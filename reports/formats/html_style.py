"""How a page looks: quiet type from the reader's own machine, light or dark as the reader has it, fit for paper."""

STYLE = """
.report-page { margin: 0; background: #fdfdfc; }
.report {
  --ink: #1d2329; --soft: #5c6670; --line: #dfe3e6; --hair: #eceff1; --paper: #fdfdfc; --raised: #f5f6f6;
  --link: #1f5fa8; --good: #19703e; --bad: #b3261e; --warn: #8a5a00;
  --good-bg: #edf6f0; --bad-bg: #fcefee; --warn-bg: #fbf4e4; --muted-bg: #f3f4f5;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "PingFang SC", "Microsoft YaHei",
    "Noto Sans CJK SC", sans-serif;
  --mono: ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  color: var(--ink); background: var(--paper); font: 16px/1.6 var(--sans); color-scheme: light dark;
  max-width: 46rem; margin: 0 auto; padding: 2.2rem 1.25rem 4rem; overflow-wrap: break-word;
  -webkit-text-size-adjust: 100%; text-rendering: optimizeLegibility;
}
.report *, .report *::before { box-sizing: border-box; }
.report main { min-width: 0; }
.report h1, .report h2, .report h3, .report h4, .report h5, .report h6 {
  line-height: 1.25; font-weight: 650; letter-spacing: -0.011em; text-wrap: balance; color: var(--ink);
}
.report h1 { font-size: 1.7rem; margin: 0 0 1.1rem; letter-spacing: -0.02em; }
.report h2 { font-size: 1.3rem; margin: 1.7rem 0 0.55rem; padding-top: 0.75rem; border-top: 1px solid var(--line); }
.report h3 { font-size: 1.08rem; margin: 2.1rem 0 0.6rem; }
.report h4, .report h5, .report h6 { font-size: 1rem; margin: 1.6rem 0 0.5rem; color: var(--soft); }
.report section { scroll-margin-top: 1rem; }
.report section + p { margin-top: 1.2rem; }
.report p, .report ul, .report ol { margin: 0 0 0.8rem; }
.report li { margin: 0.2rem 0; }
.report ul, .report main ol { padding-left: 1.35rem; }
.report li::marker { color: var(--soft); }
.report a { color: var(--link); text-decoration: none; }
.report a:hover { text-decoration: underline; text-underline-offset: 0.15em; }
.report :focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 3px; }
.report .anchor { margin-left: 0.4em; color: var(--soft); font-weight: 400; opacity: 0; }
.report :is(h2, h3, h4, h5, h6):hover .anchor { opacity: 0.7; }
.report code, .report pre { font-family: var(--mono); font-size: 0.875em; }
.report code { background: var(--raised); border-radius: 4px; padding: 0.1em 0.3em; }
.report pre { line-height: 1.5; margin: 0 0 0.9rem; padding: 0.7rem 1rem; overflow-x: auto;
  background: var(--raised); border-radius: 8px; tab-size: 4; }
.report pre code { background: none; padding: 0; font-size: 1em; }

.report .scroll { overflow-x: auto; overflow-y: hidden; max-width: 100%; }
.report .table { margin: 1.2rem 0 1.6rem; }
.report table { border-collapse: collapse; min-width: 100%; font-size: 0.9rem; line-height: 1.45;
  font-variant-numeric: tabular-nums lining-nums; }
.report .caption { margin: 0.6rem 0 0; color: var(--soft); font-size: 0.85rem; }
.report th { font-weight: 600; color: var(--soft); font-size: 0.82rem; vertical-align: bottom;
  border-bottom: 1.5px solid var(--ink); }
.report th, .report td { padding: 0.42rem 0.9rem 0.42rem 0; text-align: left; background: none; }
.report td { vertical-align: baseline; border-bottom: 1px solid var(--hair); min-width: 2.5em; }
.report tbody tr:last-child td { border-bottom: 1.5px solid var(--line); }
.report tr.total td { border-top: 1.5px solid var(--line); font-weight: 600; }
.report :is(th, td).right { text-align: right; }
.report :is(th, td).center { text-align: center; }
.report :is(th, td):last-child { padding-right: 0; }
.report :is(th, td).right + .left { padding-left: 0.9rem; }
.report td.right, .report .number { white-space: nowrap; }
/* a word of two or three characters stays on its line; no line begins with a closing mark */
.report:lang(zh) :is(th, td > span) { word-break: keep-all; }
.report:lang(zh) { line-break: strict; }
.report tbody tr:hover td { background: var(--raised); }
.report .good { color: var(--good); }
.report .bad { color: var(--bad); }
.report .warn { color: var(--warn); }
.report .muted { color: var(--soft); }
.report .mark { font-weight: 650; }

.report .equation { margin: 1.3rem 0; scroll-margin-top: 1rem; }
.report .row { display: flex; align-items: center; gap: 1rem; }
.report .row .scroll { flex: 1; min-width: 0; padding: 0.25rem 0; }
.report .tag { flex: 0 1 auto; max-width: 40%; overflow-wrap: anywhere;
  color: var(--soft); font-variant-numeric: tabular-nums; }
.report .tag a { color: inherit; }
.report .note { color: var(--soft); font-size: 0.9rem; margin: 0.3rem 0 0; text-align: center; }
.report .equation:target .row, .report section:target > :is(h2, h3, h4, h5, h6) { background: var(--warn-bg);
  box-shadow: 0 0 0 0.35rem var(--warn-bg); border-radius: 4px; }
.report math { font-family: "STIX Two Math", "Latin Modern Math", "Cambria Math", "Noto Sans Math", math;
  font-size: 1.06em; }
.report math[display="block"] { font-size: 1.12em; width: max-content; min-width: 100%; text-align: center; }
.report :is(p, li > div):has(math) { overflow-x: auto; overflow-y: hidden; }
.report mtable { math-style: inherit; }
.report mtd[columnalign="left"] { text-align: left; }
.report mtd[columnalign="right"] { text-align: right; }
.report mtable[columnspacing^="0em"] > mtr > mtd { padding-left: 0; padding-right: 0; }
.report menclose { border: 1px solid; padding: 0.25em 0.4em; }
.report .prime { font-feature-settings: "ssty" 1; }
.report .formula { font-style: italic; }

.report figure { margin: 1.6rem 0; text-align: center; }
.report figure svg { max-width: 100%; height: auto; }
.report figure pre { display: inline-block; max-width: 100%; text-align: left; }
.report figcaption { color: var(--soft); font-size: 0.85rem; margin-top: 0.6rem; }

.report .callout { display: flex; gap: 0.75rem; margin: 1.1rem 0 1.3rem; padding: 0.8rem 1.1rem; border-radius: 8px;
  background: var(--muted-bg); color: var(--ink); }
.report .callout.good { background: var(--good-bg); }
.report .callout.bad { background: var(--bad-bg); }
.report .callout.warn { background: var(--warn-bg); }
.report .callout.good > .mark { color: var(--good); }
.report .callout.bad > .mark { color: var(--bad); }
.report .callout.warn > .mark { color: var(--warn); }
.report .callout > div { min-width: 0; flex: 1; }
.report .callout > div > :last-child { margin-bottom: 0; }
.report .callout :is(code, pre) { background: color-mix(in srgb, var(--ink) 6%, transparent); }

.report nav { margin: 0 0 2.2rem; font-size: 0.9rem; line-height: 1.45; }
.report nav .contents { margin: 0 0 0.4rem; font-size: 0.78rem; font-weight: 600; color: var(--soft); }
.report nav ol { list-style: none; margin: 0; padding: 0; }
.report nav ol ol { padding-left: 0.9rem; }
.report nav li { margin: 0; }
.report nav a { display: block; padding: 0.2rem 0; color: var(--soft); }
.report nav a:hover { color: var(--link); }

.report summary { cursor: pointer; list-style: none; }
.report summary::-webkit-details-marker { display: none; }
.report summary > :is(h2, h3, h4)::before { content: "\\25B8"; display: inline-block; width: 1.1em; color: var(--soft); }
.report details[open] > summary > :is(h2, h3, h4)::before { content: "\\25BE"; }
.report section:has(> details:not([open])) > details > summary > h2 { margin: 1.2rem 0 0; }

@media (max-width: 69.99rem) {
  .report.with-contents { display: flex; flex-direction: column; }
  .report.with-contents > nav { padding: 0.8rem 1rem; background: var(--raised); border-radius: 8px; }
  /* on a narrow page a short list of sections only stands before what it lists */
  .report.with-contents > nav:not(:has(li:nth-child(7))) { display: none; }
}
@media (min-width: 70rem) {
  .report.with-contents { display: grid; grid-template-columns: 13rem minmax(0, 46rem); column-gap: 3.5rem;
    justify-content: center; max-width: 66rem; }
  .report.with-contents > nav { position: sticky; top: 2.4rem; align-self: start; max-height: calc(100vh - 5rem);
    overflow-y: auto; margin: 0.5rem 0 0; }
}
@media (max-width: 32rem) {
  .report { padding: 1.6rem 1rem 3rem; }
  .report h1 { font-size: 1.5rem; }
  .report h2 { font-size: 1.18rem; }
  .report pre { padding: 0.7rem 0.75rem; white-space: pre-wrap; }
  .report :is(th, td) { padding-right: 0.55rem; }
}
@media screen and (prefers-color-scheme: dark) {
  .report-page { background: #15181b; }
  .report {
    --ink: #e3e6e8; --soft: #98a2ab; --line: #363d43; --hair: #272d32; --paper: #15181b; --raised: #1e2327;
    --link: #83b4ec; --good: #6cc692; --bad: #f2938b; --warn: #e0b45c;
    --good-bg: #17281e; --bad-bg: #321d1c; --warn-bg: #2d2616; --muted-bg: #1f2428;
  }
}
@media print {
  .report-page, .report { background: #fff; color-scheme: light; }
  .report { max-width: none; padding: 0; font-size: 10pt; line-height: 1.45; display: block !important; }
  .report td { padding-top: 0.25rem; padding-bottom: 0.25rem; }
  .report figure { margin: 0.9rem 0; }
  .report nav, .report .anchor { display: none; }
  .report .scroll, .report pre { overflow: visible; }
  .report pre { white-space: pre-wrap; }
  .report :is(h1, h2, h3, h4) { break-after: avoid; }
  .report :is(figure, .equation, .callout, tr) { break-inside: avoid; }
  .report thead { display: table-header-group; }
}
""".strip()
