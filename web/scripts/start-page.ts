import { gzipSync } from 'node:zlib';
import type { Plugin, Rolldown } from 'vite';

/** What the start page may weigh, in bytes after gzip: the login, the desk and the phone; other languages and sections come later. */
const LIMIT = 150_000;
/** Parts that come only when somebody asks for them. */
const LATER = /\/(messages\/(cs|de|sk)\.ts|supervisor\/|desk\/(chat|settings|contacts|history|invitations|manage)\/)/;

/** Fails the build if the start page is too heavy, or has a script or style that the policy would refuse. */
export function startPage(): Plugin {
  return {
    name: 'hovor-start-page',
    apply: 'build',
    enforce: 'post',
    generateBundle(_, bundle) {
      const files = atStart(bundle);
      const weights = files.map((file) => ({ name: file.fileName, bytes: gzipSync(contents(file)).length }));
      const total = weights.reduce((sum, { bytes }) => sum + bytes, 0);
      const list = weights.map(({ name, bytes }) => `  ${kB(bytes)}  ${name}`).join('\n');
      this.info(`start page ${kB(total)} of ${kB(LIMIT)} gzip\n${list}`);
      if (total > LIMIT) this.error(`the start page weighs ${kB(total)} gzip; ${kB(LIMIT)} is the limit:\n${list}`);
      for (const file of files.filter(({ fileName }) => fileName.endsWith('.html'))) {
        const html = contents(file).toString();
        if (/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/i.test(html)) {
          this.error(`${file.fileName} has an inline script or style: the Content-Security-Policy refuses it`);
        }
      }
    },
  };
}

/** What comes with the page: whatever it needs at once, and the parts that it asks for by itself. */
function atStart(bundle: Rolldown.OutputBundle): (Rolldown.OutputAsset | Rolldown.OutputChunk)[] {
  const all = Object.values(bundle);
  const begins = all.filter((file) => file.type === 'chunk' && (file.isEntry || file.isDynamicEntry) && !LATER.test(file.facadeModuleId ?? ''));
  const names = new Set(all.filter(({ fileName }) => /\.(html|svg)$/.test(fileName)).map(({ fileName }) => fileName));
  const take = (name: string): void => {
    const file = bundle[name];
    if (file === undefined || names.has(name)) return;
    names.add(name);
    if (file.type !== 'chunk') return;
    [...file.imports, ...(file.viteMetadata?.importedCss ?? [])].forEach(take);
  };
  begins.forEach(({ fileName }) => take(fileName));
  return all.filter(({ fileName }) => names.has(fileName));
}

function contents(file: Rolldown.OutputAsset | Rolldown.OutputChunk): Buffer {
  return Buffer.from(file.type === 'chunk' ? file.code : file.source);
}

function kB(bytes: number): string {
  return `${(bytes / 1_000).toFixed(1)} kB`;
}
