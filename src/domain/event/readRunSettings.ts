import type { RunSettings } from './runSettings.ts';

const NAMES: Readonly<Record<string, 'string' | 'boolean' | 'number' | 'object'>> = {
  policy: 'string',
  detrendRecords: 'boolean',
  preparation: 'object',
  overlap: 'number',
  strideSamples: 'number',
  stacking: 'string',
  blindingSamples: 'object',
  strict: 'boolean',
  flexibleHorizontals: 'boolean',
  zeroPhaseResample: 'boolean',
  batchSize: 'number',
  thresholds: 'object',
  pickRule: 'object',
};

/** Settings that were written as JSON; undefined for what they cannot be. What is inside its parts is taken on trust. */
export function readRunSettings(json: unknown): RunSettings | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  const fields = json as Readonly<Record<string, unknown>>;
  const right = Object.entries(NAMES).every(
    ([name, kind]) => typeof fields[name] === kind && fields[name] !== null,
  );
  if (!right) return undefined;
  return { ...(json as RunSettings), filter: (json as Partial<RunSettings>).filter ?? undefined };
}
