import type { RunSettings } from '../../domain/event/runSettings.ts';

/** What is written down says all: where it has no filter none is meant, not the model's own. */
export function wholeSettings(settings: RunSettings): RunSettings {
  const none = { lowHz: undefined, highHz: undefined, corners: 4, zeroPhase: false };
  return { ...settings, filter: settings.filter ?? none };
}
