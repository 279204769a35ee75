/**
 * Takes the focus when it comes up, so that the keyboard and screen readers are where things happen. Whoever is writing
 * is left alone.
 */
export function arrive(element: HTMLElement): void {
  const { activeElement } = document;
  const writes = activeElement !== null && activeElement.matches('input, textarea, select');
  if (!writes && document.querySelector('dialog[open]') === null) element.focus({ preventScroll: true });
}
