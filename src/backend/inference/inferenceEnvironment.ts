/**
 * What the model's process is started with. The runtime's Linux build keeps a device id and a telemetry
 * database in the user's cache folder, and would send it, unless it is told not to before it is loaded.
 */
export const INFERENCE_ENVIRONMENT: Readonly<Record<string, string>> = {
  ORT_DISABLE_TELEMETRY: '1',
};
