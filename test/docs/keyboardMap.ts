// The README's keyboard map, made from the action registry. `npm run docs` writes it into the README.

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ACTION_GROUPS } from '../../renderer/actions/action.ts';
import { ACTION_TABLE } from '../../renderer/actions/actionTable.ts';
import { displayKey } from '../../renderer/actions/keys.ts';
import { repoRoot } from '../shared.ts';

const readme = path.join(repoRoot, 'README.md');
const MARKED = /(<!-- keys -->\n)[^]*?(<!-- \/keys -->)/;

/** One table a group: keys of the default profile, what they do, and the sentence of the tooltip. */
export function keyboardMap(): string {
  return ACTION_GROUPS.map((group) => {
    const rows = ACTION_TABLE.filter((entry) => entry.group === group && entry.keys.length > 0).map(
      ({ keys, label, help }) => {
        const shown = keys.map((key) => `\`${displayKey(key, false)}\``).join(' ');
        return `| ${shown.replaceAll('|', '\\|')} | ${label} | ${help} |`;
      },
    );
    return [`**${group}**`, '', '| keys | action | |', '|---|---|---|', ...rows, ''].join('\n');
  }).join('\n');
}

export function readmeWithMap(text: string): string {
  return text.replace(
    MARKED,
    (_all, open: string, close: string) => `${open}\n${keyboardMap()}\n${close}`,
  );
}

if (import.meta.main) writeFileSync(readme, readmeWithMap(readFileSync(readme, 'utf8')));
