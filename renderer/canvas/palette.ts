import type { PhaseFamily } from '../../src/domain/event/pick.ts';

// The colours of the theme as painters need them. They are read from the CSS variables once a theme.

const NAMES = [
  'font-ui', 'font-mono',
  'surface-well', 'surface-panel', 'surface-active', 'surface-selected',
  'well-selected', 'well-zoom-extent', 'well-edge-zone',
  'border-subtle', 'border', 'border-strong', 'n-7',
  'text-1', 'text-2', 'text-3', 'ink',
  'trace-z', 'trace-n', 'trace-e', 'trace-unselected',
  'grid', 'grid-strong', 'zero', 'hatch', 'chart-axis', 'chart-label',
  'phase-p', 'phase-p-text', 'phase-p-band', 'phase-p-on',
  'phase-s', 'phase-s-text', 'phase-s-band', 'phase-s-on',
  'phase-surface', 'phase-surface-text', 'phase-surface-on',
  'phase-depth', 'phase-depth-text', 'phase-depth-on',
  'phase-t', 'phase-t-text', 'phase-t-on',
  'phase-other', 'phase-other-text', 'phase-other-on',
  'event', 'chart-bar', 'chart-grid', 'diff-gained', 'diff-lost', 'diff-moved', 'state-rejected', 'data-none', 'data-arriving', 'data-gap',
] as const; // prettier-ignore

export type ColourName = (typeof NAMES)[number];
export type Palette = Readonly<Record<ColourName, string>>;

/** Reads every colour through `look`, which answers the value of a CSS variable without its dashes. */
export function makePalette(look: (name: string) => string): Palette {
  return Object.fromEntries(NAMES.map((name) => [name, look(name).trim()])) as Palette;
}

/** Reads the theme in force; colours come out as `#rrggbb` or `rgba(…)` however the style sheet writes them. */
export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const context = document.createElement('canvas').getContext('2d');
  return makePalette((name) => {
    const value = style.getPropertyValue(`--${name}`).trim();
    if (!context || name.startsWith('font-')) return value;
    context.fillStyle = value;
    return context.fillStyle;
  });
}

export interface PhaseColours {
  readonly line: string;
  readonly text: string;
  readonly on: string;
  readonly band: string;
}

const FAMILY_KEY = {
  P: 'p',
  S: 's',
  surface: 'surface',
  depth: 'depth',
  t: 't',
  other: 'other',
} as const satisfies Record<PhaseFamily, string>;

export function phaseColours(palette: Palette, family: PhaseFamily): PhaseColours {
  const key = FAMILY_KEY[family];
  const line = palette[`phase-${key}`];
  const band = key === 'p' || key === 's' ? palette[`phase-${key}-band`] : withAlpha(line, 0.2);
  return { line, text: palette[`phase-${key}-text`], on: palette[`phase-${key}-on`], band };
}

function channels(hex: string): [number, number, number] {
  const at = (i: number): number => parseInt(hex.slice(i, i + 2), 16) || 0;
  return [at(1), at(3), at(5)];
}

/** A `#rrggbb` colour as `rgba(…)`. */
export function withAlpha(hex: string, alpha: number): string {
  const [r, g, b] = channels(hex);
  return `rgba(${r}, ${g}, ${b}, ${alpha})`;
}

/** A `#rrggbb` colour as the little-endian word that ImageData holds, opaque. */
export function toPixel(hex: string): number {
  const [r, g, b] = channels(hex);
  return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
}
