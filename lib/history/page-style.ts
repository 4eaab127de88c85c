/** What the page of a history has beside the style of a report. */
export const HISTORY_STYLE = `
h1 { margin-top: 16px; font-size: clamp(28px, 5vw, 40px); font-weight: 700; letter-spacing: -0.02em; }
.facts dd { font-size: 20px; }
.facts small { font-size: 13px; }
.strip { display: flex; flex-wrap: wrap; gap: 4px; margin-top: 24px; padding: 0; list-style: none; }
.strip a, .strip li > span { display: grid; place-items: center; width: 28px; height: 28px; border-radius: 4px; background: var(--status-paper); border: 1px solid var(--status); color: var(--status); font-weight: 700; text-decoration: none; }
.series { position: relative; margin-top: 20px; padding-right: 72px; }
.series figcaption { font-size: 15px; }
.series svg { display: block; width: 100%; height: 120px; overflow: visible; }
.series .most, .series .least { position: absolute; right: 0; width: 64px; color: var(--soft); font-size: 12px; line-height: 1; }
.series .most { bottom: 106px; } .series .least { bottom: 5px; }
line.now { stroke: var(--bar); stroke-width: 1.5; }
line.before { stroke: var(--soft); stroke-width: 1.5; stroke-dasharray: 4 3; }
.dot { fill: var(--bar); } .dot.fell { fill: var(--no); }
#record td { font-size: 14px; }
.digest { font-family: var(--mono); font-size: 10px; overflow-wrap: anywhere; }
@media (min-width: 641px) { #record td, td .outcome { white-space: nowrap; } #record .digest { white-space: normal; } }
`;
