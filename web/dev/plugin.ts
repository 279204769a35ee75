/** Serves the pretended company beside the pages, in `npm run dev` and for screenshots. Never in a build. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Plugin } from 'vite';
import { type WebSocket, WebSocketServer } from 'ws';
import { rest } from './rest.ts';
import { World } from './world.ts';

/** The policy that hovor sends with its pages, near enough to see what it would refuse. */
export const POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self'; connect-src 'self' ws: wss:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

export function pretend(): Plugin {
  const world = new World();
  for (let at = 0; at < 3; at += 1) world.arrive();
  world.arriveWritten();
  return {
    name: 'hovor-pretended-server',
    configureServer(server) {
      server.middlewares.use(middleware(world));
      sockets(world, server.httpServer as Server | null);
    },
    configurePreviewServer(server) {
      server.middlewares.use((_, response, next) => {
        response.setHeader('content-security-policy', POLICY);
        next();
      });
      server.middlewares.use(middleware(world));
      sockets(world, server.httpServer as Server);
    },
  };
}

/** `/dev/…` is what a test or a person does to the pretended company. */
function middleware(world: World) {
  return (request: IncomingMessage, response: ServerResponse, next: () => void) => {
    const path = request.url ?? '';
    if (path === '/healthz') return void response.end('{}');
    if (path.startsWith('/api/')) return void rest(world, request, response);
    if (!path.startsWith('/dev/do/')) return next();
    const [what, value] = path.slice('/dev/do/'.length).split('/');
    if (what === 'arrive') world.arrive();
    if (what === 'chat') world.arriveWritten();
    const written = [...world.mine.values()].find(({ sound }) => sound === false);
    if (what === 'say' && written) world.chats.say(written.id, decodeURIComponent(value ?? ''));
    if (what === 'aside' && written) world.chats.aside(written.id, decodeURIComponent(value ?? ''));
    if (what === 'read' && written) world.change(written.id, (legs) => legs, { read: written.messages });
    if (what === 'online' && written) world.change(written.id, (legs) => legs, { online: value === 'yes' });
    if (what === 'typing' && written) for (const socket of live) socket.send(JSON.stringify({ typing: { session: written.id, author: written.from_name ?? '' } }));
    if (what === 'offer') world.accept(world.arrive().id, false);
    if (what === 'missing') for (const id of world.mine.keys()) world.change(id, (legs) => legs, { missing: value });
    if (what === 'hangup') for (const id of world.mine.keys()) world.over(id);
    if (what === 'cut') for (const socket of live) socket.terminate();
    if (what === 'cut') refuse = Date.now() + Number(value ?? 0);
    response.end('{}');
  };
}

const live = new Set<WebSocket>();
let refuse = 0;

function sockets(world: World, server: Server | null): void {
  const [lives, sips] = [new WebSocketServer({ noServer: true }), new WebSocketServer({ noServer: true })];
  world.onEvent = (number, event) => live.forEach((socket) => socket.send(JSON.stringify({ event: { number, ...event } })));
  world.onPhone = (said) => sips.clients.forEach((socket) => socket.send(JSON.stringify(said)));
  server?.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const url = new URL(request.url ?? '', 'http://localhost');
    if (url.pathname === '/sip') sips.handleUpgrade(request, socket, head, (one) => phone(world, one));
    if (url.pathname !== '/api/v1/live') return;
    if (Date.now() < refuse) return void socket.destroy();
    lives.handleUpgrade(request, socket, head, (one) => watch(world, one, url.searchParams.get('after')));
  });
}

function watch(world: World, socket: WebSocket, after: string | null): void {
  socket.on('close', () => live.delete(socket));
  live.add(socket);
  if (after === null) return socket.send(JSON.stringify({ snapshot: world.snapshot() }));
  const missed = world.kept.filter(({ number }) => number > Number(after));
  const known = Number(after) === world.number || world.kept.some(({ number }) => number === Number(after));
  if (!known) return socket.send('{"resync":{"reason":"that is no longer kept"}}');
  for (const { number, event } of missed) socket.send(JSON.stringify({ event: { number, ...event } }));
}

function phone(world: World, socket: WebSocket): void {
  socket.on('message', (data) => {
    const said = JSON.parse(String(data)) as { is: string; call: string; number: string };
    if (said.is === 'register') socket.send('{"is":"registered"}');
    if (said.is === 'answer') world.answered(said.call);
    if (said.is === 'call') world.called(said.call, said.number);
    if (said.is === 'bye') world.over(said.call, false);
  });
}
