import type {
  ComparedOnset,
  ComparedPicks,
  Comparison,
} from '../../src/contract/messages/comparison.ts';
import type { Client } from '../../src/contract/rpc.ts';
import { type EpochNs, secondsBetween } from '../../src/base/time.ts';
import type { ModelRun } from '../../src/domain/event/modelRun.ts';
import type { Pick } from '../../src/domain/event/pick.ts';

/** How the two sides stand to each other at an onset. */
export type OnsetKind = 'onlyA' | 'onlyB' | 'moved' | 'same';
export const ONSET_KINDS: readonly OnsetKind[] = ['onlyA', 'onlyB', 'moved', 'same'];

/** Residuals from here to before there, of a phase. */
export interface ResidualBin {
  readonly phase: string;
  readonly fromS: number;
  readonly toS: number;
}

/** A click on a list may bring this many picks into the queue. */
const MOST_IN_QUEUE = 20_000;

export const onsetTime = ({ a, b }: ComparedOnset): EpochNs | undefined => (a ?? b)?.time;

/** B − A in seconds; undefined where one side has nothing. */
export function residualS({ a, b }: ComparedOnset): number | undefined {
  return a && b ? secondsBetween(a.time, b.time) : undefined;
}

export function kindOf(onset: ComparedOnset, movedBeyondS: number): OnsetKind {
  const residual = residualS(onset);
  if (residual === undefined) return onset.a ? 'onlyA' : 'onlyB';
  return Math.abs(residual) > movedBeyondS ? 'moved' : 'same';
}

/** Two runs on the same data, or a run and the picks an analyst stands by. */
export class ComparisonView {
  open = $state(false);
  a = $state.raw<ComparedPicks | undefined>(undefined);
  b = $state.raw<ComparedPicks | undefined>(undefined);
  toleranceS = $state(0.5);
  /** A matched pick whose time differs by more has moved. */
  movedBeyondS = $state(0.1);
  result = $state.raw<Comparison | undefined>(undefined);
  /** Why nothing is compared. */
  problem = $state('');
  kinds = $state.raw<ReadonlySet<OnsetKind>>(new Set(['onlyA', 'onlyB', 'moved']));
  phases = $state.raw<ReadonlySet<string>>(new Set());
  bin = $state.raw<ResidualBin | undefined>(undefined);
  /** Blinking: the picks and curves of one side alone. */
  shown = $state<'both' | 'a' | 'b'>('both');
  /** The onset of the list that was gone to last. */
  current = $state.raw<ComparedOnset | undefined>(undefined);
  readonly #client: Client;
  #generation = 0;

  constructor(client: Client) {
    this.#client = client;
  }

  readonly counts = $derived.by(() => {
    const counts: Record<OnsetKind, number> = { onlyA: 0, onlyB: 0, moved: 0, same: 0 };
    for (const onset of this.result?.onsets ?? []) counts[kindOf(onset, this.movedBeyondS)] += 1;
    return counts;
  });

  /** The onsets of the chosen kinds, phases and bin, by time. */
  readonly listed = $derived.by((): readonly ComparedOnset[] => {
    const { bin, kinds, phases, movedBeyondS } = this;
    return (this.result?.onsets ?? []).filter((onset) => {
      if (phases.size > 0 && !phases.has(onset.phase)) return false;
      if (!bin) return kinds.has(kindOf(onset, movedBeyondS));
      const residual = residualS(onset);
      if (residual === undefined || onset.phase !== bin.phase) return false;
      return residual >= bin.fromS && residual < bin.toS;
    });
  });

  readonly #idsOfShown = $derived.by((): ReadonlySet<number> | undefined => {
    const { shown, result } = this;
    if (!this.open || shown === 'both' || !result) return undefined;
    return new Set(result.onsets.flatMap((onset) => onset[shown]?.pickId ?? []));
  });

  /** Whether blinking hides a pick. */
  hides(pick: Pick): boolean {
    const shown = this.#idsOfShown;
    return shown !== undefined && !shown.has(pick.id);
  }

  /** The runs whose curves are to be seen, A first; none while nothing is compared. */
  readonly runIds = $derived.by((): readonly number[] => {
    if (!this.open) return [];
    const sides = [this.shown === 'b' ? undefined : this.a, this.shown === 'a' ? undefined : this.b]; // prettier-ignore
    return sides.flatMap((side) => (side?.kind === 'run' ? [side.runId] : []));
  });

  /** The newest run against the one before of another model or settings, else against the reference. */
  suggest(runs: readonly ModelRun[]): void {
    const usable = runs.filter((run) => run.state !== 'failed').toReversed();
    const known = (side: ComparedPicks | undefined): boolean =>
      side !== undefined && (side.kind === 'reference' || usable.some(({ id }) => id === side.runId)); // prettier-ignore
    if (known(this.a) && known(this.b)) return;
    const [newest] = usable;
    const other = usable.find((run) => newest && run.modelId !== newest.modelId) ?? usable[1];
    if (!newest) {
      this.a = this.b = undefined;
      return;
    }
    this.a = { kind: 'run', runId: (other ?? newest).id };
    this.b = other ? { kind: 'run', runId: newest.id } : { kind: 'reference' };
  }

  swap(): void {
    [this.a, this.b] = [this.b, this.a];
    if (this.shown !== 'both') this.shown = this.shown === 'a' ? 'b' : 'a';
  }

  /** Compares again. What is on its way when the sides change is dropped. */
  async load(): Promise<void> {
    const generation = ++this.#generation;
    const { a, b, toleranceS } = this;
    if (!a || !b) {
      this.result = undefined;
      this.problem = 'Run a model first; two runs, or a run and reviewed picks, are compared.';
      return;
    }
    if (JSON.stringify(a) === JSON.stringify(b)) {
      this.result = undefined;
      this.problem = 'Choose two different sides.';
      return;
    }
    try {
      const result = await this.#client.call('run.compare', { a, b, toleranceS });
      if (generation !== this.#generation) return;
      this.result = result;
      this.problem = '';
    } catch (error) {
      if (generation !== this.#generation) return;
      this.result = undefined;
      this.problem = error instanceof Error ? error.message : String(error);
    }
  }

  /** `k`: A, B, A, B … */
  blink(): void {
    this.shown = this.shown === 'a' ? 'b' : 'a';
  }

  chooseKinds(kinds: Iterable<OnsetKind>): void {
    this.kinds = new Set(kinds);
    this.bin = undefined;
  }

  /** The disagreement after (1) or before (−1) a time, around the end if need be. */
  neighbour(time: EpochNs, by: 1 | -1): ComparedOnset | undefined {
    const { listed, current } = this;
    const at = current ? listed.indexOf(current) : -1;
    // The one gone to last counts while the view has not left it.
    if (at >= 0 && onsetTime(current as ComparedOnset) === time) {
      return listed[(at + by + listed.length) % listed.length];
    }
    const later = listed.findIndex((onset) => (onsetTime(onset) ?? 0n) > time);
    const after = later < 0 ? 0 : later;
    if (by > 0) return listed[after];
    const before = listed.findLastIndex((onset) => (onsetTime(onset) ?? 0n) < time);
    return listed[before < 0 ? listed.length - 1 : before];
  }

  /** The catalog's picks of the list, for the queue. */
  get pickIds(): number[] {
    const ids = this.listed.flatMap(({ a, b }) => [a?.pickId ?? [], b?.pickId ?? []].flat());
    return [...new Set(ids)].slice(0, MOST_IN_QUEUE);
  }
}
