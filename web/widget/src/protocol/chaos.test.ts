import { expect, it } from 'vitest';
import type { Tab } from './simulated/site';
import { LAG, SimulatedSite } from './simulated/site';

/** The same numbers for the same seed (mulberry32). */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Two tabs, breaks at any moment, reloads; what was written must be at the server in order and once. */
function live(seed: number): { written: string[]; site: SimulatedSite; tabs: Tab[] } {
  const roll = dice(seed);
  const site = new SimulatedSite();
  site.random = roll;
  site.server.delay = () => Math.ceil(roll() * 200);
  const tabs = [site.talking(), site.tab()];
  site.clock.pass(1_000);
  const written: string[] = [];
  for (let step = 0; step < 150; step++) {
    const which = roll() < 0.5 ? 0 : 1;
    const what = roll();
    if (what < 0.4) {
      // Nobody writes in two tabs within some milliseconds.
      site.clock.pass(2 * LAG);
      written.push(`message ${written.length + 1}`);
      tabs[which]!.chat.write(written.at(-1)!);
    } else if (what < 0.55) {
      site.server.cut();
    } else if (what < 0.65) {
      site.server.reachable = !site.server.reachable;
      site.server.cut();
    } else if (what < 0.75) {
      site.close(tabs[which]!);
      tabs[which] = site.tab();
    } else if (what < 0.85) {
      tabs[which]!.chat.wake();
    }
    site.clock.pass(Math.floor(roll() * (roll() < 0.2 ? 8_000 : 60)));
  }
  site.server.reachable = true;
  site.clock.pass(60_000);
  return { written, site, tabs };
}

it.each(Array.from({ length: 60 }, (_, seed) => seed))('Nothing is lost, doubled or mixed up (seed %i)', (seed) => {
  const { written, site, tabs } = live(seed);
  expect(written.length).toBeGreaterThan(30);
  expect(site.server.texts()).toEqual(written);
  for (const { view } of tabs) {
    expect(view().messages.map(({ text }) => text)).toEqual(written);
    expect(view().pending).toEqual([]);
  }
});
