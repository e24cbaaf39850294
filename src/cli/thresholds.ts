import { UsageError } from './usage.ts';

/**
 * `p: 0.3, s: 0.3` (any case, `=` for `:` allowed) or one number for all of `phases`, which are the
 * model's. Phases that are not named keep the model's threshold.
 */
export function parseThresholds(text: string, phases: readonly string[]): Record<string, number> {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.length === 1 && !/[:=]/.test(text)) {
    const value = readProbability(text);
    return Object.fromEntries(phases.map((phase) => [phase, value]));
  }
  const thresholds: Record<string, number> = {};
  for (const part of parts) {
    const [name = '', value = '', ...rest] = part.split(/[:=]/).map((piece) => piece.trim());
    const phase = phases.find((known) => known.toLowerCase() === name.toLowerCase());
    if (phase === undefined || rest.length > 0) {
      throw new UsageError(
        `--threshold names "${name}"; the model picks ${phases.join(', ')}: write "p: 0.3, s: 0.3"`,
      );
    }
    if (Object.hasOwn(thresholds, phase)) {
      throw new UsageError(`--threshold "${text}" names ${phase} twice; give it once`);
    }
    thresholds[phase] = readProbability(value);
  }
  return thresholds;
}

function readProbability(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && value <= 1) return value;
  throw new UsageError(`--threshold must be above 0 and at most 1, not "${text}"`);
}
