import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { takeFromAddress } from './invitations';

const replaced: string[] = [];
const at = (hash: string) => {
  vi.stubGlobal('location', { hash, pathname: '/shop', search: '?a=1' });
  vi.stubGlobal('history', { state: null, replaceState: (_: unknown, __: string, to: string) => replaced.push(to) });
};

describe('an invitation in the address of the page', () => {
  beforeEach(() => void (replaced.length = 0));
  afterEach(() => vi.unstubAllGlobals());

  it('is taken out of it', () => {
    at('#hovor-invitation=7k2m-_');
    expect(takeFromAddress()).toBe('7k2m-_');
    expect(replaced).toEqual(['/shop?a=1']);
  });

  it('leaves what else stands there', () => {
    at('#part&hovor-invitation=abc');
    expect(takeFromAddress()).toBe('abc');
    expect(replaced).toEqual(['/shop?a=1#part']);
  });

  it('is none where there is none', () => {
    at('#part');
    expect(takeFromAddress()).toBeNull();
    expect(replaced).toEqual([]);
  });
});
