// Somebody at the pages of the workspace, in a Chromium of their own, for tests: takes one JSON command a line, answers
// each with one line, ends with its input. The pages run as they are, under their own Content-Security-Policy.
//
// Commands ({"id", "do", …}): open | reload | click, fill, press, wait, text, value ("selector", as Playwright reads it) |
// state ("is": active or frozen) | offline ("on") | shot ("file", "theme") | axe | protocol | heard ("file": what was played since `listen`) | listen | times | fetch ("path").

import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const settings = JSON.parse(process.argv[2]);
const { chromium } = createRequire(join(settings.tools, 'x.js'))('playwright-core');
const RATE = 48000;

const profile = mkdtempSync(join(tmpdir(), 'hovor-seat-'));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: settings.chromium,
  viewport: { width: 1280, height: 800 },
  colorScheme: 'light',
  locale: 'en',
  headless: false, // The new headless mode is a flag of the browser itself.
  args: [
    '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync',
    '--disable-background-networking', '--disable-component-update', '--use-fake-ui-for-media-stream',
    '--use-fake-device-for-media-stream', `--use-file-for-fake-audio-capture=${settings.says}`,
    '--autoplay-policy=no-user-gesture-required', '--allow-loopback-in-peer-connection',
    '--disable-features=MediaRouter,OptimizationHints', ...settings.arguments,
  ],
});

await context.addInitScript((rate) => {
  const seat = { heard: [], times: {} };
  window.seat = seat;
  let sound;
  const listen = (stream, connection) => {
    sound ??= new AudioContext({ sampleRate: rate });
    void sound.resume();
    const tap = sound.createScriptProcessor(1024, 1, 1);
    tap.onaudioprocess = ({ inputBuffer }) => {
      // Nothing comes of a call that is over, not even its silence.
      if (connection.signalingState === 'closed') return;
      const samples = new Float32Array(inputBuffer.getChannelData(0));
      seat.heard.push(samples);
      if (seat.times.accepted && !seat.times.heard && samples.some((sample) => Math.abs(sample) > 0.01)) {
        seat.times.heard = performance.now();
      }
    };
    sound.createMediaStreamSource(stream).connect(tap);
    tap.connect(sound.destination);
    seat.tap = tap;
  };
  // The sound of a test is no voice: what makes voices clearer would take it for noise.
  const devices = navigator.mediaDevices;
  const microphone = devices.getUserMedia.bind(devices);
  const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  devices.getUserMedia = (wanted) => microphone({ ...wanted, audio: typeof wanted.audio === 'object' ? { ...wanted.audio, ...plain } : wanted.audio });
  const Connection = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Connection {
    constructor(...settings) {
      super(...settings);
      seat.connection = this;
      this.addEventListener('track', ({ track, streams }) => listen(streams[0] ?? new MediaStream([track]), this));
    }
  };
  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(...settings) {
      super(...settings);
      this.addEventListener('message', ({ data }) => {
        if (typeof data === 'string' && data.startsWith('INVITE ')) seat.times.invited ??= performance.now();
      });
    }
  };
  const look = () => {
    if (!seat.times.rings && document.querySelector('.offers section')) seat.times.rings = performance.now();
  };
  document.addEventListener('DOMContentLoaded', () => new MutationObserver(look).observe(document.body, { childList: true, subtree: true }));
  document.addEventListener('click', ({ target }) => {
    if (target.closest?.('.button.good')) seat.times.accepted = performance.now();
  }, true);
}, RATE);

const page = context.pages()[0] ?? await context.newPage();
page.setDefaultTimeout(10_000);
page.on('console', (message) => console.error('page:', message.text()));
page.on('pageerror', (error) => console.error('page error:', error.message));

const pcm = () => page.evaluate(() => {
  const length = seat.heard.reduce((sum, part) => sum + part.length, 0);
  const samples = new Int16Array(length);
  let at = 0;
  for (const part of seat.heard) for (const sample of part) samples[at++] = Math.max(-1, Math.min(1, sample)) * 32767;
  const bytes = new Uint8Array(samples.buffer);
  let text = '';
  for (let n = 0; n < bytes.length; n += 32768) text += String.fromCharCode(...bytes.subarray(n, n + 32768));
  return btoa(text);
});

function wav(data) {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0); head.writeUInt32LE(36 + data.length, 4); head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16); head.writeUInt16LE(1, 20); head.writeUInt16LE(1, 22);
  head.writeUInt32LE(RATE, 24); head.writeUInt32LE(2 * RATE, 28); head.writeUInt16LE(2, 32); head.writeUInt16LE(16, 34);
  head.write('data', 36); head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
}

/** The processes in which pages run. What is stopped there answers nothing, while the browser keeps its connections. */
function renderers() {
  const parents = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
    try {
      const parent = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ')[1];
      return [{ pid, parent, is: readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--type=renderer') }];
    } catch {
      return []; // It has ended meanwhile.
    }
  });
  const below = (pid) => parents.filter(({ parent }) => parent === pid).flatMap((one) => [one, ...below(one.pid)]);
  return below(String(process.pid)).filter(({ is }) => is).map(({ pid }) => Number(pid));
}

/** What moves has come to rest, in shadow trees too. */
const rest = () => page.waitForFunction(() => [document, ...[...document.querySelectorAll('*')].flatMap((one) => one.shadowRoot ?? [])]
  .flatMap((tree) => tree.getAnimations())
  .every((one) => one.effect?.getTiming().iterations === Infinity || one.playState !== 'running'));

const commands = {
  open: () => page.goto(settings.url),
  reload: async () => {
    const begin = Date.now();
    await page.reload({ waitUntil: 'commit' });
    return begin;
  },
  click: ({ selector }) => page.locator(selector).first().click(),
  fill: ({ selector, text }) => page.locator(selector).first().fill(text),
  press: ({ keys }) => page.keyboard.press(keys),
  offline: ({ on }) => context.setOffline(on),
  type: ({ text }) => page.keyboard.type(text),
  wait: ({ selector, state }) => page.locator(selector).first().waitFor({ state: state ?? 'visible' }),
  text: ({ selector }) => page.locator(selector).first().innerText(),
  value: ({ selector }) => page.locator(selector).first().inputValue(),
  count: ({ selector }) => page.locator(selector).count(),
  shot: async ({ file, theme }) => {
    await page.emulateMedia({ colorScheme: theme ?? 'light' });
    await rest();
    await page.screenshot({ path: file });
    await page.emulateMedia({ colorScheme: 'light' });
  },
  state: async ({ is }) => renderers().forEach((pid) => process.kill(pid, is === 'frozen' ? 'SIGSTOP' : 'SIGCONT')),
  axe: async () => {
    await rest();
    if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(readFileSync(settings.axe, 'utf8'));
    const { violations } = await page.evaluate(() => axe.run());
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    return serious.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(' | ')}`);
  },
  listen: () => page.evaluate(() => { seat.heard = []; seat.times = {}; }),
  protocol: () => page.evaluate(async () => {
    const stats = [...(await seat.connection.getStats()).values()];
    const { selectedCandidatePairId } = stats.find(({ type }) => type === 'transport');
    const { remoteCandidateId } = stats.find(({ id }) => id === selectedCandidatePairId);
    return stats.find(({ id }) => id === remoteCandidateId).protocol;
  }),
  times: () => page.evaluate(() => seat.times),
  heard: async ({ file }) => writeFileSync(file, wav(Buffer.from(await pcm(), 'base64'))),
  fetch: ({ path }) => page.evaluate(async (path) => {
    const reply = await fetch(path);
    const body = await reply.text();
    return { status: reply.status, body: body === '' ? null : JSON.parse(body) };
  }, path),
};

console.log(JSON.stringify({ id: 0 }));
const lines = createInterface({ input: process.stdin });
lines.on('close', async () => {
  await context.close().catch(() => {});
  rmSync(profile, { recursive: true, force: true });
  process.exit(0);
});
for await (const line of lines) {
  const { id, do: what, ...rest } = JSON.parse(line);
  const said = await commands[what](rest).then(
    (value) => ({ id, value: value === undefined || typeof value?.url === 'function' ? null : value }),
    async (error) => ({ id, error: `${error}\n${await page.locator('body').innerText().catch(() => '')}` }),
  );
  console.log(JSON.stringify(said));
}
