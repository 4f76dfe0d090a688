// The main job in a real browser, with script on and off: publish in each format, preview, comment, correct by the private link,
// log in, feature, hide, read the log.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { command, login, openBrowser, shared, startSite } from './site.mjs';

let site, browser;
before(async () => { site = await startSite({ init: ['--demo'] }); browser = await openBrowser(); });
after(async () => { await browser?.close(); await site?.stop(); });

const FORMATS = {
  plain: { body: 'One paragraph.\n\nAnother with https://example.org/ in it.', wanted: '.body a[href="https://example.org/"]' },
  markdown: { body: 'Some *stress* here.\n\n* one\n* two', wanted: '.body em' },
  html: { body: '<p>Some <strong>weight</strong> here.</p><script>document.title="broken"</script>', wanted: '.body strong' },
};

// By keyboard, as it works with script and without (a browser without script tells nobody when an element stands still for a mouse).
async function go(page, selector) {
  await page.focus(selector);
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
}

for (const script of [true, false]) {
  const how = script ? 'with script' : 'without script';

  test(`the whole path ${how}`, async t => {
    const context = await browser.newContext({ javaScriptEnabled: script });
    const page = await context.newPage();
    const faults = [];
    page.on('pageerror', e => faults.push(String(e)));
    page.on('console', m => m.type() === 'error' && !/status of (404|422)/.test(m.text()) && faults.push(m.text()));
    page.on('request', r => r.url().startsWith(site.base) || faults.push(`a request to somebody else: ${r.url()}`));
    let article, edit;

    for (const [format, { body, wanted }] of Object.entries(FORMATS)) {
      await t.test(`publish ${format}`, async () => {
        const title = `Harbour news in ${format} ${how}`;
        await page.goto(site.base + '/');
        await go(page, 'nav.network a[href="/publish"]');
        await page.fill('[name=title]', title);
        await page.fill('[name=summary]', 'In short.');
        await page.fill('[name=body]', body);
        await page.selectOption('[name=format]', format);
        await page.selectOption('[name=type]', 'commentary');
        await page.focus('[name=topic][value=international]');
        await page.keyboard.press('Space');
        await page.fill('[name=author]', 'Ada Quill');
        await go(page, 'button[value=preview]');
        const seen = await page.locator('.preview .body').innerText();
        assert.equal(await page.locator(`.preview ${wanted}`).count(), 1);
        assert.equal(await page.inputValue('[name=title]'), title);
        assert.ok(await page.isChecked('[name=topic][value=international]'));
        await go(page, 'button[value=publish]');
        edit = await page.getAttribute('a[rel=edit]', 'href');
        await go(page, 'a[rel=bookmark]');
        article = page.url();
        assert.equal(await page.locator('h1').innerText(), title);
        assert.equal(await page.locator('article[data-id] .body').innerText(), seen);
        assert.equal(await page.locator(`article[data-id] ${wanted}`).count(), 1);
      });
    }

    await t.test('comment', async () => {
      await page.fill('form#quick-comment [name=body]', 'Well said.');
      await page.fill('form#quick-comment [name=author]', 'Bo');
      await go(page, 'form#quick-comment button[value=publish]');
      assert.match(page.url(), /#comment-\d+$/);
      assert.equal(await page.locator('section#comments article.comment .body').innerText(), 'Well said.');
    });

    await t.test('correct by the private link', async () => {
      await page.goto(new URL(edit, site.base).href);
      await page.fill('form#correct [name=body]', '<p>Mended <em>words</em>.</p>');
      await go(page, 'form#correct button[value=correct]');
      await page.goto(article);
      assert.equal(await page.locator('.body').first().innerText(), 'Mended words.');
      assert.equal(await page.locator('.modified').count(), 1);
    });

    await t.test('log in, feature, hide, read the log', async () => {
      await login(page, site);
      const number = /\/article\/(\d+)\//.exec(article)[1];
      const title = `Harbour news in html ${how}`;
      await page.goto(`${site.base}/editor/article/${number}`);
      await go(page, 'button[value=feature]');
      await page.goto(site.base + '/features');
      assert.ok(await page.locator('article.row h2', { hasText: title }).count());
      await page.goto(`${site.base}/editor/article/${number}`);
      await page.selectOption('[name=reason]', 'off-topic');
      await page.fill('form#hide [name=note]', 'Only to show how.');
      await go(page, 'button[value=hide]');
      await page.goto(site.base + '/features');
      assert.equal(await page.locator('article.row h2', { hasText: title }).count(), 0);
      await page.goto(article);
      assert.match(await page.locator('.banner').innerText(), /Only to show how\./);
      await page.goto(site.base + '/log');
      const entries = await page.locator('.entry').allInnerTexts();
      assert.ok(entries[0].includes(title) && entries[0].includes('Only to show how.'));
      assert.ok(entries[1].includes(title));
      await go(page, 'form[action="/logout"] button');
      assert.equal(await page.locator('form[action="/logout"]').count(), 0);
    });

    assert.deepEqual(faults, []);
    await context.close();
  });
}

test('the keyboard reaches the text first', async () => {
  const page = await browser.newPage();
  await page.goto(site.base + '/');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.className), 'skip');
  assert.ok(await page.locator('a.skip').isVisible());
  await page.keyboard.press('Enter');
  assert.match(page.url(), /#main$/);
  await page.close();
});

test('no page is wider than the screen', async () => {
  for (const width of [320, 360, 768, 1440]) {
    const page = await browser.newPage({ viewport: { width, height: 800 } });
    for (const where of ['/', '/newswire', '/publish', '/login', '/search', '/log']) {
      await page.goto(site.base + where);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= width, `${where} is ${wide} wide on a screen of ${width}`);
    }
    await page.close();
  }
});

test('the imported page shows every field', { skip: shared ? false : 'the shared source page is not here' }, async () => {
  const own = await startSite({ prepare: path => command(['import', path, '--format', 'page', '--site-blocks', shared]) });
  const page = await browser.newPage();
  try {
    await page.goto(own.base + '/newswire');
    await page.click('article.row h2 a');
    assert.equal(await page.locator('h1').innerText(), 'Tajikistan: Strategic U.S. Victory, Tactical Setback');
    for (const [mark, words] of [['.type', 'Commentary'], ['.topic', 'International'], ['article time[datetime="2004-05-21"]', '21 May 2004'],
      ['.summary', 'US Strategists will hail'], ['.body', 'Stratfor Intelligence Brief, 05/19/2004'], ['.source', 'Stratfor'],
      ['.licence', 'This work is in the public domain'], ['nav.network', 'Global Indymedia'], ['.columns, aside, .sheet', 'Other Local News']]) {
      const place = page.locator(mark).filter({ hasText: words }).first();
      assert.ok(await place.isVisible(), `${mark} does not show ${words}`);
    }
    assert.ok(await page.locator('form#quick-comment').isVisible());
  } finally {
    await page.close();
    await own.stop();
  }
});
