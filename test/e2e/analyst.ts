// What an analyst sees on the page, and what the project says about it from outside.
import { spawn } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { repoRoot } from '../shared.ts';
import {
  missingBrowser,
  type OpenPage,
  openPage,
  type RunningOnset,
  startOnset,
  temporaryHome,
} from './onset.ts';

const reason = await missingBrowser();
export const noBrowser = reason !== undefined;
/** Ends the name of a test that needs a browser, so that a skipped one says why. */
export const browserNote = noBrowser ? ` (skipped: ${reason})` : '';

export interface StoredPick {
  /** Of the run that made it; an imported pick has none. */
  readonly setHash?: string;
  readonly id: number;
  readonly stream: string;
  readonly timeNs: string;
  readonly lowerUncertaintyS: number | null;
  readonly upperUncertaintyS: number | null;
  readonly phase: string;
  readonly polarity: string | null;
  readonly onset: string | null;
  readonly weight: number | null;
  readonly probability: number | null;
  readonly state: string;
  readonly author: string;
  readonly method: string;
  readonly runId: number | null;
  readonly createdNs: string;
}

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const CLI = path.join(repoRoot, 'out', 'node', 'cli.js');

/** `onset ARGS…` to its end. */
export function onset(home: string, args: readonly string[]): Promise<CommandResult> {
  const env = { ...process.env, XDG_DATA_HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home };
  const child = spawn(process.execPath, [CLI, ...args], { env, cwd: home });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? -1, stdout, stderr }));
  });
}

/** The picks of a project as `onset picks --json` prints them. */
export async function storedPicks(home: string, project: string): Promise<StoredPick[]> {
  const { code, stdout, stderr } = await onset(home, ['picks', '--project', project, '--json']);
  if (code !== 0) throw new Error(`onset picks ended with ${code}: ${stderr}`);
  return (JSON.parse(stdout) as { picks: StoredPick[] }).picks;
}

/** The sample's waveforms picked by the default model, made once for a test file and copied for each journey. */
export class PickedSample {
  readonly #home = temporaryHome();

  get waveforms(): string {
    return path.join(this.#home.folder, 'onset', 'sample', 'waveforms');
  }

  /** Makes waveforms and picks; `threshold` as `onset scan` takes it. */
  async make(threshold: string): Promise<void> {
    const home = this.#home.folder;
    const host = await startOnset(home, ['serve']);
    await host.stop();
    const project = path.join(home, 'review.onset');
    const { code, stderr } = await onset(home, [
      ...['scan', this.waveforms, '--project', project],
      ...['--threshold', threshold, '--out', path.join(home, 'picks.json')],
    ]);
    if (code !== 0) throw new Error(`onset scan ended with ${code}: ${stderr}`);
  }

  /** A home with a project of its own, curves included. */
  copy(): { folder: string; project: string; remove(): void } {
    const home = temporaryHome();
    const project = path.join(home.folder, 'review.onset');
    const from = path.join(this.#home.folder, 'review.onset');
    cpSync(from, project);
    cpSync(`${from}-cache`, `${project}-cache`, { recursive: true });
    return { ...home, project };
  }

  remove(): void {
    this.#home.remove();
  }
}

/** Onset on a project with its page, as long as the work with it lasts. */
export class Desk {
  readonly home: string;
  readonly project: string;
  onset!: RunningOnset;
  open!: OpenPage;
  readonly #args: readonly string[];

  /** `args` as `onset` takes them; the project is what `picks` reads. */
  constructor(
    home: string,
    project: string,
    args: readonly string[] = ['serve', '--project', project],
  ) {
    this.home = home;
    this.project = project;
    this.#args = args;
  }

  get page(): OpenPage['page'] {
    return this.open.page;
  }

  async start(): Promise<this> {
    this.onset = await startOnset(this.home, this.#args);
    this.open = await openPage(this.onset.url);
    return this;
  }

  press(...keys: string[]): Promise<void> {
    return this.open.press(...keys);
  }

  /** Ends the host the hard way or the soft way and starts page and host again. */
  async restart(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.stop(signal);
    await this.start();
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.onset.stop(signal);
    await this.open.close();
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.page.waitForFunction(() => 'onset' in window);
    await this.open.idle();
  }

  picks(): Promise<StoredPick[]> {
    return storedPicks(this.home, this.project);
  }

  async pick(id: number): Promise<StoredPick> {
    const found = (await this.picks()).find((pick) => pick.id === id);
    if (!found) throw new Error(`there is no pick ${id}`);
    return found;
  }

  /** Clicks somewhere and waits. */
  async click(target: Locator): Promise<void> {
    await target.click();
    await this.open.idle();
  }

  /** Puts the focus on the traces, where the keys of picks are. */
  async focusTraces(): Promise<void> {
    await this.page.getByRole('application', { name: 'Traces' }).focus();
  }

  get inspector(): Locator {
    return this.page.getByRole('complementary', { name: 'Inspector' });
  }

  /** A fact of the inspector: `Uncertainty`, `Onset, polarity`. */
  async fact(name: string): Promise<string> {
    const value = this.inspector
      .locator('dt', { hasText: name })
      .locator('xpath=following-sibling::dd[1]');
    return plain(await value.first().innerText());
  }

  /** Phase, station and state at the head of the inspector: `P XX.KALT automatic`. */
  async subject(): Promise<string> {
    return plain(await this.inspector.locator('.who').innerText());
  }

  /** What was done to the current pick, newest first. */
  async history(): Promise<string[]> {
    return this.page.getByRole('region', { name: 'History' }).locator('li .cut').allInnerTexts();
  }

  /** `3 of 39 reviewed` */
  async progress(): Promise<string> {
    return plain(await this.page.getByText(/ of .* reviewed/).innerText());
  }

  /** Rows of the queue that are on the screen. */
  async rows(): Promise<{ state: string; phase: string; station: string; current: boolean }[]> {
    const rows = await this.page
      .getByRole('table', { name: 'Picks to review' })
      .locator('[aria-rowindex]')
      .evaluateAll((elements) =>
        elements.map((row) => ({
          at: Number(row.getAttribute('aria-rowindex')),
          state: row.querySelector('[role=img]')?.getAttribute('aria-label') ?? '',
          phase: row.querySelector('.ph')?.textContent ?? '',
          station: row.querySelectorAll('[role=cell]')[3]?.textContent ?? '',
          current: row.getAttribute('aria-current') === 'true',
        })),
      );
    return rows.sort((a, b) => a.at - b.at).map(({ at: _, ...row }) => row);
  }

  /** The row number of the current pick in the queue, from 1; `undefined` when none is. */
  async currentRow(): Promise<number | undefined> {
    const current = this.page.locator('[aria-rowindex][aria-current=true]');
    if ((await current.count()) === 0) return undefined;
    return Number(await current.getAttribute('aria-rowindex')) - 1;
  }

  /** Banners above the work. */
  async notices(): Promise<string[]> {
    return (await this.page.locator('.banner').allInnerTexts()).map(plain);
  }

  async status(): Promise<string> {
    return plain(await this.page.locator('footer.status').innerText());
  }

  /** What screen readers are told of the zoom, one line a pick. */
  zoomPicks(): Promise<string[]> {
    return this.page.getByRole('list', { name: 'Picks of the zoom' }).locator('li').allInnerTexts();
  }

  /** The plot of the zoom or of the trace list. */
  plot(of: 'zoom' | 'list'): Locator {
    return this.page
      .getByRole('region', { name: of === 'zoom' ? 'Zoom' : 'Trace list' })
      .locator('.plot')
      .first();
  }

  /** Pixels of a phase's colour in its probability strip, on both sides of the line of the current pick. */
  async strip(phase: 'P' | 'S'): Promise<number> {
    const { width, height } = (await this.plot('zoom').boundingBox()) ?? { width: 0, height: 0 };
    const stripPx = (this.page.viewportSize()?.height ?? 0) < 900 ? 26 : 34;
    const bottomPx = height - 20 - (phase === 'P' ? stripPx : 0);
    const rows = [bottomPx - stripPx, bottomPx] as const;
    const sides = [-9, 9].map((xPx) =>
      this.inkAt('zoom', width / 4 + xPx, `--phase-${phase.toLowerCase()}`, rows),
    );
    return Math.min(...(await Promise.all(sides)));
  }

  /** How many pixels of a colour a plot's overlay has in the columns around x: what is drawn of a pick. */
  async inkAt(
    of: 'zoom' | 'list',
    xPx: number,
    colour: string,
    rows: readonly [number, number] = [0, Infinity],
  ): Promise<number> {
    return this.plot(of).evaluate(
      (plot, [x, name, top, bottom]) => {
        const overlay = plot.querySelectorAll('canvas')[1];
        const context = overlay?.getContext('2d');
        if (!overlay || !context) return -1;
        const probe = document.createElement('canvas').getContext('2d', { colorSpace: 'srgb' });
        if (!probe) return -1;
        probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
        probe.fillRect(0, 0, 1, 1);
        const [r = 0, g = 0, b = 0] = probe.getImageData(0, 0, 1, 1).data;
        const heightPx = Math.min(bottom, overlay.height) - top;
        const { data } = context.getImageData(Math.round(x) - 3, top, 7, heightPx);
        let found = 0;
        for (let i = 0; i < data.length; i += 4) {
          const near = Math.abs((data[i] ?? 0) - r) + Math.abs((data[i + 1] ?? 0) - g) + Math.abs((data[i + 2] ?? 0) - b); // prettier-ignore
          if (near < 24 && (data[i + 3] ?? 0) > 200) found += 1;
        }
        return found;
      },
      [xPx, colour, rows[0], Math.min(rows[1], 1e6)] as const,
    );
  }
}

/** Text without line breaks and thin spaces. */
export function plain(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

export function readText(file: string): string {
  return readFileSync(file, 'utf8');
}

/** Picks without what a new run or a second project writes anew. */
export function content(picks: readonly StoredPick[]): unknown[] {
  return picks.map(({ id: _id, createdNs: _created, runId: _run, setHash: _set, ...rest }) => rest);
}
