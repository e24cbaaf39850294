import type { ExportFormat } from '../../contract/messages/catalog.ts';
import type { CatalogExtract } from '../../domain/event/catalogDocument.ts';
import { picksCsvLines } from '../../formats/csv/picksCsv.ts';
import { digitsFor, markersFromCatalog } from '../../formats/markers/fromCatalog.ts';
import { markerLines } from '../../formats/markers/writer.ts';
import { quakemlChunks } from '../../formats/quakeml/writer.ts';

export interface RenderOptions {
  readonly format: ExportFormat;
  readonly includeRejected: boolean;
  readonly programVersion: string;
}

/** The file in pieces. */
export function renderChunks(extract: CatalogExtract, options: RenderOptions): Iterable<string> {
  switch (options.format) {
    case 'quakeml':
      return quakemlChunks(extract, options);
    case 'csv':
      return picksCsvLines(
        extract.picks.filter((pick) => options.includeRejected || pick.state !== 'rejected'),
      );
    case 'markers': {
      const markers = markersFromCatalog(extract, options);
      return markerLines(markers, digitsFor(markers));
    }
  }
}

/** What a file of the format is called when nobody says. */
export const FILE_NAMES: Readonly<Record<ExportFormat, string>> = {
  quakeml: 'catalog.xml',
  csv: 'picks.csv',
  markers: 'picks.markers',
};
