// Every kind of page: axe-core finds nothing on it, light and dark, on a phone and on a wide screen, and it is no wider than the screen; the
// Nu HTML checker finds nothing in it. Screenshots are left in build/screenshots/ to be looked at.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { anybody, editor, hideOne, startKinds } from './kinds.mjs';
import { login, openBrowser, top } from './site.mjs';

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const jar = require.resolve('vnu-jar/build/dist/vnu.jar');
const shots = join(top, 'build/screenshots'), saved = join(top, 'build/pages');
const html = new Map();
let k, browser;

before(async () => {
  for (const folder of [shots, saved]) { rmSync(folder, { recursive: true, force: true }); mkdirSync(folder, { recursive: true }); }
  browser = await openBrowser();
  k = await startKinds();
  const page = await browser.newPage();
  await hideOne(page, k);
  await page.close();
});
after(async () => { await browser?.close(); await k?.site.stop(); });

for (const [who, kinds] of [['anybody', anybody], ['an editor', editor]]) {
  for (const colorScheme of ['light', 'dark']) {
    for (const width of [360, 768, 1440]) {
      test(`axe-core finds nothing for ${who}, ${colorScheme}, ${width} wide`, async () => {
        const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 }, reducedMotion: 'reduce', bypassCSP: true });
        const page = await context.newPage();
        if (who !== 'anybody') await login(page, k.site);
        const faults = [];
        for (const [name, go] of Object.entries(kinds)) {
          const response = await go(page, k);
          if (response.status() >= 500) faults.push(`${name} answers ${response.status()}`);
          if (!html.has(name)) html.set(name, await response.text());
          await page.evaluate(axe);
          const result = await page.evaluate(() => axe.run(document, { resultTypes: ['violations'] }));
          for (const v of result.violations) faults.push(`${name}: ${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(' | ')}`);
          const wide = await page.evaluate(() => document.documentElement.scrollWidth);
          if (wide > width) faults.push(`${name} is ${wide} wide on a screen of ${width}`);
          await page.screenshot({ path: join(shots, `${name}-${width}-${colorScheme}.png`), fullPage: true });
        }
        await context.close();
        assert.deepEqual(faults, []);
      });
    }
  }
}

test('the Nu HTML checker finds nothing', () => {
  assert.equal(html.size, Object.keys(anybody).length + Object.keys(editor).length);
  for (const [name, text] of html) writeFileSync(join(saved, `${name}.html`), text);
  const done = spawnSync('java', ['-jar', jar, '--format', 'json', '--stdout', '--skip-non-html', saved], { encoding: 'utf8', maxBuffer: 64 << 20 });
  const faults = JSON.parse(done.stdout).messages.map(m => `${m.url.split('/').pop()}:${m.lastLine}: ${m.type}: ${m.message} (${m.extract})`);
  assert.deepEqual(faults, []);
});
