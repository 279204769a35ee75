import { expect, it } from 'vitest';
import { parts } from './links';

const links = (text: string) => parts(text).flatMap(({ href }) => (href === null ? [] : [href]));

it('Nothing of a text is lost', () => {
  const text = 'See https://shop.example/a?b=1#c, or (http://x.example/y_(z)). Not ftp://x or javascript:alert(1)!';
  expect(parts(text).map((part) => part.text).join('')).toBe(text);
  expect(links(text)).toEqual(['https://shop.example/a?b=1#c', 'http://x.example/y_(z)']);
});

it.each([
  ['javascript:alert(1)', []],
  ['data:text/html,<b>', []],
  ['https://', []],
  ['https://a.example/"onclick=x', ['https://a.example/']],
  ['https://a.example/<b>', ['https://a.example/']],
  ['HTTPS://A.example', ['https://a.example/']],
  ['https://a.example.', ['https://a.example/']],
])('Links are pages of the web: %s', (text, wanted) => expect(links(text)).toEqual(wanted));
