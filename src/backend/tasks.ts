import { prepareArchiveTask } from './tasks/archiveTask.ts';
import { readDocumentTask } from './tasks/exchangeTasks.ts';
import { readModelTask } from './tasks/modelTasks.ts';
import {
  detectPartTask,
  findOnsetsTask,
  previewDetectorTask,
  proposeOnsetTask,
} from './detectors/detectorTasks.ts';
import { drawTracesTask } from './tasks/drawTask.ts';
import { loadPiecesTask, readSegmentsTask, scanFilesTask } from './tasks/fileTasks.ts';
import { cutLocationTask, prepareRecordTask, scaleRowsTask } from './tasks/pieceTasks.ts';
import { summariseReviewTask } from './tasks/reviewTask.ts';
import { writeSampleTask } from './tasks/sampleTask.ts';
import { evaluateTask, readPickSetTask, scoreTask } from './tasks/scoreTasks.ts';
import { resampleTask } from './tasks/signalTasks.ts';

/** Everything a worker of the pool can do. Each task is a pure function of its arguments (files it reads aside). */
export const tasks = {
  scanFiles: scanFilesTask,
  loadPieces: loadPiecesTask,
  readSegments: readSegmentsTask,
  drawTraces: drawTracesTask,
  detectPart: detectPartTask,
  findOnsets: findOnsetsTask,
  previewDetector: previewDetectorTask,
  proposeOnset: proposeOnsetTask,
  readDocument: readDocumentTask,
  readPickSet: readPickSetTask,
  score: scoreTask,
  evaluate: evaluateTask,
  summariseReview: summariseReviewTask,
  resample: resampleTask,
  prepareRecord: prepareRecordTask,
  cutLocation: cutLocationTask,
  scaleRows: scaleRowsTask,
  readModel: readModelTask,
  writeSample: writeSampleTask,
  prepareArchive: prepareArchiveTask,
} as const;

export type Tasks = typeof tasks;
