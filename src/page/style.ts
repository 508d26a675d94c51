/** The look that pages of this project share: light and dark, phone and paper. */
export const BASE_STYLE = `
:root { color-scheme: light dark; --paper: #ffffff; --panel: #f6f7f9; --ink: #16202b; --muted: #55606d; --grid: #e2e6eb; --rule: #cfd5dc;
  --global: #b3540a; --geographic: #1f63a8; --in-region: #47722a; --ttfb: #0f766e; --total: #6d3fb4; --good: #17683b; --warn: #8a5300; --warn-paper: #fff5e0; }
@media (prefers-color-scheme: dark) { :root { --paper: #12171e; --panel: #1a212b; --ink: #e7ecf2; --muted: #a3aebb; --grid: #2a3440; --rule: #3a4654;
  --global: #f3a25b; --geographic: #76b7f5; --in-region: #a3cf7f; --ttfb: #5fd0c5; --total: #c3a1f7; --good: #7fd6a1; --warn: #f2c26b; --warn-paper: #33280f; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 28px 20px 64px; }
h1 { font-size: 1.8rem; line-height: 1.2; margin: 0 0 6px; letter-spacing: -0.01em; }
h2 { font-size: 1.25rem; margin: 44px 0 6px; padding-top: 14px; border-top: 1px solid var(--rule); }
h3 { font-size: 1rem; margin: 22px 0 8px; overflow-wrap: anywhere; }
p { max-width: 78ch; margin: 6px 0; }
.lead, .note { color: var(--muted); } .note { font-size: 0.875rem; }
.banner { background: var(--warn-paper); border-left: 4px solid var(--warn); padding: 10px 14px; margin: 16px 0; max-width: 78ch; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(130px, 1fr)); gap: 10px; margin: 18px 0 0; padding: 0; list-style: none; }
.facts li { background: var(--panel); border-radius: 8px; padding: 10px 12px; font-size: 0.8rem; color: var(--muted); }
.facts b { display: block; font-size: 1.3rem; color: var(--ink); font-variant-numeric: tabular-nums; }
details { margin-top: 8px; font-size: 0.85rem; } summary { cursor: pointer; color: var(--muted); }
details ul { margin: 6px 0 0; padding-left: 1.1rem; } details li { margin: 3px 0; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; margin: 8px 0; }
table { border-collapse: collapse; font-size: 0.875rem; font-variant-numeric: tabular-nums; min-width: 100%; }
caption { text-align: left; font-weight: 600; padding: 6px 0; }
th, td { text-align: left; padding: 6px 12px 6px 0; border-bottom: 1px solid var(--grid); vertical-align: top; }
th { color: var(--muted); font-weight: 600; } td.figure, th.figure { text-align: right; white-space: nowrap; }
.panels { display: grid; gap: 14px; grid-template-columns: repeat(auto-fill, minmax(min(100%, 320px), 1fr)); }
.panels.two { grid-template-columns: repeat(auto-fit, minmax(min(100%, 430px), 1fr)); }
figure { margin: 0; background: var(--panel); border-radius: 8px; padding: 10px 10px 4px; break-inside: avoid; min-width: 0; --paper: var(--panel); }
figcaption { font-size: 0.85rem; font-weight: 600; margin: 0 2px 2px; overflow-wrap: anywhere; } figcaption span { font-weight: 400; color: var(--muted); }
@media (max-width: 640px) { main { padding: 18px 14px 48px; } h1 { font-size: 1.45rem; } td, th { padding-right: 10px; } }
`;

/** Text for HTML, also within attributes. */
export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
