// Looks at every page of the built workspace with Chromium, over the pretended company, under the real policy:
// screenshots in dev/shots, faults found by axe, errors of the page. `npm run look`, perhaps with names of scenes.
import { mkdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { build, preview } from 'vite';
import { chromium } from 'playwright-core';

const FLAGS = '--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync --use-fake-ui-for-media-stream --use-fake-device-for-media-stream --autoplay-policy=no-user-gesture-required';
const shots = new URL('./shots/', import.meta.url).pathname;
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const wanted = process.argv.slice(2);

await mkdir(shots, { recursive: true });
await build({ mode: 'look', logLevel: 'warn' });
const server = await preview({ mode: 'look', logLevel: 'warn', preview: { port: 4179, host: '127.0.0.1', strictPort: true } });
const home = 'http://127.0.0.1:4179';
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS.split(' ') });
let faults = 0;

/** Somebody's browser, logged in or not. */
async function person({ theme = 'light', language = 'en', width = 1280, height = 800, login = true, zoom = 1 } = {}) {
  const context = await browser.newContext({
    viewport: { width: width / zoom, height: height / zoom },
    deviceScaleFactor: zoom,
    colorScheme: theme,
    locale: language,
    permissions: ['microphone', 'notifications'],
  });
  const page = await context.newPage();
  page.setDefaultTimeout(8_000);
  page.on('pageerror', (error) => fault('error', String(error)));
  page.on('console', (message) => message.type() === 'error' && !/401|409|422|WebSocket|ERR_/.test(message.text()) && fault('console', message.text()));
  await page.goto(home);
  if (login) {
    await page.fill('input[autocomplete=username]', 'anna');
    await page.fill('input[autocomplete=current-password]', 'hovor-demo');
    await page.keyboard.press('Enter');
    await page.locator('[data-entry]').first().waitFor();
    await page.locator('.handset .ready').waitFor();
  }
  return page;
}

function fault(kind, text) {
  faults += 1;
  console.log(`  ${kind}: ${text}`);
}

const act = (what) => fetch(`${home}/dev/do/${what}`);

async function shoot(page, name) {
  await page.waitForTimeout(350);
  await page.screenshot({ path: `${shots}${name}.png` });
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  console.log(`${name}: ${violations.length} faults by axe`);
  for (const one of violations) {
    fault(`${one.impact} ${one.id}`, `${one.help}\n    ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160) + (node.any[0]?.message ? `\n      ${node.any[0].message}` : '')).join('\n    ')}`);
  }
}

async function sideways(page) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  if (wide) fault('zoom', 'the page scrolls sideways at 200 %');
}

async function talk(page) {
  await page.locator('[data-entry]').first().focus();
  await page.keyboard.press('Enter');
  await page.locator('article').waitFor();
  await page.locator('.sign.good').waitFor();
}

const scenes = {
  async login() {
    const page = await person({ login: false });
    await shoot(page, 'login');
    await page.fill('input[autocomplete=username]', 'anna');
    await page.fill('input[autocomplete=current-password]', 'wrong');
    await page.keyboard.press('Enter');
    await page.locator('[role=alert]').waitFor();
    await shoot(page, 'login-wrong');
    await page.context().close();
    const dark = await person({ login: false, theme: 'dark', language: 'cs' });
    await shoot(dark, 'login-dark-cs');
    await dark.context().close();
  },
  async desk() {
    const page = await person();
    await shoot(page, 'desk');
    await page.locator('.opener').click();
    await shoot(page, 'status-menu');
    await page.getByRole('switch').first().click();
    await page.locator('.handset .ready').waitFor({ state: 'detached' });
    await page.getByRole('switch').first().click();
    await page.locator('.handset .ready').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('[data-entry]').nth(1).hover();
    await page.locator('.preview').waitFor();
    await shoot(page, 'preview');
    await page.mouse.move(900, 500);
    await page.locator('.preview').waitFor({ state: 'detached' });
    await page.keyboard.press('q');
    await page.keyboard.press('p');
    await page.locator('.preview button', { hasText: 'Redirect' }).click();
    await page.locator('dialog').waitFor();
    await shoot(page, 'redirect');
    await page.getByRole('option').first().click();
    await page.route('**/forward', (route) => route.fulfill({ status: 409, json: { detail: 'the session is over already' } }));
    await page.locator('dialog footer .primary').click();
    await page.getByText('the session is over already').waitFor();
    await shoot(page, 'redirect-failed');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await page.locator('dialog').waitFor();
    await shoot(page, 'shortcuts');
    await page.context().close();
  },
  async dial() {
    const page = await person();
    await page.keyboard.press('d');
    await page.locator('#dial-hint').waitFor();
    await shoot(page, 'dial');
    await page.keyboard.type('+420777');
    await page.getByRole('button', { name: '5', exact: true }).click();
    await shoot(page, 'dial-typed');
    await page.keyboard.type('12345');
    await page.keyboard.press('Enter');
    await page.locator('article').waitFor();
    await shoot(page, 'calling');
    await page.locator('.sign.good').waitFor();
    await page.keyboard.press('e');
    await page.locator('article').waitFor({ state: 'detached' });
    const focused = await page.evaluate(() => document.activeElement.textContent.trim());
    if (focused !== 'Close') fault('focus', `is on ${focused}`);
    await shoot(page, 'call-over');
    await page.context().close();
  },
  async offer() {
    const page = await person();
    await act('offer');
    await page.locator('.offers section').waitFor();
    await shoot(page, 'offer');
    await page.keyboard.press('x');
    await page.locator('.offers section').waitFor({ state: 'detached' });
    await act('offer');
    await page.locator('.offers section').waitFor();
    await page.keyboard.press('a');
    await page.locator('.sign.good').waitFor();
    await page.keyboard.press('e');
    await page.locator('article').waitFor({ state: 'detached' });
    await page.context().close();
  },
  async call() {
    const page = await person();
    await talk(page);
    await shoot(page, 'call');
    await page.keyboard.press('m');
    await page.locator('.sign.warn').waitFor();
    await page.keyboard.press('k');
    await page.keyboard.type('1#');
    await shoot(page, 'call-muted-keypad');
    await page.keyboard.press('k');
    await page.keyboard.press('m');
    await page.keyboard.press('h');
    await page.getByText('is on hold').waitFor();
    await shoot(page, 'call-held');
    await page.keyboard.press('h');
    await page.keyboard.press('f');
    await page.locator('dialog').waitFor();
    await page.getByRole('tab').nth(2).click();
    await page.keyboard.press('Tab');
    await page.getByRole('searchbox').fill('+420 602 111 222');
    await shoot(page, 'forward');
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('i');
    await page.getByRole('option').first().click();
    await shoot(page, 'invite');
    await page.locator('dialog footer .primary').click();
    await page.locator('dialog').waitFor({ state: 'detached' });
    await page.waitForTimeout(2_000);
    await shoot(page, 'conference');
    await act('missing/packets');
    await page.locator('.sign.bad').waitFor();
    await shoot(page, 'call-not-heard');
    await page.keyboard.press('s');
    await page.locator('.bar').waitFor();
    await shoot(page, 'settings-bar');
    await page.keyboard.press('b');
    await page.locator('table').waitFor();
    await shoot(page, 'board-bar');
    await act('hangup');
    await page.locator('.bar').waitFor({ state: 'detached' });
    await page.keyboard.press('w');
    await page.locator('.work').waitFor();
    await shoot(page, 'after-work');
    await page.getByRole('button', { name: 'Finish' }).click();
    await page.context().close();
  },
  async client() {
    for (const theme of ['light', 'dark']) {
      await act('arrive');
      const page = await person({ theme });
      await talk(page);
      await page.locator('.clients li').first().waitFor();
      await shoot(page, `client-candidates-${theme}`);
      await page.getByLabel('E-mail', { exact: true }).fill('jana@');
      await page.keyboard.press('Enter');
      await page.getByText('Not saved').waitFor();
      await shoot(page, `client-wrong-${theme}`);
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'New contact' }).click();
      await page.locator('dialog input').first().fill('Jana Nová');
      await shoot(page, `client-new-${theme}`);
      await page.locator('dialog .primary').click();
      await page.getByText('Add anyway').waitFor();
      await shoot(page, `client-similar-${theme}`);
      await page.getByRole('button', { name: 'Use this one: Jana Nováková' }).click();
      await page.locator('.connected').waitFor();
      await shoot(page, `client-connected-${theme}`);
      await page.getByRole('button', { name: 'Disconnect' }).click();
      await page.getByRole('button', { name: 'Select existing' }).click();
      await page.locator('dialog li').first().waitFor();
      await shoot(page, `client-select-${theme}`);
      await page.keyboard.press('Escape');
      await act('hangup');
      await page.context().close();
    }
  },
  async chat() {
    for (const [theme, language, width] of [['light', 'en', 1280], ['dark', 'cs', 1280], ['light', 'de', 1920], ['dark', 'en', 1920]]) {
      const name = `${theme}-${width}`;
      await act('chat');
      await act('chat');
      const page = await person({ theme, language, width, height: width > 1500 ? 1080 : 800 });
      const entry = page.locator('[data-entry]', { hasText: 'Shop' });
      await entry.first().waitFor();
      await entry.first().hover();
      await page.locator('.preview ol').first().waitFor();
      await shoot(page, `chat-queue-${name}`);
      await page.mouse.move(900, 500);
      await page.locator('.preview').waitFor({ state: 'detached' });
      await entry.first().focus();
      await page.keyboard.press('Enter');
      const box = page.locator('.chats textarea');
      await box.waitFor();
      await box.fill('Good day! Yes, we have two of them in Brno.');
      await page.keyboard.press('Enter');
      await page.locator('.mine').waitFor();
      await act(`aside/${encodeURIComponent('The engine comes on Thursday, tell her.')}`);
      await act('read');
      await act(`say/${encodeURIComponent('Great! And what about the engine? Nobody tells me anything on the phone.')}`);
      await act('typing');
      await page.locator('.aside').first().waitFor();
      await shoot(page, `chat-one-${name}`);
      await page.keyboard.type('#h');
      await page.locator('.chats [role=option]').first().waitFor();
      await shoot(page, `chat-template-${name}`);
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.locator('button.only').click();
      await page.keyboard.type('Can you take this one over at noon?');
      await act('online/no');
      await entry.first().focus();
      await page.keyboard.press('Enter');
      await page.getByRole('tab').nth(1).waitFor();
      await act(`say/${encodeURIComponent('Are you still there?')}`);
      await page.locator('[role=tab] b').waitFor();
      await page.route('**/messages', (route) => (route.request().method() === 'POST' ? route.abort() : route.continue()));
      await box.fill('Guten Tag, einen Moment bitte.');
      await page.keyboard.press('Enter');
      await page.locator('.mark .bad').waitFor();
      await shoot(page, `chat-several-${name}`);
      await page.unroute('**/messages');
      await page.locator('.mark .button').click();
      await page.locator('.mark .bad').waitFor({ state: 'detached' });
      await page.getByRole('tab').first().click();
      await shoot(page, `chat-aside-${name}`);
      await page.locator('header .icon[title*="(F)"]').click();
      await page.locator('dialog').waitFor();
      await shoot(page, `chat-forward-${name}`);
      await page.keyboard.press('Escape');
      await page.locator('[data-entry]').filter({ hasNotText: 'Shop' }).first().focus();
      await page.keyboard.press('Enter');
      await page.locator('.sign.good').waitFor();
      await shoot(page, `chat-and-call-${name}`);
      await act('hangup');
      await page.locator('.note').waitFor();
      await shoot(page, `chat-over-${name}`);
      await page.context().close();
    }
  },
  async contacts() {
    for (const theme of ['light', 'dark']) {
      const page = await person({ theme });
      await page.keyboard.press('c');
      await page.locator('.directory li a').first().waitFor();
      await shoot(page, `contacts-${theme}`);
      await page.getByRole('searchbox').fill('novak');
      await page.getByText('2 contacts').waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.locator('article').waitFor();
      await shoot(page, `contact-${theme}`);
      await page.getByRole('button', { name: 'Edit' }).click();
      await page.getByRole('button', { name: 'Add an identifier' }).click();
      await shoot(page, `contact-edit-${theme}`);
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Merge', exact: true }).click();
      await page.locator('dialog li button', { hasText: 'Jana' }).click();
      await shoot(page, `contact-merge-${theme}`);
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Delete' }).click();
      await shoot(page, `contact-delete-${theme}`);
      await page.context().close();
    }
  },
  async board() {
    const page = await person();
    await page.keyboard.press('b');
    await page.locator('table').waitFor();
    await shoot(page, 'board');
    await page.context().close();
  },
  async settings() {
    const page = await person();
    await page.keyboard.press('s');
    await page.getByText('Check the microphone').click();
    await page.getByText('Test notifications').click();
    await page.waitForFunction(() => document.querySelector('meter').value > 0.2);
    await shoot(page, 'settings');
    await page.context().close();
  },
  async lost() {
    const page = await person();
    await act('cut/2500');
    await page.locator('.banner').waitFor();
    await shoot(page, 'connection-lost');
    await page.locator('.banner').waitFor({ state: 'detached' });
    await page.context().close();
  },
  async dark() {
    const page = await person({ theme: 'dark', language: 'de' });
    await shoot(page, 'dark-desk');
    await talk(page);
    await shoot(page, 'dark-call');
    await page.keyboard.press('b');
    await page.locator('table').waitFor();
    await shoot(page, 'dark-board');
    await page.keyboard.press('s');
    await shoot(page, 'dark-settings');
    await act('hangup');
    await page.context().close();
  },
  async zoom() {
    const page = await person({ zoom: 2, language: 'sk' });
    await shoot(page, 'zoom-desk');
    await page.keyboard.press('d');
    await shoot(page, 'zoom-dial');
    await page.keyboard.press('Escape');
    await talk(page);
    await shoot(page, 'zoom-call');
    await sideways(page);
    await page.keyboard.press('c');
    await page.locator('.directory li a').first().waitFor();
    await shoot(page, 'zoom-contacts');
    await sideways(page);
    await page.locator('.directory li a').nth(4).click();
    await page.locator('article').waitFor();
    await shoot(page, 'zoom-contact');
    await sideways(page);
    await act('hangup');
    await page.context().close();
  },
};

for (const [name, scene] of Object.entries(scenes)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  await act('hangup');
  await scene().catch((error) => fault(`scene ${name}`, String(error)));
  for (const context of browser.contexts()) await context.close();
}
await browser.close();
await server.close();
await rm(`${shots}dist`, { recursive: true });
console.log(faults === 0 ? 'nothing to complain of' : `${faults} complaints`);
process.exit(faults === 0 ? 0 : 1);
