/**
 * Arrow keys of a number box go by so much, ten times as far with Shift: where any number may be typed the browser
 * itself goes by whole ones. For `{@attach}`; the box hears `change` as if a number had been typed.
 */
export function arrowStep(by: number): (box: HTMLInputElement) => () => void {
  return (box) => {
    const keyed = (event: KeyboardEvent): void => {
      const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      const from = Number.parseFloat(box.value || box.placeholder);
      if (direction === undefined || Number.isNaN(from) || event.altKey || event.ctrlKey) return;
      event.preventDefault();
      const wanted = Number((from + direction * by * (event.shiftKey ? 10 : 1)).toFixed(6));
      const least = box.min === '' ? -Infinity : Number(box.min);
      const most = box.max === '' ? Infinity : Number(box.max);
      box.value = String(Math.min(most, Math.max(least, wanted)));
      box.dispatchEvent(new Event('change', { bubbles: true }));
    };
    box.addEventListener('keydown', keyed);
    return () => box.removeEventListener('keydown', keyed);
  };
}
