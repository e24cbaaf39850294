// The repick key: an onset proposed near the pick or the cursor, a ghost until it is taken.

import { formatIso, nsToSeconds, type EpochNs } from '../../src/base/time.ts';
import { messageOf } from '../../src/base/appError.ts';
import {
  type OnsetProposal,
  PROPOSAL_METHODS,
  PROPOSAL_NAMES,
  type ProposalMethod,
} from '../../src/domain/event/onsetProposal.ts';
import type { Pick } from '../../src/domain/event/pick.ts';
import type { BandFilter } from '../../src/domain/waveform/bandFilter.ts';
import { formatNslc, parseNslc } from '../../src/domain/waveform/nslc.ts';
import { contains, durationS } from '../../src/domain/waveform/timeWindow.ts';
import type { Client } from '../../src/contract/rpc.ts';
import type { FilterState } from './filterState.svelte.ts';
import type { PickView } from './pickView.svelte.ts';
import type { Selection } from './selection.svelte.ts';
import type { Timeline } from './timeline.svelte.ts';

/** What it needs of the page. */
export interface RepickHost {
  readonly client: Client;
  readonly filter: FilterState;
  readonly picks: PickView;
  readonly selection: Selection;
  readonly timeline: Timeline;
  remark: string;
}

/** Where an onset is asked for: of a pick, or at the cursor where there will be one. */
interface Place {
  readonly pick: Pick | undefined;
  readonly streamKey: string;
  readonly phase: string;
  readonly near: EpochNs;
}

export interface Ghost extends OnsetProposal, Place {
  readonly by: ProposalMethod;
  readonly filter: BandFilter | undefined;
}

/** Of the zoom to either side: who zooms in seeks nearer. */
const SHARE_OF_ZOOM = 0.25;
const LEAST_REACH_S = 0.5;
const MOST_REACH_S = 30;

export class Repick {
  ghost = $state.raw<Ghost | undefined>(undefined);
  readonly #host: RepickHost;

  constructor(host: RepickHost) {
    this.#host = host;
  }

  /** Proposes; again at the same place, by the next method. Methods that find nothing are passed by. */
  async propose(): Promise<void> {
    const before = this.ghost;
    const place = before ?? this.#place();
    if (place === undefined) {
      this.#host.remark = 'select a pick or point at a trace to have an onset proposed there';
      return;
    }
    const start = before ? PROPOSAL_METHODS.indexOf(before.by) + 1 : 0;
    let reason = '';
    for (let k = 0; k < PROPOSAL_METHODS.length; k += 1) {
      const by = PROPOSAL_METHODS[(start + k) % PROPOSAL_METHODS.length] ?? 'aic';
      const reply = await this.#ask(place, by);
      if (reply.ghost) {
        this.#show(reply.ghost);
        return;
      }
      reason ||= reply.reason;
    }
    this.ghost = undefined;
    this.#host.remark = reason;
  }

  /** The pick is moved, or a new one set: one act. */
  async accept(): Promise<void> {
    const { ghost } = this;
    if (!ghost) return;
    const { picks, selection } = this.#host;
    this.ghost = undefined;
    const { pick, streamKey, phase, time, lowerUncertaintyS, upperUncertaintyS, method } = ghost;
    const found = { time, lowerUncertaintyS, upperUncertaintyS };
    if (pick) {
      await picks.change([pick.id], { ...found, method });
      return;
    }
    const none = {
      polarity: undefined,
      onset: undefined,
      weight: undefined,
      probability: undefined,
    };
    const content = {
      ...found,
      ...none,
      stream: parseNslc(streamKey),
      phase,
      filter: ghost.filter,
    };
    selection.currentPickId = await picks.add(content, method);
    selection.currentStreamKey = streamKey;
  }

  leave(): void {
    this.ghost = undefined;
  }

  /** For an effect: what is proposed for a pick goes with it. */
  follow(): void {
    const { selection } = this.#host;
    const { ghost } = this;
    if (ghost?.pick && ghost.pick.id !== selection.currentPickId) this.ghost = undefined;
  }

  /** In picking mode the cursor, else the current pick, else the cursor. */
  #place(): Place | undefined {
    const { selection, timeline, picks } = this.#host;
    const { cursor } = timeline;
    const picking = selection.mode.kind === 'pick' ? selection.mode.phase : undefined;
    const pick = picks.find(selection.currentPickId);
    if (pick && picking === undefined) {
      return { pick, streamKey: formatNslc(pick.stream), phase: pick.phase, near: pick.time };
    }
    if (cursor?.streamKey === undefined) return undefined;
    const { streamKey, time } = cursor;
    return { pick: undefined, streamKey, phase: picking ?? 'P', near: time };
  }

  async #ask(place: Place, by: ProposalMethod): Promise<{ ghost?: Ghost; reason: string }> {
    const { client, filter, timeline } = this.#host;
    const reach = SHARE_OF_ZOOM * durationS(timeline.zoom);
    const reachS = Math.min(MOST_REACH_S, Math.max(LEAST_REACH_S, reach));
    const { streamKey, near } = place;
    const look = filter.inForce;
    try {
      const args = { streamKey, near, reachS, method: by, filter: look };
      const { proposal, reason } = await client.call('detector.propose', args);
      if (!proposal) return { reason: reason ?? '' };
      return { ghost: { ...place, ...proposal, by, filter: look }, reason: '' };
    } catch (error) {
      return { reason: messageOf(error) };
    }
  }

  #show(ghost: Ghost): void {
    const { timeline, selection } = this.#host;
    this.ghost = ghost;
    if (ghost.pick === undefined) selection.currentStreamKey = ghost.streamKey;
    if (!contains(timeline.zoom, ghost.time)) timeline.centreZoom(ghost.time);
    this.#host.remark = '';
  }
}

/** `AIC proposes P at 03:12:44.120 (+0.13 s), −0.02 +0.01 s, SNR 12`. */
export function ghostWords(ghost: Ghost): string {
  const { by, phase, time, near, lowerUncertaintyS, upperUncertaintyS, snr } = ghost;
  const movedS = nsToSeconds(time - near);
  const sign = movedS < 0 ? '−' : '+';
  const clock = formatIso(time, 3).slice(11, -1);
  const ratio = snr === undefined ? '' : `, SNR ${snr < 10 ? snr.toFixed(1) : snr.toFixed(0)}`;
  return `${PROPOSAL_NAMES[by]}: ${phase} at ${clock} (${sign}${Math.abs(movedS).toFixed(3)} s), −${lowerUncertaintyS.toFixed(3)} +${upperUncertaintyS.toFixed(3)} s${ratio}`;
}
