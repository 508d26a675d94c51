import { BASE_STYLE } from "../../../page/style.ts";

/** The style sheet of the report: light and dark, phone and paper. */
export const STYLE: string = `${BASE_STYLE}
.findings { list-style: none; margin: 14px 0 0; padding: 0; display: grid; gap: 12px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); }
.findings > li { background: var(--panel); border-radius: 8px; padding: 14px 16px; break-inside: avoid; }
.findings h3 { margin: 4px 0 4px; } .findings p { font-size: 0.925rem; }
.verdict { font-size: 0.72rem; font-weight: 650; letter-spacing: 0.05em; text-transform: uppercase; color: var(--muted); }
.verdict.found { color: var(--good); }
.wide td:last-child { min-width: 16rem; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 8px 0; padding: 0; list-style: none; font-size: 0.85rem; color: var(--muted); }
.legend svg { width: 30px; height: 12px; vertical-align: -1px; margin-right: 6px; display: inline; }
figure svg { width: 100%; height: auto; display: block; }
ul.plain { padding-left: 1.1rem; max-width: 82ch; } ul.plain li { margin: 4px 0; overflow-wrap: anywhere; }
@media (max-width: 640px) { .wide thead { display: none; } .wide td { display: block; border: 0; padding: 1px 0; } .wide td:first-child { font-weight: 600; padding-top: 12px; } .wide td:last-child { color: var(--muted); } }
@media print { :root { color-scheme: light; --paper: #fff; --panel: #fff; --ink: #000; --muted: #444; --grid: #ddd; --rule: #bbb; --global: #b3540a; --geographic: #1f63a8;
  --in-region: #47722a; --ttfb: #0f766e; --total: #6d3fb4; --good: #17683b; --warn: #8a5300; --warn-paper: #fff; }
  body { font-size: 10.5pt; } main { max-width: none; padding: 0; } h2 { break-after: avoid; } tr { break-inside: avoid; }
  figure, .findings > li, .facts li { border: 1px solid #ddd; } .panels { grid-template-columns: 1fr 1fr; } .scroll { overflow: visible; }
  table { font-size: 8.5pt; } th, td { padding-right: 6px; } details::details-content { content-visibility: visible; height: auto; } }
`;
