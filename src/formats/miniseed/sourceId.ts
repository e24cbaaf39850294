import type { Nslc } from '../../domain/waveform/nslc.ts';

/**
 * The codes in an FDSN source identifier, `FDSN:NET_STA_LOC_B_S_SS`. Band, source and subsource of one
 * letter each make the familiar channel code; longer ones stay `B_S_SS`. An identifier of another kind is
 * kept whole as the station code.
 */
export function parseSourceId(sourceId: string): Nslc {
  const body = sourceId.startsWith('FDSN:') ? sourceId.slice(5) : undefined;
  const parts = body?.split('_') ?? [];
  if (parts.length < 4) return { network: '', station: sourceId, location: '', channel: '' };
  const [network = '', station = '', location = '', ...channelParts] = parts;
  return { network, station, location, channel: channelOf(channelParts) };
}

function channelOf(parts: readonly string[]): string {
  if (parts.length !== 3) return parts.join('_');
  const [band = '', source = '', subsource = ''] = parts;
  if (band === '' && source === '') return subsource;
  return parts.every((part) => part.length <= 1) ? parts.join('') : parts.join('_');
}

/** The inverse of `parseSourceId`. */
export function formatSourceId(stream: Nslc): string {
  const { network, station, location, channel } = stream;
  if (network === '' && location === '' && channel === '' && station.includes(':')) return station;
  return `FDSN:${network}_${station}_${location}_${channelParts(channel)}`;
}

function channelParts(channel: string): string {
  if (channel.includes('_')) return channel;
  return channel.length === 3 ? [...channel].join('_') : `__${channel}`;
}
