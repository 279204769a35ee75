// Makes src/wire/schema.ts anew from the OpenAPI document: `npm run api -- URL|FILE`; a running demo if nothing is said.
import { readFile, writeFile } from 'node:fs/promises';
import openapiTS, { astToString } from 'openapi-typescript';

const source = process.argv[2] ?? 'http://127.0.0.1:8080/api/openapi.json';
const text = source.startsWith('http') ? await (await fetch(source)).text() : await readFile(source, 'utf8');
const types = astToString(await openapiTS(JSON.parse(text)));
const head = '/** Made by `npm run api` from the OpenAPI document of hovor. Do not edit. */\n\n';
await writeFile(new URL('../src/wire/schema.ts', import.meta.url), head + types);
console.log(`src/wire/schema.ts: ${types.length} characters from ${source}`);
