import type { EpochNs } from '../../base/time.ts';

/**
 * The resource identifiers by which files name what a catalog holds (QuakeML publicID).
 * An imported one is kept; our own are made of creation time and number, so that they stay the same
 * from export to export and two projects' do not meet.
 */
export interface Identified {
  readonly id: number;
  readonly createdNs: EpochNs;
  readonly publicId: string | undefined;
}

/** `smi:local/onset/pick/1700000000000000000-17`, or the identifier the pick was imported with. */
export function pickPublicId(pick: Identified): string {
  return pick.publicId ?? ownPublicId('pick', pick);
}

/** As `pickPublicId`, for events. */
export function eventPublicId(event: Identified): string {
  return event.publicId ?? ownPublicId('event', event);
}

/** The identifier Onset gives, whatever the imported one was. */
export function ownPublicId(
  kind: 'pick' | 'event' | 'origin' | 'arrival',
  of: Pick<Identified, 'id' | 'createdNs'>,
): string {
  return `smi:local/onset/${kind}/${of.createdNs}-${of.id}`;
}
