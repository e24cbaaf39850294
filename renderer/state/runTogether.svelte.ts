// How the chosen models run: each by itself, several as one, or one over and over with its windows moved.

import type { EnsembleRequest, ModelInfo } from '../../src/contract/messages/models.ts';
import {
  ENSEMBLE_REACH_S,
  type EnsembleRule,
  SEMBLANCE_THRESHOLD,
} from '../../src/domain/event/ensemble.ts';
import type { RunSettings } from '../../src/domain/event/runSettings.ts';

export type RunMode = 'separate' | 'together' | 'offsets';

/** Ends of a band-pass as they are typed. */
export interface Band {
  readonly lowHz: number;
  readonly highHz: number;
}

/** A chosen model with the settings it will run with. */
export interface ChosenRun {
  readonly model: ModelInfo;
  readonly settings: RunSettings;
}

/** More take longer than anyone expects; the backend refuses them. */
const MOST_MEMBERS = 64;
const FIRST_BANDS: readonly Band[] = [
  { lowHz: 1, highHz: 10 },
  { lowHz: 2, highHz: 20 },
  { lowHz: 4, highHz: 40 },
];

export class RunTogether {
  mode = $state<RunMode>('separate');
  rule = $state<EnsembleRule>('mean');
  bands = $state.raw<readonly Band[]>([]);
  /** Places where the windows of each member of an ensemble begin. */
  shifts = $state(1);
  /** The same of a run that is repeated. */
  offsets = $state(4);
  /** Picks that fewer members see are left out. */
  leastAgreeing = $state(1);
  reachS = $state(ENSEMBLE_REACH_S);
  /** Of the common curve, where a person has changed them. */
  #thresholds = $state.raw<Readonly<Record<string, number>>>({});
  readonly #chosen: () => readonly ChosenRun[];

  constructor(chosen: () => readonly ChosenRun[]) {
    this.#chosen = chosen;
  }

  /** How often each model looks. */
  readonly times = $derived.by(() => {
    if (this.mode === 'offsets') return this.offsets;
    return this.mode === 'together' ? Math.max(1, this.bands.length) * this.shifts : 1;
  });
  readonly members = $derived.by(() => {
    const models = this.mode === 'together' ? this.#chosen().length : 1;
    return models * this.times;
  });
  readonly least = $derived(Math.min(this.leastAgreeing, Math.max(1, this.members)));

  /** Why it cannot run so; empty where it can. */
  readonly problem = $derived.by(() => {
    const chosen = this.#chosen();
    if (this.mode === 'separate' || chosen.length === 0) return '';
    if (this.mode === 'together') {
      if (this.members < 2) {
        return 'One member is no ensemble: choose another model, add bands, or move the windows.';
      }
      const policies = new Set(chosen.map(({ settings }) => settings.policy));
      if (policies.size > 1) {
        return `The models group channels by ${[...policies].join(' and ')}; give all of them one policy.`;
      }
    }
    if (this.members > MOST_MEMBERS) {
      return `${this.members} members are too many; ${MOST_MEMBERS} at most.`;
    }
    return '';
  });

  /** The thresholds of the common curve: the mean of the members' unless ELEP has its own. */
  readonly thresholds = $derived.by((): Readonly<Record<string, number>> => {
    const own = this.#chosen().map(({ settings }) => settings.thresholds);
    const labels = [...new Set(own.flatMap((each) => Object.keys(each)))];
    const entries = labels
      .filter((label) => label !== 'Detection')
      .map((label): [string, number] => {
        const values = own.flatMap((each) => each[label] ?? []);
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        const usual = this.rule === 'semblance' ? SEMBLANCE_THRESHOLD : mean;
        return [label, this.#thresholds[label] ?? usual];
      });
    return Object.fromEntries(entries);
  });

  setThreshold(label: string, value: number): void {
    this.#thresholds = { ...this.#thresholds, [label]: value };
  }

  /** Another rule has other numbers: what was set for one is not meant for the other. */
  setRule(rule: EnsembleRule): void {
    if ((rule === 'semblance') !== (this.rule === 'semblance')) this.#thresholds = {};
    this.rule = rule;
  }

  addBand(): void {
    const next = FIRST_BANDS[this.bands.length] ?? { lowHz: 1, highHz: 20 };
    this.bands = [...this.bands, next];
  }
  setBand(at: number, change: Partial<Band>): void {
    this.bands = this.bands.map((band, i) => (i === at ? { ...band, ...change } : band));
  }
  removeBand(at: number): void {
    this.bands = this.bands.filter((_, i) => i !== at);
  }

  /** What is asked of the backend, but for stations and span. */
  requests(
    models: EnsembleRequest['models'],
  ): Pick<EnsembleRequest, 'rule' | 'models' | 'bands' | 'shifts' | 'settings' | 'reachS'>[] {
    const demand = {
      reachS: this.reachS,
      ...(this.least > 1 && { leastAgreeing: this.least }),
    };
    if (this.mode === 'offsets') {
      const shifts = this.offsets;
      return models.map((model) => {
        return { rule: 'first', models: [model], shifts, settings: undefined, ...demand };
      });
    }
    const bands = this.bands.map((band) => ({ ...band, corners: 4, zeroPhase: false }));
    const settings = { thresholds: this.thresholds };
    return [{ rule: this.rule, models, bands, shifts: this.shifts, settings, ...demand }];
  }
}
