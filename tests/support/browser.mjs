// A telephone in Chromium, made of JsSIP or SIP.js, for tests: takes one JSON command a line, prints one JSON event a
// line, ends with its input.
//
// Commands: {"do": "call", "uri": …} | answer, hangup, hold, resume, dtmf ("keys"), heard ("file": writes what was heard
// since the call began as a WAV file of 48 kHz), stats.

import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const settings = JSON.parse(process.argv[2]);
const { chromium } = createRequire(join(settings.tools, 'x.js'))('playwright-core');
const say = (event) => console.log(JSON.stringify(event));

/** A telephone of JsSIP. */
function jssip(settings) {
  const ua = new JsSIP.UA({
    sockets: [new JsSIP.WebSocketInterface(phone.server)],
    uri: `sip:${settings.user}@127.0.0.1`, password: settings.password, register: true, session_timers: true,
    register_expires: 120,
  });
  const options = { mediaConstraints: phone.media, pcConfig: { iceServers: [] } };
  Object.assign(phone, {
    dial: (uri) => ua.call(uri, options),
    answer: () => phone.call.answer(options),
    hangup: () => phone.call.terminate(),
    hold: () => phone.call.hold({}, () => say({ event: 'held' })),
    resume: () => phone.call.unhold({}, () => say({ event: 'resumed' })),
    dtmf: (keys) => phone.call.sendDTMF(keys, { transportType: 'RFC2833' }),
    connection: () => phone.call.connection,
  });
  ua.on('registered', () => say({ event: 'registered' }));
  ua.on('registrationFailed', ({ cause }) => say({ event: 'registration_failed', cause }));
  ua.on('disconnected', () => say({ event: 'disconnected' }));
  ua.on('newRTCSession', ({ session, originator }) => {
    phone.call = session;
    const role = originator === 'local' ? 'caller' : 'callee';
    const watch = (pc) => {
      pc.addEventListener('track', ({ track, streams }) => phone.listen(streams[0] ?? new MediaStream([track])));
      pc.addEventListener('connectionstatechange', () => say({ event: 'connection', state: pc.connectionState }));
    };
    if (session.connection) watch(session.connection);
    session.on('peerconnection', ({ peerconnection }) => watch(peerconnection));
    session.on('progress', () => say({ event: 'progress', role }));
    session.on('confirmed', () => say({ event: 'confirmed', role }));
    session.on('ended', ({ cause }) => say({ event: 'closed', cause }));
    session.on('failed', ({ cause, message }) => say({ event: 'closed', cause, status: message?.status_code }));
    session.on('icecandidate', ({ ready }) => ready());
    if (role === 'callee') {
      say({ event: 'incoming', from: session.remote_identity.uri.toString() });
      if (settings.auto_answer) phone.answer();
    }
  });
  ua.start();
}

/** A telephone of SIP.js. */
async function sipjs(settings) {
  const options = { sessionDescriptionHandlerOptions: { constraints: phone.media } };
  const uri = (text) => SIP.UserAgent.makeURI(text);
  const take = (session, role) => {
    phone.call = session;
    session.delegate = {
      onSessionDescriptionHandler: (handler) => {
        handler.peerConnectionDelegate = {
          ontrack: ({ track, streams }) => phone.listen(streams[0] ?? new MediaStream([track])),
          onconnectionstatechange: () => say({ event: 'connection', state: handler.peerConnection.connectionState }),
        };
      },
    };
    session.stateChange.addListener((state) => {
      if (state === 'Established') say({ event: 'confirmed', role });
      if (state === 'Terminated') say({ event: 'closed', cause: state });
    });
  };
  const ua = new SIP.UserAgent({
    uri: uri(`sip:${settings.user}@127.0.0.1`),
    transportOptions: { server: phone.server },
    authorizationUsername: settings.user,
    authorizationPassword: settings.password,
    sessionDescriptionHandlerFactoryOptions: { peerConnectionConfiguration: { iceServers: [] }, iceGatheringTimeout: 500 },
    delegate: {
      onInvite: (invitation) => {
        take(invitation, 'callee');
        say({ event: 'incoming', from: invitation.remoteIdentity.uri.toString() });
        if (settings.auto_answer) phone.answer();
      },
      onDisconnect: () => say({ event: 'disconnected' }),
    },
  });
  const change = async (hold, event) => {
    phone.call.sessionDescriptionHandlerOptionsReInvite = { ...options.sessionDescriptionHandlerOptions, hold };
    await phone.call.invite({ requestDelegate: { onAccept: () => say({ event }) } });
  };
  Object.assign(phone, {
    dial: (to) => {
      const inviter = new SIP.Inviter(ua, uri(to), options);
      take(inviter, 'caller');
      return inviter.invite({ requestDelegate: { onProgress: () => say({ event: 'progress', role: 'caller' }) } });
    },
    answer: () => phone.call.accept(options),
    hangup: () => (phone.call.state === 'Established' ? phone.call.bye() : phone.call.cancel()),
    hold: () => change(true, 'held'),
    resume: () => change(false, 'resumed'),
    dtmf: (keys) => phone.call.sessionDescriptionHandler.sendDtmf(keys),
    connection: () => phone.call.sessionDescriptionHandler.peerConnection,
  });
  await ua.start();
  const registerer = new SIP.Registerer(ua, { expires: 120 });
  registerer.stateChange.addListener((state) => say({ event: state === 'Registered' ? 'registered' : 'unregistered' }));
  await registerer.register();
}

const profile = mkdtempSync(join(tmpdir(), 'hovor-browser-'));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: settings.chromium,
  bypassCSP: true,
  headless: false, // The new headless mode is a flag of the browser itself.
  args: [
    '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync',
    '--disable-background-networking', '--disable-component-update', '--use-fake-ui-for-media-stream',
    '--use-fake-device-for-media-stream', `--use-file-for-fake-audio-capture=${settings.says}`,
    '--autoplay-policy=no-user-gesture-required', '--allow-loopback-in-peer-connection',
    '--disable-features=MediaRouter,OptimizationHints',
    ...(settings.has_udp ? [] : ['--webrtc-ip-handling-policy=disable_non_proxied_udp',
      '--force-webrtc-ip-handling-policy=disable_non_proxied_udp']),
  ],
});
const end = async () => {
  await context.close().catch(() => {});
  rmSync(profile, { recursive: true, force: true });
  process.exit(0);
};

const page = context.pages()[0] ?? await context.newPage();
page.on('console', (message) => console.error('page:', message.text()));
page.on('pageerror', (error) => console.error('page:', error.message));
const origin = `http://127.0.0.1:${settings.port}`;
// Any page of the server: what a page of nowhere asks of this machine the browser would not allow.
await page.goto(`${origin}/healthz`);
await page.addScriptTag({ path: join(settings.tools, { jssip: 'jssip.js', sipjs: 'sip.js' }[settings.stack]) });
await page.exposeFunction('say', say);

await page.evaluate(async (settings) => {
  // What the stack of the page adds: dial, answer, hangup, hold, resume, dtmf, connection.
  const phone = { call: null, heard: [] };
  window.phone = phone;
  phone.media = { audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false }, video: false };
  phone.server = `ws://127.0.0.1:${settings.port}/sip`;
  phone.player = document.body.appendChild(document.createElement('audio'));
  phone.player.autoplay = true;

  // What is heard, as it is played: samples of 48 kHz.
  const sound = new AudioContext({ sampleRate: 48000 });
  await sound.resume();
  phone.listen = (stream) => {
    // What the last call still says is not of this one.
    if (phone.tap) phone.tap.onaudioprocess = null;
    phone.heard = [];
    phone.player.srcObject = stream;
    const tap = sound.createScriptProcessor(4096, 1, 1);
    tap.onaudioprocess = (event) => phone.heard.push(new Float32Array(event.inputBuffer.getChannelData(0)));
    sound.createMediaStreamSource(stream).connect(tap);
    tap.connect(sound.destination);
    phone.tap = tap;
  };
}, settings);
await page.evaluate({ jssip, sipjs }[settings.stack], settings);
say({ event: 'ready' });

const commands = {
  call: ({ uri }) => page.evaluate((uri) => void phone.dial(uri), uri),
  answer: () => page.evaluate(() => void phone.answer()),
  hangup: () => page.evaluate(() => void phone.hangup()),
  hold: () => page.evaluate(() => void phone.hold()),
  resume: () => page.evaluate(() => void phone.resume()),
  dtmf: ({ keys }) => page.evaluate((keys) => void phone.dtmf(keys), keys),
  heard: async ({ file }) => {
    const text = await page.evaluate(() => {
      const length = phone.heard.reduce((sum, part) => sum + part.length, 0);
      const samples = new Int16Array(length);
      let at = 0;
      for (const part of phone.heard) for (const sample of part) samples[at++] = Math.max(-1, Math.min(1, sample)) * 32767;
      const bytes = new Uint8Array(samples.buffer);
      let text = '';
      for (let n = 0; n < bytes.length; n += 32768) text += String.fromCharCode(...bytes.subarray(n, n + 32768));
      return btoa(text);
    });
    const data = Buffer.from(text, 'base64');
    const head = Buffer.alloc(44);
    head.write('RIFF', 0); head.writeUInt32LE(36 + data.length, 4); head.write('WAVEfmt ', 8);
    head.writeUInt32LE(16, 16); head.writeUInt16LE(1, 20); head.writeUInt16LE(1, 22);
    head.writeUInt32LE(48000, 24); head.writeUInt32LE(96000, 28); head.writeUInt16LE(2, 32); head.writeUInt16LE(16, 34);
    head.write('data', 36); head.writeUInt32LE(data.length, 40);
    writeFileSync(file, Buffer.concat([head, data]));
    say({ event: 'heard', file });
  },
  stats: async () => {
    const stats = await page.evaluate(async () => [...(await phone.connection().getStats()).values()]);
    const of = (type) => stats.find((entry) => entry.type === type) ?? {};
    const { codecId } = of('inbound-rtp');
    const pair = stats.find(({ id }) => id === of('transport').selectedCandidatePairId);
    say({
      event: 'stats', codec: stats.find(({ id }) => id === codecId)?.mimeType, transport: of('transport'),
      protocol: stats.find(({ id }) => id === pair?.remoteCandidateId)?.protocol,
      inbound: of('inbound-rtp'), outbound: of('outbound-rtp'), remote: of('remote-inbound-rtp'),
    });
  },
};

const lines = createInterface({ input: process.stdin });
lines.on('close', end);
for await (const line of lines) {
  const command = JSON.parse(line);
  await commands[command.do](command).catch((error) => console.error(command.do, error));
}
