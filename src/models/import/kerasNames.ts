// Keras numbers layers as a program makes them, and the numbers differ between files of one network. What stays is
// the order of the numbers within each kind of layer.

import type { Tensor } from '../onnxGraph/tensor.ts';
import type { NamedTensors } from './weights.ts';

/**
 * The same tensors named by kind, rank among the layers of that kind, and part: of `conv1d_7/conv1d_7/bias:0`
 * and `conv1d_9/…` the first is `conv1d 0 bias`; both directions of a bidirectional layer have their word before
 * the part. `kinds` renames kinds, so that networks may call the same layer differently.
 */
export function byKerasRank(
  tensors: NamedTensors,
  kinds: Readonly<Record<string, string>> = {},
): NamedTensors {
  const layers = new Map<string, { readonly kind: string; readonly number: number }>();
  for (const name of tensors.keys()) {
    const [layer = name] = name.split('/');
    const [, kind = layer, number = '0'] = /^(.*?)(?:_(\d+))?$/.exec(layer) ?? [];
    layers.set(layer, { kind: kinds[kind] ?? kind, number: Number(number) });
  }
  const rankOf = ({ kind, number }: { readonly kind: string; readonly number: number }) =>
    [...layers.values()].filter((other) => other.kind === kind && other.number < number).length;
  return new Map(
    [...tensors].map(([name, tensor]): [string, Tensor] => {
      const [layer = name] = name.split('/');
      const place = layers.get(layer) ?? { kind: layer, number: 0 };
      return [`${place.kind} ${rankOf(place)} ${partOf(name, layer)}`, tensor];
    }),
  );
}

/** How many layers of a kind there are among tensors named by `byKerasRank`. */
export function kerasLayers(ranked: NamedTensors, kind: string): number {
  const ranks = [...ranked.keys()].flatMap((name) => {
    const rank = name.startsWith(`${kind} `)
      ? name.slice(kind.length + 1).split(' ')[0]
      : undefined;
    return rank === undefined ? [] : [rank];
  });
  return new Set(ranks).size;
}

function partOf(name: string, layer: string): string {
  const last = (name.split('/').at(-1) ?? name).replace(/:0$/, '');
  // Some layers put their own name before their weights'.
  const part = last.startsWith(`${layer}_`) ? last.slice(layer.length + 1) : last;
  const direction = /\/(forward|backward)_/.exec(name)?.[1];
  return direction === undefined ? part : `${direction} ${part}`;
}
