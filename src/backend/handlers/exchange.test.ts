import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Catalog } from '../../catalog/catalog.ts';
import { epochNs } from '../../base/time.ts';
import type { ExportFormat } from '../../contract/messages/catalog.ts';
import { writeQuakeml } from '../../formats/quakeml/writer.ts';
import { randomCatalog } from '../../../test/randomCatalog.ts';
import type { BackendContext } from '../context.ts';
import { FileGrants } from '../grants.ts';
import { type Pool, startPool } from '../pool.ts';
import { exchangeHandlers } from './exchange.ts';

const signal = new AbortController().signal;
const bytesOfCatalog = writeQuakeml(randomCatalog(14, 4, 6), {
  includeRejected: true,
  programVersion: '0.1.0',
});

let pool: Pool;
let folder = '';
let catalogs: Catalog[] = [];
let grants: FileGrants;

beforeAll(() => {
  pool = startPool({ size: 1 });
});
afterAll(() => pool.close());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'onset-exchange-'));
  grants = new FileGrants();
});
afterEach(() => {
  for (const catalog of catalogs) catalog.close();
  catalogs = [];
  rmSync(folder, { recursive: true, force: true });
});

/** The handlers over a new project; they need no more of the context than this. */
function project(name: string) {
  const now = () => epochNs(1_700_000_000_000_000_000n);
  const catalog = Catalog.open(join(folder, name), { author: 'analyst', now });
  catalogs.push(catalog);
  const open = { path: join(folder, 'day.mseed'), streamKeys: ['XX.ABC..HHZ'] };
  const sources = { list: () => [open] };
  const context = { catalog, grants, pool, sources, programVersion: '0.1.0' };
  return { catalog, handlers: exchangeHandlers(context as unknown as BackendContext) };
}

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return grants.grant(path);
}

describe('import.files', () => {
  test('takes in a QuakeML file as one act that undo takes back', async () => {
    const { catalog, handlers } = project('a.onset');
    const files = [file('catalog.xml', bytesOfCatalog)];
    const report = await handlers['import.files']({ files }, signal);
    expect(report).toEqual({ picks: 30, events: 4, warnings: [] });
    expect(catalog.undoState.undoLabel).toBe('import 30 picks, 4 events from catalog.xml');
    catalog.undo();
    expect([catalog.picks.list({}).total, catalog.events.list()]).toEqual([0, []]);
  });

  test('the same file again brings nothing and says so', async () => {
    const { catalog, handlers } = project('a.onset');
    const files = [file('catalog.xml', bytesOfCatalog)];
    await handlers['import.files']({ files }, signal);
    const again = await handlers['import.files']({ files }, signal);
    expect(again).toEqual({
      picks: 0,
      events: 0,
      warnings: ['already in the catalog and left as they are: 30 picks and 4 events'],
    });
    expect(catalog.picks.list({}).total).toBe(30);
  });

  test('takes in a table of picks as an analyst has it', async () => {
    const { catalog, handlers } = project('a.onset');
    const table = [
      'network,station,location,channel,timestamp,phase,evaluation_mode,onset,uncertainty',
      'PB,B204,--,EH1,1644113700.090000,P,manual,im,0.060',
      'PB,B204,--,EH2,1644113701.210000,S,manual,em,0.150',
    ];
    const report = await handlers['import.files'](
      { files: [file('p.csv', table.join('\n'))] },
      signal,
    );
    expect(report).toEqual({ picks: 2, events: 0, warnings: [] });
    expect(
      catalog.picks
        .list({})
        .picks.map(({ phase, state, stream, lowerUncertaintyS }) => [
          phase,
          state,
          stream.channel,
          lowerUncertaintyS,
        ]),
    ).toEqual([
      ['P', 'manual', 'EH1', 0.06],
      ['S', 'manual', 'EH2', 0.15],
    ]);
  });

  test('one bad file among good ones keeps all of them out and is named', async () => {
    const { catalog, handlers } = project('a.onset');
    const files = [file('good.xml', bytesOfCatalog), file('bad.xml', bytesOfCatalog.slice(0, 900))];
    await expect(handlers['import.files']({ files }, signal)).rejects.toThrow(
      /^bad\.xml cannot be imported: it is not well-formed XML: line \d+/,
    );
    expect(catalog.picks.list({}).total).toBe(0);
  });

  test('a folder and a file that is gone are refused in words', async () => {
    const { handlers } = project('a.onset');
    await expect(
      handlers['import.files']({ files: [grants.grant(folder)] }, signal),
    ).rejects.toThrow(/it is a folder/);
    await expect(
      handlers['import.files']({ files: [grants.grant(join(folder, 'gone.xml'))] }, signal),
    ).rejects.toThrow(/gone\.xml/);
  });
});

describe('export', () => {
  const request = (format: ExportFormat) => ({ format, includeRejected: true });

  test('QuakeML written from one project and read into another is written the same again', async () => {
    const a = project('a.onset');
    await a.handlers['import.files']({ files: [file('c.xml', bytesOfCatalog)] }, signal);
    const target = grants.grant(join(folder, 'first.xml'));
    const first = await a.handlers['export.write']({ ...request('quakeml'), target }, signal);
    const b = project('b.onset');
    await b.handlers['import.files']({ files: [target] }, signal);
    const second = await b.handlers['export.render'](request('quakeml'), signal);
    expect(first.sizeBytes).toBe(readFileSync(first.path).length);
    expect(objectsOf(new TextDecoder().decode(second.bytes))).toEqual(
      objectsOf(readFileSync(first.path, 'utf8')),
    );
  });

  test.each(['quakeml', 'csv', 'markers'] as const)(
    'a preview of %s counts what is then written',
    async (format) => {
      const { handlers } = project('a.onset');
      await handlers['import.files']({ files: [file('c.xml', bytesOfCatalog)] }, signal);
      const kept = { format, includeRejected: false };
      const { picks, events, losses } = await handlers['export.preview'](kept, signal);
      const { bytes } = await handlers['export.render'](kept, signal);
      const text = new TextDecoder().decode(bytes);
      const pattern = { quakeml: /<pick /g, csv: /\r\n\d+,/g, markers: /^phase:/gm }[format];
      expect(text.match(pattern)).toHaveLength(picks);
      expect(events).toBe(format === 'csv' ? 0 : 4);
      expect(losses.join('\n')).toMatch(/rejected picks? (is|are) left out/);
    },
  );

  test('a file is named after its project and never written over one', async () => {
    const { handlers, catalog } = project('Noto 2024-0123456789.onset');
    const request = { format: 'csv', includeRejected: false } as const;
    const { fileName } = await handlers['export.render'](request, signal);
    expect(fileName).toBe('Noto_2024-picks.csv');
    const target = grants.grant(catalog.path);
    await expect(handlers['export.write']({ ...request, target }, signal)).rejects.toThrow(
      /would be the name of a project; give the file another name/,
    );
    await expect(handlers['import.files']({ files: [target] }, signal)).rejects.toThrow(
      /belongs to the project/,
    );
  });

  test('a catalog is never written over waveforms that are open', async () => {
    const { handlers } = project('a.onset');
    const target = file('day.mseed', 'records');
    await expect(
      handlers['export.write']({ ...request('csv'), target }, signal),
    ).rejects.toMatchObject({ code: 'bad-input', message: expect.stringContaining('day.mseed') });
    expect(readFileSync(join(folder, 'day.mseed'), 'utf8')).toBe('records');
  });

  test('named picks alone, with the events they are in', async () => {
    const { catalog, handlers } = project('a.onset');
    await handlers['import.files']({ files: [file('c.xml', bytesOfCatalog)] }, signal);
    const [event] = catalog.events.list();
    const preview = await handlers['export.preview'](
      { ...request('quakeml'), pickIds: event!.pickIds },
      signal,
    );
    expect([preview.events, preview.picks]).toEqual([1, 6]);
  });
});

/** The lines of a file but for the numbers that a catalog gives itself. */
function objectsOf(text: string): string[] {
  return text
    .replace(/smi:local\/onset\/(origin|arrival)\/[^"<]*/g, '$1')
    .split('\n')
    .map((line) => line.replace(/onset\.run: \d+/, 'onset.run: N').replace(/"id":\d+/, '"id":N'))
    .sort();
}
