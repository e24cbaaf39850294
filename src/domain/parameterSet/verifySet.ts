import { hashContent, type ParameterSet, readContent, type Sha256 } from './parameterSet.ts';

/** What a set is to be run with here. */
export interface RunPlace {
  readonly programVersion: string;
  readonly provider: string;
  readonly models: readonly {
    readonly id: string;
    readonly version: string;
    readonly sha256: string;
    /** Why it cannot run. */
    readonly problem: string | undefined;
  }[];
}

export interface SetCheck {
  /** Whether the file says the hash that its content has. */
  readonly hashMatches: boolean;
  /** The hash its content has. */
  readonly hash: string;
  /** What keeps it from being run, one sentence each. */
  readonly obstacles: readonly string[];
  /** Why picks may differ from those the set was made for, one sentence each; none: they are the same. */
  readonly differences: readonly string[];
}

/** Whether a set is whole, can be run here, and leads to the same picks here. */
export function verifySet(set: ParameterSet, place: RunPlace, sha256: Sha256): SetCheck {
  const hash = hashContent(set.content, sha256);
  const { programVersion, provider, models } = readContent(set.content);
  const obstacles: string[] = [];
  const differences: string[] = [];
  if (hash !== set.hash) {
    differences.push(
      `Its content was changed after it was saved: its hash is ${short(hash)}, it says ${short(set.hash)}.`,
    );
  }
  for (const model of models) {
    const here = place.models.find(({ id }) => id === model.id);
    if (!here) {
      obstacles.push(
        `The model ${model.id} ${model.version} (checksum ${short(model.sha256)}) is not installed; ${importWords(model.id)}.`,
      );
    } else if (here.problem !== undefined)
      obstacles.push(`${model.id} cannot run: ${here.problem}.`);
    else if (here.sha256 !== model.sha256) {
      obstacles.push(
        `${model.id} is another network here: its checksum is ${short(here.sha256)}, the set was made with ${short(model.sha256)}; ${importWords(model.id)}, with that checksum.`,
      );
    }
  }
  if (programVersion !== place.programVersion) {
    differences.push(
      `It was made with Onset ${programVersion}, this is ${place.programVersion}: the rules for picks may have changed.`,
    );
  }
  if (provider !== place.provider) {
    differences.push(
      `It was made on ${provider}, this is ${place.provider}: probabilities may differ in their last digits, and with them picks near a threshold.`,
    );
  }
  return { hashMatches: hash === set.hash, hash, obstacles, differences };
}

/** The words a person types. */
function importWords(id: string): string {
  return `install it with "onset model import PATH", where PATH is the file or folder of ${id}`;
}

function short(hash: string): string {
  return hash.slice(0, 12);
}
