import type { ValuedPickPage } from '../../src/contract/messages/catalog.ts';
import type { ExpectedGain, PickValue } from '../../src/domain/evaluation/pickValue.ts';

/** Of the queue in its order by value: what each row is worth, what is to be gained, and what stays above the hand. */
export class QueueValues {
  gain = $state.raw<ExpectedGain | undefined>(undefined);
  #values = $state.raw<ReadonlyMap<number, PickValue>>(new Map());
  /** What was decided since the order was chosen, in the order of the decisions: it stays above. */
  #decided: readonly number[] = [];

  get decided(): readonly number[] {
    return this.#decided;
  }

  of(pickId: number): PickValue | undefined {
    return this.#values.get(pickId);
  }

  forget(): void {
    this.#decided = [];
  }

  decide(pickIds: readonly number[]): void {
    const again = new Set(pickIds);
    this.#decided = [...this.#decided.filter((id) => !again.has(id)), ...pickIds];
  }

  /** Values of a page; those of before go when the order is a new one. */
  take({ values, gain }: ValuedPickPage, isNewOrder: boolean): void {
    const known = isNewOrder ? [] : this.#values;
    this.#values = new Map([...known, ...values.map((value) => [value.pickId, value] as const)]);
    this.gain = gain;
  }
}
