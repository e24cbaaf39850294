/** A pipe that carries whole frames in order. A MessagePort, a WebSocket, or a pair in memory. */
export interface Transport {
  /** A send after the close is dropped; the close itself is what the sender hears of. */
  send(frame: ArrayBuffer): void;
  /** Sends a frame in pieces that nobody changes any more, without a copy; absent where the pipe needs one. */
  sendParts?(parts: readonly Uint8Array[]): void;
  onFrame(listener: (frame: ArrayBuffer) => void): void;
  /** Called once; at once when the pipe is closed already. */
  onClose(listener: () => void): void;
  close?(): void;
  /** What was sent and has not left yet; absent where the pipe does not say. */
  bufferedBytes?(): number;
}

/** Larger frames are refused by both ends: a day of 3 components at 100 Hz as float32 is 104 MB. */
export const MAX_FRAME_BYTES = 256 * 1024 * 1024;

/** What a page may send to the backend: names, picks and settings, never samples. */
export const MAX_REQUEST_BYTES = 16 * 1024 * 1024;
