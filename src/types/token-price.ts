/** What a model charges for tokens on demand, in the standard tier and with standard latency. */
export interface TokenPrice {
  readonly usdPerMillionInputTokens: number;
  readonly usdPerMillionOutputTokens: number;
  /** Prompt cache: absent when not known. */
  readonly usdPerMillionCacheReadTokens?: number;
  readonly usdPerMillionCacheWriteTokens?: number;
  /** Cache writes that are kept for an hour. */
  readonly usdPerMillionCacheWrite1hTokens?: number;
  /** The surcharge on a long prompt; absent when none is known. */
  readonly longContext?: LongContext;
  /** Who published the price; `"routing.prices"` for one of the caller. */
  readonly source: string;
  /** When it was read (ISO 8601 date, month or interval of months); absent for a price of the caller. */
  readonly asOf?: string;
}

/** A prompt of more input tokens, cached ones included, pays more for the whole request. */
export interface LongContext {
  readonly aboveInputTokens: number;
  /** Of every input token, cached ones included. */
  readonly inputFactor: number;
  readonly outputFactor: number;
}
