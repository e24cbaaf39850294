import type { PickExplanation } from '../../src/contract/api.ts';
import { type EpochNs, epochNs } from '../../src/base/time.ts';
import { parseNslc, sensorKey } from '../../src/domain/waveform/nslc.ts';
import type { App } from './app.svelte.ts';

/** Where and for what it was asked why there is no pick. */
export interface Asked {
  readonly sensorKey: string;
  readonly time: EpochNs;
  readonly phase: string;
  readonly runId: number | undefined;
}

/** `Why is there no pick?`, as the inspector shows it. */
export class Explanation {
  asked = $state.raw<Asked | undefined>(undefined);
  answer = $state.raw<PickExplanation | undefined>(undefined);
  phase = $state('P');
  runId = $state<number | undefined>(undefined);

  /** At the data cursor, else at the current pick or where the zoom puts one. */
  async ask(app: App): Promise<void> {
    const { timeline, selection } = app;
    const streamKey = timeline.cursor?.streamKey ?? selection.currentStreamKey;
    if (streamKey === undefined) return;
    const { startNs, endNs } = timeline.zoom;
    // Where the zoom puts what it goes to.
    const quarter = epochNs(startNs + (endNs - startNs) / 4n);
    const time = timeline.cursor?.time ?? app.queue.current?.time ?? quarter;
    await this.askAt(app, sensorKey(parseNslc(streamKey)), time);
  }

  async askAt(app: App, sensor: string, time: EpochNs): Promise<void> {
    if (!app.layout.rightOpen) app.layout.toggle('right');
    const asked = { sensorKey: sensor, time, phase: this.phase, runId: this.runId };
    this.asked = asked;
    this.answer = undefined;
    const answer = await app.client.call('run.explain', asked);
    if (this.asked === asked) this.answer = answer;
  }

  close(): void {
    this.asked = undefined;
    this.answer = undefined;
  }
}
