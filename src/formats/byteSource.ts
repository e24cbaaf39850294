/** Where a reader gets bytes from, so that readers know neither disks nor networks. */
export interface ByteSource {
  /** As a person knows it: a file name. */
  readonly name: string;
  readonly sizeBytes: number;
  /** `length` bytes from `offset`, fewer at the end. */
  read(offset: number, length: number): Promise<Uint8Array>;
}
