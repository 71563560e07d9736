/** The page's only style sheet. It stands in the page itself, so that nothing is fetched from anywhere. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f6f5f3; --card: #ffffff; --ink: #1f1d1a; --faint: #6a655d; --line: #e2dfd9; --accent: #a8401b;
  --good: #1d6b3f; --warn: #8a5a00; --bad: #a3231b; --chip: #efece7; --warn-ground: #fdf3dd;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #171614; --card: #211f1d; --ink: #ece8e1; --faint: #a29b90; --line: #37332f; --accent: #f0936b;
    --good: #6fcf97; --warn: #e8b54a; --bad: #f28b82; --chip: #2e2b28; --warn-ground: #33291a;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0; }
h2 { font-size: 1.1rem; margin: 2.25rem 0 .75rem; }
h2 small, .faint { color: var(--faint); font-weight: 400; font-size: .875rem; }
a { color: var(--accent); }
code { font: .875em ui-monospace, monospace; overflow-wrap: anywhere; }
header { display: flex; flex-wrap: wrap; gap: .75rem 2rem; align-items: end; justify-content: space-between; }
header p { margin: .25rem 0 0; color: var(--faint); }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem; margin: 1.5rem 0 0; }
.facts div { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem; }
.facts dt { color: var(--faint); font-size: .8125rem; }
.facts dd { margin: 0; font-size: 1.375rem; font-variant-numeric: tabular-nums; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; overflow-x: auto; }
.card > p { margin: 0; padding: 1.25rem; color: var(--faint); }
.warn { background: var(--warn-ground); border: 1px solid var(--warn); border-radius: .5rem; padding: .75rem 1rem; margin-top: 1.5rem; }
.warn ul { margin: .25rem 0 0; padding-left: 1.25rem; }
table { width: 100%; border-collapse: collapse; }
th, td { text-align: left; vertical-align: top; padding: .5rem .875rem; border-top: 1px solid var(--line); }
thead th { border-top: 0; color: var(--faint); font-size: .8125rem; font-weight: 500; white-space: nowrap; }
tbody th { color: var(--faint); font-weight: 500; white-space: nowrap; width: 1%; }
tbody:first-child tr:first-child > * { border-top: 0; } .card + .card { margin-top: .75rem; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.time { white-space: nowrap; font-variant-numeric: tabular-nums; }
td code { overflow-wrap: break-word; }
td p { margin: .125rem 0 0; }
.chip { display: inline-block; background: var(--chip); border-radius: .25rem; padding: 0 .4rem; margin: .125rem .25rem .125rem 0; font-size: .8125rem; }
.good { color: var(--good); } .bad { color: var(--bad); } .middle { color: var(--warn); }
details { margin-top: .25rem; } summary { cursor: pointer; color: var(--accent); font-size: .875rem; }
form { display: flex; gap: .5rem; align-items: center; flex-wrap: wrap; }
input, button { font: inherit; color: inherit; border: 1px solid var(--line); border-radius: .375rem; padding: .3rem .7rem; background: var(--card); }
input { width: 10rem; border-color: var(--faint); } button { cursor: pointer; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
`;
