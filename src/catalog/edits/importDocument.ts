// Takes picks and events of a file into the catalog as one act that can be undone. What is in the catalog already,
// by identifier or, where the file gives none, by stream, phase and time, is left as it is.

import type { EpochNs } from '../../base/time.ts';
import type {
  CatalogDocument,
  DocumentEvent,
  DocumentPick,
} from '../../domain/event/catalogDocument.ts';
import type { ModelRun } from '../../domain/event/modelRun.ts';
import type { Changed, Journal, RowEdits } from '../journal.ts';
import type { ProjectFile } from '../projectFile.ts';
import { contentColumns } from '../repositories/pickRows.ts';
import { optionalInteger, orNull } from '../rows.ts';

export interface ImportResult {
  /** What came in. */
  readonly picks: number;
  readonly events: number;
  /** What was there already and stayed as it was. */
  readonly knownPicks: number;
  readonly knownEvents: number;
  readonly changed: Changed | undefined;
}

/** `source` ends the label of the act: `import 12 picks from catalog.xml`. */
export function importDocument(
  into: { file: ProjectFile; journal: Journal; now: () => EpochNs },
  document: CatalogDocument,
  source: string,
): ImportResult {
  const counts = { picks: 0, events: 0, knownPicks: 0, knownEvents: 0 };
  const { changed } = into.journal.record(
    'import',
    () =>
      `import ${counted(counts.picks, 'pick')}, ${counted(counts.events, 'event')} from ${source}`,
    (edits) => {
      const act = new ImportAct(into.file, edits, into.now());
      const runs = new Map(document.runs.map((run) => [run.id, act.run(run)]));
      const firstPicks = new Map<number, DocumentPick>();
      for (const pick of document.picks) {
        if (pick.eventIndex === undefined || firstPicks.has(pick.eventIndex)) continue;
        firstPicks.set(pick.eventIndex, pick);
      }
      const eventIds = document.events.map((event, index) => {
        const known = act.knownEvent(event, firstPicks.get(index));
        if (known === undefined) counts.events++;
        else counts.knownEvents++;
        return known ?? act.addEvent(event);
      });
      for (const pick of document.picks) {
        const known = act.knownPick(pick);
        if (known === undefined) counts.picks++;
        else counts.knownPicks++;
        const run = pick.runId === undefined ? undefined : runs.get(pick.runId);
        const id = known ?? act.addPick(pick, run);
        const eventId = pick.eventIndex === undefined ? undefined : eventIds[pick.eventIndex];
        if (eventId !== undefined) act.associate(id, eventId);
      }
    },
  );
  return { ...counts, changed };
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

class ImportAct {
  readonly #file: ProjectFile;
  readonly #edits: RowEdits;
  readonly #now: EpochNs;

  constructor(file: ProjectFile, edits: RowEdits, now: EpochNs) {
    this.#file = file;
    this.#edits = edits;
    this.#now = now;
  }

  knownPick(pick: DocumentPick): number | undefined {
    if (pick.publicId !== undefined) return this.#byPublicId('pick', pick.publicId);
    const { network, station, location, channel } = pick.stream;
    const sql = 'SELECT id FROM pick WHERE stream_key = ? AND time_ns = ? AND phase = ?';
    const key = `${network}.${station}.${location}.${channel}`;
    return this.#id(sql, key, pick.time, pick.phase);
  }

  /** Without an identifier an event is the one with the same origin, or the one its first pick is in. */
  knownEvent(event: DocumentEvent, firstPick: DocumentPick | undefined): number | undefined {
    if (event.publicId !== undefined) return this.#byPublicId('event', event.publicId);
    if (event.origin) {
      const { time, latitudeDeg, longitudeDeg } = event.origin;
      const sql =
        'SELECT event_id AS id FROM origin WHERE time_ns = ? AND latitude_deg = ? AND longitude_deg = ?';
      return this.#id(sql, time, latitudeDeg, longitudeDeg);
    }
    const first = firstPick && this.knownPick(firstPick);
    if (first === undefined) return undefined;
    return this.#id('SELECT event_id AS id FROM arrival WHERE pick_id = ?', first);
  }

  /** The identifier a file brought in, or one that Onset gave: creation time and number of the row. */
  #byPublicId(table: 'pick' | 'event', publicId: string): number | undefined {
    const imported = this.#id(`SELECT id FROM ${table} WHERE public_id = ?`, publicId);
    if (imported !== undefined) return imported;
    const own = new RegExp(`^smi:local/onset/${table}/(-?\\d{1,19})-(\\d{1,15})$`).exec(publicId);
    if (!own) return undefined;
    // Not a row that another file brought in: picks of one run share their creation time, and numbers recur.
    const sql = `SELECT id FROM ${table} WHERE id = ? AND created_ns = ? AND public_id IS NULL`;
    return this.#id(sql, Number(own[2]), BigInt(own[1] ?? 0));
  }

  #id(sql: string, ...values: (string | number | bigint)[]): number | undefined {
    const row = this.#file.prepare(`${sql} LIMIT 1`).get(...values);
    return row === undefined ? undefined : optionalInteger(row, 'id');
  }

  addEvent(event: DocumentEvent): number {
    const createdNs = event.createdNs ?? this.#now;
    const eventId = this.#edits.insert('event', {
      public_id: orNull(event.publicId),
      type: orNull(event.type),
      comment: orNull(event.comment),
      author: event.author,
      created_ns: createdNs,
    });
    if (!event.origin) return eventId;
    const { origin } = event;
    const originId = this.#edits.insert('origin', {
      event_id: eventId,
      time_ns: origin.time,
      latitude_deg: origin.latitudeDeg,
      longitude_deg: origin.longitudeDeg,
      depth_m: orNull(origin.depthM),
      time_uncertainty_s: orNull(origin.timeUncertaintyS),
      method: origin.method,
      author: event.author,
      created_ns: createdNs,
    });
    this.#edits.update('event', eventId, { preferred_origin_id: originId });
    return eventId;
  }

  addPick(pick: DocumentPick, runId: number | undefined): number {
    const mode = pick.evaluationMode ?? (pick.state === 'manual' ? 'manual' : 'automatic');
    return this.#edits.insert('pick', {
      ...contentColumns(pick),
      threshold: orNull(pick.threshold),
      uncertainty_method: orNull(pick.uncertaintyMethod),
      state: pick.state,
      evaluation_mode: mode,
      author: pick.author,
      method: pick.method,
      run_id: orNull(runId),
      public_id: orNull(pick.publicId),
      set_hash: orNull(pick.setHash),
      created_ns: pick.createdNs ?? this.#now,
    });
  }

  /** A pick that is in an event already stays there. */
  associate(pickId: number, eventId: number): void {
    if (this.#edits.get('arrival', pickId)) return;
    this.#edits.insert('arrival', { pick_id: pickId, event_id: eventId });
  }

  /** The run that a file tells of. It stays when the import is undone: it says what happened elsewhere. */
  run(run: ModelRun): number {
    const known = this.#id(
      'SELECT id FROM model_run WHERE model_sha256 = ? AND started_ns = ?',
      run.modelSha256,
      run.startedNs,
    );
    if (known !== undefined) return known;
    const { window, ...parameters } = run.parameters;
    const inserted = this.#file
      .prepare(
        `INSERT INTO model_run(model_id, model_version, model_sha256, program_version, parameters,
          window_start_ns, window_end_ns, state, author, started_ns, finished_ns, pick_count, skipped, set_hash)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        run.modelId,
        run.modelVersion,
        run.modelSha256,
        run.programVersion,
        JSON.stringify(parameters),
        orNull(window?.startNs),
        orNull(window?.endNs),
        run.state,
        '',
        run.startedNs,
        orNull(run.finishedNs),
        run.pickCount,
        JSON.stringify(run.skipped),
        orNull(run.setHash),
      );
    return Number(inserted.lastInsertRowid);
  }
}
