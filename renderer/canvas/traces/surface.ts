import type { Tint } from './frame.ts';

/** Pixels of one picture, little-endian RGBA words, row by row from the top left. */
export interface Surface {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint32Array<ArrayBuffer>;
}

export function fillRect(surface: Surface, { x, y, width, height, pixel }: Tint): void {
  const left = Math.max(0, x);
  const right = Math.min(surface.width, x + width);
  const bottom = Math.min(surface.height, y + height);
  if (left >= right) return;
  for (let line = Math.max(0, y); line < bottom; line++) {
    surface.pixels.fill(pixel, line * surface.width + left, line * surface.width + right);
  }
}

/** One column of pixels from `top` to `bottom` (excluded), cut to the limits given. */
export function fillColumn(
  surface: Surface,
  column: number,
  span: { top: number; bottom: number },
  pixel: number,
): void {
  const { width, pixels } = surface;
  let at = span.top * width + column;
  for (let line = span.top; line < span.bottom; line++) {
    pixels[at] = pixel;
    at += width;
  }
}

/** `pixel` laid over what is there with `coverage` 0–255. */
export function blend(under: number, pixel: number, coverage: number): number {
  if (coverage >= 255) return pixel;
  const keep = 255 - coverage;
  const mix = (shift: number): number => {
    const a = (under >>> shift) & 255;
    const b = (pixel >>> shift) & 255;
    return ((a * keep + b * coverage + 127) / 255) | 0;
  };
  return ((255 << 24) | (mix(16) << 16) | (mix(8) << 8) | mix(0)) >>> 0;
}
