import { expect, test } from 'vitest';
import { addSeconds, epochNs } from '../../base/time.ts';
import { eqTransformerCsv } from './eqTransformerCsv.ts';

test('columns and digits are those of EQTransformer’s own table', () => {
  const startNs = epochNs(1_644_114_689_108_400_000n);
  const p = { time: addSeconds(startNs, 0.06), probability: 0.5849, snrDb: 10.5 };
  const text = eqTransformerCsv([
    {
      ...{ fileName: 'PB.B204.mseed', network: 'PB', station: 'B204', instrument: 'EH' },
      ...{ startNs, endNs: addSeconds(startNs, 13.05), probability: 0.9512, p },
      s: { time: addSeconds(startNs, 5.36), probability: 0.4473, snrDb: 12.8 },
    },
    {
      ...{ fileName: '', network: 'G', station: 'ABC', instrument: 'HN' },
      ...{ startNs: epochNs(1_644_114_689_000_000_000n), endNs: addSeconds(startNs, 1) },
      ...{ probability: 1, p: { ...p, snrDb: 3, probability: 0.1 }, s: undefined },
    },
  ]);
  expect(text.split('\r\n')).toEqual([
    'file_name,network,station,instrument_type,station_lat,station_lon,station_elv,event_start_time,event_end_time,detection_probability,detection_uncertainty,p_arrival_time,p_probability,p_uncertainty,p_snr,s_arrival_time,s_probability,s_uncertainty,s_snr',
    'PB.B204.mseed,PB,B204,EH,,,,2022-02-06 02:31:29.108400,2022-02-06 02:31:42.158400,0.95,,2022-02-06 02:31:29.168400,0.58,,10.5,2022-02-06 02:31:34.468400,0.45,,12.8',
    ',G ,ABC ,HN,,,,2022-02-06 02:31:29,2022-02-06 02:31:30.108400,1.0,,2022-02-06 02:31:29.168400,0.1,,3.0,,,,',
    '',
  ]);
});
