// What the page shows of time, rows and traces, read as a person or a screen reader would.
import { createHash } from 'node:crypto';
import type { Locator, Page } from 'playwright-core';
import { plain } from './analyst.ts';

const UNITS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, min: 60, h: 3600, d: 86_400 };

/** Seconds of `5 min 20 s`. */
export function secondsOf(words: string): number {
  const parts = [...words.matchAll(/([\d.]+) (ms|s|min|h|d)\b/g)];
  return parts.reduce(
    (sum, [, value, unit]) => sum + Number(value) * (UNITS[unit ?? ''] ?? NaN),
    0,
  );
}

export class View {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Start of the window of the trace list as the title bar says it. */
  async startText(): Promise<string> {
    return plain(await this.page.getByTitle(/^Go to time/).innerText());
  }

  async startS(): Promise<number> {
    return Date.parse(`${(await this.startText()).replace(' ', 'T')}Z`) / 1000;
  }

  /** What the overview tells: the span of the data, and the length of the window in view. */
  async overview(): Promise<{ from: string; to: string; lengthS: number }> {
    const words = plain(
      (await this.page.getByRole('region', { name: 'Overview' }).textContent()) ?? '',
    );
    const found = /From (\S+ \S+) to (\S+ \S+); in view \S+ \S+, ([\d.]+ (?:ms|s|min|h|d)(?: [\d.]+ (?:s|min|h))?)/.exec(words); // prettier-ignore
    if (!found?.[1] || !found[2] || !found[3]) throw new Error(`the overview says: ${words}`);
    return { from: found[1], to: found[2], lengthS: secondsOf(found[3]) };
  }

  async lengthS(): Promise<number> {
    return (await this.overview()).lengthS;
  }

  /** Length of the window of the zoom, from its head. */
  async zoomLengthS(): Promise<number> {
    const facts = await this.zoom.locator('.facts > span').allInnerTexts();
    return secondsOf(facts.find((fact) => /^[\d.]+ (ms|s|min|h|d)/.test(fact)) ?? '');
  }

  get zoom(): Locator {
    return this.page.getByRole('region', { name: 'Zoom', exact: true });
  }

  get list(): Locator {
    return this.page.getByRole('region', { name: 'Trace list' });
  }

  /** Station and channel of each row: `S01 HHZ`. */
  async rows(): Promise<string[]> {
    return this.list
      .locator('.label .id')
      .evaluateAll((ids) => ids.map((id) => `${id.querySelector('b')?.textContent} ${id.querySelector('.channel')?.textContent}`)); // prettier-ignore
  }

  async currentRow(): Promise<string> {
    const id = this.list.locator('.label.current .id');
    return `${await id.locator('b').textContent()} ${await id.locator('.channel').textContent()}`;
  }

  /** `9 of 40`, the words about order and scale, the filter. */
  async listWords(): Promise<string[]> {
    return (await this.list.locator('.facts > span').allTextContents()).map(plain);
  }

  /** Words next to the traces about the filter, of the list and of the zoom. */
  async filterWords(): Promise<string> {
    const [list, zoom] = await Promise.all([this.list, this.zoom].map((part) => part.locator('.facts').textContent())); // prettier-ignore
    const words = plain(list ?? '').match(/(raw|[<>\d][^a-z]*Hz (?:causal|zero-phase))/)?.[1] ?? '';
    if (!plain(zoom ?? '').includes(words))
      throw new Error(`list “${list}” and zoom “${zoom}” differ`);
    return words;
  }

  plot(of: 'zoom' | 'list'): Locator {
    return (of === 'zoom' ? this.zoom : this.list).locator('.plot').first();
  }

  /** What the plot looks like, as a digest of its pixels. */
  async picture(of: 'zoom' | 'list'): Promise<string> {
    const pixels = await this.plot(of).screenshot();
    return createHash('sha256').update(pixels).digest('hex').slice(0, 16);
  }

  async point(
    of: 'zoom' | 'list',
    xShare: number,
    yShare: number,
  ): Promise<{ x: number; y: number }> {
    const box = await this.plot(of).boundingBox();
    if (!box) throw new Error(`the plot of the ${of} is not shown`);
    return { x: box.x + box.width * xShare, y: box.y + box.height * yShare };
  }

  async drag(
    of: 'zoom' | 'list',
    [fromX, fromY]: readonly [number, number],
    [toX, toY]: readonly [number, number],
  ): Promise<void> {
    const [a, b] = [await this.point(of, fromX, fromY), await this.point(of, toX, toY)];
    await this.dragPoints(a, b);
  }

  async dragPoints(a: { x: number; y: number }, b: { x: number; y: number }): Promise<void> {
    const { mouse } = this.page;
    await mouse.move(a.x, a.y);
    await mouse.down();
    await mouse.move((a.x + b.x) / 2, (a.y + b.y) / 2, { steps: 4 });
    await mouse.move(b.x, b.y, { steps: 4 });
    await mouse.up();
    await this.idle();
  }

  /** Turns the wheel over the middle of a plot with keys held. */
  async wheel(of: 'zoom' | 'list', deltaY: number, held: readonly string[] = []): Promise<void> {
    const { x, y } = await this.point(of, 0.5, 0.5);
    await this.page.mouse.move(x, y);
    for (const key of held) await this.page.keyboard.down(key);
    await this.page.mouse.wheel(0, deltaY);
    // The event comes with the next frame; idle looks at two.
    await this.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    for (const key of held) await this.page.keyboard.up(key);
    await this.idle();
  }

  idle(): Promise<void> {
    return this.page.evaluate(() => window.onset.whenIdle());
  }

  async focusTraces(): Promise<void> {
    await this.page.getByRole('application', { name: 'Traces' }).focus();
  }
}
