import { stringify } from "csv-stringify/sync";
import type { LabResults } from "./results.ts";

/**
 * Every call as CSV (RFC 4180, CRLF). Texts that a spreadsheet would take for a formula are quoted with an apostrophe.
 * @see https://www.rfc-editor.org/rfc/rfc4180
 */
export function callsCsv({ cells, calls }: LabResults): string {
  const rows = calls.map((call) => {
    const cell = cells[call.cell]!;
    return [
      new Date(call.startedAt).toISOString(),
      cell.measuredFrom ?? "",
      cell.sourceRegion,
      cell.model,
      cell.modelId,
      cell.kind,
      cell.geography,
      call.round > 0 ? String(call.round) : "warm-up",
      call.ttfbMs ?? "",
      call.totalMs ?? "",
      call.inputTokens ?? "",
      call.outputTokens ?? "",
      call.failure?.kind ?? "",
      call.failure?.family ?? "",
    ];
  });
  return stringify([HEADER, ...rows], { record_delimiter: "\r\n", escape_formulas: true });
}

const HEADER = [
  "started_at",
  "measured_from",
  "source_region",
  "model",
  "model_id",
  "kind",
  "geography",
  "round",
  "ttfb_ms",
  "total_ms",
  "input_tokens",
  "output_tokens",
  "failure_kind",
  "failure_family",
];
