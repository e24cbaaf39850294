/** A pipe that carries whole frames in order. Two exist: a MessagePort and a WebSocket. */
export interface Transport {
  send(frame: ArrayBuffer): void;
  onFrame(listener: (frame: ArrayBuffer) => void): void;
  onClose(listener: () => void): void;
}
