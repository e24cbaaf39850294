import { AppError } from '../../base/appError.ts';

/** The families of phases that are scored; a Pn or Pg is a P, an Sn or Sg an S. */
export const SCORED_PHASES = ['P', 'S'] as const;
export type ScoredPhase = (typeof SCORED_PHASES)[number];

/** The largest |pick − reference| that is a match, in seconds, by phase family. */
export type Tolerance = Readonly<Record<ScoredPhase, number>>;

export const DEFAULT_TOLERANCE: Tolerance = { P: 0.5, S: 0.5 };

/** Half a minute holds any two phases of a local event: beyond it a match says nothing. */
const MAX_TOLERANCE_S = 30;

/**
 * `p: 0.5, s: 0.5` (any case, `=` for `:` allowed), or one number for both phases. A phase that is not named
 * keeps the default of 0.5 s. Throws `bad-input`.
 */
export function parseTolerance(text: string): Tolerance {
  if (!/[:=]/.test(text)) {
    const value = readSeconds(text);
    return { P: value, S: value };
  }
  const named = text.split(',').map((part) => {
    const [name = '', value = '', ...rest] = part.split(/[:=]/).map((piece) => piece.trim());
    const phase = SCORED_PHASES.find((known) => known === name.toUpperCase());
    if (phase === undefined || rest.length > 0) {
      throw new AppError(
        'bad-input',
        `the tolerance names "${name}"; write it "p: 0.5, s: 0.5", in seconds`,
      );
    }
    return [phase, readSeconds(value)] as const;
  });
  return { ...DEFAULT_TOLERANCE, ...Object.fromEntries(named) };
}

/** A tolerance as a program gave it. Throws `bad-input`. */
export function checkTolerance({ P, S }: Tolerance): Tolerance {
  return { P: readSeconds(String(P)), S: readSeconds(String(S)) };
}

function readSeconds(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= MAX_TOLERANCE_S) return value;
  throw new AppError(
    'bad-input',
    `a tolerance must be from 0 to ${MAX_TOLERANCE_S} s, not "${text.trim()}"`,
  );
}
