import { beforeEach, describe, expect, it } from 'vitest';
import { NOBODY, SimulatedSite } from './simulated/site';

let site: SimulatedSite;

beforeEach(() => {
  site = new SimulatedSite();
});

const shown = ({ view }: ReturnType<SimulatedSite['tab']>) => view().messages.map(({ text }) => text);

describe('Beginning', () => {
  it('Nothing is connected or kept before the window is open and the chat has begun', () => {
    const tab = site.tab();
    site.clock.pass(60_000);
    expect(site.server.connections).toBe(0);
    tab.chat.show(true);
    site.clock.pass(100);
    expect(tab.view()).toMatchObject({ connection: 'open', is: 'none' });
    expect(site.shelf.size).toBe(0);
    tab.chat.begin(NOBODY);
    expect(tab.view().is).toBe('beginning');
    site.clock.pass(100);
    expect(tab.view().stage).toEqual({ is: 'waiting', position: 1 });
    expect(site.shelf.get('token')).toBe('token-1');
  });

  it('A closed window without a chat closes the connection', () => {
    const tab = site.tab();
    tab.chat.show(true);
    site.clock.pass(100);
    tab.chat.show(false);
    expect(tab.view().connection).toBe('off');
  });

  it('A form that was sent while there was no connection begins the chat afterwards', () => {
    const tab = site.tab();
    site.server.reachable = false;
    tab.chat.show(true);
    tab.chat.begin(NOBODY);
    site.clock.pass(5_000);
    site.server.reachable = true;
    site.clock.pass(12_000);
    expect(tab.view().is).toBe('waiting');
    expect(site.server.sessions.size).toBe(1);
  });

  it('A form that the server does not accept is there again, with the reason', () => {
    const tab = site.tab();
    tab.chat.show(true);
    site.clock.pass(100);
    site.server.formFault = 'e-mail';
    tab.chat.begin(NOBODY);
    site.clock.pass(100);
    expect(tab.view()).toMatchObject({ is: 'none', problem: { code: 'form', what: 'e-mail' } });
    site.server.formFault = null;
    tab.chat.begin(NOBODY);
    expect(tab.view()).toMatchObject({ is: 'beginning', problem: null });
    site.clock.pass(100);
    expect(tab.view().is).toBe('waiting');
  });
});

describe('Messages', () => {
  it('Ten seconds offline lose nothing, double nothing, and keep the order', () => {
    const tab = site.talking();
    tab.chat.write('before');
    site.clock.pass(100);
    tab.chat.write('in the break');
    site.clock.pass(25);
    site.server.reachable = false;
    site.server.cut();
    for (let n = 1; n <= 5; n++) {
      tab.chat.write(`offline ${n}`);
      site.clock.pass(2_000);
    }
    site.server.write('are you there?');
    expect(tab.view().pending).toHaveLength(6);
    site.server.reachable = true;
    site.clock.pass(15_000);
    expect(site.server.texts().filter((text) => text !== 'are you there?')).toEqual(['before', 'in the break', 'offline 1', 'offline 2', 'offline 3', 'offline 4', 'offline 5']);
    expect(shown(tab)).toEqual(site.server.texts());
    expect(tab.view().pending).toEqual([]);
  });

  it('What was not sent outlives the page', () => {
    const tab = site.talking();
    site.server.reachable = false;
    site.server.cut();
    tab.chat.write('one');
    tab.chat.write('two');
    site.close(tab);
    const next = site.tab();
    expect(next.view()).toMatchObject({ is: 'resuming', pending: [{ text: 'one' }, { text: 'two' }] });
    site.server.reachable = true;
    site.clock.pass(10_000);
    expect(site.server.texts()).toEqual(['one', 'two']);
    expect(shown(next)).toEqual(['one', 'two']);
  });

  it('A message is there from the moment it is written, and only once', () => {
    const tab = site.talking();
    tab.chat.write('hello');
    expect(tab.view().pending).toHaveLength(1);
    for (let ms = 0; ms < 100; ms++) {
      site.clock.pass(1);
      expect(tab.view().pending.length + tab.view().messages.length).toBe(1);
    }
    expect(tab.view().pending).toEqual([]);
  });

  it('A refused one stays with its reason, later ones go on, and it can be tried again or thrown away', () => {
    const tab = site.talking();
    site.server.refuses = (text) => (text === 'bad' ? 'not like that' : null);
    for (const text of ['bad', 'good']) tab.chat.write(text);
    site.clock.pass(500);
    expect(tab.view().pending).toMatchObject([{ text: 'bad', why: 'not like that' }]);
    expect(site.server.texts()).toEqual(['good']);
    site.server.refuses = () => null;
    tab.chat.retry(1);
    site.clock.pass(500);
    expect(site.server.texts()).toEqual(['good', 'bad']);
    tab.chat.dismiss(1);
    expect(tab.view().pending).toEqual([]);
  });

  it('A refusal that is lost in a break comes again', () => {
    const tab = site.talking();
    site.server.refuses = (text) => (text === 'bad' ? 'no' : null);
    for (const text of ['bad', 'good']) tab.chat.write(text);
    site.clock.pass(25);
    site.server.cut();
    site.clock.pass(5_000);
    expect(tab.view().pending).toMatchObject([{ text: 'bad', why: 'no' }]);
    expect(site.server.texts()).toEqual(['good']);
  });
});

describe('Tabs', () => {
  it('Two tabs write in turns without a connection: all arrives in order, once', () => {
    const one = site.talking();
    const two = site.tab();
    site.clock.pass(100);
    site.server.reachable = false;
    site.server.cut();
    for (let n = 1; n <= 6; n++) {
      (n % 2 ? one : two).chat.write(`message ${n}`);
      site.clock.pass(500);
    }
    site.server.reachable = true;
    site.clock.pass(20_000);
    expect(site.server.texts()).toEqual(['message 1', 'message 2', 'message 3', 'message 4', 'message 5', 'message 6']);
    expect(shown(one)).toEqual(shown(two));
    expect(one.view().pending).toEqual([]);
  });

  it('What a closed tab left behind is sent by the other one', () => {
    const one = site.talking();
    const two = site.tab();
    site.clock.pass(100);
    one.chat.write('last words');
    site.close(one);
    site.clock.pass(6_000);
    expect(site.server.texts()).toEqual(['last words']);
    expect(shown(two)).toEqual(['last words']);
  });

  it('A chat that one tab begins is in the other one too, and so is its end', () => {
    const two = site.tab();
    two.chat.show(true);
    site.clock.pass(100);
    const one = site.talking();
    site.clock.pass(200);
    expect(two.view().is).toBe('waiting');
    two.chat.begin(NOBODY);
    site.clock.pass(500);
    expect(site.server.sessions.size).toBe(1);
    site.server.enter({ ended: { why: 'operator' } });
    site.clock.pass(100);
    one.chat.again();
    site.clock.pass(500);
    expect([one.view().is, two.view().is]).toEqual(['none', 'none']);
  });
});

describe('The chat', () => {
  it('Goes on after a reload', () => {
    const tab = site.talking();
    site.server.enter({ served: { by: ['Anna'] } });
    site.server.write('Good day');
    site.clock.pass(100);
    site.close(tab);
    const next = site.tab();
    site.clock.pass(200);
    expect(next.view()).toMatchObject({ is: 'served', unread: 1 });
    next.chat.seen();
    site.clock.pass(100);
    expect(site.server.said('read')).toEqual([2]);
    site.close(next);
    const third = site.tab();
    site.clock.pass(200);
    expect(third.view()).toMatchObject({ unread: 0, messages: [{ text: 'Good day' }] });
  });

  it('Is forgotten when the server does not know it after a reload', () => {
    site.close(site.talking());
    site.server.sessions.clear();
    const next = site.tab();
    site.clock.pass(200);
    expect(next.view().is).toBe('none');
    expect(site.shelf.size).toBe(0);
  });

  it('Is over, and stays to be read, when the server loses it before the eyes of the client', () => {
    const tab = site.talking();
    tab.chat.write('hello');
    site.clock.pass(100);
    site.server.sessions.clear();
    site.server.cut();
    tab.chat.write('still there?');
    site.clock.pass(2_000);
    expect(tab.view()).toMatchObject({ stage: { is: 'ended', why: 'fault' }, messages: [{ text: 'hello' }], pending: [{ text: 'still there?' }] });
    tab.chat.again();
    site.clock.pass(200);
    expect(tab.view()).toMatchObject({ is: 'none', messages: [], pending: [] });
  });

  it('Ends when the client says so, after all that was written before', () => {
    const tab = site.talking();
    site.server.reachable = false;
    site.server.cut();
    tab.chat.write('one more thing');
    tab.chat.end();
    site.server.reachable = true;
    site.clock.pass(3_000);
    expect(site.server.texts()).toEqual(['one more thing']);
    expect(tab.view().stage).toEqual({ is: 'ended', why: 'client' });
    const { connections } = site.server;
    site.server.cut();
    site.clock.pass(60_000);
    expect(site.server.connections).toBe(connections);
  });

  it('Signs of typing are few, and fade', () => {
    const tab = site.talking();
    for (let n = 0; n < 40; n++) {
      tab.chat.typed();
      site.clock.pass(100);
    }
    expect(site.server.said('typing')).toHaveLength(2);
    site.server.tell({ typing: { author: 'Anna' } });
    site.clock.pass(100);
    expect(tab.view().typing).toBe('Anna');
    site.clock.pass(5_000);
    expect(tab.view().typing).toBeNull();
  });

  it('The page is told when the connection is there and when it changes', () => {
    const tab = site.talking();
    site.url = 'https://shop.example/cart';
    tab.chat.moved();
    site.clock.pass(100);
    expect(site.server.said('page')).toEqual([{ url: 'https://shop.example/cart', title: 'Shop' }]);
    site.server.cut();
    site.clock.pass(2_000);
    expect(site.server.said('hello').at(-1)).toMatchObject({ token: 'token-1', page: { url: 'https://shop.example/cart' } });
  });
});
