// What the calls of classic detectors carry.

import type { EpochNs } from '../../base/time.ts';
import type { DetectorSettings } from '../../domain/event/detectorSettings.ts';
import type { OnsetProposal, ProposalMethod } from '../../domain/event/onsetProposal.ts';
import type { BandFilter } from '../../domain/waveform/bandFilter.ts';
import type { TimeWindow } from '../../domain/waveform/timeWindow.ts';
import type { TracePart } from '../../domain/waveform/traceWindow.ts';

/** What a detector makes of one stream in a view. */
export interface DetectorTrace {
  readonly streamKey: string;
  /** Its characteristic function, drawn as traces are. */
  readonly parts: readonly TracePart[];
  readonly triggers: readonly {
    readonly onNs: EpochNs;
    readonly offNs: EpochNs;
    /** Of the function. */
    readonly peak: number;
    /** Lies in a coincidence, where one is asked for. */
    readonly kept: boolean;
    readonly onsets: readonly { readonly phase: string; readonly time: EpochNs }[];
  }[];
  /** `loading`: ask again on `source.changed`. */
  readonly state: 'complete' | 'loading' | 'none';
  /** Why little or nothing is there. */
  readonly reason: string | undefined;
}

export interface DetectorView {
  readonly traces: readonly DetectorTrace[];
  /** Stations (`UW.HANS`) whose triggers lie together, in order of time. */
  readonly coincidences: readonly {
    readonly window: TimeWindow;
    readonly stations: readonly string[];
  }[];
}

/** What of a detector can be changed without making its function again. */
export type DetectorLevels = {
  readonly [
    N in 'onLevel' | 'offLevel' | 'minimumDurationS' | 'longestS' | 'coincidence'
  ]?: DetectorSettings[N];
};

/** Where an onset is sought: this far before and after a place of a stream, through a filter made causal. */
export interface ProposeArgs {
  readonly streamKey: string;
  readonly near: EpochNs;
  readonly reachS: number;
  readonly method: ProposalMethod;
  readonly filter: BandFilter | undefined;
}

/** `reason`: why nothing is proposed. */
export interface ProposeReply {
  readonly proposal: OnsetProposal | undefined;
  readonly reason: string | undefined;
}

/** Triggers of a run's kept function; trigger i is `…[i]` of each array. By sensor, then time. */
export interface RetriggeredRun {
  readonly sensorKeys: readonly string[];
  /** Places in `sensorKeys`. */
  readonly sensors: Uint32Array;
  readonly onNs: BigInt64Array;
  readonly offNs: BigInt64Array;
  readonly peaks: Float32Array;
  /** From which on and off level it is exact. */
  readonly lowestOnLevel: number;
  readonly lowestOffLevel: number;
  readonly warnings: readonly string[];
}
