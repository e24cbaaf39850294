import type { Handlers } from '../../contract/api.ts';
import { AppError } from '../../base/appError.ts';
import type { BackendContext } from '../context.ts';
import type { CurveStore } from '../curves/curveStore.ts';
import { startDetection } from '../detectors/detectorRun.ts';
import { previewDetector } from '../detectors/preview.ts';
import { proposeNear } from '../detectors/propose.ts';
import { retrigger } from '../detectors/retrigger.ts';

type DetectorCalls =
  'detector.preview' | 'detector.run' | 'detector.retrigger' | 'detector.propose';

export function detectorHandlers(
  context: BackendContext,
  curves: CurveStore,
): Pick<Handlers, DetectorCalls> {
  return {
    'detector.preview': (args, signal) => previewDetector(context, args, signal),
    'detector.propose': (args, signal) => proposeNear(context, args, signal),
    'detector.run': async (args) => startDetection(context, args),
    'detector.retrigger': async ({ runId, changes }) => {
      const run = context.catalog.runs.get(runId);
      if (!run) throw new AppError('not-found', `There is no run ${runId} in this project`);
      return retrigger(curves, run, changes);
    },
  };
}
