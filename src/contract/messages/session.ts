// What the calls of project, files, sources and jobs carry.

import type { TimeWindow } from '../../domain/waveform/timeWindow.ts';

/** `NET.STA.LOC.CHA`. */
export type StreamKey = string;

/**
 * How a page names a file: a grant handed out by a dialog or the command line (`grant:…`),
 * or a place under a data folder as `file.list` gave it (`data:…`). Never a path it made up.
 */
export type FileRef = string;

export interface SessionInfo {
  readonly programVersion: string;
  readonly projectName: string;
  readonly projectPath: string;
  readonly isSample: boolean;
  readonly readOnly: boolean;
  /** Why the project is read-only: who holds it, or which permission is missing. */
  readonly readOnlyReason: string | undefined;
  readonly revision: number;
  readonly author: string;
  /** True when the person dismissed the three-step hint for good. */
  readonly hintDismissed: boolean;
  readonly dataFolders: readonly string[];
}

export interface Notice {
  readonly level: 'info' | 'warning' | 'error';
  /** What happened, what is still good, what to do. */
  readonly text: string;
  readonly file: string | undefined;
}

export interface FileEntry {
  readonly name: string;
  readonly ref: FileRef;
  readonly kind: 'folder' | 'file';
  readonly sizeBytes: number;
}

export interface FileListing {
  /** As people read it: its path, or that these are the data folders. */
  readonly folder: string;
  /** Undefined for the list of the data folders, where nothing can be written. */
  readonly ref: FileRef | undefined;
  readonly parent: FileRef | undefined;
  readonly entries: readonly FileEntry[];
}

/** A file that was dropped on the page in a browser; the name may begin with that of its folder. */
export interface ReceivedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface SourceFile {
  readonly path: string;
  readonly format: string | undefined;
  readonly warnings: readonly string[];
  readonly error: string | undefined;
  /** The streams in it; none when it cannot be read. */
  readonly streamKeys: readonly string[];
  /** From its first sample to after its last. */
  readonly window: TimeWindow | undefined;
}

export type JobState = 'waiting' | 'running' | 'done' | 'cancelled' | 'failed';

export interface Job {
  readonly id: string;
  readonly label: string;
  readonly state: JobState;
  readonly done: number;
  readonly total: number;
  readonly secondsLeft: number | undefined;
  /** What the job is at, or why it ended: `UW.HANS..HH, 3 of 12 stations`. */
  readonly detail: string;
  /** What remains when it is cancelled now: `Cancel, keep 4 stations`. */
  readonly cancelLabel: string;
}

/** Plain JSON kept for a person (all projects) or in a project. Keys are owned by the page. */
export type SettingsScope = 'user' | 'project';
