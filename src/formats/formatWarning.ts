/** Something in a file that is odd or lost, while the rest of the file is good. */
export interface FormatWarning {
  /** For programs: `damaged-record`, `not-data` …; each reader documents its own. */
  readonly code: string;
  /** Byte position in the file. */
  readonly offset: number;
  /** `NET.STA.LOC.CHA` where it is known. */
  readonly streamKey: string | undefined;
  /** What happened and what it costs, for a person. */
  readonly message: string;
}
