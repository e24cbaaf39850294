// A runner spec from the `model.json` of a pack. What a card asks for and the runner cannot do is refused.

import type { BandFilter } from '../../domain/waveform/bandFilter.ts';
import { Card } from '../spec.ts';
import {
  NOISE_LABEL,
  type RunnerOutput,
  type RunnerSpec,
  type WindowPreparation,
  type WindowScale,
} from './runnerSpec.ts';

/** Reads a card. Throws `bad-input` naming the field that is absent, wrong or beyond the runner. */
export function parseRunnerCard(json: unknown): RunnerSpec {
  const card = new Card(json, '');
  const preprocessing = card.at('preprocessing');
  const defaults = card.at('defaults');
  const labels = card.texts('labels');
  const windowSamples = card.at('window').positive('samples');
  const output = outputOf(card, defaults);
  const sampleWise = output.kind === 'samples';
  return {
    id: card.text('id'),
    samplingRateHz: card.positive('samplingRateHz'),
    windowSamples,
    components: [...card.text('components')],
    labels,
    filter: preprocessing.has('filter') ? filterOf(preprocessing.at('filter')) : undefined,
    preparation: preparationOf(preprocessing),
    output,
    stacking: sampleWise && oneOf(defaults, 'stacking', ['avg', 'max']) === 'max' ? 'max' : 'avg',
    blindingSamples: sampleWise ? blindingOf(defaults) : [0, 0],
    thresholds: Object.fromEntries(
      labels
        .filter((label) => label !== NOISE_LABEL)
        .map((label) => [label, defaults.at('thresholds').positive(label)]),
    ),
  };
}

function outputOf(card: Card, defaults: Card): RunnerOutput {
  const windowing = oneOf(card, 'windowing', ['sample-wise', 'one label per window']);
  return windowing === 'sample-wise'
    ? { kind: 'samples', overlap: defaults.number('overlapSamples') }
    : {
        kind: 'point',
        labelSample: card.number('labelSample'),
        strideSamples: defaults.positive('strideSamples'),
      };
}

function filterOf(card: Card): BandFilter {
  const kind = oneOf(card, 'kind', ['bandpass', 'highpass', 'lowpass']);
  return {
    lowHz:
      kind === 'lowpass' ? undefined : card.positive(kind === 'bandpass' ? 'freqMinHz' : 'freqHz'),
    highHz:
      kind === 'highpass' ? undefined : card.positive(kind === 'bandpass' ? 'freqMaxHz' : 'freqHz'),
    corners: card.positive('corners'),
    zeroPhase: card.truth('zeroPhase'),
  };
}

function preparationOf(card: Card): WindowPreparation {
  // In cards, detrending means whole records before they are cut, which belongs to the archive scan.
  if (card.has('detrend')) card.fail('detrend', 'null, the only kind the runner does');
  if (card.has('demean')) card.expect('demean', 'component');
  return {
    demean: card.has('demean'),
    detrend: false,
    scale: card.has('normalise') ? scaleOf(card.at('normalise')) : undefined,
    taperSamples: card.number('taperSamples'),
  };
}

function scaleOf(card: Card): WindowScale {
  const scope = oneOf(card, 'scope', ['component', 'window']);
  const epsilon = card.has('epsilon') ? card.number('epsilon') : 0;
  if (oneOf(card, 'name', ['std', 'peak']) === 'peak') return { by: 'peak', scope, epsilon };
  return { by: 'std', scope, epsilon, divisor: oneOf(card, 'divisor', ['n', 'n-1']) };
}

function blindingOf(defaults: Card): readonly [number, number] {
  const [before, after] = defaults.numbers('blindingSamples');
  return before !== undefined && after !== undefined
    ? [before, after]
    : defaults.fail('blindingSamples', 'two whole numbers');
}

function oneOf<T extends string>(card: Card, name: string, words: readonly T[]): T {
  const text = card.text(name);
  const found = words.find((word) => word === text);
  return found ?? card.fail(name, words.map((word) => `"${word}"`).join(' or '));
}
