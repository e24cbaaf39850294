// What must hold on every page a person sees: no text cut off, nothing over anything else, nothing that
// axe-core objects to. Each check returns sentences; an empty list is a good page.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
);

/** Violations of axe-core, one sentence each. The script is evaluated beside the page: its CSP stays as it is. */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  const results = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run(): Promise<AxeResults> } };
    return axe.run();
  });
  return results.violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}: ${node.html.slice(0, 160)} ${node.any[0]?.message ?? ''}`),
  );
}

/** Text that is cut off without an ellipsis and a title, text or controls over each other, scrollbars of the document. */
export function layoutProblems(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const problems: string[] = [];
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth || root.scrollHeight > root.clientHeight) {
      problems.push(`the document scrolls: ${root.scrollWidth} × ${root.scrollHeight} px`);
    }
    const layer = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document.body;

    const nameOf = (element: Element): string => {
      const text = (element.textContent ?? '').replace(/\s+/g, ' ').trim().slice(0, 40);
      const look = element.getAttribute('class')?.replace(/\s?s(velte)?-\w+/g, '') ?? '';
      return `<${element.tagName.toLowerCase()}${look ? `.${look.trim().replace(/\s+/g, '.')}` : ''}> “${text}”`;
    };
    const shown = (element: Element): boolean =>
      element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    /** Cut to one pixel for screen readers only. */
    const forReadersOnly = (element: Element): boolean => {
      for (let at: Element | null = element; at; at = at.parentElement) {
        if (getComputedStyle(at).clipPath !== 'none' || at.clientWidth === 1) return true;
      }
      return false;
    };
    const inScroller = (element: Element): boolean => {
      for (let at = element.parentElement; at && at !== layer; at = at.parentElement) {
        if (/auto|scroll/.test(getComputedStyle(at).overflowY)) return true;
      }
      return false;
    };
    interface Leaf {
      element: Element;
      box: DOMRect;
    }
    const leaves: Leaf[] = [];
    const range = document.createRange();
    const walker = document.createTreeWalker(layer, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement;
      if (!element || !(node.textContent ?? '').trim() || !shown(element)) continue;
      if (element.closest('option, script, style') || forReadersOnly(element)) continue;
      if (layer === document.body && element.closest('dialog')) continue;
      range.selectNodeContents(node);
      for (const box of range.getClientRects()) {
        if (box.width > 0 && box.height > 0) leaves.push({ element, box });
      }
    }

    /** The part of the text that its boxes let be seen. */
    const visibleBox = ({ element, box }: Leaf): DOMRect | undefined => {
      let { left, top, right, bottom } = box;
      for (let at: Element | null = element; at && at !== layer; at = at.parentElement) {
        const { overflowX, overflowY } = getComputedStyle(at);
        if (overflowX === 'visible' && overflowY === 'visible') continue;
        const clip = at.getBoundingClientRect();
        [left, right] = [Math.max(left, clip.left), Math.min(right, clip.right)];
        [top, bottom] = [Math.max(top, clip.top), Math.min(bottom, clip.bottom)];
      }
      return right - left > 0.5 && bottom - top > 0.5
        ? new DOMRect(left, top, right - left, bottom - top)
        : undefined;
    };
    const seen: Leaf[] = [];
    for (const leaf of leaves) {
      const box = visibleBox(leaf);
      // What a narrow line drops as a whole is not half seen.
      if (!box) continue;
      seen.push({ element: leaf.element, box });
      const cutX = leaf.box.width - box.width > 1.5;
      // The line box of a text is higher than its letters: a third of it may be cut from above and below.
      const cutY = box.height < leaf.box.height * 0.67 && !inScroller(leaf.element);
      if (!cutX && !cutY) continue;
      let ellipsis: Element | null = leaf.element;
      while (ellipsis && getComputedStyle(ellipsis).textOverflow !== 'ellipsis') {
        ellipsis = ellipsis.parentElement;
      }
      const ends = ellipsis !== null && ellipsis !== layer;
      if (cutX && !cutY && ends && leaf.element.closest('[title]')) continue;
      problems.push(
        `${nameOf(leaf.element)} is cut off: ${Math.round(box.width)} of ${Math.round(leaf.box.width)} px, ${Math.round(box.height)} of ${Math.round(leaf.box.height)} px high${ends ? ', without a title' : ''}`,
      );
    }

    const crossed = (a: DOMRect, b: DOMRect): boolean =>
      Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1.5 &&
      Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3;
    /** Above all others at its place, or in the same popover. */
    const popover = (element: Element): Element | null => element.closest('.pop');
    seen.forEach((a, i) => {
      for (const b of seen.slice(i + 1)) {
        if (popover(a.element) !== popover(b.element) || !crossed(a.box, b.box)) continue;
        if (a.element === b.element) continue;
        problems.push(`${nameOf(a.element)} lies over ${nameOf(b.element)}`);
      }
    });

    const boxes = [...layer.querySelectorAll('button, input, select, textarea')]
      .filter((control) => shown(control) && !forReadersOnly(control))
      .filter((control) => !(layer === document.body && control.closest('dialog')))
      .flatMap((element) => {
        const box = visibleBox({ element, box: element.getBoundingClientRect() });
        return box ? [{ element, box }] : [];
      });
    if (boxes.length === 0) problems.push('there is no control to be seen');
    boxes.forEach((a, i) => {
      for (const b of boxes.slice(i + 1)) {
        if (a.element.contains(b.element) || b.element.contains(a.element)) continue;
        if (popover(a.element) !== popover(b.element) || !crossed(a.box, b.box)) continue;
        problems.push(
          `the control ${nameOf(a.element)} lies over the control ${nameOf(b.element)}`,
        );
      }
    });
    for (const { element, box } of boxes) {
      if (box.right > innerWidth + 0.5 || box.bottom > innerHeight + 0.5 || box.left < -0.5) {
        problems.push(`${nameOf(element)} reaches out of the window`);
      }
    }
    return [...new Set(problems)];
  });
}

/** Canvases whose backing store is not their size on the screen times the pixel ratio. */
export function blurredCanvases(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('canvas')].flatMap((canvas) => {
      const box = canvas.getBoundingClientRect();
      if (box.width === 0) return [];
      const [width, height] = [box.width * devicePixelRatio, box.height * devicePixelRatio];
      const exact = Math.abs(canvas.width - width) <= 1 && Math.abs(canvas.height - height) <= 1;
      return exact ? [] : [`${canvas.width} × ${canvas.height} for ${width} × ${height} pixels`];
    }),
  );
}
