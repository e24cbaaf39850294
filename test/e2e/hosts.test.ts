// The browser host as a browser meets it: its policy, real and large data, folders as archives lay them out.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { sharedDir, sharedNote } from '../shared.ts';
import { browserNote, noBrowser } from './analyst.ts';
import { closeBrowser, openPage, startOnset, temporaryHome } from './onset.ts';
import type { OpenPage, RunningOnset } from './onset.ts';
import { accessibilityProblems, layoutProblems } from './pageChecks.ts';
import { View } from './view.ts';
import { writeNoise } from './waveformFiles.ts';

describe.skipIf(noBrowser)(`hosts and data${browserNote}`, () => {
  const home = temporaryHome();
  let onset: RunningOnset | undefined;
  let open: OpenPage | undefined;

  async function look(...args: string[]): Promise<{ open: OpenPage; view: View; url: string }> {
    onset = await startOnset(home.folder, args);
    open = await openPage(onset.url);
    return { open, view: new View(open.page), url: onset.url };
  }
  afterEach(async () => {
    expect(open?.errors ?? []).toEqual([]);
    await open?.close();
    await onset?.stop();
    [open, onset] = [undefined, undefined];
  });
  afterAll(async () => {
    home.remove();
    await closeBrowser();
  });

  test('the page runs under a policy without inline scripts, and foreign origins are refused', async () => {
    const { open: one, url } = await look('serve', '--project', `${home.folder}/policy.onset`);
    const base = url.replace(/#.*/, '');
    const answer = await one.context.request.get(base);
    const policy = answer.headers()['content-security-policy'] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(/script-src ([^;]*)/.exec(policy)?.[1]).toBe("'self'");
    const script = await one.page.evaluate(async () => {
      const violated = new Promise<string>(
        (resolve) =>
        document.addEventListener('securitypolicyviolation', (event) => resolve(event.violatedDirective), { once: true }), // prettier-ignore
      );
      const element = document.createElement('script');
      element.textContent = 'window.planted = true';
      document.head.append(element);
      return violated;
    });
    expect(script).toContain('script-src');
    expect(await one.page.evaluate(() => 'planted' in window)).toBe(false);
    one.errors.length = 0;
    const foreign = await one.context.request.get(base, {
      headers: { origin: 'http://evil.example' },
    });
    expect(foreign.status()).toBe(403);
    const rebound = await one.context.request.get(base, { headers: { host: 'evil.example' } });
    expect(rebound.status()).toBe(403);
    for (const wanted of [
      '../package.json',
      '%2e%2e/package.json',
      'assets/..%2f..%2fpackage.json',
    ]) {
      expect((await one.context.request.get(base + wanted)).status()).toBe(404);
    }
  });

  test('a page of another origin cannot speak with the host', async () => {
    const { open: one, url } = await look('serve', '--project', `${home.folder}/other.onset`);
    const other = await one.context.newPage();
    await other.goto('about:blank');
    const outcome = await other.evaluate(
      (address) =>
        new Promise<string>((resolve) => {
          const socket = new WebSocket(address);
          socket.onopen = () => resolve('open');
          socket.onerror = () => resolve('refused');
        }),
      `${url.replace(/^http/, 'ws').replace(/#.*/, '')}socket`,
    );
    expect(outcome).toBe('refused');
  });

  test('two pages on one project see each other’s edits', async () => {
    const folder = path.join(home.folder, 'shared-desk');
    writeNoise(`${folder}/A.mseed`, { station: 'A', channel: 'HHZ', start: '2026-05-01T00:00:00', lengthS: 120, sampleRateHz: 100 }); // prettier-ignore
    const { open: one, view, url } = await look('open', folder);
    const two = await openPage(url);
    await one.press('F1');
    const { x, y } = await view.point('zoom', 0.5, 0.4);
    await one.page.mouse.click(x, y);
    await one.press('Escape');
    await two.page.getByRole('row').nth(1).waitFor();
    await two.idle();
    expect(await two.page.getByText(/ of .* reviewed/).innerText()).toContain('1 of 1');
    expect(two.errors).toEqual([]);
    await two.close();
  });

  test('an SDS archive opens by its folder, days joined into one stream', async () => {
    const archive = path.join(home.folder, 'archive');
    for (const channel of ['HHZ', 'HHN', 'HHE']) {
      for (const day of [121, 122]) {
        const start = `2026-0${day === 121 ? '5-01' : '5-02'}T00:00:00`;
        const name = `XX.SDSA..${channel}.D.2026.${day}`;
        writeNoise(`${archive}/2026/XX/SDSA/${channel}.D/${name}`, { station: 'SDSA', channel, start, lengthS: 86_400, sampleRateHz: 2 }); // prettier-ignore
      }
    }
    const { open: one, view } = await look('open', archive);
    expect(await view.rows()).toEqual(['SDSA HHZ']);
    await one.press('d', 'g');
    expect(await view.lengthS()).toBe(2 * 86_400);
    const inspector = one.page.getByRole('complementary', { name: 'Inspector' });
    expect(await inspector.innerText()).toMatch(/Gaps\s+none/);
  });

  test('thirty channels of a day are drawn in one window', { timeout: 240_000 }, async () => {
    const folder = path.join(home.folder, 'day');
    for (let i = 1; i <= 10; i += 1) {
      const station = `D${String(i).padStart(2, '0')}`;
      const rest = { station, start: '2026-05-01T00:00:00', lengthS: 86_400, sampleRateHz: 10 };
      writeNoise(`${folder}/${station}.mseed`, { channel: 'HHZ', ...rest }, { channel: 'HHN', ...rest }, { channel: 'HHE', ...rest }); // prettier-ignore
    }
    const { open: one, view } = await look('open', folder);
    await one.press('t', 'd', 'g');
    for (let i = 0; i < 12; i += 1) await one.press('+');
    expect((await view.listWords())[0]).toBe('30 of 30');
    expect(await view.lengthS()).toBe(86_400);
    expect(await view.list.innerText()).not.toMatch(/loading|requested|unreadable/);
    // Every row has ink of its trace in its middle third.
    const rows = await view.plot('list').evaluate((plot) => plot.clientHeight);
    expect(rows).toBeGreaterThan(200);
    const raw = await view.picture('list');
    await one.press('f');
    expect(await view.picture('list')).not.toBe(raw);
    expect(await layoutProblems(one.page)).toEqual([]);
  });

  const portTownsend = path.join(sharedDir() ?? '', 'data', 'pnsn', 'port-townsend-m4.3', 'waveforms.mseed'); // prettier-ignore
  test.skipIf(!existsSync(portTownsend))(
    `the Port Townsend earthquake opens, is picked and drawn${sharedNote}`,
    async () => {
      const { open: one, view } = await look('open', portTownsend);
      expect(await one.page.getByRole('heading', { level: 1 }).innerText()).toBe('waveforms');
      const blank = await view.picture('zoom');
      await one.press('Control+Shift+R', 'Enter');
      const progress = await one.page.getByText(/ of .* reviewed/).innerText();
      expect(Number(/of (\d+)/.exec(progress)?.[1])).toBeGreaterThanOrEqual(12);
      expect(await view.picture('zoom')).not.toBe(blank);
      expect(await view.zoom.innerText()).not.toContain('no probabilities of P');
      expect(await layoutProblems(one.page)).toEqual([]);
      expect(await accessibilityProblems(one.page)).toEqual([]);
    },
  );
});
