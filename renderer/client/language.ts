// Chromium under a POSIX locale reports a language that Intl refuses (`en-US@posix`), and libraries that
// ask for it while they load fail. Imported before everything else.
try {
  new Intl.NumberFormat(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en' });
}
export {};
