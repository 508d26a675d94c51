const MODEL = "anthropic.claude-sonnet-4-6";

/** What `use` sees wherever it runs without the optional package. */
export const EXPECTED = {
  candidates: [`eu.${MODEL}`, `global.${MODEL}`],
  attempts: [
    [`eu.${MODEL}`, "throttled"],
    [`global.${MODEL}`, "succeeded"],
  ],
  text: "A short answer.",
  error: ["ThrottlingException", true],
  isRouted: true,
  catalog: ["package-missing"],
  stopReason: "end_turn",
};
