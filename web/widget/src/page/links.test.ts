import { expect, it } from 'vitest';
import { pieces } from './links';

const hrefs = (text: string) => pieces(text).flatMap(({ href }) => href ?? []);

it('Nothing of the text is lost', () => {
  for (const text of ['', 'no link', 'https://a.example', 'see https://a.example/x, and (http://b.example/y).', 'https:// https://@ http://']) {
    expect(pieces(text).map((piece) => piece.text).join('')).toBe(text);
  }
});

it.each([
  ['see https://shop.example/a?b=c#d now', ['https://shop.example/a?b=c#d']],
  ['Two: http://a.example, https://b.example/.', ['http://a.example/', 'https://b.example/']],
  ['(https://a.example/x) and https://a.example/x_(y)', ['https://a.example/x', 'https://a.example/x_(y)']],
  ['HTTPS://A.EXAMPLE/Path!', ['https://a.example/Path']],
  ['žluťoučký https://kůň.example/úpěl', ['https://xn--k-qla0j.example/%C3%BAp%C4%9Bl']],
])('%s', (text, expected) => {
  expect(hrefs(text)).toEqual(expected);
});

it.each(['javascript:alert(1)', 'data:text/html,x', 'xhttps://a.example', 'https://bank.example@evil.example/', 'https://', 'mailto:a@b.example', '<script>alert(1)</script>'])(
  '%s is no link',
  (text) => {
    expect(hrefs(text)).toEqual([]);
  },
);

it('An address ends where markup begins', () => {
  expect(pieces('<a href="https://a.example">x</a>').map(({ text }) => text)).toEqual(['<a href="', 'https://a.example', '">x</a>']);
});
