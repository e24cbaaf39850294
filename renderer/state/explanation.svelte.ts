import type { PickExplanation } from '../../src/contract/messages/models.ts';
import type { Client } from '../../src/contract/rpc.ts';
import type { EpochNs } from '../../src/base/time.ts';

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
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  async askAt(sensorKey: string, time: EpochNs): Promise<void> {
    const asked = { sensorKey, time, phase: this.phase, runId: this.runId };
    this.asked = asked;
    this.answer = undefined;
    const answer = await this.#client.call('run.explain', asked);
    if (this.asked === asked) this.answer = answer;
  }

  close(): void {
    this.asked = undefined;
    this.answer = undefined;
  }
}
