/** Whether Mod is the command key. */
export const isMac = typeof navigator !== 'undefined' && /^Mac/.test(navigator.platform);
