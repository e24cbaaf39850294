// A backend made of arithmetic, so that the bench measures the page alone: traces of any length at once.
import {
  addSeconds,
  type EpochNs,
  epochNs,
  nsToSeconds,
  parseTime,
} from '../../../src/base/time.ts';
import type { Args, CallName, Reply } from '../../../src/contract/api.ts';
import { phaseFamily, type Pick, PICK_STATES } from '../../../src/domain/event/pick.ts';
import { parseNslc } from '../../../src/domain/waveform/nslc.ts';
import type {
  StreamInfo,
  TracePart,
  TraceWindow,
} from '../../../src/domain/waveform/traceWindow.ts';

export interface SyntheticPlan {
  readonly stations: number;
  readonly lengthS: number;
  readonly sampleRateHz: number;
  readonly picks: number;
}

const START = parseTime('2023-10-09T00:00:00');
const NOISE = Float32Array.from({ length: 1 << 16 }, (_, i) => {
  const x = Math.sin(i * 12.9898) * 43758.5453;
  return (x - Math.floor(x)) * 2 - 1;
});

const stationName = (i: number): string =>
  String.fromCharCode(
    65 + (i % 26),
    65 + ((i * 7) % 26),
    65 + ((i * 3) % 26),
    65 + (Math.floor(i / 26) % 26),
  );

function makeStreams(plan: SyntheticPlan): StreamInfo[] {
  const endNs = addSeconds(START, plan.lengthS);
  return Array.from({ length: plan.stations }, (_, i) =>
    ['HHZ', 'HHN', 'HHE'].map((channel) => ({
      streamKey: `XX.${stationName(i)}..${channel}`,
      sampleRateHz: plan.sampleRateHz,
      startNs: START,
      endNs,
      gaps: i % 5 === 2 ? [gapOf(plan)] : [],
      sampleCount: plan.lengthS * plan.sampleRateHz,
    })),
  ).flat();
}

function gapOf(plan: SyntheticPlan): { startNs: EpochNs; endNs: EpochNs } {
  return { startNs: addSeconds(START, plan.lengthS * 0.3), endNs: addSeconds(START, plan.lengthS * 0.34) }; // prettier-ignore
}

/** Envelope at a time: noise, and an event every twentieth of the data that decays. */
function envelope(tS: number, lengthS: number): number {
  const period = lengthS / 20;
  const since = tS - Math.floor(tS / period) * period;
  return 60 + 3000 * Math.exp((-since / period) * 6);
}

function amplitude(seed: number, i: number, tS: number, lengthS: number): number {
  return (NOISE[(i * 7 + seed * 977) & 0xffff] ?? 0) * envelope(tS, lengthS);
}

function partOf(stream: StreamInfo, plan: SyntheticPlan, args: Args<'waveform.window'>): TracePart {
  const seed = stream.streamKey.charCodeAt(3) * 31 + stream.streamKey.charCodeAt(4);
  const fromS = Math.max(0, nsToSeconds(args.window.startNs - START));
  const toS = Math.min(plan.lengthS, nsToSeconds(args.window.endNs - START));
  const windowS = nsToSeconds(args.window.endNs - args.window.startNs);
  const binS = windowS / args.widthPx;
  if (binS * plan.sampleRateHz <= 2) {
    const first = Math.ceil(fromS * plan.sampleRateHz);
    const count = Math.max(0, Math.floor(toS * plan.sampleRateHz) - first);
    const values = Float32Array.from({ length: count }, (_, i) => amplitude(seed, first + i, (first + i) / plan.sampleRateHz, plan.lengthS)); // prettier-ignore
    return { kind: 'samples', startNs: addSeconds(START, first / plan.sampleRateHz), stepS: 1 / plan.sampleRateHz, offset: 0, values }; // prettier-ignore
  }
  const first = Math.floor(fromS / binS);
  const count = Math.max(0, Math.floor(toS / binS) - first);
  const values = new Float32Array(count * 2);
  for (let i = 0; i < count; i++) {
    const value = Math.abs(amplitude(seed, first + i, (first + i) * binS, plan.lengthS));
    values[2 * i] = -value;
    values[2 * i + 1] = value;
  }
  return { kind: 'bins', startNs: addSeconds(START, first * binS), stepS: binS, offset: 0, values };
}

function traceOf(
  stream: StreamInfo,
  plan: SyntheticPlan,
  args: Args<'waveform.window'>,
): TraceWindow {
  const part = partOf(stream, plan, args);
  return {
    streamKey: stream.streamKey,
    window: args.window,
    sampleRateHz: stream.sampleRateHz,
    parts: [part],
    gaps: stream.gaps,
    overlaps: [],
    edgeZones: [{ startNs: START, endNs: addSeconds(START, 2) }],
    peak: 3060,
    unit: 'counts',
    state: 'complete',
    reason: undefined,
  };
}

function makePicks(plan: SyntheticPlan, streams: readonly StreamInfo[]): Pick[] {
  return Array.from({ length: plan.picks }, (_, i) => {
    const stream = streams[((i * 3) % streams.length) - (((i * 3) % streams.length) % 3)];
    const share = ((i * 0.618033988) % 1) * plan.lengthS;
    const phase = i % 2 === 0 ? 'P' : 'S';
    return {
      id: i + 1,
      stream: parseNslc(stream?.streamKey ?? 'XX.A..HHZ'),
      time: addSeconds(START, share),
      lowerUncertaintyS: 0.04,
      upperUncertaintyS: 0.09,
      phase,
      polarity: i % 7 === 0 ? 'up' : undefined,
      onset: i % 3 === 0 ? 'impulsive' : undefined,
      weight: undefined,
      probability: 0.3 + ((i * 37) % 70) / 100,
      filter: undefined,
      state: PICK_STATES[i % 11 < 7 ? 0 : i % 5] ?? 'automatic',
      author: 'onset-1',
      method: 'onset-1',
      runId: 1,
      eventId: undefined,
      createdNs: START,
      publicId: undefined,
    };
  });
}

function curveParts(
  args: Args<'probability.window'>,
  picks: readonly Pick[],
  phase: string,
): TracePart[] {
  // prettier-ignore
  const stepS = Math.max(0.01, nsToSeconds(args.window.endNs - args.window.startNs) / args.widthPx);
  const count = Math.ceil(nsToSeconds(args.window.endNs - args.window.startNs) / stepS);
  const values = new Float32Array(count);
  for (const pick of picks) {
    if (phaseFamily(pick.phase) !== phase) continue;
    const at = nsToSeconds(pick.time - args.window.startNs) / stepS;
    for (let i = Math.floor(at - 200); i < at + 200; i++) {
      const value = (pick.probability ?? 0) * Math.exp(-((((i - at) * stepS) / 0.2) ** 2));
      if (i >= 0 && i < count) values[i] = Math.max(values[i] ?? 0, value);
    }
  }
  return [{ kind: 'samples', startNs: args.window.startNs, stepS, offset: 0, values }];
}

/** Answers what the page asks for while it shows traces. */
export class SyntheticClient {
  readonly #plan: SyntheticPlan;
  readonly #streams: StreamInfo[];
  readonly #picks: Pick[];

  constructor(plan: SyntheticPlan) {
    this.#plan = plan;
    this.#streams = makeStreams(plan);
    this.#picks = makePicks(plan, this.#streams).sort((a, b) => (a.time < b.time ? -1 : 1));
  }

  on(): () => void {
    return () => undefined;
  }

  async call(name: CallName, args: unknown): Promise<unknown> {
    await Promise.resolve();
    return this.#answer(name, args as never);
  }

  #answer(name: CallName, args: never): unknown {
    const undo = { undoLabel: undefined, redoLabel: undefined };
    switch (name) {
      case 'session.get':
        return { programVersion: '0', projectName: 'Frames', projectPath: '/frames', isSample: false, readOnly: false, readOnlyReason: undefined, revision: 1, author: 'bench', hintDismissed: true, dataFolders: [] }; // prettier-ignore
      case 'source.list':
        return { files: [], streams: this.#streams, revision: 1 };
      case 'waveform.window':
        return this.#traces(args);
      case 'probability.window':
        return this.#curves(args);
      case 'catalog.listPicks':
        return this.#list(args);
      case 'catalog.countPicks':
        return { total: this.#picks.length, byState: { automatic: this.#picks.length, confirmed: 0, manual: 0, rejected: 0, deferred: 0 }, revision: 1 }; // prettier-ignore
      case 'catalog.pickDensity':
        return this.#density(args);
      case 'catalog.undoState':
        return { ...undo, revision: 1 };
      case 'catalog.decidePicks':
      case 'catalog.changePicks':
      case 'catalog.removePicks':
        return { ...undo, revision: 1, picks: [] };
      case 'settings.load':
        return {};
      default:
        return [];
    }
  }

  #traces(args: Args<'waveform.window'>): Reply<'waveform.window'> {
    return args.streamKeys.flatMap((key) => {
      const stream = this.#streams.find((one) => one.streamKey === key);
      return stream ? [traceOf(stream, this.#plan, args)] : [];
    });
  }

  #curves(args: Args<'probability.window'>): Reply<'probability.window'> {
    const sensorKey = args.sensorKeys[0] ?? '';
    const own = this.#picks.filter((pick) => sensorKey.includes(`.${pick.stream.station}.`));
    return ['P', 'S'].map((phase) => ({
      sensorKey,
      runId: 1,
      phase,
      threshold: 0.3,
      parts: curveParts(args, own, phase),
    }));
  }

  #list({
    window,
    limit = 1000,
    offset = 0,
  }: Args<'catalog.listPicks'>): Reply<'catalog.listPicks'> {
    const found = this.#picks.filter(
      ({ time }) => !window || (time >= window.startNs && time < window.endNs),
    );
    const picks = found.slice(offset, offset + limit);
    return { picks, total: found.length, offset, revision: 1 };
  }

  #density({ window, binCount }: Args<'catalog.pickDensity'>): Reply<'catalog.pickDensity'> {
    const counts = { p: new Uint32Array(binCount), s: new Uint32Array(binCount), pReviewed: new Uint32Array(binCount), sReviewed: new Uint32Array(binCount) }; // prettier-ignore
    const length = Number(window.endNs - window.startNs);
    for (const pick of this.#picks) {
      const bin = Math.floor((Number(pick.time - window.startNs) / length) * binCount);
      const [all, reviewed] = phaseFamily(pick.phase) === 'P' ? [counts.p, counts.pReviewed] : [counts.s, counts.sReviewed]; // prettier-ignore
      all[bin] = (all[bin] ?? 0) + 1;
      if (pick.state !== 'automatic') reviewed[bin] = (reviewed[bin] ?? 0) + 1;
    }
    return { window, binCount, ...counts };
  }

  async ready(): Promise<void> {
    await Promise.resolve();
  }
}

/** The middle share of the data, as a window. */
export function middle(plan: SyntheticPlan, lengthS: number): { startNs: EpochNs; endNs: EpochNs } {
  const startS = (plan.lengthS - lengthS) / 2;
  return {
    startNs: addSeconds(START, startS),
    endNs: epochNs(addSeconds(START, startS + lengthS)),
  };
}
