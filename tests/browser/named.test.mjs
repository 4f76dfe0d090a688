// What people do with forms, over plain http at a host with a name, as on a local network or at an onion address, in every engine. On 127.0.0.1, which browsers hold
// to be as good as https, much that goes wrong there cannot be seen: there they say Sec-Fetch-Site with each form, here they don't.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openChromium, openFirefox, openWebKit } from './drive.mjs';
import { EDITOR, startSite } from './site.mjs';

// As Tor Browser is set at "Safest", and a little worse: no script, no Origin, no Referer, nothing remembered.
const TOR = { 'javascript.enabled': false, 'privacy.resistFingerprinting': true, 'privacy.firstparty.isolate': true, 'browser.privatebrowsing.autostart': true,
  'network.http.sendOriginHeader': 0, 'network.http.sendRefererHeader': 0, 'network.cookie.cookieBehavior': 1, 'places.history.enabled': false };

const BROWSERS = {
  Chromium: openChromium,
  Firefox: () => openFirefox(),
  'Firefox set like Tor Browser': () => openFirefox(TOR),
  WebKitGTK: () => openWebKit(`127.0.0.1:${door.address().port}`),
};

let site, door, here, folder;
const said = [], elsewhere = new Map(); // what came with each form; pages of other sites by address

// Stands before the site under every name, tells what browsers say, and is the other sites.
async function openDoor() {
  const inner = new URL(site.base);
  const server = http.createServer((ask, answer) => {
    const to = new URL(ask.url, `http://${ask.headers.host}`);
    if (to.hostname !== 'wire.test') {
      const page = elsewhere.get(to.hostname + to.pathname);
      return answer.writeHead(page ? 200 : 404, { 'Content-Type': 'text/html; charset=utf-8' }).end(page);
    }
    if (ask.method === 'POST') said.push({ origin: ask.headers.origin, site: ask.headers['sec-fetch-site'] });
    const onward = http.request({ host: inner.hostname, port: inner.port, method: ask.method, path: to.pathname + to.search, headers: ask.headers },
      reply => reply.pipe(answer.writeHead(reply.statusCode, reply.rawHeaders)));
    onward.on('error', () => answer.destroy());
    ask.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

before(async () => {
  site = await startSite();
  door = await openDoor();
  here = `http://wire.test:${door.address().port}`;
  folder = mkdtempSync(join(tmpdir(), 'broadside-saved-'));
});
after(async () => {
  door?.closeAllConnections();
  door?.close();
  await site?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

const escaped = s => s.replace(/[&<>"]/g, c => `&#${c.charCodeAt(0)};`);

// A page of somebody else's with a form that goes to this site.
function foreign(path, fields, head = '') {
  const inputs = Object.entries(fields).map(([k, v]) => `<input name="${k}" value="${escaped(v)}">`).join('');
  return `<!DOCTYPE html><meta charset="utf-8">${head}<title>Elsewhere</title><form method="post" action="${here}${path}">${inputs}<button>Win a prize</button></form>`;
}

async function publish(browser, title, more = {}) {
  await browser.goto(here + '/publish');
  for (const [name, words] of Object.entries({ title, body: 'Every word of it.', ...more })) await browser.fill(`form#publish [name=${name}]`, words);
  await browser.press('form#publish button[value=publish]');
  const edit = await browser.attribute('a[rel=edit]', 'href');
  const article = await browser.attribute('a[rel=bookmark]', 'href');
  return { article: new URL(article, here).href, edit: new URL(edit, here).href };
}

for (const [name, open] of Object.entries(BROWSERS)) {
  test(`over http at a named host, in ${name}`, async t => {
    const browser = await open();
    const begun = said.length;
    let article, edit;
    try {
      await t.test('publish', async () => {
        ({ article, edit } = await publish(browser, `By ${name}`));
        await browser.goto(article);
        assert.equal(await browser.text('h1'), `By ${name}`);
      });

      await t.test('comment', async () => {
        await browser.goto(article);
        await browser.fill('form#quick-comment [name=body]', 'Well said.');
        await browser.press('form#quick-comment button[value=publish]');
        assert.equal(await browser.text('article.comment .body'), 'Well said.');
      });

      await t.test('correct by the private link, and write to the editors', async () => {
        await browser.goto(edit);
        await browser.fill('form#correct [name=body]', 'Better words.');
        await browser.press('form#correct button[value=correct]');
        assert.match(await browser.text('.notice.done'), /correction is published/);
        await browser.fill('form#write [name=message]', 'Thank you.');
        await browser.press('form#write button');
        assert.match(await browser.text('.letter'), /Thank you\./);
        await browser.goto(article);
        assert.equal(await browser.text('.body'), 'Better words.');
      });

      await t.test('back to the form, the title is there as the text is', async () => {
        await browser.goto(here + '/publish');
        await browser.fill('#f-title', 'A title that took time');
        await browser.fill('#f-body', 'Text.');
        await browser.fill('#f-email', 'nobody@nowhere'); // the browser takes it, the site does not
        await browser.press('form#publish button[value=publish]');
        assert.match(await browser.text('.errors'), /mail address/);
        await browser.back();
        assert.equal(await browser.value('#f-title'), 'A title that took time');
        assert.equal(await browser.value('#f-body'), 'Text.');
      });

      await t.test('a form saved to the disk, sent later', async () => {
        const file = join(folder, `${name}.html`);
        writeFileSync(file, foreign('/publish', { title: `Saved in ${name}`, body: 'Written on the train.', type: 'news', action: 'publish' }));
        await browser.goto(`file://${encodeURI(file)}`);
        await browser.press('button');
        assert.equal(await browser.text('a[rel=bookmark]'), `Saved in ${name}`);
      });

      await t.test('what another site sends comes back filled, and is sent from here', async () => {
        elsewhere.set('other.test/contest', foreign('/publish', { title: `Meant in ${name}`, body: 'A few words.', type: 'news', action: 'publish' }));
        await browser.goto(`http://other.test:${door.address().port}/contest`);
        await browser.press('button');
        if (name === 'Firefox set like Tor Browser') return assert.equal(await browser.text('a[rel=bookmark]'), `Meant in ${name}`); // it never says where from
        assert.match(await browser.text('[role=alert]'), /another site/);
        assert.equal(await browser.value('form#again [name=title]'), `Meant in ${name}`);
        await browser.press('form#again button');
        assert.equal(await browser.text('a[rel=bookmark]'), `Meant in ${name}`);
      });

      await t.test('another site logs nobody in, even where it hides its name', async () => {
        const { user, password } = EDITOR;
        elsewhere.set('other.test/trap', foreign('/login', { user, password }, '<meta name="referrer" content="no-referrer">'));
        await browser.goto(`http://other.test:${door.address().port}/trap`);
        await browser.press('button');
        assert.match(await browser.text('[role=alert]'), /Nobody was logged in/);
        await browser.fill('form#login [name=password]', password);
        await browser.press('form#login button');
        assert.equal(await browser.text('h1'), 'Editors’ desk');
      });

      await t.test('an editor decides, and publishes under a name', async () => {
        await browser.goto(`${here}/editor/article/${/\/article\/(\d+)\//.exec(article)[1]}`);
        await browser.press('button[value=feature]');
        assert.match(await browser.text('.notice.done'), /editorial log/);
        const own = await publish(browser, `Known in ${name}`, { author: 'Ed' });
        await browser.goto(own.article);
        assert.doesNotMatch(await browser.text('.byline'), /unverified/);
      });

      await t.test('another site that hides its name speaks for nobody who is logged in', async () => {
        elsewhere.set('other.test/forged', foreign('/publish', { title: `Forged in ${name}`, body: 'x', type: 'news', author: 'Ed', action: 'publish' }, '<meta name="referrer" content="no-referrer">'));
        await browser.goto(`http://other.test:${door.address().port}/forged`);
        await browser.press('button');
        await browser.goto(new URL(await browser.attribute('a[rel=bookmark]', 'href'), here).href);
        assert.match(await browser.text('.byline'), /unverified/);
        await browser.goto(here + '/account');
        await browser.press('form[action="/logout"] button');
        await browser.goto(here + '/login');
        assert.equal(await browser.text('h1'), 'Log in');
      });
    } finally {
      await browser.close();
    }
    const what = said.slice(begun);
    t.diagnostic(`it said, with its forms: ${[...new Set(what.map(s => `Origin ${s.origin}, Sec-Fetch-Site ${s.site}`))].join('; ')}`);
    assert.ok(what.length >= 10);
    assert.deepEqual(what.filter(s => s.site), [], 'this is no host with a name over http');
  });
}
