import type { DetectorTrace, DetectorView } from '../../src/contract/messages/detector.ts';
import { AppError, messageOf } from '../../src/base/appError.ts';
import type { Client } from '../../src/contract/rpc.ts';
import type { DetectorSettings } from '../../src/domain/event/detectorSettings.ts';
import type { TimeWindow } from '../../src/domain/waveform/timeWindow.ts';
import type { StreamInfo } from '../../src/domain/waveform/traceWindow.ts';
import { type DetectorBox, largestOf } from '../canvas/overlays/detector.ts';

/** What of a plot is looked at through a detector. */
export interface PreviewWish {
  readonly settings: DetectorSettings;
  readonly streamKeys: readonly string[];
  readonly window: TimeWindow;
  readonly widthPx: number;
  /** Replaced when files have come or been decoded: the same is asked for again. */
  readonly streams: readonly StreamInfo[];
}

/** A detector on what one plot shows: one request at a time, the latest wish follows it. */
export class DetectorPreview {
  view = $state.raw<DetectorView | undefined>(undefined);
  problem = $state('');
  readonly #client: Pick<Client, 'call'>;
  readonly #begin: () => () => void;
  #wish: PreviewWish | undefined;
  #running: AbortController | undefined;

  constructor(client: Pick<Client, 'call'>, begin: () => () => void) {
    this.#client = client;
    this.#begin = begin;
  }

  /** Of all rows, so that a level lies at one height. */
  readonly #largest = $derived(
    Math.max(0, ...(this.view?.traces ?? []).map(({ parts }) => largestOf(parts))),
  );

  readonly traces = $derived<ReadonlyMap<string, DetectorTrace>>(
    new Map((this.view?.traces ?? []).map((trace) => [trace.streamKey, trace])),
  );

  /** How the function is drawn in a row. */
  box(
    { settings, unit }: { readonly settings: DetectorSettings; readonly unit: string },
    row: Pick<DetectorBox, 'window' | 'top' | 'height' | 'named'>,
  ): DetectorBox {
    const { onLevel, offLevel } = settings;
    const scaleTop = Math.min(10 * onLevel, Math.max(1.5 * onLevel, 1.05 * this.#largest));
    return { ...row, scaleTop, onLevel, offLevel, unit };
  }

  /** Undefined: nothing is shown any more. */
  want(wish: PreviewWish | undefined): void {
    this.#wish = wish;
    if (wish === undefined) {
      this.#running?.abort();
      this.view = undefined;
      this.problem = '';
      return;
    }
    if (!this.#running) void this.#follow();
  }

  /** Answers wishes until the latest is met. */
  async #follow(): Promise<void> {
    const end = this.#begin();
    try {
      for (let wish = this.#wish; wish !== undefined;) {
        await this.#ask(wish);
        wish = this.#wish === wish ? undefined : this.#wish;
      }
    } finally {
      this.#running = undefined;
      end();
    }
  }

  async #ask({ streams: _, ...args }: PreviewWish): Promise<void> {
    const controller = new AbortController();
    this.#running = controller;
    if (args.streamKeys.length === 0 || args.widthPx < 1) {
      this.view = { traces: [], coincidences: [] };
      return;
    }
    try {
      const view = await this.#client.call('detector.preview', args, { signal: controller.signal });
      if (this.#wish === undefined) return;
      this.view = view;
      this.problem = '';
    } catch (error) {
      if (controller.signal.aborted) return;
      if (error instanceof AppError && error.code === 'cancelled') return;
      this.problem = messageOf(error);
    }
  }
}
