// Memory of frames that have been dealt with, for the frames that come: chunks are of one size, nearly, and new memory
// for each would have to be cleared and collected.

const MOST_HELD = 16;
/** Sizes differ by a few digits in the header. */
const STEP_BYTES = 64 * 1024;

export class SpentFrames {
  #held: ArrayBuffer[] = [];

  /** So many bytes or more, of unknown content. */
  take(byteLength: number): ArrayBuffer {
    const at = this.#held.findIndex((each) => each.byteLength >= byteLength);
    const [found] = at < 0 ? [] : this.#held.splice(at, 1);
    return found ?? new ArrayBuffer(Math.ceil(byteLength / STEP_BYTES) * STEP_BYTES);
  }

  /** Nobody may look at it any more. */
  give(frame: ArrayBuffer): void {
    if (this.#held.length < MOST_HELD) this.#held.push(frame);
    else this.#held = this.#held.slice(1).concat(frame);
  }
}
