import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const INSTALLED = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/microsoft-edge',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/** A real Chromium: the one that comes by npm on Linux x64, elsewhere an installed one, or a reason why not. */
export async function launchBrowser(): Promise<Browser | { reason: string }> {
  if (process.platform === 'linux' && process.arch === 'x64') {
    const { default: packaged } = await import('@sparticuz/chromium');
    return chromium.launch({
      executablePath: await packaged.executablePath(),
      // One page, no GPU; the packaged switches are for a function host, of which these two matter here.
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-dev-shm-usage',
        '--font-render-hinting=none',
      ],
    });
  }
  const executablePath = INSTALLED.find((file) => existsSync(file));
  if (!executablePath) return { reason: 'no Chrome, Edge or Chromium is installed' };
  return chromium.launch({ executablePath });
}
