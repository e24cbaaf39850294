/** What runs networks on this machine besides the processor. */
export interface ProviderReport {
  /** As the ONNX runtime calls it: cpu, cuda, dml, coreml, webgpu. */
  readonly name: string;
  /** `ready`: it runs the model and agrees with the processor. */
  readonly state: 'ready' | 'differs' | 'not-usable';
  /** A sentence: what was found, or why it cannot be used. */
  readonly text: string;
  /** Windows of the model a second on all cores or on the device, answers there and back included. */
  readonly windowsPerSecond: number | undefined;
  /** Against the processor, over all labels and samples; undefined of the processor itself. */
  readonly largestDifference: number | undefined;
  /** Windows compared, and what they are. */
  readonly compared: string | undefined;
}
