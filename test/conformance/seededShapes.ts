// Names and shapes of the tensors SeisBench's classes keep, as their `.pt` files list them.

type Shape = [name: string, shape: number[]];

const weighted = (name: string, shape: number[]): Shape[] => [
  [`${name}.weight`, shape],
  [`${name}.bias`, [shape[0]!]],
];
const norm = (name: string, channels: number): Shape[] =>
  ['weight', 'bias', 'running_mean', 'running_var'].map((part) => [`${name}.${part}`, [channels]]);
const cell = (name: string, inputs: number, hidden: number, ending = ''): Shape[] => [
  [`${name}.weight_ih${ending}`, [4 * hidden, inputs]],
  [`${name}.weight_hh${ending}`, [4 * hidden, hidden]],
  [`${name}.bias_ih${ending}`, [4 * hidden]],
  [`${name}.bias_hh${ending}`, [4 * hidden]],
];
const pairs = <T>(values: readonly T[]) =>
  values.slice(1).map((to, k) => [values[k]!, to] as const);
const range = (count: number) => Array.from({ length: count }, (_, k) => k);

export function phaseNetShapes(components: number, labels: number): Shape[] {
  const widths = [8, 16, 32, 64, 128];
  const kernel = (name: string, shape: number[]): Shape => [`${name}.weight`, shape];
  return [
    ...weighted('inc', [8, components, 7]),
    ...norm('in_bn', 8),
    ...widths.flatMap((width, k) => [
      kernel(`down_branch.${k}.0`, [width, widths[Math.max(0, k - 1)]!, 7]),
      ...norm(`down_branch.${k}.1`, width),
      ...(k < 4 ? [kernel(`down_branch.${k}.2`, [width, width, 7])] : []),
      ...(k < 4 ? norm(`down_branch.${k}.3`, width) : []),
    ]),
    ...pairs(widths.toReversed()).flatMap(([from, to], k) => [
      kernel(`up_branch.${k}.0`, [from, to, 7]),
      ...norm(`up_branch.${k}.1`, to),
      kernel(`up_branch.${k}.2`, [to, from, 7]),
      ...norm(`up_branch.${k}.3`, to),
    ]),
    ...weighted('out', [labels, 8, 1]),
  ];
}

export function skynetShapes(): Shape[] {
  const widths = [3, 8, 8, 8, 11, 11, 16, 16, 22, 22, 32, 32, 40];
  const ups = [
    ['dconv0', 'bnd0', 40, 32, 32],
    ['dconv01', 'bnd01', 32, 64, 32],
    ['dconv1', 'bnd1', 32, 22, 22],
    ['dconv2', 'bnd2', 22, 44, 22],
    ['dconv3', 'bnd3', 22, 16, 16],
    ['dconv4', 'bnd4', 16, 32, 16],
    ['dconv5', 'bnd5', 16, 11, 11],
    ['dconv6', 'bnd6', 11, 22, 11],
    ['dconv7', 'bnd7', 11, 8, 8],
    ['dconv8', 'bnd8', 8, 16, 8],
  ] as const;
  return [
    ...pairs(widths).flatMap(([from, to], k) => [
      ...weighted(`conv${k + 1}`, [to, from, 7]),
      ...norm(`bn${k + 1}`, to),
    ]),
    ...ups.flatMap(([name, normName, first, second, width]): Shape[] => [
      [`${name}.weight`, [first, second, 7]],
      [`${name}.bias`, [width]],
      ...norm(normName, width),
    ]),
    ...weighted('dconv9', [3, 8, 7]),
  ];
}

/** EQTransformer with SeisBench's own cells in the stack (`original_compatible` non-conservative). */
export function obsTransformerShapes(): Shape[] {
  const widths = [3, 8, 16, 16, 32, 32, 64, 64];
  const kernels = [11, 9, 7, 7, 5, 5, 3];
  const attention = (name: string): Shape[] => [
    [`${name}.Wx`, [16, 32]],
    [`${name}.Wt`, [16, 32]],
    [`${name}.bh`, [32]],
    [`${name}.Wa`, [32, 1]],
    [`${name}.ba`, [1]],
  ];
  const decoder = (name: string) =>
    pairs([16, ...widths.slice(1).toReversed()]).flatMap(([from, to], k) =>
      weighted(`${name}.convs.${k}`, [to, from, kernels.toReversed()[k]!]),
    );
  return [
    ...pairs(widths).flatMap(([from, to], k) =>
      weighted(`encoder.convs.${k}`, [to, from, kernels[k]!]),
    ),
    ...[3, 3, 3, 3, 2, 3, 2].flatMap((kernel, k) =>
      [1, 2].flatMap((part) => [
        ...norm(`res_cnn_stack.members.${k}.norm${part}`, 64),
        ...weighted(`res_cnn_stack.members.${k}.conv${part}`, [64, 64, kernel]),
      ]),
    ),
    ...[64, 16].flatMap((inputs, k) => [
      ...cell(`bi_lstm_stack.members.${k}.lstm.cell_f`, inputs, 16),
      ...cell(`bi_lstm_stack.members.${k}.lstm.cell_b`, inputs, 16),
      ...weighted(`bi_lstm_stack.members.${k}.conv`, [16, 32, 1]),
      ...norm(`bi_lstm_stack.members.${k}.norm`, 16),
    ]),
    ...['transformer_d0', 'transformer_d'].flatMap((name): Shape[] => [
      ...attention(`${name}.attention`),
      ...['norm1', 'norm2'].flatMap((part): Shape[] => [
        [`${name}.${part}.gamma`, [16, 1]],
        [`${name}.${part}.beta`, [16, 1]],
      ]),
      ...weighted(`${name}.ff.lin1`, [128, 16]),
      ...weighted(`${name}.ff.lin2`, [16, 128]),
    ]),
    ...decoder('decoder_d'),
    ...weighted('conv_d', [1, 8, 11]),
    ...[0, 1].flatMap((k) => [
      ...cell(`pick_lstms.${k}`, 16, 16, '_l0'),
      ...attention(`pick_attentions.${k}`),
      ...decoder(`pick_decoders.${k}`),
      ...weighted(`pick_convs.${k}`, [1, 8, 11]),
    ]),
  ];
}

export function credShapes(): Shape[] {
  const block = (name: string, width: number, kernel: number) =>
    [0, 1].flatMap((k) => [
      ...norm(`${name}.norms.${k}`, width),
      ...weighted(`${name}.convs.${k}`, [width, width, kernel, kernel]),
    ]);
  return [
    ...weighted('conv1', [8, 3, 9, 9]),
    ...block('cnn_block1', 8, 7),
    ...weighted('conv2', [16, 8, 5, 5]),
    ...block('cnn_block2', 16, 3),
    ...[176, 128].flatMap((inputs, k) => [
      ...cell(`lstm_block.lstms.${k}`, inputs, 64, '_l0'),
      ...cell(`lstm_block.lstms.${k}`, inputs, 64, '_l0_reverse'),
    ]),
    ...cell('lstm', 128, 64, '_l0'),
    ...norm('norm1', 64),
    ...weighted('fc1', [64, 64]),
    ...norm('norm2', 64),
    ...weighted('fc2', [1, 64]),
  ];
}

export function eqcctShapes(phase: 'P' | 'S'): Shape[] {
  const convolutions = (name: string, from: number, to: number) =>
    [1, 2, 3].flatMap((k) => [
      ...weighted(`${name}.conv${k}`, [k === 3 ? to : from, from, 11]),
      ...norm(`${name}.bn${k}`, k === 3 ? to : from),
    ]);
  const shapes = [
    ...pairs([3, 10, 20, 40]).flatMap(([from, to], k) => convolutions(`conv${k + 1}`, from, to)),
    ...weighted('encoder.projection', [40, 1600]),
    ['encoder.position_embedding.weight', [150, 40]] satisfies Shape,
    ...range(4).flatMap((k) => {
      const name = `${phase === 'P' ? 'transformer' : 'transformers'}.${k}`;
      return [
        ...weighted(`${name}.norm1`, [40]),
        ...['q', 'k', 'v'].flatMap((part) => weighted(`${name}.attn.${part}`, [160, 40])),
        ...weighted(`${name}.attn.o`, [40, 160]),
        ...weighted(`${name}.norm2`, [40]),
        ...weighted(`${name}.mlp.fc1`, [40, 40]),
        ...weighted(`${name}.mlp.fc2`, [40, 40]),
      ];
    }),
    ...(phase === 'S'
      ? ['extra_pre', 'extra_post'].flatMap((name) =>
          range(4).flatMap((k) => convolutions(`${name}.${k}`, 40, 40)),
        )
      : []),
    ...weighted('norm', [40]),
    ...weighted('head.conv', [1, 1, 15]),
  ];
  return shapes.map(([name, shape]) => [`_eqcct_backbone.${name}`, shape]);
}

export function deepDenoiserShapes(): Shape[] {
  const widths = [8, 16, 32, 64, 128, 256];
  const layer = (name: string, normName: string, shape: number[], width: number): Shape[] => [
    [`${name}.weight`, [...shape, 3, 3]],
    ...norm(normName, width),
  ];
  return [
    ...layer('inc', 'in_bn', [8, 2], 8),
    ...widths.slice(0, 5).flatMap((width, k) => {
      const name = `down_conv_blocks.${k}`;
      const from = widths[Math.max(0, k - 1)]!;
      return [
        ...layer(`${name}.conv1`, `${name}.bn1`, [width, from], width),
        ...layer(`${name}.conv2`, `${name}.bn2`, [width, width], width),
      ];
    }),
    ...layer('conv5', 'bn5', [256, 128], 256),
    ...pairs(widths.toReversed()).flatMap(([from, to], k) => {
      const name = `up_conv_blocks.${k}`;
      return [
        ...layer(`${name}.conv1`, `${name}.bn1`, [from, to], to),
        ...layer(`${name}.conv2`, `${name}.bn2`, [to, from], to),
      ];
    }),
    ...weighted('outc', [2, 8, 1, 1]),
  ];
}
