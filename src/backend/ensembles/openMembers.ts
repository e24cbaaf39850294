// Who looks in a run of several: every model, in every band, with its windows moved by every shift.

import { AppError } from '../../base/appError.ts';
import type { EnsembleRequest } from '../../contract/messages/models.ts';
import type { EnsembleMember } from '../../domain/event/ensemble.ts';
import type { RunSettings } from '../../domain/event/runSettings.ts';
import { type BandFilter, describeFilter } from '../../domain/waveform/bandFilter.ts';
import type { RunnableModel } from '../../models/registry.ts';
import { hopSamples, shortestStretch } from '../../models/settings.ts';
import type { BackendContext } from '../context.ts';
import { openRun } from '../openRun.ts';
import type { ScanPlan } from '../scan/scanPlan.ts';
import { wholeSettings } from '../tuning/wholeSettings.ts';

export interface OpenMember {
  readonly name: string;
  readonly model: RunnableModel;
  readonly settings: RunSettings;
  readonly offsetSamples: number;
  /** Of its model, bands and shifts alike. */
  readonly plan: ScanPlan;
}

/** More than this and a run takes longer than anyone expects. */
const MOST_MEMBERS = 64;

/** Throws `bad-input` for members that cannot work together, and what opening a model throws. */
export async function openMembers(
  context: BackendContext,
  request: EnsembleRequest,
): Promise<OpenMember[]> {
  const bands = request.bands?.length ? request.bands : [undefined];
  const shifts = request.shifts ?? 1;
  const count = request.models.length * bands.length * shifts;
  if (count < 2 || count > MOST_MEMBERS) {
    throw new AppError(
      'bad-input',
      `${count === 1 ? 'one member is' : `${count} members are`} no ensemble; name from 2 to ${MOST_MEMBERS}: several models, bands, or shifts of the windows`,
    );
  }
  const members: OpenMember[] = [];
  for (const asked of request.models) {
    for (const band of bands) {
      const { model, settings, plan } = await openMember(context, request, asked, band);
      for (let shift = 0; shift < shifts; shift += 1) {
        const offsetSamples = offsetOf(model, settings, shift, shifts);
        const name = memberName(model.spec.id, band, offsetSamples);
        members.push({ name, model, settings, offsetSamples, plan });
      }
    }
  }
  return members;
}

/** Members as they were written down, each with all its settings. */
export async function exactMembers(
  context: BackendContext,
  { streamKeys, window, allowTestModel }: EnsembleRequest,
  asked: readonly EnsembleMember[],
): Promise<OpenMember[]> {
  const members: OpenMember[] = [];
  for (const { name, modelId, settings: own, offsetSamples } of asked) {
    const { model, settings, plan } = await openRun(context, {
      ...{ modelId, streamKeys, window, settings: wholeSettings(own) },
      ...(allowTestModel !== undefined && { allowTestModel }),
    });
    members.push({ name, model, settings, offsetSamples, plan });
  }
  return members;
}

function openMember(
  context: BackendContext,
  request: EnsembleRequest,
  { modelId, folder, settings: own }: EnsembleRequest['models'][number],
  band: BandFilter | undefined,
): ReturnType<typeof openRun> {
  const { streamKeys, window, settings: given, allowTestModel } = request;
  // Thresholds and rule of an ensemble are of the common curve; each member has its own.
  const shared = { ...given, thresholds: undefined, pickRule: undefined };
  const alike = request.rule === 'first' ? given : shared;
  return openRun(context, {
    ...{ modelId, streamKeys, window },
    ...(folder !== undefined && { folder }),
    ...(allowTestModel !== undefined && { allowTestModel }),
    settings: { ...alike, ...own, ...(band && { filter: band }) } as Partial<RunSettings>,
  });
}

/** Samples by which the windows of the `shift`th of `shifts` members begin later. Throws `bad-input` for too many. */
export function offsetOf(
  { spec }: RunnableModel,
  settings: RunSettings,
  shift: number,
  shifts: number,
): number {
  // Where one window may be a whole record, starts are as far apart as they are with the network's own.
  const hop = Math.min(hopSamples(spec, settings), shortestStretch(spec, settings));
  if (shifts > hop) {
    throw new AppError(
      'bad-input',
      `windows of ${spec.id} follow one another every ${hop} samples and cannot begin at ${shifts} different offsets; ask for ${hop} at most or let them overlap less`,
    );
  }
  return Math.round((shift * hop) / shifts);
}

function memberName(modelId: string, band: BandFilter | undefined, offsetSamples: number): string {
  const words = [modelId];
  if (band) words.push(describeFilter(band));
  if (offsetSamples > 0) words.push(`+${offsetSamples}`);
  return words.join(' ');
}
