import { describe, expect, test, vi } from 'vitest';
import { addSeconds, epochNs } from '../../src/base/time.ts';
import type { TraceWindow } from '../../src/domain/waveform/traceWindow.ts';
import { WindowLoader } from './windowLoader.ts';
import { type TraceRequest, type TraceWish, WindowPlan } from './windowPlan.ts';

const T0 = epochNs(1_700_000_000_000_000_000n);

function wish(startS: number, endS: number, change: Partial<TraceWish> = {}): TraceWish {
  return {
    streamKeys: ['XX.A..HHZ'],
    spareKeys: [],
    view: { startNs: addSeconds(T0, startS), endNs: addSeconds(T0, endS) },
    widthDevicePx: 1000,
    filter: undefined,
    demean: true,
    revision: 1,
    ...change,
  };
}

function answer(request: Pick<TraceRequest, 'streamKeys' | 'window'>): TraceWindow[] {
  return request.streamKeys.map((streamKey) => ({
    streamKey,
    window: request.window,
    sampleRateHz: 100,
    parts: [{ kind: 'bins', startNs: request.window.startNs, stepS: 1, offset: 0, values: new Float32Array(2) }],
    gaps: [],
    overlaps: [],
    edgeZones: [],
    peak: 1,
    unit: 'counts',
    state: 'complete',
    reason: undefined,
  })); // prettier-ignore
}

/** Asks until nothing is lacking; the requests made. */
function settle(plan: WindowPlan, of: TraceWish): TraceRequest[] {
  const made: TraceRequest[] = [];
  for (let request = plan.next(of); request; request = plan.next(of)) {
    made.push(request);
    plan.answered(request, answer(request));
    expect(made.length).toBeLessThan(5);
  }
  return made;
}

describe('what is asked for', () => {
  test('first what is on the screen, then three screens', () => {
    const made = settle(new WindowPlan(), wish(0, 60));
    expect(made.map((request) => request.quick)).toEqual([true, false]);
    expect(made[1]?.window).toEqual({ startNs: addSeconds(T0, -60), endNs: addSeconds(T0, 120) });
    expect(made[1]?.widthPx).toBe(6000);
  });

  test('panning inside the margin asks for nothing, a page turn is covered', () => {
    const plan = new WindowPlan();
    settle(plan, wish(0, 60));
    expect(plan.next(wish(20, 80))).toBeUndefined();
    const turned = plan.next(wish(60, 120));
    expect(turned?.quick).toBe(false);
  });

  test('a zoom by less than two needs nothing, by more it does', () => {
    const plan = new WindowPlan();
    settle(plan, wish(0, 60));
    expect(plan.next(wish(10, 45))).toBeUndefined();
    expect(plan.next(wish(20, 40))?.quick).toBe(true);
  });

  test('another filter or changed sources make everything stale', () => {
    const plan = new WindowPlan();
    settle(plan, wish(0, 60));
    const filter = { lowHz: 1, highHz: 20, corners: 4, zeroPhase: false };
    expect(plan.next(wish(0, 60, { filter }))).toMatchObject({ quick: true, widthPx: 1040 });
    expect(plan.next(wish(0, 60, { revision: 2 }))?.quick).toBe(true);
  });

  test('rows that come into view are asked for alone', () => {
    const plan = new WindowPlan();
    settle(plan, wish(0, 60));
    const request = plan.next(wish(0, 60, { streamKeys: ['XX.A..HHZ', 'XX.B..HHZ'] }));
    expect(request?.streamKeys).toEqual(['XX.B..HHZ']);
  });
});

describe('loading', () => {
  interface Call {
    readonly args: { streamKeys: readonly string[]; window: TraceWish['view']; filter: unknown };
    readonly signal: AbortSignal;
    finish(): Promise<void>;
  }

  function loader(): { calls: Call[]; shown: string[]; busy: () => boolean; of: WindowLoader } {
    const calls: Call[] = [];
    const shown: string[] = [];
    let busy = 0;
    const client = {
      call: (_name: string, args: Call['args'], { signal }: { signal: AbortSignal }) => {
        const pending = Promise.withResolvers<TraceWindow[]>();
        const finish = async (): Promise<void> => {
          pending.resolve(answer(args));
          await new Promise((resolve) => setTimeout(resolve, 0));
        };
        calls.push({ args, signal, finish });
        return pending.promise;
      },
    };
    const begin = (): (() => void) => {
      busy += 1;
      return () => (busy -= 1);
    };
    const of = new WindowLoader(client as never, begin, {
      traces: (traces) => shown.push(...traces.map((trace) => trace.streamKey)),
      error: (error) => shown.push(String(error)),
    });
    return { calls, shown, busy: () => busy > 0, of };
  }

  test('three screens of a filter wait until it is no longer turned', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      const { calls, busy, of } = loader();
      const filter = { lowHz: 1, highHz: 20, corners: 4, zeroPhase: false };
      of.want(wish(0, 60));
      of.want(wish(0, 60, { filter }));
      const finish = async (): Promise<void> => {
        const done = calls.at(-1)?.finish();
        await vi.advanceTimersByTimeAsync(0);
        await done;
      };
      await finish();
      await finish();
      expect(calls.length).toBe(2);
      expect(busy()).toBe(true);
      await vi.advanceTimersByTimeAsync(119);
      expect(calls.length).toBe(2);
      await vi.advanceTimersByTimeAsync(1);
      expect(calls.length).toBe(3);
      expect(calls[2]?.args.window.startNs).toBe(addSeconds(T0, -60));
      await finish();
      expect(busy()).toBe(false);
    } finally {
      vi.useRealTimers();
    }
  });

  test('is busy until three screens are there', async () => {
    const { calls, of, busy, shown } = loader();
    of.want(wish(0, 60));
    expect(busy()).toBe(true);
    await calls[0]?.finish();
    expect([calls.length, busy()]).toEqual([2, true]);
    await calls[1]?.finish();
    expect([calls.length, busy(), shown.length]).toEqual([2, false, 2]);
  });

  test('a jump aborts what is no longer wanted and its answer is not shown', async () => {
    const { calls, of, shown } = loader();
    of.want(wish(0, 60));
    of.want(wish(5000, 5060));
    expect(calls[0]?.signal.aborted).toBe(true);
    await calls[0]?.finish();
    expect(shown).toEqual([]);
    await calls[1]?.finish();
    expect(shown).toHaveLength(1);
  });

  test('while a filter is turned every picture that arrives is shown, then the latest is asked for', async () => {
    const { calls, of, shown } = loader();
    const filter = (lowHz: number): Partial<TraceWish> => ({
      filter: { lowHz, highHz: 20, corners: 4, zeroPhase: false },
    });
    of.want(wish(0, 60, filter(1)));
    for (const lowHz of [2, 3, 4]) of.want(wish(0, 60, filter(lowHz)));
    // The second is filtered while the first is painted; what lies between them is never asked for.
    expect(calls.map(({ args }) => args.filter)).toMatchObject([{ lowHz: 1 }, { lowHz: 2 }]);
    await calls[0]?.finish();
    expect([shown.length, calls.length]).toEqual([1, 3]);
    expect(calls[2]?.args.filter).toMatchObject({ lowHz: 4 });
    await calls[2]?.finish();
    expect([shown.length, calls[1]?.signal.aborted]).toEqual([2, true]);
    await calls[1]?.finish();
    expect(shown).toHaveLength(2);
  });

  test('what is expected is asked for when all else is there, and shown at once when it is wished for', async () => {
    const { calls, of, busy, shown } = loader();
    of.want(wish(0, 60));
    of.expect(wish(5000, 5060));
    await calls[0]?.finish();
    await calls[1]?.finish();
    expect([calls.length, shown.length]).toEqual([3, 2]);
    expect(calls[2]?.args.window).toEqual({ startNs: addSeconds(T0, 4940), endNs: addSeconds(T0, 5120) }); // prettier-ignore
    await calls[2]?.finish();
    expect([busy(), shown.length]).toEqual([false, 2]);
    of.want(wish(5000, 5060));
    expect([calls.length, shown.length, busy()]).toEqual([3, 3, false]);
  });

  test('what is expected and still on its way is waited for, something else is not', async () => {
    const { calls, of, shown } = loader();
    of.want(wish(0, 60));
    await calls[0]?.finish();
    await calls[1]?.finish();
    of.expect(wish(5000, 5060));
    of.want(wish(5000, 5060));
    expect(calls).toHaveLength(3);
    await calls[2]?.finish();
    expect(shown).toHaveLength(3);
    of.expect(wish(8000, 8060));
    of.want(wish(2000, 2060));
    expect(calls).toHaveLength(5);
    of.expect(wish(9000, 9060));
    expect(calls[3]?.signal.aborted).toBe(true);
    await calls[3]?.finish();
    expect(shown).toHaveLength(3);
  });
});
