// A real site for the browser: made by `broadside init`, served on a free port, with an editor, ended with the tests.
import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

export const top = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const binary = resolve(process.env.BROADSIDE ?? join(top, 'build/src/broadside'));
export const shared = [join(top, '..'), join(top, '../..')].map(p => join(p, 'shared/source/boston-imc-page.txt')).find(existsSync);
export const EDITOR = { user: 'ed', password: 'correct horse staple' };

export function command(args, input = '') {
  const done = spawnSync(binary, args, { input, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`broadside ${args.join(' ')}: ${done.stderr}`);
  return done.stdout;
}

// init: more words for `broadside init`. prepare(path): what is done to the folder before it is served.
export async function startSite({ init = [], prepare = () => {} } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'broadside-browser-'));
  const path = join(folder, 'site');
  command(['init', path, '--title', 'The Harbour Broadside', ...init]);
  appendFileSync(join(path, 'site.conf'), '\n[spam]\nchallenge = none\nlimit_posts_per_hour = 100000\nlimit_comments_per_hour = 100000\n');
  command(['user', path, 'add', EDITOR.user, '--role', 'editor'], EDITOR.password + '\n');
  prepare(path);
  const server = spawn(binary, ['serve', path, '--listen', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', openSync(join(folder, 'serve.log'), 'a')] });
  const ended = new Promise(done => server.once('exit', done));
  const first = createInterface({ input: server.stdout })[Symbol.asyncIterator]().next();
  const line = await Promise.race([first.then(l => l.value), ended.then(() => 'nothing, it ended')]);
  const base = /^listening on (http:\/\/\S+)\/$/.exec(line)?.[1];
  if (!base) throw new Error(`the server said ${line}`);
  return {
    base, path,
    async stop() {
      server.kill('SIGTERM');
      const status = await ended;
      rmSync(folder, { recursive: true, force: true });
      if (status !== 0) throw new Error(`the server ended with ${status}`);
    },
  };
}

export function openBrowser() {
  // Chromium's own sandbox wants what root in a container has not; the pages under test are our own.
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

// Publishing without the browser, where only the result is looked at: gives the article's path.
export async function publish(site, fields) {
  const sent = await fetch(site.base + '/publish', { method: 'POST', redirect: 'manual', body: new URLSearchParams({ type: 'news', action: 'publish', ...fields }) });
  return published(site, sent);
}

// From the answer to a form to the receipt and what it says.
export async function published(site, sent) {
  if (sent.status !== 303) throw new Error(`publishing answered ${sent.status}`);
  const receipt = await (await fetch(new URL(sent.headers.get('location'), site.base))).text();
  return { article: /rel="bookmark" href="([^"]+)"/.exec(receipt)[1], edit: /rel="edit" href="([^"]+)"/.exec(receipt)[1] };
}

export async function login(page, site) {
  await page.goto(site.base + '/login');
  await page.fill('[name=user]', EDITOR.user);
  await page.fill('[name=password]', EDITOR.password);
  await page.click('form#login button');
}
