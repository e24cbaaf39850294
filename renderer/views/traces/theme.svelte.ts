import { createSubscriber } from 'svelte/reactivity';
import { type Palette, readPalette } from '../../canvas/palette.ts';

/** The colours of the theme in force, read once a theme. */
class ThemePalette {
  #palette: Palette | undefined;
  readonly #subscribe = createSubscriber((update) => {
    const observer = new MutationObserver(() => {
      this.#palette = undefined;
      update();
    });
    observer.observe(document.documentElement, {
      attributeFilter: ['data-theme', 'class', 'style'],
    });
    return () => observer.disconnect();
  });

  get current(): Palette {
    this.#subscribe();
    return (this.#palette ??= readPalette(document.documentElement));
  }
}

export const palette = new ThemePalette();
