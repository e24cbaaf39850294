import type { Args, Handlers } from '../../contract/api.ts';
import { checkTolerance } from '../../domain/evaluation/tolerance.ts';
import { coverageOf } from '../../evaluation/selectPicks.ts';
import type { BackendContext } from '../context.ts';
import { readPicks } from '../evaluation/readPicks.ts';
import type { ScoreRequest } from '../evaluation/scoreSets.ts';
import { lockedWords, lockOf, tuningPart } from '../tuning/lockedPart.ts';

type EvaluationHandlers = Pick<Handlers, 'evaluation.score' | 'evaluation.report'>;
type ScoreArgs = Args<'evaluation.score'>;

/** Picks against a reference. */
export function evaluationHandlers(context: BackendContext): EvaluationHandlers {
  return {
    'evaluation.score': async (args, signal) => {
      const { request, warnings } = await requestOf(context, args, signal);
      return { report: await context.pool.run('score', request, { signal }), warnings };
    },
    'evaluation.report': async (args, signal) => {
      const { request: all, warnings } = await requestOf(context, args, signal);
      // Its curves and suggestions are what thresholds are chosen by.
      const { request, locked } = tuningPart(all, lockOf(context.catalog));
      const report = await context.pool.run('evaluate', request, { signal });
      return { report, warnings: [...warnings, ...lockedWords(locked)] };
    },
  };
}

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
  return { request, warnings: [...references.set.warnings, ...found.set.warnings] };
}
