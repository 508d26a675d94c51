/** Flags of the command `lab` beside those that say what is measured. */
export interface LabFlags {
  readonly out: string;
  readonly resume?: boolean;
  readonly yes?: boolean;
  readonly simulate?: boolean;
  readonly seed: number;
}
