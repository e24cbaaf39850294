// The README's picture: the real program in the middle of a review of its sample.
// `npm run build`, then `node test/docs/screenshot.ts`.

import { statSync } from 'node:fs';
import path from 'node:path';
import { closeBrowser, openPage, startOnset, temporaryHome } from '../e2e/onset.ts';
import { repoRoot } from '../shared.ts';

const FILE = path.join(repoRoot, 'resources', 'screenshot.png');
const MOST_BYTES = 400_000;

/** Keys of an analyst who has looked at the first earthquake and is at the second. */
const REVIEW = [
  ...['ArrowUp', 'i', 'Enter', 'Enter', 'Backspace'],
  ...['ArrowDown', 'Enter', 'u', 'Enter', 'Enter', 'Enter', 'Enter', 'Enter', 'Enter'],
];

const home = temporaryHome();
const onset = await startOnset(home.folder, ['serve', '--port', '0']);
try {
  const page = await openPage(onset.url, { width: 1600, height: 1000, theme: 'dark' });
  await page.page.getByRole('button', { name: 'Do not show again' }).click();
  await page.press('Control+Shift+R', 'Enter');
  await page.page.getByRole('application', { name: 'Traces' }).focus();
  await page.press(...REVIEW);
  await page.page.screenshot({ path: FILE });
  if (page.errors.length > 0) throw new Error(`the page reported ${page.errors.join('; ')}`);
  await page.close();
} finally {
  await closeBrowser();
  await onset.stop();
  home.remove();
}
const { size } = statSync(FILE);
console.log(`${path.relative(repoRoot, FILE)}: ${Math.round(size / 1000)} kB`);
if (size > MOST_BYTES) throw new Error('the picture is larger than 400 kB');
