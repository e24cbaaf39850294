import { AppError } from '../../base/appError.ts';
import { type EpochNs, epochNs } from '../../base/time.ts';
import { formatNslc, type Nslc, plainLocation } from '../../domain/waveform/nslc.ts';
import { sampleTime, type TraceSegment } from '../../domain/waveform/traceSegment.ts';
import { nominalRateHz } from './header2.ts';
import { ByteSink, encodingFor, type WriteEncoding, writePayload } from './payload.ts';
import { recordTimeFields } from './record.ts';

export interface WriteMiniseed2Options {
  /** Bytes a record: a power of two, 128 to 1 048 576. Default 4096. */
  readonly recordLength?: number;
  /** Default: Steim-2 for integers (int32 where a jump needs more than 30 bits), else what the samples are. */
  readonly encoding?: WriteEncoding;
  /** D raw, R, Q checked, M merged. Default D. */
  readonly quality?: 'D' | 'R' | 'Q' | 'M';
}

const MAX_SAMPLES = 65_535;

/**
 * The segments as big-endian miniSEED 2 records, in their order. Samples come back exactly; starts are rounded
 * to the microsecond the format knows, rates to float32 where no pair of 16-bit factors gives them.
 * Throws `bad-input` for codes, record lengths or encodings the format cannot hold.
 */
export function writeMiniseed2(
  segments: readonly TraceSegment[],
  options: WriteMiniseed2Options = {},
): Uint8Array<ArrayBuffer> {
  const recordLength = options.recordLength ?? 4096;
  const exponent = Math.log2(recordLength);
  if (!Number.isInteger(exponent) || exponent < 7 || exponent > 20) {
    const text = `A record of ${recordLength} bytes is not possible: choose a power of two from 128 to 1048576.`;
    throw new AppError('bad-input', text);
  }
  const samples = segments.reduce((sum, segment) => sum + segment.samples.length, 0);
  const sink = new ByteSink(samples * 2);
  let sequence = 1;
  for (const segment of segments) {
    const encoding = encodingFor(segment, options.encoding);
    checkCodes(segment.stream);
    const rate = rateFields(segment.sampleRateHz);
    const dataOffset = rate.blockette100 ? (recordLength === 128 ? 80 : 128) : 64;
    if (recordLength - dataOffset < 64 && encoding === 11) {
      const text = `Records of ${recordLength} bytes leave no room for a Steim frame beside the rate ${segment.sampleRateHz} Hz; choose 256 or more.`;
      throw new AppError('bad-input', text);
    }
    for (let from = 0; from < segment.samples.length;) {
      const offset = sink.reserve(recordLength);
      const payload = writePayload(
        sink.view,
        offset + dataOffset,
        Math.min(recordLength - dataOffset, maxPayload(encoding)),
        false,
        encoding,
        segment.samples,
        from,
      );
      const start = sampleTime(segment.startNs, from, segment.sampleRateHz);
      writeHeader(sink.view, offset, {
        sequence,
        quality: options.quality ?? 'D',
        stream: segment.stream,
        start,
        samples: payload.samples,
        rate,
        encoding,
        exponent,
        dataOffset,
        frames: encoding === 11 ? payload.bytes / 64 : 0,
      });
      from += payload.samples;
      sequence = sequence === 999_999 ? 1 : sequence + 1;
    }
  }
  return sink.toBytes();
}

/** So that a record never holds more samples than its 16-bit count can say (seven a word, 15 words a frame). */
function maxPayload(encoding: number): number {
  if (encoding === 11) return Math.floor(MAX_SAMPLES / 105) * 64;
  return MAX_SAMPLES * (encoding === 5 ? 8 : 4);
}

function checkCodes(stream: Nslc): void {
  const { network, station, channel } = stream;
  const location = plainLocation(stream.location);
  const fits =
    network.length <= 2 && station.length <= 5 && location.length <= 2 && channel.length <= 3;
  if (!fits) {
    const text = `${formatNslc(stream)} has codes too long for miniSEED 2 (2, 5, 2 and 3 letters); write miniSEED 3.`;
    throw new AppError('bad-input', text);
  }
}

interface RateFields {
  readonly factor: number;
  readonly multiplier: number;
  readonly blockette100: number | undefined;
}

/** Factor and multiplier that give the rate exactly, else the nearest and a blockette 100. */
function rateFields(rateHz: number): RateFields {
  if (!(rateHz > 0)) return { factor: 0, multiplier: 0, blockette100: undefined };
  for (let divisor = 1; divisor <= 1000; divisor++) {
    const factor = Math.round(rateHz * divisor);
    if (factor < 1 || factor > 32_767) continue;
    const multiplier = divisor === 1 ? 1 : -divisor;
    if (nominalRateHz(factor, multiplier) === rateHz) {
      return { factor, multiplier, blockette100: undefined };
    }
  }
  if (rateHz < 1) {
    const factor = -Math.min(32_767, Math.max(1, Math.round(1 / rateHz)));
    const exact = nominalRateHz(factor, 1) === rateHz;
    return { factor, multiplier: 1, blockette100: exact ? undefined : rateHz };
  }
  if (rateHz > 32_767) {
    const multiplier = Math.min(32_767, Math.ceil(rateHz / 32_767));
    const factor = Math.min(32_767, Math.round(rateHz / multiplier));
    const exact = factor * multiplier === rateHz;
    return { factor, multiplier, blockette100: exact ? undefined : rateHz };
  }
  const divisor = Math.min(1000, Math.floor(32_767 / rateHz));
  return {
    factor: Math.min(32_767, Math.round(rateHz * divisor)),
    multiplier: divisor === 1 ? 1 : -divisor,
    blockette100: rateHz,
  };
}

interface HeaderFields {
  readonly sequence: number;
  readonly quality: string;
  readonly stream: Nslc;
  readonly start: EpochNs;
  readonly samples: number;
  readonly rate: RateFields;
  readonly encoding: number;
  readonly exponent: number;
  readonly dataOffset: number;
  readonly frames: number;
}

function ascii(view: DataView, at: number, length: number, text: string): void {
  const padded = text.padEnd(length, ' ');
  for (let i = 0; i < length; i++) view.setUint8(at + i, padded.charCodeAt(i) & 127);
}

function writeHeader(view: DataView, offset: number, header: HeaderFields): void {
  const { stream, rate } = header;
  // Rounded to whole microseconds: 100 µs steps in the header, the rest in blockette 1001.
  const micros = (header.start + (header.start >= 0n ? 500n : -500n)) / 1000n;
  const time = recordTimeFields(epochNs(micros * 1000n));
  const microseconds = (time.nanos / 1000) % 100;
  ascii(view, offset, 6, String(header.sequence).padStart(6, '0'));
  ascii(view, offset + 6, 2, header.quality);
  ascii(view, offset + 8, 5, stream.station);
  ascii(view, offset + 13, 2, stream.location);
  ascii(view, offset + 15, 3, stream.channel);
  ascii(view, offset + 18, 2, stream.network);
  view.setUint16(offset + 20, time.year);
  view.setUint16(offset + 22, time.dayOfYear);
  view.setUint8(offset + 24, time.hour);
  view.setUint8(offset + 25, time.minute);
  view.setUint8(offset + 26, time.second);
  view.setUint16(offset + 28, Math.floor(time.nanos / 100_000));
  view.setUint16(offset + 30, header.samples);
  view.setInt16(offset + 32, rate.factor);
  view.setInt16(offset + 34, rate.multiplier);
  view.setUint8(offset + 39, rate.blockette100 === undefined ? 2 : 3);
  view.setUint16(offset + 44, header.dataOffset);
  view.setUint16(offset + 46, 48);
  view.setUint16(offset + 48, 1000);
  view.setUint16(offset + 50, 56);
  view.setUint8(offset + 52, header.encoding);
  view.setUint8(offset + 53, 1);
  view.setUint8(offset + 54, header.exponent);
  view.setUint16(offset + 56, 1001);
  view.setUint16(offset + 58, rate.blockette100 === undefined ? 0 : 64);
  view.setInt8(offset + 61, microseconds);
  view.setUint8(offset + 63, Math.min(255, header.frames));
  if (rate.blockette100 !== undefined) {
    view.setUint16(offset + 64, 100);
    view.setUint16(offset + 66, 0);
    view.setFloat32(offset + 68, rate.blockette100);
  }
}
