import { expect, test } from 'vitest';
import { addSeconds, epochNs } from '../../base/time.ts';
import { phaseNetCsv } from './phaseNetCsv.ts';

test('columns and digits are those of PhaseNet’s own table', () => {
  const beginNs = epochNs(1_562_281_200_005_000_000n);
  const row = {
    stationId: 'CI.CCC..HH',
    beginNs,
    index: 1234,
    time: addSeconds(beginNs, 12.34),
    score: 0.98765,
    phase: 'P',
    fileName: 'CI.CCC.mseed',
    amplitude: 0.000123456,
  };
  const text = phaseNetCsv([
    row,
    { ...row, phase: 'S', amplitude: undefined, fileName: 'a,b' },
    { ...row, amplitude: 123456 },
  ]);
  expect(text.split('\n')).toEqual([
    'station_id,begin_time,phase_index,phase_time,phase_score,phase_type,file_name,phase_amplitude',
    'CI.CCC..HH,2019-07-04T23:00:00.005,1234,2019-07-04T23:00:12.345,0.988,P,CI.CCC.mseed,1.235e-04',
    'CI.CCC..HH,2019-07-04T23:00:00.005,1234,2019-07-04T23:00:12.345,0.988,S,"a,b",',
    'CI.CCC..HH,2019-07-04T23:00:00.005,1234,2019-07-04T23:00:12.345,0.988,P,CI.CCC.mseed,1.235e+05',
    '',
  ]);
});
