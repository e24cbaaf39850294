// Every picker's pack in one table: how far it is from its original, what it finds on the labelled NCEDC records
// as the program runs it by default, and how fast its network is on one core.
// Run: node test/bench/models.ts [PACK …]; without packs those of ../shared and the shipped one.

import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceClient } from '../../src/backend/inference/inferenceClient.ts';
import { openModelRegistry } from '../../src/backend/modelFiles.ts';
import { readVectors } from '../../src/backend/modelImport/install.ts';
import { verifyPack } from '../../src/backend/modelImport/verify.ts';
import { resourcesFolder } from '../../src/backend/resources.ts';
import { startInference } from '../../src/backend/inference/startInference.ts';
import { addSeconds, epochNs, nsToSeconds } from '../../src/base/time.ts';
import { allPicks } from '../../src/cli/allPicks.ts';
import { Session } from '../../src/cli/session.ts';
import { writeMiniseed2 } from '../../src/formats/miniseed/write2.ts';
import type { RunnableModel } from '../../src/models/registry.ts';
import { sharedDir } from '../shared.ts';
import { type LabelledRecord, readNcedc } from './ncedcRecords.ts';

const TOLERANCE_S = 0.5;
const RATE_HZ = 100;
const START = epochNs(1_600_000_000_000_000_000n);
const SPEED_S = 3;

interface Row {
  readonly id: string;
  readonly parity: string;
  readonly scores: Readonly<Record<'P' | 'S', string>>;
  readonly windowsPerS: number;
  readonly remark: string;
}

/** Record k as station Rk of a made-up network, so that one run of the program sees them all. */
function writeRecords(records: readonly LabelledRecord[], file: string): void {
  const segments = records.flatMap(({ inputs }, k) =>
    [...'ZNE'].flatMap((component, row) => {
      const samples = inputs[row];
      if (samples === undefined) return [];
      const stream = {
        network: 'XX',
        station: stationOf(k),
        location: '',
        channel: `HH${component}`,
      };
      return [{ stream, startNs: START, sampleRateHz: RATE_HZ, samples }];
    }),
  );
  writeFileSync(file, writeMiniseed2(segments));
}

function stationOf(record: number): string {
  return `R${String(record).padStart(3, '0')}`;
}

async function scoresOf(
  file: string,
  packFolder: string,
  records: readonly LabelledRecord[],
): Promise<Row['scores']> {
  const session = await Session.open({ project: { kind: 'temporary' } });
  try {
    const { client } = session;
    await session.follow(() => client.call('source.add', { files: [session.grant(file)] }));
    let runId = 0;
    await session.follow(async () => {
      const started = await client.call('model.run', {
        modelId: '',
        folder: session.grant(packFolder),
        streamKeys: undefined,
        window: undefined,
        settings: undefined,
        allowTestModel: true,
      });
      runId = started.runId;
      return started;
    });
    const picks = await allPicks(client, { runId });
    const score = (phase: 'P' | 'S'): string => {
      const ofPhase = picks.filter((pick) => pick.phase === phase);
      const hit = (record: number, time: bigint): boolean =>
        Math.abs(nsToSeconds(time - labelTime(records[record], phase))) <= TOLERANCE_S;
      const good = ofPhase.filter(({ stream, time }) => hit(Number(stream.station.slice(1)), time));
      const found = new Set(good.map(({ stream }) => stream.station)).size;
      const recall = (found / records.length).toFixed(3);
      const precision = ofPhase.length > 0 ? (good.length / ofPhase.length).toFixed(3) : '–';
      return `${String(ofPhase.length).padStart(3)}  ${recall}  ${precision}`;
    };
    return { P: score('P'), S: score('S') };
  } finally {
    await session.close();
  }
}

function labelTime(record: LabelledRecord | undefined, phase: 'P' | 'S'): bigint {
  return addSeconds(START, (record?.labels[phase] ?? 0) / RATE_HZ);
}

/** Windows a second of processor time inside the network, batch as the pack runs it. */
async function speedOf(client: InferenceClient, model: RunnableModel): Promise<number> {
  const { components, windowSamples, batchSize } = model.spec;
  const input = Float32Array.from(
    { length: batchSize * components.length * windowSamples },
    (_, i) => Math.sin(i * 0.37) + Math.cos(i * 0.011),
  );
  const ask = { input, windows: batchSize, windowSamples };
  await client.runWindows(model, ask);
  let windows = 0;
  const started = performance.now();
  while (performance.now() - started < SPEED_S * 1000) {
    await client.runWindows(model, ask);
    windows += batchSize;
  }
  return (windows * 1000) / (performance.now() - started);
}

const shared = sharedDir();
if (shared === undefined) {
  console.log('models: skipped: no ../shared');
} else {
  const packs = join(shared, 'models');
  const named = process.argv.slice(2);
  const folders = [join(resourcesFolder(), 'models', 'onset-1')]
    .concat(readdirSync(packs).map((name) => join(packs, name)))
    .filter((folder, i, all) => i === 0 || !folder.endsWith('onset-1') || all.length === 1)
    .filter((folder) => named.length === 0 || named.some((name) => folder.endsWith(name)));
  const work = mkdtempSync(join(tmpdir(), 'onset-models-'));
  const records = readNcedc(join(shared, 'data', 'labelled', 'ncedc'));
  const file = join(work, 'ncedc.mseed');
  writeRecords(records, file);
  const models = openModelRegistry();
  const inference = new InferenceClient(startInference, 1);
  console.log(
    `${records.length} NCEDC records, hit within ${TOLERANCE_S} s, the packs' own settings`,
  );
  console.log(
    'model, parity (largest difference), P picks recall precision, S …, windows/s on one core',
  );
  for (const folder of folders.filter((each) => existsSync(join(each, 'model.json')))) {
    const verified = await verifyPack({ models, inference, readVectors }, folder);
    if (verified.use === 'not-a-picker') continue;
    const row = await rowOf(folder, verified);
    console.log(
      [row.id.padEnd(36), row.parity.padEnd(22), row.scores.P, row.scores.S]
        .concat(row.windowsPerS.toFixed(0).padStart(7), row.remark)
        .join('  '),
    );
  }
  inference.dispose();
  rmSync(work, { recursive: true, force: true });

  async function rowOf(
    folder: string,
    { modelId, parity, use }: Awaited<ReturnType<typeof verifyPack>>,
  ): Promise<Row> {
    const model = await models.openFolder(folder);
    const trained = model.spec.trainingData.some((line) => /ncedc/i.test(line));
    return {
      id: modelId,
      parity: `${parity?.verdict ?? 'none'} ${parity?.largestDifference?.toExponential(1) ?? ''}`,
      scores: await scoresOf(file, folder, records),
      windowsPerS: await speedOf(inference, model),
      remark: [trained ? 'training data' : '', use === 'picking' ? '' : use]
        .filter(Boolean)
        .join(', '),
    };
  }
}
