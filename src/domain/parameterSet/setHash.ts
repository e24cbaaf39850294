/** Whether a text may be the hash of a parameter set: SHA-256 in lower hexadecimal digits. */
export function isSetHash(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}
