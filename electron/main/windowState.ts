import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export interface Bounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface WindowState {
  readonly bounds: Bounds | undefined;
  readonly maximized: boolean;
}

const LEAST = { width: 1024, height: 640 };
const FIRST: WindowState = { bounds: undefined, maximized: true };
/** How much of a remembered window must lie on some display, or it could not be reached. */
const REACHABLE_PX = 120;

/** The remembered place of the window, unless it is damaged or on a display that is gone. */
export function readWindowState(file: string, displays: readonly Bounds[]): WindowState {
  let stored: unknown;
  try {
    stored = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return FIRST;
  }
  if (typeof stored !== 'object' || stored === null) return FIRST;
  const { bounds, maximized } = stored as { bounds?: Partial<Bounds>; maximized?: unknown };
  const wanted = completeBounds(bounds);
  const reachable = wanted && displays.some((display) => sharedArea(display, wanted));
  return { bounds: reachable ? wanted : undefined, maximized: maximized === true };
}

function completeBounds(bounds: Partial<Bounds> | undefined): Bounds | undefined {
  if (!bounds) return undefined;
  const { x, y, width, height } = bounds;
  if (![x, y, width, height].every((value) => Number.isFinite(value))) return undefined;
  return {
    x: Number(x),
    y: Number(y),
    width: Math.max(LEAST.width, Number(width)),
    height: Math.max(LEAST.height, Number(height)),
  };
}

function sharedArea(a: Bounds, b: Bounds): boolean {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width >= REACHABLE_PX && height >= REACHABLE_PX;
}

/** Written whole or not at all; a window place is not worth an error. */
export function writeWindowState(file: string, state: WindowState): void {
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, JSON.stringify(state));
    renameSync(`${file}.new`, file);
  } catch {
    // The next start opens at the default place.
  }
}
