// The catalog of a project: what was observed, who decided what, and how it can be taken back.

import { AppError } from '../base/appError.ts';
import { type EpochNs, epochNs } from '../base/time.ts';
import type { CatalogDocument } from '../domain/event/catalogDocument.ts';
import type { Decision, Pick, PickChange, PickContent } from '../domain/event/pick.ts';
import type { Origin } from '../domain/event/seismicEvent.ts';
import {
  type EventAct,
  type EventActors,
  changeEvent,
  makeEvent,
  removeEvent,
} from './edits/eventEdits.ts';
import { type ImportResult, importDocument } from './edits/importDocument.ts';
import {
  type AddedAs,
  type PickAct,
  addPick,
  changePicks,
  decidePicks,
  removePicks,
} from './edits/pickEdits.ts';
import { type Changed, Journal, type JournalEntry, type RowChange } from './journal.ts';
import { type ProjectFile, openProjectFile } from './projectFile.ts';
import { EventRepository } from './repositories/eventRepository.ts';
import { PickRepository } from './repositories/pickRepository.ts';
import { ReviewRepository } from './repositories/reviewRepository.ts';
import { RunRepository } from './repositories/runRepository.ts';
import { SetRepository } from './repositories/setRepository.ts';
import { SettingRepository } from './repositories/settingRepository.ts';
import { SourceRepository } from './repositories/sourceRepository.ts';

export interface CatalogOptions {
  /** Who makes the edits. */
  readonly author: string;
  readonly now?: () => EpochNs;
  /** False: a missing file is an error. Default true. */
  readonly create?: boolean;
  /** The most pages of 4 096 bytes the file may grow to, as a quota. */
  readonly maxPages?: number;
}

export interface UndoState {
  readonly undoLabel: string | undefined;
  readonly redoLabel: string | undefined;
}

/** What an act led to. `picks` as they are now; removed ones are absent. */
export interface EditOutcome extends UndoState {
  readonly revision: number;
  readonly picks: readonly Pick[];
}

export interface CatalogChange {
  readonly revision: number;
  readonly tables: readonly string[];
  readonly undo: UndoState;
}

/** Nanoseconds now, as fine as the system clock tells. */
function systemTime(): EpochNs {
  return epochNs(BigInt(Date.now()) * 1_000_000n);
}

export class Catalog {
  readonly picks: PickRepository;
  readonly events: EventRepository;
  readonly runs: RunRepository;
  readonly review: ReviewRepository;
  readonly sets: SetRepository;
  readonly sources: SourceRepository;
  readonly settings: SettingRepository;
  readonly #file: ProjectFile;
  readonly #journal: Journal;
  #actors: EventActors;
  readonly #listeners = new Set<(change: CatalogChange) => void>();

  /**
   * Opens a project, making it when it is not there. Held by another Onset, or without permission
   * to write, it opens read-only and `readOnlyReason` says why. Throws an AppError with what, where
   * and what to do for a file that is missing, foreign, damaged or of a newer Onset.
   */
  static open(path: string, options: CatalogOptions): Catalog {
    const now = options.now ?? systemTime;
    const file = openProjectFile(path, {
      author: options.author,
      now,
      create: options.create ?? true,
      maxPages: options.maxPages,
    });
    return new Catalog(file, options.author, now);
  }

  private constructor(file: ProjectFile, author: string, now: () => EpochNs) {
    const told = (changed: Changed): void => this.#tell(changed);
    this.#file = file;
    this.#journal = new Journal(file, author, now);
    this.picks = new PickRepository(file, this.#journal);
    this.events = new EventRepository(file);
    this.runs = new RunRepository(file, now, told);
    this.review = new ReviewRepository(file);
    this.sets = new SetRepository(file, told);
    this.sources = new SourceRepository(file, told);
    this.settings = new SettingRepository(file);
    const { picks, events } = this;
    this.#actors = { journal: this.#journal, picks, events, author, now };
  }

  /** Who makes the edits from now on. */
  setAuthor(author: string): void {
    this.#journal.author = author;
    this.#actors = { ...this.#actors, author };
  }

  get path(): string {
    return this.#file.path;
  }

  get readOnly(): boolean {
    return this.#file.readOnlyReason !== undefined;
  }

  get readOnlyReason(): string | undefined {
    return this.#file.readOnlyReason;
  }

  get revision(): number {
    return this.#file.revision;
  }

  /** Throws `read-only` with the reason unless edits are possible. */
  assertWritable(): void {
    this.#file.assertWritable();
  }

  /** Hears of every change once it is stored. Answers how to stop hearing. */
  onChanged(listener: (change: CatalogChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get undoState(): UndoState {
    const { undoLabel, redoLabel } = this.#journal;
    return { undoLabel, redoLabel };
  }

  addPick(content: PickContent, as: AddedAs = {}): EditOutcome {
    return this.#outcome(addPick(this.#actors, content, as));
  }

  decidePicks(pickIds: readonly number[], decision: Decision): EditOutcome {
    return this.#outcome(decidePicks(this.#actors, pickIds, decision));
  }

  changePicks(pickIds: readonly number[], change: PickChange): EditOutcome {
    return this.#outcome(changePicks(this.#actors, pickIds, change));
  }

  removePicks(pickIds: readonly number[]): EditOutcome {
    return this.#outcome(removePicks(this.#actors, pickIds));
  }

  makeEvent(
    pickIds: readonly number[],
    origin: Origin | undefined,
  ): EditOutcome & { eventId: number } {
    const act = makeEvent(this.#actors, pickIds, origin);
    return { ...this.#outcome(act), eventId: act.eventId };
  }

  changeEvent(
    eventId: number,
    change: {
      readonly origin: Origin | undefined;
      readonly pickIds: readonly number[] | undefined;
    },
  ): EditOutcome {
    return this.#outcome(changeEvent(this.#actors, eventId, change));
  }

  removeEvent(eventId: number): EditOutcome {
    return this.#outcome(removeEvent(this.#actors, eventId));
  }

  /** Takes in what a file held, as one act. `source` names the file in the undo label. */
  importDocument(document: CatalogDocument, source: string): Omit<ImportResult, 'changed'> {
    const { now } = this.#actors;
    const { changed, ...counts } = importDocument(
      { file: this.#file, journal: this.#journal, now },
      document,
      source,
    );
    if (changed) this.#tell(changed);
    return counts;
  }

  /** Takes the last act back. Throws `bad-input` when there is none. */
  undo(): EditOutcome {
    return this.#stepped(this.#journal.undo(), 'undo');
  }

  redo(): EditOutcome {
    return this.#stepped(this.#journal.redo(), 'redo');
  }

  /** What a client that last saw `revision` has missed. */
  changedSince(revision: number): { tables: string[]; entries: JournalEntry[] } {
    return this.#file.read(() => ({
      tables: this.#file.tablesChangedSince(revision),
      entries: this.#journal.since(revision),
    }));
  }

  close(): void {
    this.#listeners.clear();
    this.#file.close();
  }

  #stepped(
    step: (Changed & { changes: readonly RowChange[] }) | undefined,
    word: 'undo' | 'redo',
  ): EditOutcome {
    if (!step) throw new AppError('bad-input', `There is nothing to ${word}`);
    const ids = step.changes
      .filter(({ table }) => table === 'pick' || table === 'arrival')
      .map(({ rowId }) => rowId);
    return this.#outcome({ changed: step, pickIds: [...new Set(ids)] });
  }

  #outcome({ changed, pickIds }: PickAct | EventAct): EditOutcome {
    const outcome = this.#file.read(() => ({
      ...this.undoState,
      revision: changed?.revision ?? this.revision,
      picks: this.picks.getMany(pickIds),
    }));
    if (changed) this.#tell({ revision: changed.revision, tables: changed.tables });
    return outcome;
  }

  #tell({ revision, tables }: Changed): void {
    if (this.#listeners.size === 0) return;
    const change = { revision, tables, undo: this.undoState };
    for (const listener of this.#listeners) listener(change);
  }
}
