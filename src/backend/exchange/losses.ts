// What a file of each format does not carry, in sentences for the preview: only what this catalog really has.

import type { ExportFormat } from '../../contract/messages/catalog.ts';
import type { CatalogExtract } from '../../domain/event/catalogDocument.ts';
import type { Pick } from '../../domain/event/pick.ts';
import { MAX_AUTHOR_LENGTH } from '../../formats/quakeml/lines.ts';
import { hasLongCode } from '../../formats/quakeml/pickWriter.ts';

/** `extract` is what is asked for, rejected picks included. */
export function lossesOf(
  extract: CatalogExtract,
  format: ExportFormat,
  includeRejected: boolean,
): string[] {
  const rejected = extract.picks.filter((pick) => pick.state === 'rejected').length;
  const picks = includeRejected
    ? extract.picks
    : extract.picks.filter((pick) => pick.state !== 'rejected');
  const left = includeRejected ? [] : [say(rejected, 'rejected pick', 'left out')];
  return [...left, ...FORMATS[format](extract, picks)].filter((line) => line !== undefined);
}

type Line = string | undefined;

const FORMATS: Readonly<
  Record<ExportFormat, (extract: CatalogExtract, picks: readonly Pick[]) => Line[]>
> = { quakeml: quakemlLosses, csv: csvLosses, markers: markerLosses };

/** `12 rejected picks are left out.`, or nothing when there are none. */
function say(count: number, what: string, fate: string): Line {
  if (count === 0) return undefined;
  return count === 1 ? `1 ${what} is ${fate}.` : `${count} ${plural(what)} are ${fate}.`;
}

/** `picks without a phase`, `uncertainties`, `weight classes`. */
function plural(what: string): string {
  const [, noun = what, rest = ''] = /^(.*?)( without .*)?$/.exec(what) ?? [];
  if (noun.endsWith('y')) return `${noun.slice(0, -1)}ies${rest}`;
  return `${noun}${noun.endsWith('s') ? 'es' : 's'}${rest}`;
}

function count(picks: readonly Pick[], test: (pick: Pick) => boolean): number {
  return picks.reduce((total, pick) => total + (test(pick) ? 1 : 0), 0);
}

/** Always so, as soon as there is a pick. */
function history(picks: readonly Pick[]): Line {
  return picks.length > 0 ? 'Former versions of edited picks stay in the project.' : undefined;
}

function quakemlLosses({ events }: CatalogExtract, picks: readonly Pick[]): Line[] {
  const located = new Set(events.filter((event) => event.origin).map((event) => event.id));
  return [
    say(
      count(
        picks,
        (pick) => pick.eventId !== undefined && pick.phase === '' && located.has(pick.eventId),
      ),
      'pick without a phase',
      'written without an arrival',
    ),
    say(
      count(picks, (pick) => pick.time % 1000n !== 0n),
      'pick time',
      'finer than a microsecond, which most other programs round',
    ),
    say(
      count(picks, (pick) => hasLongCode(pick.stream)),
      'stream code',
      'longer than the 8 letters QuakeML allows; whole only in a comment',
    ),
    say(
      count(picks, (pick) => pick.author.length > MAX_AUTHOR_LENGTH),
      'author name',
      `longer than the ${MAX_AUTHOR_LENGTH} letters QuakeML allows; whole only in a comment`,
    ),
    picks.some((pick) => (pick.probability ?? pick.weight ?? pick.runId) !== undefined)
      ? 'Probability, weight class and model run are written as comments, which other programs show but do not use.'
      : undefined,
    picks.some((pick) => pick.runId !== undefined)
      ? 'Probability curves stay in the project.'
      : undefined,
    history(picks),
  ];
}

function csvLosses({ events }: CatalogExtract, picks: readonly Pick[]): Line[] {
  return [
    say(
      events.length,
      'event',
      'not written, and neither which picks belong together: CSV holds picks only',
    ),
    say(
      count(picks, (pick) => pick.filter !== undefined),
      'filter',
      'not written',
    ),
    say(
      count(picks, (pick) => pick.publicId !== undefined),
      'imported identifier',
      'not written',
    ),
    history(picks),
  ];
}

function markerLosses({ events }: CatalogExtract, picks: readonly Pick[]): Line[] {
  const withPicks = new Set(picks.map((pick) => pick.eventId));
  const has = (test: (pick: Pick) => boolean) => count(picks, test);
  return [
    say(
      events.filter((event) => !event.origin && !withPicks.has(event.id)).length,
      'event without origin and picks',
      'left out, since a marker needs a time',
    ),
    say(events.filter((event) => event.type !== undefined).length, 'event type', 'not written'),
    say(
      has((pick) => pick.phase === ''),
      'pick without a phase',
      'written without a name',
    ),
    say(
      has((p) => (p.lowerUncertaintyS ?? p.upperUncertaintyS) !== undefined),
      'uncertainty',
      'not written',
    ),
    say(
      has((pick) => pick.weight !== undefined),
      'weight class',
      'written as the colour only',
    ),
    say(
      has((pick) => pick.probability !== undefined),
      'probability',
      'not written',
    ),
    say(
      has((pick) => pick.onset !== undefined),
      'onset character',
      'not written',
    ),
    say(
      has((pick) => pick.filter !== undefined),
      'filter',
      'not written',
    ),
    say(
      has((pick) => pick.state === 'confirmed'),
      'confirmed pick',
      "not told from an analyst's own: both are written as not automatic",
    ),
    say(
      has((pick) => pick.state === 'deferred'),
      'deferred pick',
      'written as automatic',
    ),
    say(
      has((pick) => pick.state === 'rejected'),
      'rejected pick',
      'written like accepted ones',
    ),
    picks.length > 0 ? 'Authors, methods, runs and times of creation are not written.' : undefined,
    history(picks),
  ];
}
