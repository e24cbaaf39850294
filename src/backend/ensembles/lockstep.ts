import type { EpochNs } from '../../base/time.ts';

/** Holds members at the end of each block until all have come there, so that none runs ahead with its memory. */
export class Lockstep {
  readonly #members: number;
  readonly #together: (untilNs: EpochNs) => Promise<void>;
  #waiting: { resolve(): void; reject(error: unknown): void }[] = [];
  #failed: { readonly error: unknown } | undefined;

  /** `together` is called once for each block, before any member goes on. */
  constructor(members: number, together: (untilNs: EpochNs) => Promise<void>) {
    this.#members = members;
    this.#together = together;
  }

  /** Resolves when all members have arrived; rejects once one has failed. All have the same blocks. */
  arrive(untilNs: EpochNs): Promise<void> {
    if (this.#failed) return Promise.reject(this.#failed.error as Error);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      if (this.#waiting.length < this.#members) return;
      const all = this.#waiting;
      this.#waiting = [];
      this.#together(untilNs).then(
        () => all.forEach((each) => each.resolve()),
        (error: unknown) => all.forEach((each) => each.reject(error)),
      );
    });
  }

  /** A member will not arrive: nobody waits for it. */
  fail(error: unknown): void {
    this.#failed = { error };
    for (const each of this.#waiting.splice(0)) each.reject(error);
  }
}
