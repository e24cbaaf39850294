/** What a few seconds of panning showed. */
export interface FrameFigures {
  readonly framesPerS: number;
  readonly p95FrameMs: number;
  readonly longestFrameMs: number;
  readonly picturesPerS: number;
  readonly medianPictureMs: number;
  readonly rows: number;
  readonly rowPx: number;
}

declare global {
  interface Window {
    bench: { pan(seconds: number): Promise<FrameFigures> };
  }
}
