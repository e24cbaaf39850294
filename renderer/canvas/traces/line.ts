import type { TracePart } from '../../../src/domain/waveform/traceWindow.ts';
import { type Placement, samplesIn } from './columns.ts';
import { blend, type Surface } from './surface.ts';

// A line through samples, antialiased by distance. Coverage is gathered for a whole row first and the
// largest wins, so that joints and overlapping strokes are not darker than the line itself.

const DOT_RADIUS_CSS_PX = 1.6;
/** From this many CSS pixels a sample on, each sample gets a dot. */
const DOT_SPACING_CSS_PX = 4;

/** The part of a surface a row may write to, with room for its coverage. */
export class RowCoverage {
  top = 0;
  height = 0;
  width = 0;
  bytes = new Uint8Array(0);

  start(width: number, top: number, height: number): void {
    this.top = top;
    this.height = height;
    this.width = width;
    if (this.bytes.length < width * height) this.bytes = new Uint8Array(width * height);
    else this.bytes.fill(0, 0, width * height);
  }

  /** Full inside `radius` of the segment a–b, none a pixel farther out. */
  stroke(ax: number, ay: number, bx: number, by: number, radius: number): void {
    const reach = radius + 0.5;
    const dx = bx - ax;
    const dy = by - ay;
    const length2 = dx * dx + dy * dy;
    const firstX = Math.max(0, Math.floor(Math.min(ax, bx) - reach));
    const lastX = Math.min(this.width - 1, Math.floor(Math.max(ax, bx) + reach));
    for (let x = firstX; x <= lastX; x++) {
      const px = x + 0.5;
      const [firstY, lastY] = this.#linesAt(px, ax, ay, dx, dy, reach);
      for (let y = firstY; y <= lastY; y++) {
        const py = y + 0.5 + this.top;
        const along = length2 === 0 ? 0 : ((px - ax) * dx + (py - ay) * dy) / length2;
        const t = along < 0 ? 0 : along > 1 ? 1 : along;
        const ex = px - ax - t * dx;
        const ey = py - ay - t * dy;
        this.#cover(x, y, reach - Math.sqrt(ex * ex + ey * ey));
      }
    }
  }

  /** Lines of the row that the segment can touch in the column centred on `px`. */
  #linesAt(
    px: number,
    ax: number,
    ay: number,
    dx: number,
    dy: number,
    reach: number,
  ): readonly [number, number] {
    let low = Math.min(ay, ay + dy);
    let high = Math.max(ay, ay + dy);
    if (Math.abs(dx) > 1e-9) {
      const near = ay + Math.min(Math.max((px - reach - ax) / dx, 0), 1) * dy;
      const far = ay + Math.min(Math.max((px + reach - ax) / dx, 0), 1) * dy;
      low = Math.min(near, far);
      high = Math.max(near, far);
    }
    return [
      Math.max(0, Math.floor(low - reach - this.top)),
      Math.min(this.height - 1, Math.floor(high + reach - this.top)),
    ];
  }

  #cover(x: number, y: number, share: number): void {
    if (share <= 0) return;
    const at = y * this.width + x;
    const coverage = share >= 1 ? 255 : (share * 255) | 0;
    if (coverage > (this.bytes[at] ?? 0)) this.bytes[at] = coverage;
  }

  blendInto(surface: Surface, pixel: number): void {
    const from = this.top * surface.width;
    const count = this.width * this.height;
    for (let i = 0; i < count; i++) {
      const coverage = this.bytes[i] ?? 0;
      if (coverage === 0) continue;
      surface.pixels[from + i] = blend(surface.pixels[from + i] ?? 0, pixel, coverage);
    }
  }
}

/** How amplitudes of a row become lines of the surface. */
export interface Vertical {
  /** Where amplitude `zero` lies. */
  readonly middle: number;
  readonly zero: number;
  readonly pxPerUnit: number;
}

/** Strokes the samples of a part that lie in the frame, with dots where they stand far apart. */
export function strokeSamples(
  coverage: RowCoverage,
  part: TracePart,
  at: Placement,
  style: Vertical & { shift: number; ratio: number },
): void {
  const [first, last] = samplesIn(part, at, coverage.width);
  const radius = Math.max(1, Math.round(style.ratio)) / 2;
  const dotted = at.columnsPerValue >= DOT_SPACING_CSS_PX * style.ratio;
  const limit = 4 * (coverage.height + coverage.width);
  let beforeX = NaN;
  let beforeY = NaN;
  for (let i = first; i < last; i++) {
    const value = part.values[i] ?? NaN;
    const x = at.firstColumn + i * at.columnsPerValue;
    const y = style.middle - (value + style.shift - style.zero) * style.pxPerUnit;
    const bounded = Math.max(coverage.top - limit, Math.min(coverage.top + limit, y));
    if (i > first) coverage.stroke(beforeX, beforeY, x, bounded, radius);
    if (dotted || last - first === 1) {
      coverage.stroke(x, bounded, x, bounded, DOT_RADIUS_CSS_PX * style.ratio - 0.5);
    }
    beforeX = x;
    beforeY = bounded;
  }
}
