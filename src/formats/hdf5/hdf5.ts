// A reader of HDF5 files held in memory: groups, attributes, and datasets of numbers and texts.

import { AppError } from '../../base/appError.ts';
import type { Inflate } from '../zip/zip.ts';
import { readSuperblock, type Cursor, type FileBytes } from './fileBytes.ts';
import { readDenseMessages } from './fractalHeap.ts';
import { readLinks } from './links.ts';
import { MESSAGE, messageBody, readObjectHeader, type HeaderMessage } from './objectHeader.ts';
import { readStored } from './storage.ts';
import { countOf, readElementType, readNumbers, readExtent, readTexts } from './values.ts';

/** Numbers or texts of an attribute, a scalar as a list of one; undefined for types not read here. */
export type AttributeValues = readonly number[] | readonly string[] | undefined;

/** Numbers of a dataset in C order. */
export interface Hdf5Numbers {
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

const DENSE_ATTRIBUTE_ID_AT = 0;

/** One group or dataset of a file. */
export class Hdf5Object {
  readonly #opened: Opened;
  readonly #messages: readonly HeaderMessage[];
  /** As messages say it: `/` for the root. */
  readonly path: string;

  constructor(opened: Opened, address: number, path: string) {
    this.#opened = opened;
    this.path = path;
    this.#messages = this.#guarded(() => readObjectHeader(opened.file, address));
  }

  /** Names of what a group holds; none for a dataset. */
  names(): string[] {
    return [...this.#links().keys()];
  }

  /** An object below, by its path from here; undefined when there is none. Throws `unreadable-file`. */
  at(path: string): Hdf5Object | undefined {
    const [name = '', ...rest] = path.split('/').filter((part) => part !== '');
    const address = this.#links().get(name);
    if (address === undefined) return undefined;
    const below = this.path === '/' ? `/${name}` : `${this.path}/${name}`;
    const child = new Hdf5Object(this.#opened, address, below);
    return rest.length === 0 ? child : child.at(rest.join('/'));
  }

  /** Attributes by name. Throws `unreadable-file`. */
  attributes(): Map<string, AttributeValues> {
    return this.#guarded(() => {
      const { file } = this.#opened;
      const attributes = new Map<string, AttributeValues>();
      for (const { type, at } of this.#messages) {
        if (type === MESSAGE.attribute) readAttribute(file.cursor(at), attributes);
      }
      const info = messageBody(file, this.#messages, MESSAGE.attributeInfo);
      if (info !== undefined) {
        const flags = info.skip(1).u8();
        if ((flags & 1) !== 0) info.skip(2);
        readDenseMessages(file, info, DENSE_ATTRIBUTE_ID_AT, (cursor) =>
          readAttribute(cursor, attributes),
        );
      }
      return attributes;
    });
  }

  /** The numbers of a dataset; undefined for a group and for other types. Throws `unreadable-file`. */
  numbers(): Hdf5Numbers | undefined {
    return this.#guarded(() => {
      const { file, inflate } = this.#opened;
      const typeBody = messageBody(file, this.#messages, MESSAGE.datatype);
      const shapeBody = messageBody(file, this.#messages, MESSAGE.dataspace);
      if (typeBody === undefined || shapeBody === undefined) return undefined;
      const type = readElementType(typeBody);
      const extent = readExtent(shapeBody);
      if (extent === undefined || (type.kind !== 'float' && type.kind !== 'integer'))
        return undefined;
      const stored = { ...extent, elementBytes: type.sizeBytes };
      const bytes = readStored(file, this.#messages, stored, inflate);
      const values = readNumbers(bytes, type, countOf(extent.shape));
      return values === undefined ? undefined : { shape: extent.shape, values };
    });
  }

  #links(): ReadonlyMap<string, number> {
    return this.#guarded(() => readLinks(this.#opened.file, this.#messages));
  }

  #guarded<T>(read: () => T): T {
    return guarded(`${this.path} of ${this.#opened.fileName}`, read);
  }
}

interface Opened {
  readonly file: FileBytes;
  readonly fileName: string;
  readonly inflate: Inflate | undefined;
}

/**
 * Opens an HDF5 file: its root group. `fileName` is for messages; `inflate` unpacks raw DEFLATE and is
 * asked only for packed chunks. Throws `unreadable-file`.
 */
export function openHdf5(bytes: Uint8Array, fileName: string, inflate?: Inflate): Hdf5Object {
  const { file, rootAddress } = guarded(fileName, () => readSuperblock(bytes));
  return new Hdf5Object({ file, fileName, inflate }, rootAddress, '/');
}

/** An attribute message (IV.A.2.m), versions 1 to 3. */
function readAttribute(cursor: Cursor, attributes: Map<string, AttributeValues>): void {
  const version = cursor.u8();
  const flags = cursor.u8();
  const sizes = [cursor.u16(), cursor.u16(), cursor.u16()] as const;
  if (version === 3) cursor.skip(1);
  // Version 1 pads each part to eight bytes.
  const padded = sizes.map((size) => (version === 1 ? Math.ceil(size / 8) * 8 : size));
  const nameAt = cursor.at;
  const typeAt = nameAt + (padded[0] ?? 0);
  const shapeAt = typeAt + (padded[1] ?? 0);
  const valuesAt = shapeAt + (padded[2] ?? 0);
  const { file } = cursor;
  const name = file.cursor(nameAt).text(sizes[0]);
  if (version !== 1 && (flags & 3) !== 0) {
    attributes.set(name, undefined);
    return;
  }
  const type = readElementType(file.cursor(typeAt));
  const extent = readExtent(file.cursor(shapeAt));
  const count = extent === undefined ? 0 : countOf(extent.shape);
  const values = file.cursor(valuesAt).take(count * type.sizeBytes);
  const numbers = readNumbers(values, type, count);
  attributes.set(
    name,
    numbers === undefined ? readTexts(file, values, type, count) : Array.from(numbers),
  );
}

function guarded<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new AppError(
      'unreadable-file',
      `${what} cannot be read as HDF5: ${error.message}. Fetch the file again, or save it with an older layout.`,
    );
  }
}
