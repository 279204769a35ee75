import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { oneScript } from './scripts/one-script.ts';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** One classic script beside the workspace in `dist/`, the pages of the demo shop, and the one for invited clients. */
export default defineConfig({
  root: at('.'),
  plugins: [oneScript({ 'demo/': at('demo/'), 'talk/page/': at('talk/') })],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  // What belongs to the pages around is not copied a second time.
  publicDir: false,
  build: {
    outDir: at('../dist'),
    emptyOutDir: false,
    target: 'es2022',
    lib: { entry: at('src/main.ts'), name: 'hovorChat', formats: ['iife'], fileName: () => 'chat/widget.js' },
  },
});
