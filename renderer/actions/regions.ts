// The parts of the page that `Mod+F6` walks through.

const ORDER = [
  'queue',
  'zoom',
  'traces',
  'inspector',
  'detect',
  'compare',
  'changes',
  'day',
  'sheet',
  'parameters',
  'overview',
];

/** Elements that take the focus of their region, in the order of the page. */
function regionElements(): HTMLElement[] {
  return ORDER.flatMap((name) => {
    const element = document.querySelector<HTMLElement>(`[data-region="${name}"]`);
    return element && element.getClientRects().length > 0 ? [element] : [];
  });
}

/** The element in a region that takes the focus: itself when it can, else what is named for it. */
function focusTarget(region: HTMLElement): HTMLElement {
  if (region.tabIndex >= 0) return region;
  const named = region.querySelector<HTMLElement>('[data-region-focus]');
  return named ?? region.querySelector<HTMLElement>('[tabindex="0"], button') ?? region;
}

export function focusRegion(step: 1 | -1): void {
  const regions = regionElements();
  const active = document.activeElement;
  const at = regions.findIndex((region) => active !== null && region.contains(active));
  const next = at < 0 ? regions[0] : regions.at((at + step) % regions.length);
  if (next) focusTarget(next).focus();
}

/** Puts the focus on the trace area, where the keys of review are. */
export function focusTraces(): void {
  document.querySelector<HTMLElement>('[role="application"]')?.focus({ preventScroll: true });
}
