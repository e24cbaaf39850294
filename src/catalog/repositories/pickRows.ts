// A pick as the domain has it, and as its row has it.

import {
  type EvaluationMode,
  ONSETS,
  PICK_STATES,
  POLARITIES,
  type Pick,
  type PickContent,
  type WeightClass,
  phaseFamily,
} from '../../domain/event/pick.ts';
import type { BandFilter } from '../../domain/waveform/bandFilter.ts';
import { assertDefined } from '../../base/assert.ts';
import type { Row } from '../db.ts';
import {
  integer,
  nanoseconds,
  optionalInteger,
  optionalReal,
  optionalText,
  orNull,
  text,
} from '../rows.ts';

function oneOf<T extends string>(known: readonly T[], value: string | undefined): T | undefined {
  return known.find((item) => item === value);
}

const WEIGHTS: readonly WeightClass[] = [0, 1, 2, 3, 4];

function toFilter(row: Row): BandFilter | undefined {
  const corners = optionalInteger(row, 'filter_corners');
  if (corners === undefined) return undefined;
  return {
    lowHz: optionalReal(row, 'filter_low_hz'),
    highHz: optionalReal(row, 'filter_high_hz'),
    corners,
    zeroPhase: integer(row, 'filter_zero_phase') === 1,
  };
}

/** Images of rows in the journal are of the table alone, as it was then. */
function optionalOf(row: Row, column: string): string | undefined {
  return column in row ? optionalText(row, column) : undefined;
}

/** A pick from its row; `eventId` is not among its columns. */
export function toPick(row: Row, eventId: number | undefined): Pick {
  const weight = optionalInteger(row, 'weight');
  const setHash = optionalOf(row, 'set_hash') ?? optionalOf(row, 'run_set_hash');
  const mode: EvaluationMode = text(row, 'evaluation_mode') === 'manual' ? 'manual' : 'automatic';
  return {
    id: integer(row, 'id'),
    stream: {
      network: text(row, 'network'),
      station: text(row, 'station'),
      location: text(row, 'location'),
      channel: text(row, 'channel'),
    },
    time: nanoseconds(row, 'time_ns'),
    lowerUncertaintyS: optionalReal(row, 'lower_uncertainty_s'),
    upperUncertaintyS: optionalReal(row, 'upper_uncertainty_s'),
    phase: text(row, 'phase'),
    polarity: oneOf(POLARITIES, optionalText(row, 'polarity')),
    onset: oneOf(ONSETS, optionalText(row, 'onset')),
    weight: WEIGHTS.find((known) => known === weight),
    probability: optionalReal(row, 'probability'),
    filter: toFilter(row),
    state: assertDefined(oneOf(PICK_STATES, text(row, 'state')), 'pick state'),
    author: text(row, 'author'),
    method: text(row, 'method'),
    runId: optionalInteger(row, 'run_id'),
    ...(setHash !== undefined && { setHash }),
    eventId,
    createdNs: nanoseconds(row, 'created_ns'),
    publicId: optionalText(row, 'public_id'),
    threshold: optionalReal(row, 'threshold'),
    evaluationMode: mode,
    uncertaintyMethod: optionalText(row, 'uncertainty_method'),
  };
}

export function filterColumns(filter: BandFilter | undefined): Row {
  return {
    filter_low_hz: orNull(filter?.lowHz),
    filter_high_hz: orNull(filter?.highHz),
    filter_corners: orNull(filter?.corners),
    filter_zero_phase: filter ? (filter.zeroPhase ? 1 : 0) : null,
  };
}

export function contentColumns(content: PickContent): Row {
  return {
    network: content.stream.network,
    station: content.stream.station,
    location: content.stream.location,
    channel: content.stream.channel,
    time_ns: content.time,
    lower_uncertainty_s: orNull(content.lowerUncertaintyS),
    upper_uncertainty_s: orNull(content.upperUncertaintyS),
    phase: content.phase,
    phase_family: phaseFamily(content.phase),
    polarity: orNull(content.polarity),
    onset: orNull(content.onset),
    weight: orNull(content.weight),
    probability: orNull(content.probability),
    ...filterColumns(content.filter),
  };
}
