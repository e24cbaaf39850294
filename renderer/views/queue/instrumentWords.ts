import { type Nslc, parseNslc, sensorKey } from '../../../src/domain/waveform/nslc.ts';

/**
 * What tells the sensors of one station apart, by sensor key: `HH` and `EN`; the location too where the band
 * and instrument code does not do (`00 HH`, `10 HH`). Sensors of stations with one only are left out.
 */
export function instrumentWords(streamKeys: readonly string[]): ReadonlyMap<string, string> {
  const byStation = new Map<string, Map<string, Nslc>>();
  for (const key of streamKeys) {
    const stream = parseNslc(key);
    const station = `${stream.network}.${stream.station}`;
    const sensors = byStation.get(station) ?? new Map<string, Nslc>();
    byStation.set(station, sensors.set(sensorKey(stream), stream));
  }
  const words = new Map<string, string>();
  for (const sensors of byStation.values()) {
    if (sensors.size < 2) continue;
    const codes = [...sensors.values()].map((stream) => stream.channel.slice(0, 2));
    const isEnough = new Set(codes).size === codes.length;
    for (const [key, { location, channel }] of sensors) {
      const code = channel.slice(0, 2);
      words.set(key, isEnough ? code : `${location} ${code}`.trim());
    }
  }
  return words;
}
