// The value of a pick and what is to be gained, in the queue's words.

import type {
  ExpectedGain,
  PickValue,
  ReviewReasonKind,
} from '../../../src/domain/evaluation/pickValue.ts';
import { count, probability } from '../words.ts';

const KINDS: Readonly<Record<ReviewReasonKind, readonly [long: string, short: string]>> = {
  threshold: ['near', 'near'],
  disagreement: ['differs', 'diff.'],
  conflict: ['conflict', 'conf.'],
  novelty: ['new', 'new'],
  history: ['doubtful', 'dbt.'],
  known: ['known', 'known'],
};

/** Why a row stands where it does, in a word. */
export function valueReason({ reasons }: PickValue): string {
  const [first] = reasons;
  return first ? KINDS[first.kind][0] : '';
}

export function shortValueReason({ reasons }: PickValue): string {
  const [first] = reasons;
  return first ? KINDS[first.kind][1] : '';
}

/** `two (run 2) has no P within 0.5 s; value .62`: the strongest reasons. */
export function valueSentence({ value, reasons }: PickValue): string {
  const texts = reasons.slice(0, 2).map(({ text }) => text);
  return `${texts.join('; ')}; value ${probability(value)}`;
}

/** `the next 20 decisions are expected to find about 3 wrong picks` */
export function gainSentence({ nextDecisions, nextWrong }: ExpectedGain): string {
  if (nextDecisions === 0) return 'No pick waits for review here.';
  const who =
    nextDecisions === 1 ? 'The next decision is' : `The next ${nextDecisions} decisions are`;
  const wrong = Math.round(nextWrong);
  if (wrong === 0) return `${who} expected to find no wrong pick.`;
  return `${who} expected to find about ${wrong === 1 ? '1 wrong pick' : `${count(wrong)} wrong picks`}.`;
}

/** What was found so far: `9 of 40 decided were wrong`. */
export function foundSentence({ decided, foundWrong }: ExpectedGain): string {
  if (decided === 0) return 'Nothing decided yet.';
  return `${count(foundWrong)} of ${count(decided)} decided so far ${foundWrong === 1 ? 'was' : 'were'} wrong.`;
}
