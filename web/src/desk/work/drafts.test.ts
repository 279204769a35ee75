import { expect, it } from 'vitest';
import { Drafts, type Keeper } from './drafts.svelte';

function memory(kept: string | null = null): Keeper & { kept: string | null } {
  const keeper = { kept, read: () => keeper.kept, write: (text: string | null) => void (keeper.kept = text) };
  return keeper;
}

it('What is typed outlives the page', () => {
  const keeper = memory();
  new Drafts(keeper).write('s1', null, 'Call her b');
  const again = new Drafts(keeper);
  expect([again.of('s1', null), again.of('s2', null)]).toEqual(['Call her b', '']);
});

it('What is saved or thrown away is forgotten, and nothing of it is kept', () => {
  const keeper = memory();
  const drafts = new Drafts(keeper);
  drafts.write('s1', null, 'Done');
  drafts.drop('s1', null, 'Done');
  expect([drafts.of('s1', null), keeper.kept]).toEqual(['', null]);
});

it('What was typed while the note was on its way stays', () => {
  const drafts = new Drafts(memory());
  drafts.write('s1', null, 'Done');
  drafts.write('s1', null, 'Done, and paid');
  drafts.drop('s1', null, 'Done');
  expect(drafts.of('s1', null)).toBe('Done, and paid');
});

it('A note that is written anew stays open without a text, a new one does not', () => {
  const drafts = new Drafts(memory());
  drafts.write('s1', 'n1', '');
  drafts.write('s1', null, 'a');
  drafts.write('s1', null, '');
  expect([drafts.has('s1', 'n1'), drafts.has('s1', null)]).toEqual([true, false]);
});

it('Notes are told of while their session is nowhere to be seen, though two places showed it', () => {
  const drafts = new Drafts(memory());
  drafts.write('s1', null, 'Half a thought');
  drafts.write('s2', null, '  ');
  const [one, other] = [drafts.show('s1'), drafts.show('s1')];
  one();
  expect(drafts.left).toEqual([]);
  other();
  expect(drafts.left.map(({ session }) => session)).toEqual(['s1']);
});

it.each(['{', '7', '[{"session":1}]', '[null]'])('What somebody else left there is not taken: %s', (kept) => {
  expect(new Drafts(memory(kept)).left).toEqual([]);
});
