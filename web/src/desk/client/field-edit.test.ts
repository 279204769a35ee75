import { expect, it, vi } from 'vitest';
import { FieldEdit } from './field-edit.svelte';

function field(kept: string, why: string | null = null) {
  const state = { kept };
  const save = vi.fn(async (text: string) => {
    if (why === null) state.kept = text;
    return why;
  });
  return { state, save, edit: new FieldEdit(() => state.kept, save) };
}

it('What was written is saved when the field is left, without what is around it', async () => {
  const { edit, save } = field('Jana');
  edit.write(' Jana Nováková ');
  await edit.leave();
  expect(save).toHaveBeenCalledExactlyOnceWith('Jana Nováková');
  expect([edit.text, edit.error]).toEqual(['Jana Nováková', null]);
});

it('Nothing is saved of a field that was not changed', async () => {
  const { edit, save } = field('Jana');
  await edit.leave();
  edit.write('Jana ');
  await edit.leave();
  expect(save).not.toHaveBeenCalled();
});

it('What another operator saves is shown, but not over what is being written', () => {
  const { edit, state } = field('Jana');
  state.kept = 'Jana N.';
  expect(edit.text).toBe('Jana N.');
  edit.write('Jana Nová');
  state.kept = 'Jitka';
  expect(edit.text).toBe('Jana Nová');
});

it('What could not be saved stays, with the reason, until it is taken back or saved', async () => {
  const { edit } = field('', 'is no e-mail address');
  edit.write('jana@');
  await edit.leave();
  expect([edit.text, edit.error]).toEqual(['jana@', 'is no e-mail address']);
  edit.cancel();
  expect([edit.text, edit.error]).toEqual(['', null]);
});

it('What is written while it is being saved is not lost', async () => {
  const { edit } = field('');
  edit.write('Ja');
  const leaving = edit.leave();
  edit.write('Jana');
  await leaving;
  expect(edit.text).toBe('Jana');
});
