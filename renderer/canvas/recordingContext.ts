import { makePalette, type Palette } from './palette.ts';
import { type Context2D, Pen } from './pen.ts';

// For tests: a context that writes down what is drawn on it.

export interface Drawn {
  readonly kind: 'rect' | 'text' | 'stroke' | 'fill';
  readonly colour: string;
  readonly box?: readonly [x: number, y: number, width: number, height: number];
  readonly text?: string;
}

/** Every colour is its own name, so that a test reads what was meant. */
export const NAMED_PALETTE: Palette = makePalette((name) => name);

/** Six pixels a letter. */
export const LETTER_PX = 6;

class Recorder implements Context2D {
  fillStyle = '';
  strokeStyle = '';
  lineWidth = 1;
  lineJoin: CanvasLineJoin = 'miter';
  font = '';
  textAlign: CanvasTextAlign = 'left';
  textBaseline: CanvasTextBaseline = 'alphabetic';
  globalAlpha = 1;
  readonly drawn: Drawn[] = [];

  fillRect(x: number, y: number, width: number, height: number): void {
    this.drawn.push({ kind: 'rect', colour: this.fillStyle, box: [x, y, width, height] });
  }
  fillText(text: string, x: number, y: number): void {
    const width = text.length * LETTER_PX;
    const left = this.textAlign === 'center' ? x - width / 2 : this.textAlign === 'right' ? x - width : x; // prettier-ignore
    this.drawn.push({ kind: 'text', colour: this.fillStyle, text, box: [left, y - 9, width, 11] });
  }
  measureText(text: string): TextMetrics {
    return { width: text.length * LETTER_PX } as TextMetrics;
  }
  stroke(): void {
    this.drawn.push({ kind: 'stroke', colour: this.strokeStyle });
  }
  fill(): void {
    this.drawn.push({ kind: 'fill', colour: this.fillStyle });
  }
  clearRect(): void {
    this.drawn.length = 0;
  }
  save(): void {}
  restore(): void {}
  beginPath(): void {}
  closePath(): void {}
  rect(): void {}
  roundRect(): void {}
  clip(): void {}
  moveTo(): void {}
  lineTo(): void {}
  arc(): void {}
  setLineDash(): void {}
  setTransform(): void {}
}

export function recordingPen(
  widthPx = 1000,
  heightPx = 100,
  ratio = 1,
): { pen: Pen; drawn: Drawn[] } {
  const recorder = new Recorder();
  const pen = new Pen(recorder, { widthPx, heightPx, ratio }, NAMED_PALETTE);
  return { pen, drawn: recorder.drawn };
}
