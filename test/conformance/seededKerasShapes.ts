// Names and shapes of the tensors Keras keeps for networks whose published files cannot be had here.

type Shape = [name: string, shape: number[]];

const numbered = (kind: string, k: number) => (k === 0 ? kind : `${kind}_${k}`);
const range = (count: number) => Array.from({ length: count }, (_, k) => k);

/** Layers of one program, numbered by kind as Keras does. */
class Layers {
  readonly shapes: Shape[] = [];
  readonly #counts = new Map<string, number>();

  next(kind: string): string {
    const k = this.#counts.get(kind) ?? 0;
    this.#counts.set(kind, k + 1);
    return numbered(kind, k);
  }

  add(layer: string, parts: readonly Shape[]): void {
    for (const [part, shape] of parts) this.shapes.push([`${layer}/${part}:0`, shape]);
  }

  conv(kernel: number, inputs: number, outputs: number, layer = this.next('conv1d')): void {
    this.add(layer, [
      ['kernel', [kernel, inputs, outputs]],
      ['bias', [outputs]],
    ]);
  }

  norm(channels: number): void {
    const parts = ['gamma', 'beta', 'moving_mean', 'moving_variance'];
    this.add(
      this.next('batch_normalization'),
      parts.map((part): Shape => [part, [channels]]),
    );
  }

  /** `cell` is where a cell's weights stand below their layer. */
  lstm(layer: string, cell: string, inputs: number): void {
    this.add(layer, [
      [`${cell}/kernel`, [inputs, 64]],
      [`${cell}/recurrent_kernel`, [16, 64]],
      [`${cell}/bias`, [64]],
    ]);
  }

  attention(layer: string): void {
    this.add(layer, [
      [`${layer}_Add_Wt`, [16, 32]],
      [`${layer}_Add_Wx`, [16, 32]],
      [`${layer}_Add_bh`, [32]],
      [`${layer}_Add_Wa`, [32, 1]],
      [`${layer}_Add_ba`, [1]],
    ]);
  }
}

/** EQTransformer of its authors' program, in the sizes of the published files. */
export function eqTransformerKerasShapes(blocks: number): Shape[] {
  const widths = [8, 16, 16, 32, 32, 64, 64];
  const kernels = [11, 9, 7, 7, 5, 5, 3];
  const layers = new Layers();
  widths.forEach((width, k) => layers.conv(kernels[k]!, widths[k - 1] ?? 3, width));
  for (const kernel of [3, 3, 3, 3, 2, 3, 2]) {
    for (let part = 0; part < 2; part += 1) {
      layers.norm(64);
      layers.conv(kernel, 64, 64);
    }
  }
  for (let k = 0; k < blocks; k += 1) {
    const layer = layers.next('bidirectional');
    // A bidirectional layer takes the number of an LSTM for itself.
    const number = numbered('lstm', k);
    layers.next('lstm');
    layers.lstm(layer, `forward_${number}/lstm_cell`, k === 0 ? 64 : 16);
    layers.lstm(layer, `backward_${number}/lstm_cell`, k === 0 ? 64 : 16);
    layers.conv(1, 32, 16);
    layers.norm(16);
  }
  for (const name of ['attentionD0', 'attentionD']) {
    layers.attention(name);
    const normed = () => {
      const parts: Shape[] = [
        ['gamma', [16]],
        ['beta', [16]],
      ];
      layers.add(layers.next('layer_normalization'), parts);
    };
    normed();
    const feed = layers.next('feed_forward');
    layers.add(feed, [
      [`${feed}_W1`, [16, 128]],
      [`${feed}_b1`, [128]],
      [`${feed}_W2`, [128, 16]],
      [`${feed}_b2`, [16]],
    ]);
    normed();
  }
  const up = [...widths].reverse();
  ['detector', 'picker_P', 'picker_S'].forEach((last, branch) => {
    if (branch > 0) {
      layers.lstm(layers.next('lstm'), 'lstm_cell', 16);
      layers.attention(branch === 1 ? 'attentionP' : 'attentionS');
    }
    up.forEach((width, k) => layers.conv(kernels[6 - k]!, up[k - 1] ?? 16, width));
    layers.conv(11, 8, 1, last);
  });
  return layers.shapes;
}

/** TPhaseNet's variables in the order a SavedModel numbers them, each under its number and its kind. */
export function tPhaseNetShapes(
  widths: readonly number[],
  attention: readonly number[],
  components: number,
): Shape[] {
  const shapes: number[][] = [];
  const kinds: string[] = [];
  const add = (...parts: Shape[]) => {
    for (const [kind, shape] of parts) {
      kinds.push(kind);
      shapes.push(shape);
    }
  };
  const layer = (...shape: number[]) => add(['kernel', shape], ['bias', [shape.at(-1)!]]);
  const scales = (...sizes: number[]) =>
    sizes.forEach((size) => add(['gamma', [size]], ['beta', [size]]));
  const moments = (...sizes: number[]) =>
    sizes.forEach((size) => add(['moving_mean', [size]], ['moving_variance', [size]]));
  const residual = (inputs: number, width: number) => {
    layer(1, inputs, width);
    layer(7, inputs, width);
    layer(7, width, width);
    scales(inputs, width, width);
    moments(inputs, width, width);
  };
  const bothWays = (inputs: number, size: number) => {
    for (let k = 0; k < 2; k += 1) {
      add(
        ['kernel', [inputs, 4 * size]],
        ['recurrent_kernel', [size, 4 * size]],
        ['bias', [4 * size]],
      );
    }
  };
  const transformer = (over: number, size: number) => {
    for (const inputs of [size, over, over]) {
      add(['kernel', [inputs, 4, size]], ['bias', [4, size]]);
    }
    add(['kernel', [4, size, size]], ['bias', [size]]);
    layer(size, 4 * size);
    layer(4 * size, size);
    scales(size, size);
  };
  widths.forEach((width, k) => residual(widths[k - 1] ?? components, width));
  const up = [...widths].reverse();
  const sizes = [...attention].reverse();
  bothWays(up[0]!, sizes[0]!);
  layer(1, 2 * sizes[0]!, sizes[0]!);
  transformer(up[0]!, sizes[0]!);
  layer(1, up[0]! + sizes[0]!, up[0]!);
  for (const k of range(widths.length).slice(1)) {
    const size = sizes[k]!;
    if (size > 0) bothWays(up[k]!, size);
    if (k > 1 && sizes[k - 1]! > 0) layer(1, up[k - 1]! + sizes[k - 1]!, up[k - 1]!);
    if (size > 0) layer(1, 2 * size, size);
    residual(up[k - 1]!, up[k]!);
    if (size > 0) transformer(up[k]!, size);
  }
  layer(7, widths[0]!, widths[0]!);
  scales(widths[0]!);
  moments(widths[0]!);
  layer(1, widths[0]!, 3);
  return shapes.map((shape, k) => [`${k}/${kinds[k]!}`, shape]);
}
