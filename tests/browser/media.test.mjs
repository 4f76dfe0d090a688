// Files in a real browser: three pictures with their words, the gallery, a sound that plays, a video that is sought in. With script and without.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openBrowser, startSite, top } from './site.mjs';

const folder = mkdtempSync(join(tmpdir(), 'broadside-files-'));
const shots = join(top, 'build/screenshots');
const ffmpeg = (name, ...how) => { execFileSync('ffmpeg', ['-y', '-loglevel', 'error', ...how, join(folder, name)]); return join(folder, name); };
let site, browser, pictures, sound, video;

before(async () => {
  mkdirSync(shots, { recursive: true });
  pictures = ['mandelbrot=s=1500x1000', 'testsrc2=s=900x1300', 'cellauto=s=1200x700:rule=110'].map((what, i) => ffmpeg(`picture${i}.jpg`, '-f', 'lavfi', '-i', what, '-frames:v', '1'));
  sound = ffmpeg('sound.mp3', '-f', 'lavfi', '-i', 'sine=f=440:d=5');
  video = ffmpeg('video.webm', '-f', 'lavfi', '-i', 'testsrc2=s=320x240:r=10:d=12', '-c:v', 'libvpx', '-b:v', '300k', '-g', '10');
  writeFileSync(join(folder, 'tool.exe'), 'MZ\x90\0'.repeat(100));
  site = await startSite({ init: ['--demo'] });
  browser = await openBrowser();
});
after(async () => { await browser?.close(); await site?.stop(); rmSync(folder, { recursive: true, force: true }); });

async function fill(page, title) {
  await page.goto(site.base + '/publish');
  await page.fill('[name=title]', title);
  await page.fill('[name=body]', 'First paragraph.\n\nSecond paragraph.');
}

async function press(page, action) {
  await page.focus(`form#publish button[value=${action}]`);
  await page.keyboard.press('Enter');
}

for (const script of [true, false]) {
  const how = script ? 'with script' : 'without script';

  test(`three pictures with their words ${how}`, async () => {
    const context = await browser.newContext({ javaScriptEnabled: script, viewport: { width: 1280, height: 900 } });
    const page = await context.newPage(), faults = [];
    page.on('pageerror', e => faults.push(String(e)));
    page.on('console', m => m.type() === 'error' && !/status of 422/.test(m.text()) && faults.push(m.text()));
    page.on('request', r => r.url().startsWith(site.base) || faults.push(`a request to somebody else: ${r.url()}`));
    await fill(page, `Three pictures ${how}`);
    const inputs = page.locator('input[type=file]');
    if (script) {
      await inputs.nth(0).setInputFiles(pictures);
      await page.click('text=Put file 2 into the text');
      assert.match(await page.inputValue('[name=body]'), /\{\{file 2\}\}/);
    } else {
      for (let i = 0; i < 3; i++) await inputs.nth(i).setInputFiles(pictures[i]);
    }
    for (let i = 0; i < 3; i++) await page.locator('.upload [name=alt]').nth(i).fill(`Picture number ${i + 1}`);
    await page.locator('.upload [name=caption]').nth(0).fill('The caption of the first');
    await press(page, 'preview');
    await page.waitForSelector('.preview figure img');
    assert.equal(await page.locator('.preview figure img').count(), 3);
    assert.equal(await page.locator('.upload.here').count(), 3);
    assert.equal(await page.locator('.upload.here [name=alt]').nth(2).inputValue(), 'Picture number 3');
    await page.screenshot({ path: join(shots, `upload-preview${script ? '' : '-plain'}.png`), fullPage: true });
    await press(page, 'publish');
    await page.waitForSelector('a[rel=bookmark]');
    assert.equal(await page.locator('a[rel=edit]').count(), 1);
    await page.click('a[rel=bookmark]');
    await page.waitForSelector('article.story h1');
    const alts = await page.locator('article.story figure img').evaluateAll(all => all.map(i => i.alt).sort());
    assert.deepEqual(alts, ['Picture number 1', 'Picture number 2', 'Picture number 3']);
    if (script) assert.equal(await page.locator('article.story .body figure img').getAttribute('alt'), 'Picture number 2');
    for (const image of await page.locator('article.story figure img').all()) {
      await image.scrollIntoViewIfNeeded();
      if (script) await image.evaluate(i => i.decode());
      if (script) assert.ok(await image.evaluate(i => i.naturalWidth > 0));
    }
    await page.screenshot({ path: join(shots, `article-pictures${script ? '' : '-plain'}.png`), fullPage: true });
    const boxes = await page.locator('article.story .several .picture').evaluateAll(all => all.map(i => i.getBoundingClientRect()));
    assert.equal(boxes.length, script ? 2 : 3, 'those that the text does not place');
    assert.ok(boxes[1].left > boxes[0].right && Math.abs(boxes[0].top - boxes[1].top) < 1, 'a gallery stands side by side');
    await page.goto(site.base + '/gallery');
    assert.ok(await page.locator('.gallery img[alt="Picture number 1"]').count());
    await page.screenshot({ path: join(shots, 'gallery.png'), fullPage: true });
    assert.deepEqual(faults, []);
    await context.close();
  });

  test(`a file that is refused costs nothing else ${how}`, async () => {
    const context = await browser.newContext({ javaScriptEnabled: script });
    const page = await context.newPage();
    await fill(page, `Refused first ${how}`);
    await page.locator('input[type=file]').nth(0).setInputFiles(pictures[0]);
    await page.locator('input[type=file]').nth(1).setInputFiles(join(folder, 'tool.exe'));
    await press(page, 'publish');
    await page.waitForSelector('.upload .error');
    assert.match(await page.locator('.upload .error').innerText(), /tool\.exe/);
    assert.equal(await page.inputValue('[name=title]'), `Refused first ${how}`);
    assert.equal(await page.locator('.upload.here').count(), 1);
    await press(page, 'publish');
    await page.waitForSelector('a[rel=bookmark]');
    await page.click('a[rel=bookmark]');
    assert.equal(await page.locator('article.story figure img').count(), 1);
    await context.close();
  });
}

test('a sound plays, a video is sought in', async () => {
  const page = await browser.newPage();
  await fill(page, 'Sound and video');
  await page.locator('input[type=file]').nth(0).setInputFiles(sound);
  await page.locator('input[type=file]').nth(1).setInputFiles(video);
  await press(page, 'publish');
  await page.waitForSelector('a[rel=bookmark]');
  await page.click('a[rel=bookmark]');
  const played = await page.locator('audio').evaluate(a => new Promise((done, failed) => {
    a.muted = true;
    a.onerror = () => failed(new Error(a.error.message));
    a.ontimeupdate = () => a.currentTime > 0.2 && done(a.duration);
    a.play().catch(failed);
  }));
  assert.ok(played > 4.5 && played < 5.6, `${played} s`);
  const sought = await page.locator('video').evaluate(v => new Promise((done, failed) => {
    v.onerror = () => failed(new Error(v.error.message));
    v.onseeked = () => done([v.currentTime, v.videoWidth, v.poster]);
    const go = () => { v.currentTime = 9; };
    if (v.readyState >= 1) go(); else { v.onloadedmetadata = go; v.load(); }
  }));
  assert.ok(Math.abs(sought[0] - 9) < 0.2);
  assert.equal(sought[1], 320);
  assert.match(sought[2], /\/media\//);
  await page.screenshot({ path: join(shots, 'sound-and-video.png'), fullPage: true });
  await page.close();
});

test('while files are sent a bar says how far, and a broken connection loses nothing', async () => {
  const page = await browser.newPage();
  await page.addInitScript(() => {
    window.seen = [];
    new MutationObserver(all => all.forEach(m => m.addedNodes.forEach(n => {
      if (n.nodeName === 'PROGRESS') window.seen.push([n.getAttribute('aria-label'), n.form ? 1 : 0, [...document.querySelectorAll('form#publish button')].every(b => b.disabled)]);
      if (n.nodeName === 'P' && n.getAttribute('role') === 'status') window.words = n;
    }))).observe(document, { childList: true, subtree: true });
  });
  await fill(page, 'Slow to send');
  await page.locator('input[type=file]').nth(0).setInputFiles(pictures[0]);
  await page.locator('.upload [name=alt]').nth(0).fill('It stays');
  await page.route('**/publish', route => route.request().method() === 'POST' ? route.abort('connectionreset') : route.continue());
  await press(page, 'preview');
  await page.waitForFunction(() => window.words && /connection broke/.test(window.words.textContent));
  assert.deepEqual(await page.evaluate(() => window.seen), [['Sent so far', 0, true]]);
  assert.equal(await page.locator('progress').count(), 0);
  assert.equal(await page.inputValue('.upload [name=alt] >> nth=0'), 'It stays');
  await page.unroute('**/publish');
  await press(page, 'preview');
  await page.waitForSelector('.preview figure img');
  await page.close();
});

test('a click on a picture leads to all of it, and a gallery to its article', async () => {
  const page = await browser.newPage({ viewport: { width: 700, height: 800 } });
  await fill(page, 'One to look at');
  await page.locator('input[type=file]').nth(0).setInputFiles(pictures[0]);
  await page.locator('.upload [name=alt]').nth(0).fill('Look closer');
  await press(page, 'publish');
  await page.waitForSelector('a[rel=bookmark]');
  await page.click('a[rel=bookmark]');
  const image = page.locator('article.story figure img');
  await image.scrollIntoViewIfNeeded();
  await image.evaluate(i => i.decode());
  assert.match(await image.evaluate(i => i.currentSrc), /\/\d+w\.webp$/);
  await image.click();
  await page.waitForURL(/\/media\/[0-9a-f]{64}\/picture-1\.jpg$/);
  assert.equal(await page.locator('img').evaluate(i => i.naturalWidth), 1500);
  await page.goto(site.base + '/gallery');
  await page.click('.gallery img[alt="Look closer"]');
  await page.waitForURL(/\/article\/.*#file-1$/);
  assert.equal(await page.locator('h1').innerText(), 'One to look at');
  await page.close();
});
