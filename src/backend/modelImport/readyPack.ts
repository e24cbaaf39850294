// Packs that are ready: `model.json` with the networks it names, in a folder or a zip archive of one.

import { AppError, messageOf } from '../../base/appError.ts';
import type { ModelImportAnswers } from '../../contract/messages/models.ts';
import { type Inflate, openZip } from '../../formats/zip/zip.ts';
import { fieldsOf } from '../../models/library/jsonFields.ts';
import {
  isPackId,
  NETWORK_FILE,
  type PackFacts,
  readPackFacts,
} from '../../models/library/packFacts.ts';
import { jsonBytes, type NamedFile, type PreparedPack, sha256 } from './preparedPack.ts';

const CARD_FILE = 'model.json';
const PARITY_FILE = 'parity.json';

/**
 * A pack from the files of its folder. `named` is the network a person pointed at: one of those the card names
 * means the whole pack, another becomes its `model.onnx`. Throws `bad-input`.
 */
export function readReadyPack(
  files: ReadonlyMap<string, Uint8Array>,
  named: string,
  from: readonly string[],
  answers: ModelImportAnswers,
  program: string,
): PreparedPack {
  const cardBytes = files.get(CARD_FILE);
  if (cardBytes === undefined) {
    throw new AppError(
      'bad-input',
      `${named} has no ${CARD_FILE} beside it, which says what it is fed and what it answers; write one (README, “Models”) and import again`,
    );
  }
  const card = parsed(cardBytes);
  const facts = readPackFacts(card);
  const id = answers.id ?? facts.id;
  if (!isPackId(id)) throw new AppError('bad-input', `"${id}" cannot be the name of a model`);
  const networks = networksOf(files, facts, named);
  const unchecked = networks.filter(({ name }) => facts.checksums[name] === undefined);
  const checksums = Object.fromEntries(networks.map(({ name, bytes }) => [name, sha256(bytes)]));
  refuseOthers(facts, checksums);
  const written = {
    ...fieldsOf(card),
    id,
    files: Object.fromEntries(
      networks.map(({ name }) => [name, fieldsOf(fieldsOf(card)?.files)?.[name] ?? 'network']),
    ),
    checksums,
    imported: { files: from, program },
  };
  const parity = files.get(PARITY_FILE);
  return {
    id,
    title: facts.title,
    architecture: 'onnx',
    from,
    files: [
      ...networks,
      { name: CARD_FILE, bytes: jsonBytes(written) },
      ...(parity === undefined ? [] : [{ name: PARITY_FILE, bytes: parity }]),
    ],
    warnings: unchecked.map(
      ({ name }) =>
        `the card states no checksum of ${name}: whether it is the network the card speaks of was not checked; from now on it has to stay as it was imported`,
    ),
  };
}

/** The pack in an archive, at its top or in its only folder. Throws `bad-input`, `unreadable-file`. */
export function readZippedPack(
  bytes: Uint8Array,
  name: string,
  inflate: Inflate,
  answers: ModelImportAnswers,
  program: string,
): PreparedPack {
  const zip = openZip(bytes, name, inflate);
  const cards = zip.names.filter((each) => each === CARD_FILE || each.endsWith(`/${CARD_FILE}`));
  const [card] = cards;
  if (card === undefined || cards.length > 1) {
    throw new AppError(
      'bad-input',
      `${name} holds ${cards.length === 0 ? 'no' : String(cards.length)} ${CARD_FILE}; zip the folder of one pack`,
    );
  }
  const root = card.slice(0, -CARD_FILE.length);
  const inside = zip.names.filter((each) => /^[^/]+\.(json|onnx)$/.test(each.slice(root.length)));
  const files = new Map(
    inside
      .filter((each) => each.startsWith(root))
      .map((each) => [each.slice(root.length), zip.read(each)]),
  );
  return readReadyPack(files, NETWORK_FILE, [name], answers, program);
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown;
  } catch (error) {
    throw new AppError('bad-input', `${CARD_FILE} is no JSON: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function networksOf(
  files: ReadonlyMap<string, Uint8Array>,
  facts: PackFacts,
  named: string,
): NamedFile[] {
  const isOther = !facts.files.includes(named);
  const wanted = isOther ? [named] : facts.files;
  const networks: NamedFile[] = [];
  for (const name of wanted) {
    const bytes = files.get(name);
    if (bytes === undefined) {
      throw new AppError(
        'bad-input',
        `${facts.id}: the card names ${name}, which is not beside it`,
      );
    }
    networks.push({ name: isOther ? NETWORK_FILE : name, bytes });
  }
  return networks;
}

function refuseOthers(facts: PackFacts, found: Readonly<Record<string, string>>): void {
  for (const [name, stated] of Object.entries(facts.checksums)) {
    const own = found[name];
    if (own === undefined || own === stated) continue;
    throw new AppError(
      'bad-input',
      `${facts.id}: ${name} is not the network of its card: sha-256 is ${own.slice(0, 12)}…, the card says ${stated.slice(0, 12)}…; fetch the pack again`,
    );
  }
}
