/** The page's style: system fonts, one scale of spaces, one accent for each status, in a light and a dark scheme. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --quiet: #f5f6f7; --ink: #1b1f24; --soft: #59626d; --line: #dfe3e7;
  --link: #1a5a96; --bar: #4a6b8a; --pale: #dbe4ed;
  --go: #17683a; --go-paper: #eef7f1; --no: #b3261e; --no-paper: #fdf1f0; --warn: #855300; --warn-paper: #fdf6e8;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #14181c; --quiet: #1c2126; --ink: #e4e7ea; --soft: #a3acb5; --line: #313840;
    --link: #84b8e8; --bar: #7fa3c6; --pale: #2c3a48;
    --go: #74cf96; --go-paper: #16261c; --no: #ff9389; --no-paper: #2e1b19; --warn: #e9ba58; --warn-paper: #2a2213;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0 auto; padding: 32px clamp(16px, 4vw, 48px) 40px; max-width: 1120px;
  background: var(--paper); color: var(--ink); font: 16px/1.55 var(--sans);
  font-variant-numeric: tabular-nums; overflow-wrap: break-word;
}
h1, h2, h3, p, ul, ol, dl, dd, figure, pre { margin: 0; }
h1, h2, h3 { line-height: 1.25; text-wrap: balance; }
h2 { font-size: 22px; font-weight: 650; letter-spacing: -0.01em; }
h3 { font-size: 16px; font-weight: 650; }
a { color: var(--link); text-underline-offset: 2px; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
code, pre, .mono { font-family: var(--mono); font-size: 0.88em; }
small, .soft { color: var(--soft); }
small { font-size: 13px; }
.lead { color: var(--soft); margin-top: 4px; max-width: 80ch; }
.note { color: var(--soft); font-size: 14px; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

section { margin-top: 28px; padding-top: 16px; border-top: 1px solid var(--line); }
section > * + * { margin-top: 16px; }
section > h2 + .lead { margin-top: 4px; }
section h3 { margin-top: 24px; }
ul.plain { list-style: none; padding: 0; }
ul.spaced > li + li { margin-top: 8px; }

.rehearsal { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 4px 16px; color: var(--soft); font-size: 14px; }
.verdict { margin-top: 16px; padding: 20px clamp(16px, 3vw, 32px) 24px; border-left: 6px solid var(--status); border-radius: 4px 10px 10px 4px; background: var(--status-paper); }
.verdict .word { display: flex; align-items: center; gap: 16px; color: var(--status); font-size: clamp(36px, 8vw, 60px); font-weight: 750; letter-spacing: -0.025em; line-height: 1.1; }
.verdict .word svg { width: 0.8em; height: 0.8em; flex: none; }
.verdict .headline { display: block; margin-top: 8px; color: var(--ink); font-size: 20px; font-weight: 500; letter-spacing: 0; line-height: 1.4; }
.verdict .ran { margin-top: 16px; font-size: 15px; max-width: 100ch; }
.verdict .ran b { display: inline-block; min-width: 36px; color: var(--soft); font-weight: 500; }
.verdict ol { margin-top: 16px; padding-left: 24px; max-width: 80ch; }
.verdict li + li { margin-top: 6px; }
.verdict li::marker { color: var(--soft); }
.go { --status: var(--go); --status-paper: var(--go-paper); }
.no-go { --status: var(--no); --status-paper: var(--no-paper); }
.baseline-failed, .undecided { --status: var(--warn); --status-paper: var(--warn-paper); }
.warning { margin-top: 16px; padding: 16px clamp(16px, 3vw, 32px); border-left: 6px solid var(--warn); border-radius: 4px 10px 10px 4px; background: var(--warn-paper); }
.warning > * + * { margin-top: 8px; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 16px 24px; margin-top: 20px; }
.facts dt { color: var(--soft); font-size: 13px; }
.facts dd { font-weight: 550; overflow-wrap: anywhere; }
.facts small { display: block; font-weight: 400; }
nav { display: flex; flex-wrap: wrap; gap: 4px 16px; margin-top: 16px; font-size: 14px; }

.outcome { display: inline-flex; gap: 6px; font-weight: 600; white-space: nowrap; }
.passed { color: var(--go); } .failed { color: var(--no); } .skipped, .stopped { color: var(--warn); }

.box { overflow-x: auto; max-width: 100%; }
table { width: 100%; border-collapse: collapse; font-size: 15px; line-height: 1.45; }
th { color: var(--soft); font-size: 13px; font-weight: 500; text-align: left; }
th, td { padding: 6px 20px 6px 0; vertical-align: top; overflow-wrap: anywhere; border-bottom: 1px solid var(--line); }
th:last-child, td:last-child { padding-right: 0; }
.figure { text-align: right; white-space: nowrap; }
td small { display: block; font-weight: 400; }
td .name { font-weight: 550; }
@media (min-width: 641px) {
  td.words { min-width: 104px; }
  td .name { display: block; min-width: 128px; }
  #checks th:nth-child(1) { width: 25%; } #checks th:nth-child(2) { width: 38%; } #checks th:nth-child(3) { width: 22%; }
  #checks .slim th:nth-child(1) { width: 40%; } #checks .slim th:nth-child(2), #checks .slim th:nth-child(3) { width: 16%; }
  .slim td .name, .slim td small { display: inline; }
}
td li { text-wrap: pretty; }
td .members li { white-space: nowrap; }
pre { padding: 12px 16px; border-radius: 6px; background: var(--quiet); line-height: 1.5; }
details > summary { cursor: pointer; color: var(--link); }
section.folded { margin-top: 0; padding: 6px 0; }
section:not(.folded) + section.folded { margin-top: 24px; }
.folded > h2 { float: left; margin-right: 12px; font-size: 17px; line-height: 1.45; pointer-events: none; }
.folded > details > summary { color: var(--ink); }
.folded > details > summary .lead { font-size: 15px; }
.folded [id] { scroll-margin-top: 80px; }
.folded > details > div { clear: both; padding: 8px 0 24px; }
.folded > details > div > * + * { margin-top: 16px; }
.folded > h2 + details { margin-top: 0; }
details[open] > summary { margin-bottom: 8px; }

.overview { display: grid; grid-template-columns: repeat(auto-fill, minmax(220px, 1fr)); gap: 12px 32px; list-style: none; padding: 0; font-size: 14px; }
.overview p { overflow-wrap: anywhere; }
.overview div { display: flex; gap: 8px; align-items: start; }
.overview b { font-weight: 600; }
.overview svg { display: block; height: auto; }
.legend { display: flex; flex-wrap: wrap; gap: 8px 24px; color: var(--soft); font-size: 14px; }
.legend span { display: inline-flex; align-items: center; gap: 8px; }
.legend svg { flex: none; }

.gantt { display: grid; grid-template-columns: fit-content(40%) max-content minmax(0, 1fr); overflow-wrap: anywhere; column-gap: 16px; font-size: 14px; }
.gantt > li { display: grid; grid-column: 1 / -1; grid-template-columns: subgrid; align-items: center; list-style: none; min-height: 22px; }
.gantt > li.step { border-top: 1px solid var(--line); font-weight: 600; }
.gantt > li > span:first-child { min-width: min(200px, 40vw); }
.gantt .took { color: var(--soft); font-weight: 400; text-align: right; }
.gantt svg { display: block; width: 100%; height: 22px; overflow: visible; }
.gantt .axis { color: var(--soft); font-size: 12px; }
.gantt text { fill: var(--soft); font: 12px var(--sans); }
.tick { stroke: var(--line); }
.span { fill: var(--pale); stroke: var(--bar); }
.span.critical { fill: var(--bar); }
.span.fell { fill: var(--no-paper); stroke: var(--no); stroke-width: 1.5; }
.span.critical.fell { fill: var(--no); }
.requests { fill: var(--bar); fill-opacity: 0.5; }
.requests.fell { fill: var(--no); fill-opacity: 1; }
.depth-1 { padding-left: 16px; } .depth-2 { padding-left: 32px; } .depth-3 { padding-left: 48px; }

.tier { display: grid; grid-template-columns: 1fr 1fr; gap: 12px 32px; padding: 20px 0; border-top: 1px solid var(--line); }
.tier.key { border: 0; padding: 0 0 12px; align-items: end; }
.tier > h3, .tier > ul { grid-column: 1 / -1; margin: 0; }
.tier h3 small { font-weight: 400; }
.tier figure { min-width: 0; }
.tier figure svg { display: block; width: 100%; height: auto; max-width: 480px; }
.tier figcaption { margin-top: 8px; font-size: 14px; line-height: 1.45; }
.tier figcaption b { font-weight: 600; }
.tier .where { color: var(--soft); font-size: 13px; margin-bottom: 4px; }
.tier ul { font-size: 14px; }
.first, .storage { fill: var(--bar); stroke: var(--bar); }
.copy, .task { fill: var(--pale); stroke: var(--bar); }
.room { fill: none; stroke: var(--bar); stroke-dasharray: 2.5 2; }
.unknown { fill: none; stroke: var(--warn); }
.shard { fill: none; stroke: var(--bar); stroke-opacity: 0.55; }
.tier svg text, .overview svg text { fill: var(--soft); font: 11px var(--sans); }

.bars { display: grid; grid-template-columns: max-content minmax(0, 1fr) max-content; gap: 8px 16px; align-items: center; }
.bars > li { display: grid; grid-column: 1 / -1; grid-template-columns: subgrid; align-items: center; list-style: none; }
.bars svg { display: block; width: 100%; height: 16px; }
.bars b { text-align: right; font-weight: 600; }
ol.gantt, ol.bars { padding: 0; }
.files { columns: 3 200px; }
footer { margin-top: 32px; padding-top: 16px; border-top: 1px solid var(--line); color: var(--soft); font-size: 13px; }
footer p + p { margin-top: 4px; }

@media (max-width: 640px) {
  body { padding-top: 16px; padding-bottom: 24px; font-size: 15px; line-height: 1.45; }
  section { margin-top: 16px; padding-top: 12px; }
  section > * + * { margin-top: 10px; }
  h2 { font-size: 19px; }
  .lead, .note { font-size: 14px; }
  .rehearsal { font-size: 12px; }
  .verdict { margin-top: 8px; padding: 14px 16px 16px; }
  .verdict .headline { font-size: 17px; }
  .verdict .ran { margin-top: 10px; font-size: 14px; }
  .facts { grid-template-columns: minmax(0, 1fr); gap: 2px; margin-top: 14px; font-size: 14px; }
  .facts > div { display: grid; grid-template-columns: 92px minmax(0, 1fr); align-items: baseline; }
  .facts small { display: inline; margin-left: 8px; }
  nav { flex-wrap: nowrap; margin-top: 12px; white-space: nowrap; }
  section.folded { padding: 5px 0; border-top: 0; }
  section:not(.folded) + section.folded { margin-top: 20px; padding-top: 12px; border-top: 1px solid var(--line); }
  .folded > h2 { margin-right: 8px; font-size: 14px; line-height: 1.5; }
  .folded > details > summary { line-height: 1.4; }
  .folded > details > summary .lead { font-size: 13px; }
  .overview { grid-template-columns: minmax(0, 1fr); gap: 4px; font-size: 13px; }
  .overview li { display: grid; grid-template-columns: 128px minmax(0, 1fr); gap: 0 8px; align-items: center; }
  .overview p { line-height: 1.3; }
  footer { margin-top: 20px; padding-top: 12px; font-size: 12px; }
  thead { display: none; }
  table, tbody { display: block; }
  tr { display: block; padding: 10px 0; border-bottom: 1px solid var(--line); }
  td { display: grid; grid-template-columns: 92px minmax(0, 1fr); gap: 12px; padding: 2px 0; border: 0; }
  td::before { content: attr(data-title); color: var(--soft); font-size: 13px; line-height: 21px; }
  td:first-child::before { content: none; }
  td:first-child, .led td:nth-child(2) { display: block; font-weight: 550; }
  .led tr { display: flex; flex-wrap: wrap; column-gap: 12px; }
  .led td { flex: 1 0 100%; }
  .led td:first-child, .led td:nth-child(2) { flex: 0 1 auto; }
  .led td:nth-child(2)::before { content: none; }
  td:has(> div:empty) { display: none; }
  .figure { text-align: left; white-space: normal; }
  .slim thead { display: block; }
  .slim tr { display: grid; grid-template-columns: minmax(0, 1fr) 64px 64px; gap: 0 6px; padding: 4px 0; }
  .slim th { padding: 0; border: 0; font-size: 12px; line-height: 1.3; }
  .slim th:nth-child(n + 4) { display: none; }
  .slim td { display: block; padding: 0; font-size: 13px; }
  .slim td::before { content: none; }
  .slim td:nth-child(n + 4) { grid-column: 1 / -1; color: var(--soft); font-size: 13px; }
  .slim td small { display: none; }
  .slim .outcome { gap: 4px; font-weight: 500; }
  .gantt { grid-template-columns: minmax(0, 1fr) max-content; }
  .gantt > li { padding: 4px 0; }
  .gantt svg { grid-column: 1 / -1; height: 16px; }
  .gantt .axis svg { height: 20px; }
  .gantt.steps { grid-template-columns: fit-content(40%) max-content minmax(0, 1fr); column-gap: 10px; font-size: 13px; }
  .gantt.steps > li { padding: 0; min-height: 20px; line-height: 1.3; }
  .gantt.steps > li > span:first-child { min-width: 0; }
  .gantt.steps svg { grid-column: auto; height: 18px; }
  .tier { grid-template-columns: minmax(0, 1fr); }
  .bars { grid-template-columns: minmax(0, 1fr) max-content; gap: 12px 16px; }
  .bars svg { grid-column: 1 / -1; grid-row: 2; }
}
@page { margin: 14mm; }
@media print {
  :root { color-scheme: light; }
  /* paper opens nothing */
  details::details-content { display: block; height: auto; content-visibility: visible; }
  body { padding: 0; max-width: none; font-size: 11pt; }
  nav { display: none; }
  section { margin-top: 24px; padding-top: 16px; }
  h2, h3, .lead, summary, thead, .axis { break-after: avoid; }
  summary { list-style: none; }
  .folded > details > div { break-before: avoid; padding-bottom: 0; }
  tr, li, .tier, .verdict, figure { break-inside: avoid; }
  .box { overflow: visible; }
  pre { white-space: pre-wrap; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
