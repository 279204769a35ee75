import { readFileSync, readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** What the widget may weigh, in bytes after gzip: it comes into pages that are not ours. */
const LIMIT = 25_000;

/** Adds pages, each folder at its own address, and fails the build if the widget is heavy, more than one file, or makes HTML or code of text. */
export function oneScript(pages: Readonly<Record<string, string>>): Plugin {
  return {
    name: 'hovor-widget',
    apply: 'build',
    enforce: 'post',
    generateBundle(_, bundle) {
      const [script, ...others] = Object.values(bundle);
      if (script?.type !== 'chunk' || others.length > 0) this.error('the widget has to be one script and nothing else');
      const bytes = gzipSync(script.code).length;
      const weight = `the widget weighs ${(bytes / 1_000).toFixed(1)} kB gzip; ${LIMIT / 1_000} kB is the limit`;
      this.info(weight);
      if (bytes > LIMIT) this.error(weight);
      if (/\beval\(|new Function\b|\bimport\(|document\.cookie/.test(script.code)) {
        this.error('the widget runs text as code, loads something, or uses cookies');
      }
      for (const [address, folder] of Object.entries(pages)) {
        for (const name of readdirSync(folder)) {
          const source = readFileSync(`${folder}${name}`, 'utf8');
          const fileName = `${address}${name}`;
          if (name.endsWith('.html') && /<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|(src|href)="https?:/i.test(source)) {
            this.error(`${fileName} has an inline script or style, or loads from elsewhere: the Content-Security-Policy refuses it`);
          }
          this.emitFile({ type: 'asset', fileName, source });
        }
      }
    },
  };
}
