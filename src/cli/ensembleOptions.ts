// Options of `onset scan` that let several look: models, bands, shifts of the windows.

import type { EnsembleRequest } from '../contract/messages/models.ts';
import { ENSEMBLE_RULES } from '../domain/event/ensemble.ts';
import type { BandFilter } from '../domain/waveform/bandFilter.ts';
import { readInteger, UsageError } from './usage.ts';

export const ENSEMBLE_OPTIONS = {
  ensemble: { type: 'string' },
  bands: { type: 'string' },
  shifts: { type: 'string' },
  offsets: { type: 'string' },
  agree: { type: 'string' },
} as const;

export const ENSEMBLE_HELP = `  --ensemble WORD     mean, max, median, noisy-or or semblance of several: give --model more than once, --bands or
                      --shifts; picks are from the threshold to half of it (semblance: threshold 0.05)
  --bands A-B,C-D     an ensemble over filter bands in Hz: 1-10,2-20
  --shifts N          an ensemble over N places where windows begin
  --offsets N         picks of one model, each with its scatter over N places where windows begin
  --agree N           leave out picks that fewer than N members of the ensemble, or offsets, see
  --scatter FILE      write how far the members, or offsets, agree on each pick: .csv or .json
`;

export interface EnsembleValues {
  readonly ensemble?: string | undefined;
  readonly bands?: string | undefined;
  readonly shifts?: string | undefined;
  readonly offsets?: string | undefined;
  readonly agree?: string | undefined;
}

/** What makes a run one of several; undefined when nothing asks for it. Throws UsageError. */
export function readEnsemble(
  { ensemble, bands, shifts, offsets, agree }: EnsembleValues,
  models: number,
): Pick<EnsembleRequest, 'rule' | 'bands' | 'shifts' | 'leastAgreeing'> | undefined {
  const least = agree === undefined ? {} : { leastAgreeing: readInteger(agree, 'agree', 1, 64) };
  if (offsets !== undefined) {
    if (ensemble !== undefined || bands !== undefined || shifts !== undefined || models > 1) {
      throw new UsageError('--offsets is of one model: leave --ensemble, --bands, --shifts out');
    }
    return { rule: 'first', shifts: readInteger(offsets, 'offsets', 2, 64), ...least };
  }
  if (ensemble === undefined) {
    if (agree !== undefined) throw new UsageError('--agree is of --ensemble or --offsets');
    if (models > 1 || bands !== undefined || shifts !== undefined) {
      throw new UsageError(
        'several models, --bands or --shifts need --ensemble mean, max, median, noisy-or or semblance',
      );
    }
    return undefined;
  }
  const rule = ENSEMBLE_RULES.find((each) => each === ensemble.toLowerCase());
  if (rule === undefined) {
    throw new UsageError(`--ensemble must be ${ENSEMBLE_RULES.join(', ')}, not "${ensemble}"`);
  }
  return {
    rule,
    ...(bands !== undefined && { bands: bands.split(',').map(readBand) }),
    ...(shifts !== undefined && { shifts: readInteger(shifts, 'shifts', 2, 64) }),
    ...least,
  };
}

function readBand(text: string): BandFilter {
  const [low, high, ...more] = text.split('-').map((part) => Number(part.trim() || NaN));
  if (low !== undefined && high !== undefined && more.length === 0 && low > 0 && high > low) {
    return { lowHz: low, highHz: high, corners: 4, zeroPhase: false };
  }
  throw new UsageError(`--bands must be bands in Hz such as 1-10,2-20, not "${text}"`);
}
