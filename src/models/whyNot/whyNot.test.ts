import { describe, expect, test } from 'vitest';
import type { RunSettings } from '../../domain/event/runSettings.ts';
import { denseCurve } from '../pickRules/sparseCurve.ts';
import { explainPick, type Situation } from './whyNot.ts';

const SETTINGS: RunSettings = {
  policy: 'onset',
  filter: undefined,
  detrendRecords: false,
  preparation: { demean: true, detrend: false, scale: undefined, taperSamples: 0 },
  overlap: 0.5,
  strideSamples: 1,
  stacking: 'avg',
  blindingSamples: [250, 250],
  strict: false,
  flexibleHorizontals: true,
  zeroPhaseResample: true,
  batchSize: 8,
  thresholds: { P: 0.3, S: 0.3 },
  pickRule: { kind: 'peaks', minimumDistanceSamples: 100 },
};
const LONG = { fromS: -600, toS: 600 };

/** Triangles of 20 samples half width at (sample, height), 100 Hz. */
function curve(...peaks: readonly (readonly [number, number])[]) {
  const values = new Float32Array(4000);
  for (const [at, height] of peaks) {
    for (let i = -20; i <= 20; i += 1) {
      const value = height * (1 - Math.abs(i) / 20);
      values[at + i] = Math.max(values[at + i] ?? 0, value);
    }
  }
  return denseCurve(values);
}

type Peaks = readonly (readonly [number, number])[];
function asked(
  curves: Readonly<Record<string, Peaks>>,
  change: Partial<Omit<Situation, 'settings'>> & { settings?: Partial<RunSettings> } = {},
) {
  const byLabel = Object.fromEntries(
    Object.entries(curves).map(([label, peaks]) => [label, curve(...peaks)]),
  );
  const { settings, ...rest } = change;
  const { picked, reasons } = explainPick({
    phase: 'P',
    windowSamples: 3000,
    modelRateHz: 100,
    components: ['Z', 'N', 'E'],
    skipped: [],
    notes: [],
    insideRun: true,
    data: ['Z', 'N', 'E'].map((component) => ({ component, span: LONG })),
    curves: { byLabel, sampleRateHz: 100, sample: 2000, floor: 0.05 },
    settings: { ...SETTINGS, ...settings },
    ...rest,
  });
  return { picked, kinds: reasons.map(({ kind }) => kind), text: reasons[0]?.text ?? '' };
}

describe('from the curves', () => {
  test('a peak below the threshold, with both numbers', () => {
    const { picked, kinds, text } = asked({ P: [[2010, 0.27]], S: [] });
    expect({ picked, kinds }).toEqual({ picked: false, kinds: ['below-threshold'] });
    expect(text).toBe(
      'The highest probability of P within 0.5 s is 0.27, below the threshold 0.30.',
    );
  });

  test('two numbers that round alike are told apart', () => {
    expect(asked({ P: [[2000, 0.2996]] }).text).toContain('0.2996, below the threshold 0.3000');
    expect(asked({ P: [[2000, 0.298]] }).text).toContain('0.298, below the threshold 0.300');
  });

  test('another phase is likelier', () => {
    const { kinds } = asked({ P: [[2010, 0.2]], S: [[1990, 0.8]] });
    expect(kinds).toEqual(['below-threshold', 'other-phase']);
  });

  test('nothing is kept because nothing reaches the floor', () => {
    const empty = { ...denseCurve(new Float32Array(0)), length: 4000 };
    const curves = { byLabel: { P: empty }, sampleRateHz: 100, sample: 2000, floor: 0.05 };
    const { kinds, text } = asked({}, { curves });
    expect(kinds).toEqual(['below-threshold']);
    expect(text).toContain('stays below 0.05');
  });

  test('it was picked, and how far away', () => {
    const { picked, text } = asked({ P: [[2020, 0.9]] });
    expect(picked).toBe(true);
    expect(text).toContain('0.20 s after, with probability 0.90 at a threshold of 0.30');
  });

  test('too close to a higher peak', () => {
    const { picked, kinds, text } = asked({ P: [[2000, 0.5], [2080, 0.9]] }); // prettier-ignore
    expect({ picked, kinds }).toEqual({ picked: false, kinds: ['higher-peak-near'] });
    expect(text).toContain('0.8 s from a higher one of 0.90');
  });

  test('dominated by S, with both means', () => {
    const settings = { pickRule: { kind: 'dominance', minimumDistanceSamples: 10, windowSamples: 200 } } as const; // prettier-ignore
    const { kinds, text } = asked({ P: [[2000, 0.5]], S: [[2010, 0.9]] }, { settings });
    expect(kinds).toEqual(['other-phase']);
    expect(text).toBe('S dominates: its mean over 200 samples is 0.09, that of P 0.05.');
  });

  test('a trigger too narrow, and one that belongs to a higher peak', () => {
    const rule = { kind: 'trigger', off: { ratio: 0.5 } } as const;
    const narrow = asked({ P: [[2000, 0.35]] }, { settings: { pickRule: { ...rule, minimumWidthSamples: 50 } } }); // prettier-ignore
    expect(narrow.kinds).toEqual(['too-narrow']);
    const values = new Float32Array(4000).fill(0.4, 1900, 2300);
    values[2250] = 0.8;
    const curves = {
      byLabel: { P: denseCurve(values) },
      sampleRateHz: 100,
      sample: 2000,
      floor: 0.05,
    };
    const joined = asked(
      {},
      { curves, settings: { pickRule: { ...rule, minimumWidthSamples: 1 } } },
    );
    expect(joined.kinds).toEqual(['higher-peak-near']);
    expect(joined.text).toContain('in one span with a higher one');
  });

  test('in no detection', () => {
    const settings = {
      thresholds: { P: 0.3, Detection: 0.5 },
      pickRule: { kind: 'detection-gated', minimumDistanceSamples: 100, off: { ratio: 0.5 } },
    } as const;
    const { kinds, text } = asked({ P: [[2000, 0.6]], Detection: [[2000, 0.4]] }, { settings });
    expect(kinds).toEqual(['no-detection']);
    expect(text).toContain('Detection is 0.40, below the threshold 0.50 here');
  });
});

describe('before the network', () => {
  const spans = (z?: typeof LONG, n?: typeof LONG, e?: typeof LONG) =>
    [['Z', z], ['N', n], ['E', e]].map(([component, span]) => ({ component, span }) as never); // prettier-ignore

  test('a gap, another span, a stretch shorter than the window, a station left out', () => {
    expect(asked({}, { data: spans() }).kinds).toEqual(['gap']);
    expect(asked({}, { insideRun: false }).kinds[0]).toBe('outside-run');
    const short = { fromS: -4, toS: 5 };
    expect(asked({}, { data: spans(short, short, short) }).text).toContain('9 s long, shorter than the window of 30 s'); // prettier-ignore
    expect(asked({}, { curves: undefined, skipped: ['no data'] }).text).toContain('left the station out: no data'); // prettier-ignore
    expect(asked({}, { curves: undefined }).kinds).toEqual(['no-curve']);
  });

  test('a missing component keeps a strict run away and warns of any other', () => {
    const strict = asked({ P: [[2000, 0.2]] }, { data: spans(LONG), settings: { strict: true } });
    expect(strict.kinds).toEqual(['component-missing']);
    expect(strict.text).toContain('N and E are missing here, and the run was strict');
    const other = asked({ P: [[2000, 0.2]] }, { data: spans(LONG) });
    expect(other.kinds).toEqual(['below-threshold', 'component-missing']);
  });

  test('a blinded edge under seisbench; onset keeps the ends of records and warns', () => {
    const data = spans(...([1, 2, 3].map(() => ({ fromS: -1.5, toS: 600 })) as [typeof LONG]));
    const settings = { policy: 'seisbench' } as const;
    const seisbench = asked({ P: [[2000, 0.2]] }, { data, settings });
    expect(seisbench.kinds[0]).toBe('blinded');
    expect(seisbench.text).toContain('1.5 s after the start of the data; the first 2.5 s are blinded'); // prettier-ignore
    expect(asked({ P: [[2000, 0.2]] }, { data }).kinds).toEqual(['below-threshold', 'edge']);
  });

  test('the first and last seconds of a network with one answer for the middle of its window', () => {
    const point = { windowSamples: 400, labelSample: 200, curves: undefined };
    const data = [{ component: 'Z', span: { fromS: -0.5, toS: 600 } }];
    const { kinds, text } = asked({}, { ...point, data });
    expect(kinds[0]).toBe('blinded');
    expect(text).toContain('the first 2 s are no middle of a window');
    expect(asked({}, point).kinds[0]).toBe('no-curve');
  });

  test('masked samples are why there is no curve, and else a remark; a clipped record always is one', () => {
    const spots = ['masked 0.05 s on HHZ', 'gap of 3.2 s on HHN', 'clipped on HHE'];
    const alone = asked({}, { curves: undefined, spots });
    expect(alone.kinds).toEqual(['masked', 'clipped']);
    expect(alone.text).toContain(
      '0.05 s of HHZ beside it are masked: records of the same time disagree',
    );
    expect(asked({ P: [[2000, 0.2]] }, { spots }).kinds).toEqual(['below-threshold', 'masked', 'clipped']); // prettier-ignore
  });

  test('what the run notes of the station is said too', () => {
    const notes = ['records of the same time disagree in 1 span'];
    expect(asked({ P: [[2000, 0.2]] }, { notes }).kinds).toEqual(['below-threshold', 'note']);
  });
});
