import { describe, expect, test } from 'vitest';
import { findConflicts } from './conflicts.ts';
import { disagreementOn, type SecondOpinion, spreadSign } from './disagreement.ts';
import type { ReviewPick } from './reviewPick.ts';

function pick(
  id: number,
  phase: string,
  timeS: number,
  change: Partial<ReviewPick> = {},
): ReviewPick {
  return {
    ...{ id, phase, timeS, station: 'XX.AAA', probability: 0.6, threshold: 0.3 },
    ...{ state: 'automatic', runId: 1, eventId: undefined, ...change },
  };
}

describe('conflicts', () => {
  const none = new Map<number, number>();

  test('two P of a station within seconds: the weaker is in doubt', () => {
    const found = findConflicts([pick(1, 'P', 10, { probability: 0.9 }), pick(2, 'P', 11.4)], none);
    expect(found.get(2)).toEqual({ degree: 1, text: 'another P 1.4 s earlier' });
    expect(found.get(1)?.degree).toBe(0.5);
  });

  test('none: P and S, other stations, a rejected twin, the same onset by another run', () => {
    const far = pick(5, 'P', 11, { station: 'XX.BBB' });
    const picks = [pick(1, 'P', 10), pick(2, 'S', 11.4), far];
    expect(findConflicts(picks, none).size).toBe(0);
    const rejected = [pick(1, 'P', 10), pick(2, 'P', 11, { state: 'rejected' })];
    expect(findConflicts(rejected, none).get(1)).toBeUndefined();
    expect(findConflicts([pick(1, 'P', 10), pick(2, 'P', 10.2, { runId: 2 })], none).size).toBe(0);
    expect(findConflicts([pick(1, 'P', 10), pick(2, 'P', 14)], none).size).toBe(0);
  });

  test('an S shortly before the P of its station, unless it has a P of its own', () => {
    const found = findConflicts([pick(1, 'S', 10), pick(2, 'P', 12.5)], none);
    expect(found.get(1)?.text).toBe('S before P: the station’s P is 2.5 s later');
    const own = [pick(3, 'P', 5), pick(1, 'S', 10), pick(2, 'P', 14)];
    expect(findConflicts(own, none).get(1)).toBeUndefined();
  });

  test('what contradicts its event', () => {
    const inEvent = { eventId: 7 };
    const origin = new Map([[7, 100]]);
    expect(findConflicts([pick(1, 'P', 99, inEvent)], origin).get(1)?.text).toBe('before the origin time of its event'); // prettier-ignore
    const late = [pick(1, 'P', 110, inEvent), pick(2, 'S', 140, inEvent)];
    expect(findConflicts(late, origin).get(2)?.text).toContain('travel time is 4.0');
    const good = [pick(1, 'P', 110, inEvent), pick(2, 'S', 117.4, inEvent)];
    expect(findConflicts(good, origin).size).toBe(0);
    const turned = [pick(1, 'P', 140, inEvent), pick(2, 'S', 110, inEvent)];
    expect(findConflicts(turned, origin).get(1)?.text).toBe(
      'its event has the S before the P here',
    );
  });
});

describe('disagreement', () => {
  const opinion = (onsets: number[], change: Partial<SecondOpinion> = {}): SecondOpinion => ({
    ...{ runId: 2, modelId: 'other', onsetsS: new Map([['XX.AAA P', Float64Array.from(onsets)]]) },
    ...{ looked: () => true, threshold: () => 0.3, ...change },
  });
  const on = (timeS: number, opinions: SecondOpinion[]) =>
    disagreementOn(pick(1, 'P', timeS), 'own', opinions);

  test('grows with the residual and is whole where the other has nothing', () => {
    expect(on(10, [opinion([3, 10.05, 20])])).toBeUndefined();
    expect(on(10, [opinion([10.3])])).toEqual({ degree: expect.closeTo(0.5, 9) as number, text: 'other (run 2) has it 0.30 s later' }); // prettier-ignore
    expect(on(10, [opinion([9, 11])])).toEqual({ degree: 1, text: 'other (run 2) has no P within 0.5 s' }); // prettier-ignore
    expect(on(10, [opinion([])])?.degree).toBe(1);
  });

  test('says nothing where the other did not look, of its own run, or with a higher threshold of the same model', () => {
    expect(on(10, [opinion([], { looked: () => false })])).toBeUndefined();
    expect(on(10, [opinion([], { runId: 1 })])).toBeUndefined();
    expect(on(10, [opinion([], { modelId: 'own', threshold: () => 0.7 })])).toBeUndefined();
    expect(on(10, [opinion([], { modelId: 'own', threshold: () => 0.5 })])?.degree).toBe(1);
  });

  test('of an ensemble is the share that does not see it, or its scatter in time', () => {
    const of = (agreeing: number, timeDeviationS: number | undefined) =>
      spreadSign({ asked: 5, agreeing, probabilityDeviation: 0.1, timeDeviationS });
    expect(of(5, 0.02)).toBeUndefined();
    expect(of(2, 0.02)).toEqual({ degree: 0.6, text: '2 of 5 that looked see it' });
    expect(of(5, 0.3)?.degree).toBeCloseTo(0.5, 9);
    expect(spreadSign({ asked: 1, agreeing: 0, probabilityDeviation: 0, timeDeviationS: undefined })).toBeUndefined(); // prettier-ignore
  });
});
