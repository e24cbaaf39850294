import { describe, expect, test } from 'vitest';
import { parseRunnerSpec } from '../card.ts';
import { defaultSettings, hopSamples } from '../settings.ts';
import { MISSING_AS_ZEROS } from '../spec.ts';
import { seisbenchArguments } from './seisbenchArguments.ts';
import { seisbenchSpec } from './seisbenchSpec.ts';

const CARD = {
  id: 'net',
  samplingRateHz: 100,
  window: { samples: 6000 },
  windowing: 'sample-wise',
  components: 'ZNE',
  labels: ['Detection', 'P', 'S'],
  preprocessing: {
    filter: { kind: 'bandpass', freqMinHz: 1, freqMaxHz: 45, corners: 2, zeroPhase: true },
    demean: 'component',
    normalise: { name: 'std', scope: 'window', divisor: 'n-1', epsilon: 1e-10 },
    taperSamples: 6,
  },
  defaults: {
    overlapSamples: 3000,
    stacking: 'max',
    blindingSamples: [500, 500],
    thresholds: { Detection: 0.3, P: 0.1, S: 0.1 },
  },
};

describe('parseRunnerSpec', () => {
  test('reads what decides the numbers', () => {
    expect(parseRunnerSpec(CARD)).toEqual({
      id: 'net',
      samplingRateHz: 100,
      windowSamples: 6000,
      anyLength: false,
      components: ['Z', 'N', 'E'],
      missingComponents: MISSING_AS_ZEROS,
      labels: ['Detection', 'P', 'S'],
      detrendRecords: false,
      filterBeforeResampling: true,
      filter: { lowHz: 1, highHz: 45, corners: 2, zeroPhase: true },
      preparation: {
        demean: true,
        detrend: false,
        scale: { by: 'std', scope: 'window', divisor: 'n-1', epsilon: 1e-10 },
        taperSamples: 6,
      },
      output: { kind: 'samples', overlap: 3000 },
      stacking: 'max',
      blindingSamples: [500, 500],
      pickRule: { kind: 'trigger', off: { ratio: 0.5 }, minimumWidthSamples: 0 },
      thresholds: { Detection: 0.3, P: 0.1, S: 0.1 },
      batchSize: 8,
      presets: {
        original: expect.objectContaining({ settings: expect.anything() }),
        pnsn: expect.objectContaining({ settings: expect.anything() }),
      },
    });
  });

  test('reads networks with one answer a window', () => {
    const spec = parseRunnerSpec({
      ...CARD,
      windowing: 'one label per window',
      labelSample: 200,
      labels: ['P', 'S', 'N'],
      preprocessing: {
        filter: { kind: 'highpass', freqHz: 2, corners: 4, zeroPhase: false },
        normalise: { name: 'peak', scope: 'window' },
        taperSamples: 0,
      },
      defaults: { strideSamples: 10, thresholds: { P: 0.9, S: 0.8 } },
    });
    expect(spec.output).toEqual({ kind: 'point', labelSample: 200, strideSamples: 10 });
    expect(spec.thresholds).toEqual({ P: 0.9, S: 0.8 });
    expect(spec.filter).toEqual({ lowHz: 2, highHz: undefined, corners: 4, zeroPhase: false });
    expect(spec.preparation).toEqual({
      demean: false,
      detrend: false,
      scale: { by: 'peak', scope: 'window', epsilon: 0 },
      taperSamples: 0,
    });
    expect(hopSamples(spec, defaultSettings(spec))).toBe(10);
  });

  test.each([
    ['preprocessing.detrend', { preprocessing: { ...CARD.preprocessing, detrend: 'cubic' } }],
    ['windowing', { windowing: 'whole record' }],
    ['defaults.stacking', { defaults: { ...CARD.defaults, stacking: 'median' } }],
    [
      'defaults.thresholds.S',
      { defaults: { ...CARD.defaults, thresholds: { Detection: 1, P: 1 } } },
    ],
    ['defaults.blindingSamples', { defaults: { ...CARD.defaults, blindingSamples: [500] } }],
  ])('refuses a %s beyond it', (field, change) => {
    expect(() => parseRunnerSpec({ ...CARD, ...change })).toThrow(`the model card's ${field} has`);
  });
});

describe('seisbenchArguments', () => {
  const spec = parseRunnerSpec(CARD);

  test('reads every argument of annotate and classify, and names those it does not know', () => {
    const { settings, ignored } = seisbenchArguments(spec, {
      overlap: 0.25,
      stride: 3,
      stacking: 'AVG',
      blinding: [10, 0],
      strict: true,
      flexible_horizontal_components: false,
      zerophase_resample: false,
      batch_size: 7,
      P_threshold: 0.5,
      detection_threshold: 0.75,
      overlapp: 1,
      X_threshold: 0.5,
    });
    expect(settings).toEqual({
      policy: 'seisbench',
      filter: { lowHz: 1, highHz: 45, corners: 2, zeroPhase: true },
      detrendRecords: false,
      preparation: spec.preparation,
      pickRule: spec.pickRule,
      overlap: 0.25,
      strideSamples: 3,
      stacking: 'avg',
      blindingSamples: [10, 0],
      strict: true,
      flexibleHorizontals: false,
      zeroPhaseResample: false,
      batchSize: 7,
      thresholds: { Detection: 0.75, P: 0.5, S: 0.1 },
    });
    expect(ignored).toEqual(['overlapp', 'X_threshold']);
    expect(hopSamples(spec, settings)).toBe(4500);
    expect(seisbenchArguments(spec, {}).settings).toEqual({
      ...defaultSettings(spec),
      policy: 'seisbench',
    });
  });

  test.each([
    ['stacking', 'median', /avg or max/],
    ['overlap', -1, /a number from 0/],
    ['strict', 'yes', /true or false/],
    ['blinding', 250, /two whole numbers/],
    ['blinding', [1, 2, 3], /two whole numbers/],
    ['P_threshold', 0, /above 0/],
  ])('refuses %s %j', (name, value, wanted) => {
    expect(() => seisbenchArguments(spec, { [name]: value })).toThrow(wanted);
  });
});

describe('seisbenchSpec', () => {
  test('EQTransformer with the settings of published weights is what a card says in its own words', () => {
    const json = {
      model_args: {
        filter_args: ['bandpass'],
        filter_kwargs: { freqmin: 1, freqmax: 45, corners: 2, zerophase: true },
        phases: 'PS',
        component_order: 'ZNE',
      },
    };
    expect(seisbenchSpec('net', 'eqtransformer', json)).toEqual(parseRunnerSpec(CARD));
  });

  test('model and default arguments replace those of the class', () => {
    const spec = seisbenchSpec('net', 'phasenet', {
      model_args: { phases: ['P', 'S', 'N'], norm: 'peak', norm_detrend: true, sampling_rate: 50 },
      default_args: { S_threshold: 0.45, blinding: [250, 250], stacking: 'max', overlap: 0.9 },
    });
    expect(spec).toMatchObject({
      samplingRateHz: 50,
      labels: ['P', 'S', 'N'],
      preparation: { detrend: true, scale: { by: 'peak', scope: 'component' } },
      output: { kind: 'samples', overlap: 0.9 },
      stacking: 'max',
      blindingSamples: [250, 250],
      thresholds: { P: 0.3, S: 0.45 },
    });
    const amplitude = { model_args: { norm_amp_per_comp: true } };
    expect(seisbenchSpec('net', 'eqtransformer', amplitude).preparation.scale).toMatchObject({
      by: 'peak',
      scope: 'component',
    });
  });

  test('filters of one corner; GPD answers where its weights say', () => {
    const filtered = (kind: string) =>
      seisbenchSpec('net', 'gpd', {
        model_args: { filter_args: [kind], filter_kwargs: { freq: 2 }, pred_sample: 150 },
      });
    expect(filtered('highpass').filter).toEqual({
      lowHz: 2,
      highHz: undefined,
      corners: 4,
      zeroPhase: false,
    });
    expect(filtered('lowpass').filter).toMatchObject({ lowHz: undefined, highHz: 2 });
    expect(filtered('lowpass').output).toMatchObject({ labelSample: 150, strideSamples: 10 });
    expect(() => filtered('bandstop')).toThrow(/filter_args has to be/);
    expect(() => seisbenchSpec('net', 'phasenet', { model_args: { norm: 'max' } })).toThrow(/norm/);
    expect(() => seisbenchSpec('net', 'dkpn', {})).toThrow(/"dkpn" is not known/);
  });

  test('phases a class does not name are picked where it picks P; those a network lacks are not', () => {
    const regional = { model_args: { phases: ['Pn', 'Pg', 'Sn', 'N'] } };
    expect(seisbenchSpec('net', 'skynet', regional).thresholds).toEqual({
      Pn: 0.5,
      Pg: 0.5,
      Sn: 0.5,
    });
    const given = { ...regional, default_args: { Sn_threshold: 0.7 } };
    expect(seisbenchSpec('net', 'skynet', given).thresholds).toMatchObject({ Pg: 0.5, Sn: 0.7 });
  });

  test('VariableLengthPhaseNet normalises over the axes its weights name', () => {
    const scale = (...norm_axis: number[]) =>
      seisbenchSpec('net', 'lfe-detect', { model_args: { norm: 'peak', norm_axis } }).preparation
        .scale;
    expect(scale(-1)).toMatchObject({ by: 'peak', scope: 'component' });
    expect(scale(-2, -1)).toMatchObject({ by: 'peak', scope: 'window' });
    expect(scale(-1, -2)).toEqual(scale(-2, -1));
    expect(() => scale(-2)).toThrow(/norm_axis has to be/);
  });

  test('CRED tells detections only, DeepDenoiser nothing that could be picked', () => {
    expect(seisbenchSpec('net', 'cred', {})).toMatchObject({
      labels: ['Detection'],
      preparation: { scale: { by: 'std', scope: 'window' } },
      thresholds: { Detection: 0.5 },
    });
    expect(seisbenchSpec('net', 'deep-denoiser', {})).toMatchObject({
      windowSamples: 3000,
      preparation: { demean: false, scale: undefined },
      output: { kind: 'waveform', overlap: 1500 },
      thresholds: {},
    });
  });
});
