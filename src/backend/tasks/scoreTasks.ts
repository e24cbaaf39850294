import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { EvaluationReport } from '../../domain/evaluation/evaluationReport.ts';
import type { ScoreReport } from '../../domain/evaluation/score.ts';
import type { TaskReply } from '../../jobs/task.ts';
import { type PickSet, readPickSet } from '../evaluation/pickSet.ts';
import { evaluateSets, type ScoreRequest, scoreSets } from '../evaluation/scoreSets.ts';
import { fileError, refuseProjectFile } from '../files.ts';

/** The picks in a file, read away from the thread that answers. */
export async function readPickSetTask(args: { path: string }): Promise<TaskReply<PickSet>> {
  refuseProjectFile(args.path);
  const bytes = await readFile(args.path).catch((error: unknown) =>
    Promise.reject(fileError(error, args.path)),
  );
  return { value: readPickSet(bytes, basename(args.path)) };
}

export function scoreTask(args: ScoreRequest): TaskReply<ScoreReport> {
  return { value: scoreSets(args) };
}

export function evaluateTask(args: ScoreRequest): TaskReply<EvaluationReport> {
  return { value: evaluateSets(args) };
}
