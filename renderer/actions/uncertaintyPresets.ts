/** Lower and upper uncertainty in seconds of `Shift+1` … `Shift+5`, those of local networks. */
export const UNCERTAINTY_PRESETS: readonly (readonly [lowerS: number, upperS: number])[] = [
  [0.05, 0.05],
  [0.1, 0.1],
  [0.2, 0.2],
  [0.3, 0.3],
  [0.1, 0.2],
];
