// No payload ever runs script in a real browser. The pages' Content-Security-Policy is switched off here, so that the sanitiser stands
// alone: whatever it let through would run.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openBrowser, publish, startSite, top } from './site.mjs';

// One payload a line. One that runs sets window.pwned.
const payloads = readFileSync(join(top, 'tests/golden/xss/payloads.txt'), 'utf8').split('\n').filter(l => l);

let site, browser;
before(async () => { site = await startSite(); browser = await openBrowser(); });
after(async () => { await browser?.close(); await site?.stop(); });

test('there are a few hundred payloads', () => assert.ok(payloads.length >= 200, `${payloads.length}`));

// In the page, before anything else: every way by which payloads show that they ran ends in one list.
function trap() {
  window.ran = [];
  for (const name of ['alert', 'confirm', 'prompt', 'print']) window[name] = (...words) => { window.ran.push(`${name}(${words})`); };
}

async function look(page, address) {
  const outside = [];
  const note = r => { if (!r.url().startsWith(site.base) && !r.url().startsWith('data:')) outside.push(r.url()); };
  page.on('request', note);
  await page.goto(address, { waitUntil: 'load' });
  const found = await page.evaluate(() => {
    const bad = [];
    for (const n of document.querySelectorAll('article[data-id] .body *, article[data-id] h1, article[data-id] .summary, article[data-id] .byline, .comment *')) {
      for (const event of ['click', 'mouseover', 'focus', 'error', 'load', 'toggle', 'pointerenter', 'animationstart', 'transitionend', 'beforeinput'])
        n.dispatchEvent(new Event(event, { bubbles: false, cancelable: true }));
      for (const a of n.attributes) {
        if (/^on/i.test(a.name)) bad.push(`${a.name}=${a.value}`);
        if (/^(href|src|action|formaction|xlink:href|data)$/i.test(a.name) && /^[\s\0-\x20]*(javascript|vbscript|data):/i.test(a.value)) bad.push(`${a.name}=${a.value}`);
      }
      if (/^(script|iframe|object|embed|base|meta|link|style|svg|math|form|input|button|template)$/i.test(n.tagName) && !n.closest('.comment form'))
        bad.push(`<${n.tagName}>`);
    }
    if (window.pwned) bad.push('it ran');
    return bad.concat(window.ran);
  });
  page.off('request', note);
  return found.concat(outside.map(u => `a request to ${u}`));
}

for (const format of ['html', 'markdown', 'plain']) {
  test(`as ${format} text`, async () => {
    const context = await browser.newContext({ bypassCSP: true });
    await context.addInitScript(trap);
    const page = await context.newPage();
    let dialogs = 0;
    page.on('dialog', d => { dialogs++; d.dismiss(); });
    const faults = [];
    for (const [i, payload] of payloads.entries()) {
      if (format === 'plain' && i % 4) continue; // no markup has a meaning there at all
      let at;
      try {
        at = await publish(site, { title: `Payload ${format} ${i}`, body: `Before.\n\n${payload}\n\nAfter ${format} ${i}.`, format });
      } catch (e) {
        if (/ 422$/.test(e.message)) continue; // refused whole is as good
        throw e;
      }
      const found = await look(page, new URL(at.article, site.base).href);
      if (found.length || dialogs) faults.push({ payload, found, dialogs });
      dialogs = 0;
    }
    assert.deepEqual(faults, []);
    await context.close();
  });
}

test('in every other field, in comments and in search', async () => {
  const context = await browser.newContext({ bypassCSP: true });
  await context.addInitScript(trap);
  const page = await context.newPage();
  let dialogs = 0;
  page.on('dialog', d => { dialogs++; d.dismiss(); });
  const faults = [];
  for (const [i, payload] of payloads.entries()) {
    if (i % 8) continue;
    const short = payload.slice(0, 110);
    const { article } = await publish(site, { title: `${short} ${i}`, body: `Words ${i}.`, summary: payload.slice(0, 1000), author: short, source: short });
    await fetch(new URL(article.replace(/[^/]*$/, 'comment'), site.base), {
      method: 'POST', redirect: 'manual', body: new URLSearchParams({ title: short, author: short, body: payload, format: 'html', action: 'publish' }) });
    for (const where of [article, article.replace(/[^/]*$/, 'print'), '/', '/newswire', `/search?q=${encodeURIComponent(payload.slice(0, 200))}`]) {
      const found = await look(page, new URL(where, site.base).href);
      if (found.length || dialogs) faults.push({ where, payload, found, dialogs });
      dialogs = 0;
    }
  }
  assert.deepEqual(faults, []);
  await context.close();
});

test('the policy alone stops script as well', async () => {
  const page = await browser.newPage();
  const { article } = await publish(site, { title: 'Policy', body: 'Words under a policy.' });
  const reply = await page.goto(new URL(article, site.base).href);
  const policy = reply.headers()['content-security-policy'];
  assert.match(policy, /default-src 'none'/);
  assert.doesNotMatch(policy, /unsafe|\*|https?:/);
  await page.close();
});
