// Packets of one sensor and the windows they make complete.

import { AppError } from '../../base/appError.ts';
import type { RunSettings } from '../../domain/event/runSettings.ts';
import { formatNslc, type Nslc } from '../../domain/waveform/nslc.ts';
import type { TraceSegment } from '../../domain/waveform/traceSegment.ts';
import { groupComponents } from '../grouping.ts';
import { gridSample } from '../sampleGrid.ts';
import { hopSamples } from '../settings.ts';
import type { RunnerSpec } from '../spec.ts';
import { type CurvePiece, CurveStream } from './curveStream.ts';
import { PacketBuffer } from './packetBuffer.ts';
import { MARGIN_S, marginAfterS, needsMargin, readWindow, type WindowRow } from './streamWindow.ts';

export interface StreamRules {
  /** How far the newest sample has to be ahead before a window is run without what is missing; may be Infinity. */
  readonly latenessS: number;
  /** Share of a window's samples below which its vertical, and with it the window, or a horizontal is left out. */
  readonly leastShare: { readonly vertical: number; readonly horizontal: number };
  /** What an absent horizontal is fed as. */
  readonly fill: 'zeros' | 'vertical';
}

/** A window on its way to the network. */
export interface WindowJob {
  readonly sensor: SensorStream;
  readonly window: number;
  /** One for each component of the model; undefined where it is fed as zeros. */
  readonly rows: readonly (Float64Array | undefined)[];
}

interface Channel {
  readonly stream: Nslc;
  readonly rateHz: number;
  readonly buffer: PacketBuffer;
}

export class SensorStream {
  readonly #spec: RunnerSpec;
  readonly #settings: RunSettings;
  readonly #rules: StreamRules;
  readonly #hop: number;
  readonly #channels = new Map<string, Channel>();
  readonly #curves: CurveStream;
  /** Windows from `#decidedUntil` on that have been run or ruled out. */
  readonly #decided = new Set<number>();
  /** All windows before this one are decided; undefined until the first is. */
  #decidedUntil: number | undefined;
  emptyWindows = 0;
  latePackets = 0;

  constructor(spec: RunnerSpec, settings: RunSettings, rules: StreamRules) {
    this.#spec = spec;
    this.#settings = settings;
    this.#rules = rules;
    this.#hop = hopSamples(spec, settings);
    this.#curves = new CurveStream(settings.stacking, spec.labels.length);
  }

  get conflicts(): number {
    return [...this.#channels.values()].reduce((sum, { buffer }) => sum + buffer.conflicts, 0);
  }

  insert(packet: TraceSegment, key: string): void {
    const { stream, sampleRateHz, startNs, samples } = packet;
    let channel = this.#channels.get(key);
    if (channel === undefined) {
      channel = { stream, rateHz: sampleRateHz, buffer: new PacketBuffer() };
      this.#channels.set(key, channel);
    }
    if (channel.rateHz !== sampleRateHz) {
      throw new AppError(
        'bad-input',
        `${key} came at ${channel.rateHz} Hz and now at ${sampleRateHz} Hz; follow it as two streams`,
      );
    }
    const first = gridSample(startNs, sampleRateHz);
    const end = (first + samples.length) * (this.#spec.samplingRateHz / sampleRateHz);
    if (this.#decidedUntil !== undefined && end <= this.#decidedUntil * this.#hop) {
      this.latePackets += 1;
      return;
    }
    channel.buffer.insert(first, samples);
  }

  /** Windows that are complete, or have waited long enough. */
  *ready(): Generator<WindowJob> {
    const extent = this.#extent();
    if (extent === undefined) return;
    const latest = extent.end - this.#rules.latenessS * this.#spec.samplingRateHz;
    const { windowSamples } = this.#spec;
    for (const window of this.#open(extent)) {
      const waited = window * this.#hop + windowSamples <= latest;
      if (waited || this.#isComplete(window)) yield* this.#decide(window);
    }
    if (!Number.isFinite(latest)) return;
    this.#advance(Math.ceil((latest - windowSamples) / this.#hop));
  }

  /** All windows that are left. */
  *rest(): Generator<WindowJob> {
    const extent = this.#extent();
    if (extent === undefined) return;
    for (const window of this.#open(extent)) yield* this.#decide(window);
  }

  answered(window: number, blinded: number, rows: readonly Float32Array[]): void {
    this.#curves.add(window, window * this.#hop + blinded, rows);
  }

  /** What no window to come reaches. */
  takeFinal(): CurvePiece[] {
    if (this.#decidedUntil === undefined) return [];
    let next = this.#decidedUntil;
    while (this.#decided.has(next)) next += 1;
    return this.#curves.take(next * this.#hop + this.#settings.blindingSamples[0]);
  }

  takeAll(): CurvePiece[] {
    return this.#curves.take(Infinity);
  }

  /** Windows that hold any data and are not decided, in order. */
  *#open({ first, end }: { first: number; end: number }): Generator<number> {
    const begin = Math.floor((first - this.#spec.windowSamples) / this.#hop) + 1;
    const from = Math.max(begin, this.#decidedUntil ?? begin);
    for (let window = from; window * this.#hop < end; window += 1) {
      if (!this.#decided.has(window)) yield window;
    }
  }

  *#decide(window: number): Generator<WindowJob> {
    this.#decided.add(window);
    const rows = this.#rows(window);
    if (rows === undefined) this.emptyWindows += 1;
    else yield { sensor: this, window, rows };
  }

  /** Forgets what lies before a window: packets that come for it now are late. */
  #advance(window: number): void {
    if (this.#decidedUntil !== undefined && window <= this.#decidedUntil) return;
    this.#decidedUntil = window;
    for (const each of this.#decided) if (each < window) this.#decided.delete(each);
    const { samplingRateHz } = this.#spec;
    for (const { buffer, rateHz } of this.#channels.values()) {
      const needed = window * this.#hop - MARGIN_S.before * samplingRateHz;
      buffer.dropBefore(Math.floor((needed * rateHz) / samplingRateHz));
    }
  }

  #assigned(): { component: string; channel: Channel }[] {
    const streams = [...this.#channels.values()].map(({ stream }) => stream);
    const { sensors } = groupComponents(streams, this.#spec.components);
    return (sensors[0]?.channels ?? []).flatMap(({ component, stream }) => {
      const channel = [...this.#channels.values()].find(
        (each) => formatNslc(each.stream) === formatNslc(stream),
      );
      return channel === undefined ? [] : [{ component, channel }];
    });
  }

  #isComplete(window: number): boolean {
    const assigned = this.#assigned();
    if (assigned.length < this.#spec.components.length) return false;
    const { windowSamples, samplingRateHz } = this.#spec;
    return assigned.every(({ channel: { buffer, rateHz } }) => {
      const margin = needsMargin(this.#settings, rateHz, samplingRateHz);
      const ratio = rateHz / samplingRateHz;
      const before = margin ? MARGIN_S.before * samplingRateHz : 0;
      const after = margin ? marginAfterS(this.#settings) * samplingRateHz : 0;
      const from = Math.round((window * this.#hop - before) * ratio);
      const to = Math.ceil((window * this.#hop + windowSamples + after) * ratio);
      return buffer.covers(from, to);
    });
  }

  /** Undefined when too little of the vertical, or of everything, is there. */
  #rows(window: number): (Float64Array | undefined)[] | undefined {
    const { components, windowSamples, samplingRateHz } = this.#spec;
    const { leastShare, fill } = this.#rules;
    const read = new Map<string, WindowRow>();
    for (const { component, channel } of this.#assigned()) {
      const { buffer, rateHz } = channel;
      const first = window * this.#hop;
      const row = readWindow(buffer, rateHz, samplingRateHz, first, windowSamples, this.#settings);
      const least = component === 'Z' ? leastShare.vertical : leastShare.horizontal;
      if (row !== undefined && row.share >= least) read.set(component, row);
    }
    if (read.size === 0 || (this.#settings.strict && read.size < components.length)) {
      return undefined;
    }
    const vertical = read.get('Z')?.samples;
    if (components.includes('Z') && vertical === undefined) return undefined;
    return components.map(
      (component) => read.get(component)?.samples ?? (fill === 'vertical' ? vertical : undefined),
    );
  }

  /** Of all channels together, at the model's rate. */
  #extent(): { first: number; end: number } | undefined {
    const { samplingRateHz } = this.#spec;
    const extents = [...this.#channels.values()].flatMap(({ buffer, rateHz }) => {
      const extent = buffer.extent();
      const ratio = samplingRateHz / rateHz;
      return extent ? [{ first: extent.first * ratio, end: extent.end * ratio }] : [];
    });
    if (extents.length === 0) return undefined;
    return {
      first: Math.min(...extents.map(({ first }) => first)),
      end: Math.max(...extents.map(({ end }) => end)),
    };
  }
}
