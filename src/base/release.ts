/**
 * Gives the memory of buffers back now: their views are empty from here on. The collector would come round to it some time
 * later, and whoever reads days of samples would hold several of them until then. Only for who owns all of a buffer;
 * shared memory is left alone, and what has moved to another thread is gone already.
 */
export function release(views: readonly ArrayBufferView[]): void {
  for (const { buffer } of views) {
    if (buffer instanceof ArrayBuffer && !buffer.detached) buffer.transfer(0);
  }
}
