import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { pretend } from './dev/plugin.ts';
import { startPage } from './scripts/start-page.ts';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/**
 * `HOVOR_URL=http://127.0.0.1:8080 npm run dev` works on a running hovor; without it on the pretended one of `dev/`,
 * whose phone stands in for JsSIP. A build never has either.
 */
export default defineConfig(({ command, mode }) => {
  const server = process.env.HOVOR_URL;
  const pretends = (command === 'serve' && server === undefined) || mode === 'look';
  return {
    plugins: [svelte(), startPage(), ...(pretends ? [pretend()] : [])],
    resolve: {
      alias: pretends ? { jssip: at('dev/jssip.ts') } : {},
      ...(process.env.VITEST ? { conditions: ['browser'] } : {}),
    },
    server: {
      port: 5173,
      proxy:
        server === undefined
          ? {}
          : Object.fromEntries(['/api', '/sip', '/healthz'].map((path) => [path, { target: server, ws: true }])),
    },
    build: {
      outDir: mode === 'look' ? 'dev/shots/dist' : 'dist',
      target: 'es2023',
      // Data in addresses would have to be allowed by the Content-Security-Policy.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
    test: { include: ['src/**/*.test.ts', 'widget/src/**/*.test.{ts,tsx}'], environment: 'node', restoreMocks: true },
  };
});
