import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Catalog } from '../../../src/catalog/catalog.ts';

interface Line {
  readonly kind: 'try' | 'ack';
  readonly act: 'add' | 'weigh' | 'undo';
  readonly id?: number;
  readonly timeNs?: string;
  readonly weight?: number;
}
/** Time of each pick to its weight, as acknowledged. */
type Stored = Map<string, number | undefined>;

const writer = fileURLToPath(new URL('killedWriter.ts', import.meta.url));
const ROUNDS = 50;

/** Runs the writer, kills it `afterMs` after its first word, and answers what it said. */
function runAndKill(path: string, from: bigint, afterMs: number): Promise<Line[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [writer, path, String(from)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    let trouble = '';
    child.stdout.once('data', () => setTimeout(() => child.kill('SIGKILL'), afterMs));
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (trouble += chunk.toString()));
    child.on('close', (_code, signal) => {
      if (signal !== 'SIGKILL') return reject(new Error(`the writer ended by itself: ${trouble}`));
      const whole = said.slice(0, said.lastIndexOf('\n'));
      resolve(whole.split('\n').map((line) => JSON.parse(line) as Line));
    });
  });
}

function apply(stored: Stored, line: Line, times: Map<number, string>): void {
  if (line.act === 'add' && line.timeNs !== undefined) {
    stored.set(line.timeNs, undefined);
    if (line.id !== undefined) times.set(line.id, line.timeNs);
    return;
  }
  stored.set(times.get(line.id ?? 0) ?? 'unknown', line.act === 'weigh' ? line.weight : undefined);
}

test(`kill -9 of a writer, ${ROUNDS} times at random moments, loses no acknowledged edit`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'onset-kill-'));
  const path = join(folder, 'p.onset');
  let stored: Stored = new Map();
  let acknowledged = 0;
  let from = 0n;
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const lines = await runAndKill(path, from, Math.random() * 60);
      const times = new Map<number, string>();
      for (const line of lines) if (line.kind === 'ack') apply(stored, line, times);
      acknowledged += lines.filter((line) => line.kind === 'ack').length;
      const inFlight = new Map(stored);
      const last = lines.at(-1);
      if (last?.kind === 'try') apply(inFlight, last, times);

      const catalog = Catalog.open(path, { author: 'reader' });
      expect(catalog.readOnlyReason).toBeUndefined();
      const found: Stored = new Map(
        [...catalog.picks.each()].map((pick) => [String(pick.time), pick.weight]),
      );
      catalog.close();
      const asAcknowledged = sameContent(found, stored);
      if (!asAcknowledged) expect(found).toEqual(inFlight);
      stored = found;
      from += 1_000_000n;
    }
    expect(acknowledged).toBeGreaterThan(ROUNDS);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 110_000);

function sameContent(a: Stored, b: Stored): boolean {
  return a.size === b.size && [...a].every(([key, value]) => b.has(key) && b.get(key) === value);
}
