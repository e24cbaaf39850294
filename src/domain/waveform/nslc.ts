import { AppError } from '../../base/appError.ts';

/** Network, station, location and channel codes of one stream (FDSN). An absent location is the empty string. */
export interface Nslc {
  readonly network: string;
  readonly station: string;
  readonly location: string;
  readonly channel: string;
}

/** `NET.STA.LOC.CHA`, the key of a stream; `--` equals an empty location. Throws `bad-input`. */
export function parseNslc(text: string): Nslc {
  const parts = text.split('.');
  if (parts.length !== 4) {
    throw new AppError(
      'bad-input',
      `"${text}" is not a stream id; write it NET.STA.LOC.CHA, for example UW.HANS..HHZ`,
    );
  }
  const [network, station, location, channel] = parts as [string, string, string, string];
  return { network, station, location: plainLocation(location), channel };
}

/** The location code as it is compared: `--` and blanks mean empty. */
export function plainLocation(location: string): string {
  const trimmed = location.trim();
  return trimmed === '--' ? '' : trimmed;
}

export function formatNslc(stream: Nslc): string {
  return `${stream.network}.${stream.station}.${stream.location}.${stream.channel}`;
}

/** Network, station, location and the first two channel letters: what shares one sensor. `UW.HANS..HH`. */
export function sensorKey(stream: Nslc): string {
  return `${stream.network}.${stream.station}.${stream.location}.${stream.channel.slice(0, 2)}`;
}

/** Network and station: what picks are scored by. `UW.HANS`. */
export function stationKey(stream: Pick<Nslc, 'network' | 'station'>): string {
  return `${stream.network}.${stream.station}`;
}

/** The last letter of the channel: Z, N, E, 1, 2, 3 … */
export function componentOf(stream: Nslc): string {
  return stream.channel.slice(-1);
}

/** `FDSN:NET_STA_LOC_B_S_SS`, the FDSN source identifier. */
export function toSourceId(stream: Nslc): string {
  const { network, station, location, channel } = stream;
  const [band, source, subsource] =
    channel.length === 3 ? [channel[0], channel[1], channel[2]] : ['', '', channel];
  return `FDSN:${network}_${station}_${location}_${band}_${source}_${subsource}`;
}
