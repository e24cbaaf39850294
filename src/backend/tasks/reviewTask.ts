import type { ReviewSummary } from '../../domain/evaluation/reviewSummary.ts';
import { type ReviewRecord, summariseReview } from '../../evaluation/review/summary.ts';
import type { TaskReply } from '../../jobs/task.ts';

export function summariseReviewTask(record: ReviewRecord): TaskReply<ReviewSummary> {
  return { value: summariseReview(record) };
}
