export const COLOUR = '#1d4ed8';
/** WCAG 2.2, contrast (minimum). */
const READABLE = 4.5;

/** The colour as it may stand in a style sheet. */
export function colourOf(value: unknown): string {
  return typeof value === 'string' && /^#[0-9a-f]{6}$/i.test(value) ? value : COLOUR;
}

/** White if that can be read on the colour; black can be read on all others. */
export function textOn(colour: string): string {
  return contrast(colour, '#ffffff') >= READABLE ? '#ffffff' : '#000000';
}

export function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
