import { describe, expect, test } from 'vitest';
import { parseNslc } from '../domain/waveform/nslc.ts';
import { groupComponents } from './grouping.ts';

function grouped(...channels: string[]): unknown {
  const streams = channels.map((channel) =>
    parseNslc(channel.includes('.') ? channel : `UW.HANS..${channel}`),
  );
  const { sensors, left } = groupComponents(streams, ['Z', 'N', 'E']);
  return {
    sensors: sensors.map(({ sensorKey, channels: used }) => [
      sensorKey,
      used.map(({ component, stream }) => `${component}=${stream.channel}`).join(' '),
    ]),
    left: left.map(({ stream }) => stream),
  };
}

describe('channels become components', () => {
  test.each([
    [['HHE', 'HHN', 'HHZ'], 'Z=HHZ N=HHN E=HHE'],
    [['HH1', 'HH2', 'HHZ'], 'Z=HHZ N=HH1 E=HH2'],
    [['HH1', 'HH2', 'HH3'], 'Z=HH3 N=HH2 E=HH1'],
    [['HHZ'], 'Z=HHZ'],
    [['HHN', 'HHE'], 'N=HHN E=HHE'],
    [['HHZ', 'HHE'], 'Z=HHZ E=HHE'],
  ])('%j', (channels, expected) => {
    expect(grouped(...channels)).toEqual({ sensors: [['UW.HANS..HH', expected]], left: [] });
  });

  test('N and E win over numbered horizontals, which are named as left out', () => {
    expect(grouped('HHZ', 'HHN', 'HHE', 'HH1', 'HH2')).toEqual({
      sensors: [['UW.HANS..HH', 'Z=HHZ N=HHN E=HHE']],
      left: ['UW.HANS..HH1', 'UW.HANS..HH2'],
    });
  });

  test('two instruments and two locations of a station stay apart', () => {
    expect(grouped('HHZ', 'ENZ', 'UW.HANS.10.HHZ')).toEqual({
      sensors: [
        ['UW.HANS..EN', 'Z=ENZ'],
        ['UW.HANS..HH', 'Z=HHZ'],
        ['UW.HANS.10.HH', 'Z=HHZ'],
      ],
      left: [],
    });
  });

  test('what a network of the vertical alone does not take is left out for that reason', () => {
    const streams = ['UW.HANS..HHZ', 'UW.HANS..HH1', 'UW.MCW..HHN'].map(parseNslc);
    const { sensors, left } = groupComponents(streams, ['Z']);
    expect(sensors.map(({ sensorKey }) => sensorKey)).toEqual(['UW.HANS..HH']);
    expect(left).toEqual([
      { stream: 'UW.HANS..HH1', reason: "component 1 is none of the model's Z" },
      { stream: 'UW.MCW..HHN', reason: "component N is none of the model's Z" },
    ]);
  });

  test('curves that lie beside the records they were made of are no components', () => {
    expect(grouped('HH1', 'HH2', 'HHZ', 'HH_PhaseNet_N', 'PhaseNet_N', 'B_H_XZ')).toEqual({
      sensors: [
        ['UW.HANS..B_', 'Z=B_H_XZ'],
        ['UW.HANS..HH', 'Z=HHZ N=HH1 E=HH2'],
      ],
      left: ['UW.HANS..HH_PhaseNet_N', 'UW.HANS..PhaseNet_N'],
    });
  });

  test('what does not feel the ground is left out', () => {
    expect(grouped('BDF', 'VM1', 'LOG', 'BHZ')).toEqual({
      sensors: [['UW.HANS..BH', 'Z=BHZ']],
      left: ['UW.HANS..BDF', 'UW.HANS..VM1', 'UW.HANS..LOG'],
    });
  });
});
