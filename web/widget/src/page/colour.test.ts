import { expect, it } from 'vitest';
import { COLOUR, colourOf, contrast, textOn } from './colour';

it('Text can be read on any colour', () => {
  for (let value = 0; value < 0x1000000; value += 9_973) {
    const colour = `#${value.toString(16).padStart(6, '0')}`;
    expect(contrast(colour, textOn(colour)), colour).toBeGreaterThanOrEqual(4.5);
  }
});

it('Contrast is as WCAG has it', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
  expect(textOn('#777777')).toBe('#000000');
  expect(textOn('#1d4ed8')).toBe('#ffffff');
});

it('Only colours come into the style sheet', () => {
  expect(colourOf('#AbCdEf')).toBe('#AbCdEf');
  for (const value of [undefined, 'red', '#fff;}*{display:none', '#12345', 5]) expect(colourOf(value)).toBe(COLOUR);
});
