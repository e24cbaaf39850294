/**
 * Knows whether the page is loading, painting or computing.
 * `window.onset.whenIdle()` resolves when nothing is; tests wait for that only.
 */
export class IdleTracker {
  #busy = 0;
  #waiting: (() => void)[] = [];

  /** Marks the start of some work; call the result once when it has ended. */
  begin(): () => void {
    this.#busy += 1;
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.#busy -= 1;
      if (this.#busy === 0) this.#settle();
    };
  }

  async during<T>(work: Promise<T>): Promise<T> {
    const end = this.begin();
    try {
      return await work;
    } finally {
      end();
    }
  }

  /** Resolves once nothing is under way for two frames in a row (effects run between). */
  async whenIdle(): Promise<void> {
    for (let quiet = 0; quiet < 2;) {
      if (this.#busy > 0) {
        await new Promise<void>((resolve) => this.#waiting.push(resolve));
        quiet = 0;
      }
      await new Promise((resolve) => requestAnimationFrame(resolve));
      if (this.#busy === 0) quiet += 1;
    }
  }

  #settle(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
