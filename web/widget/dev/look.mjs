// Looks at the built widget in the demo shop with Chromium, over a pretended server, under the real policy: screenshots
// in dev/shots/widget or the folder SHOTS, faults found by axe, errors of the page. Perhaps with names of scenes.
import { mkdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { PretendedChat, SETTINGS } from './pretended.mjs';

const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'";
const TYPES = { html: 'text/html', css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml' };
const dist = new URL('../../dist/', import.meta.url);
const shots = resolve(process.env.SHOTS ?? new URL('../../dev/shots/widget/', import.meta.url).pathname);
const wanted = process.argv.slice(2);
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let faults = 0;
let settings = SETTINGS;

const server = createServer(async (request, response) => {
  const path = new URL(request.url, 'http://shop').pathname.replace(/\/$/, '/index.html').slice(1);
  if (path.endsWith('/settings')) return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(settings));
  const file = await readFile(new URL(path, dist), 'utf8').catch(() => null);
  if (file === null) return response.writeHead(404).end();
  const type = TYPES[path.split('.').at(-1)];
  response.writeHead(200, { 'content-type': `${type}; charset=utf-8`, 'content-security-policy': POLICY }).end(file.replaceAll('WIDGET-ID', 'shop'));
});
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const home = `http://127.0.0.1:${server.address().port}/demo/`;
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--headless=new', '--no-sandbox', '--disable-gpu'] });
await mkdir(shots, { recursive: true });

function fault(kind, text) {
  faults += 1;
  console.log(`  ${kind}: ${text}`);
}

function expected(what, is, wanted) {
  if (is !== wanted) fault(what, `is ${is}, not ${wanted}`);
}

/** Somebody in the shop, and the other end of their chat. */
async function visitor({ theme = 'light', language = 'en', width = 1100, height = 760, motion = 'reduce', with: changes = {} } = {}) {
  settings = { ...SETTINGS, ...changes };
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, locale: language, reducedMotion: motion });
  const chat = new PretendedChat();
  await context.routeWebSocket('**/chat/shop', (socket) => chat.take(socket));
  const page = await context.newPage();
  page.setDefaultTimeout(5_000);
  page.on('pageerror', (error) => fault('error', String(error)));
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && fault('console', message.text()));
  await page.goto(home);
  await page.locator('.launcher').waitFor();
  return { context, page, chat };
}

async function shoot(page, name) {
  await page.waitForTimeout(250);
  await page.screenshot({ path: `${shots}/${name}.png` });
  const { violations } = await page.evaluate(`${axe}; axe.run()`);
  console.log(`${name}: ${violations.length} faults by axe`);
  for (const one of violations) fault(`${one.impact} ${one.id}`, `${one.help}\n    ${one.nodes.slice(0, 3).map(({ html, any }) => `${html.slice(0, 160)} ${any[0]?.message ?? ''}`).join('\n    ')}`);
}

const focused = (page) => page.evaluate(() => document.querySelector('hovor-chat').shadowRoot.activeElement?.tagName ?? 'NONE');

async function begin(page) {
  await page.locator('.launcher').click();
  await page.locator('#name').fill('Jan Novák');
  await page.locator('#email').fill('jan@example.com');
  await page.getByRole('checkbox').check();
  await page.locator('.entry .primary').click();
  await page.locator('textarea').waitFor();
}

async function talk({ page, chat }) {
  await begin(page);
  chat.serve('Anna Nováková');
  for (const text of ['Good day! Does the lamp Mira fit on a desk that is 60 cm deep?', 'And is it this one: https://shop.example/lamps/mira?']) {
    await page.locator('textarea').fill(text);
    await page.keyboard.press('Enter');
  }
  await page.locator('.delivered').nth(1).waitFor();
  chat.read();
  chat.write('Good day, it does: the foot is 18 cm wide.\nYes, that is the one. 🙂');
  await page.locator('.theirs').waitFor();
}

const scenes = {
  async form() {
    const { page } = await visitor();
    expected('kept before the chat', await page.evaluate(() => localStorage.length + document.cookie.length), 0);
    await shoot(page, 'closed');
    await page.locator('.launcher').focus();
    await page.keyboard.press('Enter');
    expected('focus after opening', await focused(page), 'INPUT');
    await shoot(page, 'form');
    await page.locator('.entry .primary').click();
    await page.locator('#email').fill('jan');
    await page.locator('.entry .primary').click();
    await shoot(page, 'form-faults');
    await page.keyboard.press('Escape');
    expected('the window after Esc', await page.locator('.window').isVisible(), false);
    expected('focus after Esc', await focused(page), 'BUTTON');
    expected('the button after Esc', await page.locator('.launcher').getAttribute('aria-expanded'), 'false');
  },
  async talk() {
    const one = await visitor();
    const { page, chat } = one;
    await begin(page);
    expected('focus after the form', await focused(page), 'TEXTAREA');
    await shoot(page, 'waiting');
    await page.keyboard.press('Escape');
    await page.locator('.launcher').click();
    chat.serve('Anna Nováková');
    await page.locator('textarea').fill('Good day! Does the lamp Mira fit on a desk that is 60 cm deep?');
    await page.keyboard.press('Enter');
    await page.locator('.delivered').waitFor();
    chat.read();
    chat.write('Good day, it does: the foot is 18 cm wide. See https://shop.example/lamps/mira.');
    chat.write('<img src=x onerror="alert(1)"> is how you would not put it into a page');
    await page.locator('.theirs').nth(1).waitFor();
    await page.locator('textarea').fill('refuse this');
    await page.keyboard.press('Enter');
    await page.locator('.failed').waitFor();
    chat.types();
    await page.locator('.typing').waitFor();
    await shoot(page, 'talking');
    await page.getByRole('button', { name: 'Insert an emoji' }).click();
    await shoot(page, 'emoji');
    await page.getByRole('button', { name: '🎉' }).click();
    expected('the text', await page.locator('textarea').inputValue(), '🎉');
    await page.keyboard.press('Escape');
    chat.write('Anything else?');
    await page.locator('.badge').waitFor();
    await shoot(page, 'unread');
    await page.goto(`${home}cart.html`);
    await page.locator('.badge').waitFor();
    await shoot(page, 'cart');
    await page.locator('.launcher').click();
    await page.locator('.theirs').nth(2).waitFor();
    expected('unread after reading', await page.locator('.badge').count(), 0);
    await page.locator('.header .plain').first().click();
    await shoot(page, 'end-question');
    await page.locator('.question .primary').click();
    await page.locator('.over').waitFor();
    expected('focus after the end', await focused(page), 'BUTTON');
    await shoot(page, 'ended');
    await page.locator('.over .primary').click();
    await page.locator('.entry').waitFor();
    expected('kept after the chat', await page.evaluate(() => localStorage.length), 0);
  },
  async lost() {
    const one = await visitor();
    const { page, chat } = one;
    await talk(one);
    chat.cut();
    await page.locator('textarea').fill('Is it there in green too?');
    await page.keyboard.press('Enter');
    await page.locator('.pending').waitFor();
    await page.waitForTimeout(1_000);
    await shoot(page, 'lost');
    chat.mend();
    await page.locator('.pending').waitFor({ state: 'detached', timeout: 12_000 });
    expected('messages', await page.locator('.mine').count(), 3);
  },
  async scroll() {
    const one = await visitor({ motion: 'no-preference' });
    const { page, chat } = one;
    await talk(one);
    for (let n = 0; n < 12; n++) chat.write(`Line ${n}, which is long enough to fill more than one row of the window, perhaps even two`);
    await page.locator('.theirs').nth(12).waitFor();
    await page.locator('.log').evaluate((log) => log.scrollTo({ top: 0 }));
    await page.waitForTimeout(100);
    chat.write('And one more');
    await page.locator('.newer').click();
    await page.locator('.newer').waitFor({ state: 'detached' });
    await page.locator('textarea').fill('several\nlines\nof text');
    await shoot(page, 'scrolled');
  },
  async tabs() {
    const one = await visitor();
    await begin(one.page);
    one.chat.serve('Anna Nováková');
    const two = await one.context.newPage();
    await two.goto(home);
    await two.locator('.launcher').click();
    for (const [page, text] of [[one.page, 'from the first'], [two, 'from the second'], [one.page, 'from the first again']]) {
      await page.locator('textarea').fill(text);
      await page.keyboard.press('Enter');
      await page.locator('.delivered').last().waitFor();
      await two.waitForTimeout(150);
    }
    expected('in the first tab', (await one.page.locator('.mine .bubble').allTextContents()).join(), 'from the first,from the second,from the first again');
    expected('in the second tab', (await two.locator('.mine .bubble').allTextContents()).join(), 'from the first,from the second,from the first again');
  },
  async dark() {
    const one = await visitor({ theme: 'dark', language: 'cs', with: { colour: '#f2b705', position: 'left' , language: 'cs' } });
    await one.page.locator('.launcher').click();
    await shoot(one.page, 'dark-form-cs');
    await one.page.keyboard.press('Escape');
    await talk(one);
    await shoot(one.page, 'dark-talking-cs');
  },
  async hostile() {
    const one = await visitor({ with: { colour: '#777777' } });
    await one.page.evaluate(() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(`html { font-size: 40px; direction: rtl }
        * { color: lime !important; font: 40px cursive !important; opacity: 0.3 !important; transform: rotate(5deg) !important; display: none !important }
        button, p, div, section { background: red !important; padding: 50px !important; position: static !important }`);
      document.adoptedStyleSheets = [sheet];
      document.documentElement.style.setProperty('display', 'block', 'important');
      document.body.style.setProperty('display', 'block', 'important');
      for (const one of [document.documentElement, document.body]) one.style.setProperty('transform', 'none', 'important');
    });
    await talk(one);
    const box = await one.page.locator('.window').boundingBox();
    expected('the window', `${box.width} wide, ${1100 - box.x - box.width} from the edge`, '380 wide, 20 from the edge');
    expected('the text', await one.page.locator('.theirs .bubble').evaluate((bubble) => `${getComputedStyle(bubble).color} ${getComputedStyle(bubble).fontSize}`), 'rgb(23, 28, 34) 15px');
  },
  async phone() {
    const one = await visitor({ width: 320, height: 568, language: 'de', with: { language: 'de', title: null } });
    await shoot(one.page, 'phone-closed-de');
    await one.page.locator('.launcher').click();
    await shoot(one.page, 'phone-form-de');
    await one.page.keyboard.press('Escape');
    await talk(one);
    await shoot(one.page, 'phone-talking-de');
    expected('the page sideways', await one.page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);
    one.chat.end('nobody');
    await one.page.locator('.over').waitFor();
    await shoot(one.page, 'phone-ended-de');
  },
};

for (const scene of Object.values(scenes)) {
  if (wanted.length > 0 && !wanted.includes(scene.name)) continue;
  await scene().catch((error) => fault(`scene ${scene.name}`, String(error)));
  for (const context of browser.contexts()) await context.close();
}
await browser.close();
server.close();
console.log(faults === 0 ? `nothing to complain of; the pictures are in ${shots}` : `${faults} complaints; the pictures are in ${shots}`);
process.exit(faults === 0 ? 0 : 1);
