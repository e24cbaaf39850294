export type SampleType = 'int32' | 'float32' | 'float64' | 'text';

/** Encoding codes of miniSEED 2 (blockette 1000) and 3. */
export const ENCODING = {
  text: 0,
  int16: 1,
  int24: 2,
  int32: 3,
  float32: 4,
  float64: 5,
  steim1: 10,
  steim2: 11,
  geoscope24: 12,
  geoscope16Exponent3: 13,
  geoscope16Exponent4: 14,
  cdsn: 16,
  sro: 30,
  dwwssn: 32,
} as const;

const NAMES: Readonly<Record<number, string>> = {
  0: 'ASCII',
  1: 'INT16',
  2: 'INT24',
  3: 'INT32',
  4: 'FLOAT32',
  5: 'FLOAT64',
  10: 'STEIM1',
  11: 'STEIM2',
  12: 'GEOSCOPE24',
  13: 'GEOSCOPE16_3',
  14: 'GEOSCOPE16_4',
  15: 'US_NATIONAL',
  16: 'CDSN',
  17: 'GRAEFENBERG',
  18: 'IPG',
  19: 'STEIM3',
  30: 'SRO',
  31: 'HGLP',
  32: 'DWWSSN',
  33: 'RSTN',
  100: 'OPAQUE',
};

const SAMPLE_TYPES: Readonly<Record<number, SampleType>> = {
  0: 'text',
  1: 'int32',
  2: 'int32',
  3: 'int32',
  4: 'float32',
  5: 'float64',
  10: 'int32',
  11: 'int32',
  12: 'float32',
  13: 'float32',
  14: 'float32',
  16: 'int32',
  30: 'int32',
  32: 'int32',
};

/** Bytes one sample takes, for the encodings where that is fixed. */
const SAMPLE_BYTES: Readonly<Record<number, number>> = {
  0: 1,
  1: 2,
  2: 3,
  3: 4,
  4: 4,
  5: 8,
  12: 3,
  13: 2,
  14: 2,
  16: 2,
  30: 2,
  32: 2,
};

/** The encoding in the words of the SEED manual. */
export function encodingName(code: number): string {
  return NAMES[code] ?? `encoding ${code}`;
}

/** What samples decode to, or undefined for an encoding that cannot be read. */
export function sampleTypeOf(code: number): SampleType | undefined {
  return SAMPLE_TYPES[code];
}

export function sampleBytesOf(code: number): number | undefined {
  return SAMPLE_BYTES[code];
}
