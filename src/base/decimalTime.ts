import { AppError } from './appError.ts';
import { type EpochNs, epochNs } from './time.ts';

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,2}))?$/;

/**
 * Epoch seconds written as a decimal (`1644113700.09`, `1.64411370009e9`) as nanoseconds, digit by digit: a float
 * would be off by up to 0.2 µs. What is finer than a nanosecond is rounded half away from zero. Throws `bad-input`.
 */
export function parseEpochSeconds(text: string): EpochNs {
  const match = DECIMAL.exec(text.trim());
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match ?? [];
  if (!match || whole + fraction === '') {
    throw new AppError(
      'bad-input',
      `"${text}" is no time in seconds since 1970; write it like 1644113700.09`,
    );
  }
  const shift = 9 + Number(exponent);
  const places = fraction.length - shift;
  const digits = BigInt(whole + fraction);
  const ns =
    places <= 0
      ? digits * 10n ** BigInt(-places)
      : (digits + 5n * 10n ** BigInt(places - 1)) / 10n ** BigInt(places);
  return epochNs(sign === '-' ? -ns : ns);
}
