import type { Args, Handlers } from '../../contract/api.ts';
import { joinLocks } from '../../domain/evaluation/testLock.ts';
import { checkTolerance } from '../../domain/evaluation/tolerance.ts';
import { coverageOf } from '../../evaluation/selectPicks.ts';
import type { BackendContext } from '../context.ts';
import { readPicks } from '../evaluation/readPicks.ts';
import { SnrMeter, withSnr } from '../evaluation/snrMeter.ts';
import type { ScoreRequest } from '../evaluation/scoreSets.ts';
import { lockedWords, lockOf, tuningPart } from '../tuning/lockedPart.ts';

type EvaluationHandlers = Pick<Handlers, 'evaluation.score' | 'evaluation.report'>;
type ScoreArgs = Args<'evaluation.score'>;

/** Picks against a reference. */
export function evaluationHandlers(context: BackendContext): EvaluationHandlers {
  const snrMeter = new SnrMeter(context);
  return {
    'evaluation.score': async (args, signal) => {
      const { request: asked, warnings } = await requestOf(context, args, signal);
      const { parts = false } = args;
      const request = parts ? await withSnr(snrMeter, asked, signal) : asked;
      const report = await context.pool.run('score', { ...request, parts }, { signal });
      return { report, warnings };
    },
    'evaluation.report': async (args, signal) => {
      const { request, warnings } = await requestOf(context, args, signal);
      return { report: await context.pool.run('evaluate', request, { signal }), warnings };
    },
  };
}

/** Without what is locked for the test, which `tuning.testScore` alone reads. */
async function requestOf(
  context: BackendContext,
  { reference, picks, tolerance, withinData }: ScoreArgs,
  signal: AbortSignal,
): Promise<{ request: ScoreRequest; warnings: readonly string[] }> {
  const checked = checkTolerance(tolerance);
  const references = await readPicks(context, reference, 'reference', signal);
  const found = await readPicks(context, picks, 'picks', signal);
  const request = {
    ...{ reference: references.set, picks: found.set, tolerance: checked },
    reviewedOnly: references.kind === 'catalog',
    withRejected: found.kind === 'run',
    coverage: withinData ? coverageOf(context.sources.streams()) : undefined,
  };
  const lock = [references, found].reduce(
    (all, { lock: own }) => (own ? joinLocks(all, own) : all),
    lockOf(context.catalog),
  );
  const open = tuningPart(request, lock);
  const warnings = [
    ...references.set.warnings,
    ...found.set.warnings,
    ...(withinData ? unboundedWords(open.request) : []),
    ...lockedWords(open.locked),
  ];
  return { request: open.request, warnings };
}

/** Picks alone do not say where nothing was picked, and a reference may reach far beyond. */
function unboundedWords({ reference, picks, coverage }: ScoreRequest): string[] {
  const bounded = [reference.reach, picks.reach].some((reach) => reach.window ?? reach.coverage);
  return bounded || coverage
    ? []
    : [
        'Nothing says where there was data, so everything in both lists counts; name the waveforms to leave out what lies outside them.',
      ];
}
