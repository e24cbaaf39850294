import type { Palette } from './palette.ts';

/** What painters draw on: a 2-D context, or one that records for a test. */
export type Context2D = Pick<
  CanvasRenderingContext2D,
  | 'fillStyle' | 'strokeStyle' | 'lineWidth' | 'lineJoin' | 'font' | 'textAlign' | 'textBaseline'
  | 'globalAlpha'
  | 'fillRect' | 'clearRect' | 'fillText' | 'measureText' | 'save' | 'restore' | 'beginPath'
  | 'closePath' | 'rect' | 'roundRect' | 'clip' | 'moveTo' | 'lineTo' | 'arc' | 'stroke' | 'fill'
  | 'setLineDash' | 'setTransform'
>; // prettier-ignore

export type Align = 'left' | 'center' | 'right';

/** Draws in CSS pixels; edges snap to device pixels, so that lines stay crisp at every ratio. */
export class Pen {
  readonly context: Context2D;
  readonly ratio: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly palette: Palette;

  constructor(
    context: Context2D,
    size: { ratio: number; widthPx: number; heightPx: number },
    palette: Palette,
  ) {
    this.context = context;
    this.ratio = size.ratio;
    this.widthPx = size.widthPx;
    this.heightPx = size.heightPx;
    this.palette = palette;
  }

  /** Empties the canvas and makes one unit one CSS pixel. */
  start(): void {
    this.context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    this.context.clearRect(0, 0, this.widthPx, this.heightPx);
  }

  snap(value: number): number {
    return Math.round(value * this.ratio) / this.ratio;
  }

  rect(x: number, y: number, width: number, height: number, colour: string): void {
    const left = this.snap(x);
    const top = this.snap(y);
    this.context.fillStyle = colour;
    this.context.fillRect(left, top, this.snap(x + width) - left, this.snap(y + height) - top);
  }

  /** A horizontal line whose top edge lies at `y`. */
  horizontal(x0: number, x1: number, y: number, colour: string, thicknessPx = 1): void {
    const left = this.snap(x0);
    this.context.fillStyle = colour;
    this.context.fillRect(left, this.snap(y), this.snap(x1) - left, thicknessPx);
  }

  /** A vertical line centred on `x`. */
  vertical(x: number, y0: number, y1: number, colour: string, thicknessPx = 1): void {
    const top = this.snap(y0);
    this.context.fillStyle = colour;
    this.context.fillRect(
      this.snap(x - thicknessPx / 2),
      top,
      thicknessPx,
      Math.max(0, this.snap(y1) - top),
    );
  }

  verticalDashed(
    x: number,
    span: readonly [number, number],
    colour: string,
    [on, off]: readonly [number, number],
  ): void {
    for (let y = span[0]; y < span[1]; y += on + off) {
      this.vertical(x, y, Math.min(y + on, span[1]), colour);
    }
  }

  horizontalDashed(
    span: readonly [number, number],
    y: number,
    colour: string,
    [on, off]: readonly [number, number],
  ): void {
    for (let x = span[0]; x < span[1]; x += on + off) {
      this.horizontal(x, Math.min(x + on, span[1]), y, colour);
    }
  }

  outline(x: number, y: number, width: number, height: number, colour: string): void {
    this.horizontal(x, x + width, y, colour);
    this.horizontal(x, x + width, y + height - 1, colour);
    this.rect(x, y, 1, height, colour);
    this.rect(x + width - 1, y, 1, height, colour);
  }

  font(sizePx: number, weight: 400 | 500 | 600 = 400, family: 'ui' | 'mono' = 'ui'): void {
    const face = family === 'ui' ? this.palette['font-ui'] : this.palette['font-mono'];
    this.context.font = `${weight} ${sizePx}px ${face || 'sans-serif'}`;
  }

  text(words: string, x: number, baseline: number, colour: string, align: Align = 'left'): void {
    this.context.fillStyle = colour;
    this.context.textAlign = align;
    this.context.textBaseline = 'alphabetic';
    this.context.fillText(words, this.snap(x), this.snap(baseline));
  }

  width(words: string): number {
    return this.context.measureText(words).width;
  }

  clipped(x: number, y: number, width: number, height: number, paint: () => void): void {
    this.context.save();
    this.context.beginPath();
    this.context.rect(this.snap(x), this.snap(y), width, height);
    this.context.clip();
    paint();
    this.context.restore();
  }

  /** Lines at 45°, 6 px apart, fixed to the box so that they move with it. */
  hatch(x: number, y: number, width: number, height: number, colour: string): void {
    this.clipped(x, y, width, height, () => {
      const { context } = this;
      context.strokeStyle = colour;
      context.lineWidth = 1;
      context.beginPath();
      for (let d = -height; d < width; d += 6) {
        context.moveTo(x + d, y + height);
        context.lineTo(x + d + height, y);
      }
      context.stroke();
    });
  }

  polyline(points: readonly (readonly [number, number])[], colour: string, widthPx = 1): void {
    const { context } = this;
    context.strokeStyle = colour;
    context.lineWidth = widthPx;
    context.lineJoin = 'round';
    context.beginPath();
    points.forEach(([x, y], i) => (i === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
    context.stroke();
  }
}
