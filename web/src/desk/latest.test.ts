import { expect, it } from 'vitest';
import { Latest } from './latest';

it('An answer that was overtaken does not count, be it good or bad', async () => {
  const latest = new Latest();
  let [slow, broken]: [(text: string) => void, (why: Error) => void] = [() => {}, () => {}];
  const first = latest.of(new Promise<string>((done) => (slow = done)));
  const second = latest.of(new Promise<string>((_, fail) => (broken = fail)));
  const third = latest.of(Promise.resolve('new'));
  expect(await third).toEqual({ value: 'new' });
  slow('old');
  broken(new Error('old'));
  expect([await first, await second]).toEqual([null, null]);
});

it('The failure of the last one is told', async () => {
  await expect(new Latest().of(Promise.reject(new Error('no')))).rejects.toThrow('no');
});

it('What was forgotten does not count', async () => {
  const latest = new Latest();
  const asked = latest.of(Promise.resolve('a'));
  latest.forget();
  expect(await asked).toBeNull();
});
