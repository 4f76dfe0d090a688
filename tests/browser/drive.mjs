// Three engines behind one small set of verbs: Chromium by playwright, Firefox by its Marionette port, WebKitGTK by WebKitWebDriver. The latter two speak the same
// commands (W3C WebDriver), one over a socket, one over HTTP. What is looked for is waited for, as long as PATIENCE. Each finds hosts on 127.0.0.1 whose names no
// resolver knows, since only away from loopback does a browser treat http as what it is.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

export const HOSTS = ['wire.test', 'other.test', 'blog.wire.test'];
const PATIENCE = 15000; // milliseconds
const TALL = 8000; // pixels: taller than any form
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';

export async function openChromium() {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage', `--host-resolver-rules=${HOSTS.map(h => `MAP ${h} 127.0.0.1`).join(',')}`] });
  const page = await (await browser.newContext()).newPage();
  page.setDefaultTimeout(PATIENCE);
  return {
    goto: url => page.goto(url),
    fill: (css, text) => page.fill(css, text),
    press: css => Promise.all([page.waitForNavigation(), page.click(css)]),
    text: css => page.locator(css).first().innerText(),
    value: css => page.inputValue(css),
    attribute: (css, name) => page.getAttribute(css, name),
    back: () => page.goBack(),
    close: () => browser.close(),
  };
}

// command(name, parameters, method, path): one command of WebDriver, by its name for Marionette and by its path for HTTP.
function verbs(command, close) {
  // A page that goes while it is looked at is an error to WebKit: then the next one is looked at.
  async function find(css) {
    for (const start = Date.now(); ;) {
      try {
        return (await command('FindElement', { using: 'css selector', value: css }, 'POST', '/element'))[ELEMENT];
      } catch (e) {
        if (!/unload/.test(e.message) || Date.now() - start > PATIENCE) throw new Error(`${css}: ${e.message}`);
      }
    }
  }
  const stands = id => command('GetElementTagName', { id }, 'GET', `/element/${id}/name`).then(() => true, () => false);
  return {
    goto: url => command('Navigate', { url }, 'POST', '/url'),
    async fill(css, text) {
      const id = await find(css);
      await command('ElementClear', { id }, 'POST', `/element/${id}/clear`);
      await command('ElementSendKeys', { id, text }, 'POST', `/element/${id}/value`);
    },
    // A button of a form: the page that it stands on is gone afterwards.
    async press(css) {
      const id = await find(css);
      await command('ElementClick', { id }, 'POST', `/element/${id}/click`);
      for (const start = Date.now(); await stands(id);) assert.ok(Date.now() - start < PATIENCE, `${css} led nowhere`);
    },
    async text(css) {
      const id = await find(css);
      return command('GetElementText', { id }, 'GET', `/element/${id}/text`);
    },
    async value(css) {
      const id = await find(css);
      return command('GetElementProperty', { id, name: 'value' }, 'GET', `/element/${id}/property/value`);
    },
    async attribute(css, name) {
      const id = await find(css);
      return command('GetElementAttribute', { id, name }, 'GET', `/element/${id}/attribute/${name}`);
    },
    back: () => command('Back', {}, 'POST', '/back'),
    close,
  };
}

// Ends a child that we started, and waits until it has.
async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill();
  await ended;
}

// The first line of a child's output that fits, or why there is none.
async function said(child, stream, pattern) {
  const ended = once(child, 'exit').then(() => null);
  const lines = createInterface({ input: stream })[Symbol.asyncIterator]();
  for (;;) {
    const next = await Promise.race([lines.next(), ended]);
    if (!next || next.done) throw new Error(`${child.spawnfile} ended before it said ${pattern}`);
    const found = pattern.exec(next.value);
    if (found) return found[1], stream.resume(), found[1];
  }
}

// prefs: beside what every test needs. Messages are {length}:{JSON}.
export async function openFirefox(prefs = {}) {
  const profile = mkdtempSync(join(tmpdir(), 'broadside-firefox-'));
  const all = { 'marionette.port': 0, 'network.dns.localDomains': HOSTS.join(','), 'app.update.disabledForTesting': true, 'datareporting.policy.dataSubmissionEnabled': false, ...prefs };
  writeFileSync(join(profile, 'user.js'), Object.entries(all).map(([k, v]) => `user_pref(${JSON.stringify(k)}, ${JSON.stringify(v)});\n`).join(''));
  const child = spawn(process.env.FIREFOX ?? 'firefox-esr', ['--headless', '--marionette', '--no-remote', '--profile', profile, 'about:blank'],
    { stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, HOME: profile } });
  const socket = net.connect(Number(await said(child, child.stdout, /Listening on port (\d+)/)), '127.0.0.1');
  const waiting = new Map();
  let rest = Buffer.alloc(0), last = 0;
  socket.on('data', piece => {
    rest = Buffer.concat([rest, piece]);
    for (;;) {
      const colon = rest.indexOf(':'), length = Number(rest.subarray(0, colon));
      if (colon < 0 || rest.length < colon + 1 + length) return;
      const message = JSON.parse(rest.subarray(colon + 1, colon + 1 + length));
      rest = rest.subarray(colon + 1 + length);
      if (!Array.isArray(message)) continue; /* the greeting */
      const [, id, error, result] = message;
      const { done, failed } = waiting.get(id);
      waiting.delete(id);
      if (error) failed(new Error(`Firefox: ${error.message}`));
      else done(result && typeof result === 'object' && 'value' in result ? result.value : result);
    }
  });
  socket.on('close', () => waiting.forEach(({ failed }) => failed(new Error('Firefox is gone'))));
  const command = (name, parameters) => new Promise((done, failed) => {
    const id = last++, bytes = Buffer.from(JSON.stringify([0, id, `WebDriver:${name}`, parameters]));
    waiting.set(id, { done, failed });
    socket.write(Buffer.concat([Buffer.from(`${bytes.length}:`), bytes]));
  });
  await command('NewSession', {});
  await command('SetTimeouts', { implicit: PATIENCE, pageLoad: PATIENCE });
  return verbs(command, async () => {
    socket.destroy();
    await end(child);
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  });
}

// A screen that is drawn on and never seen; it says its number on descriptor 3.
async function openScreen() {
  const child = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', `1280x${TALL}x24`, '-nolisten', 'tcp'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  return { child, display: `:${await said(child, child.stdio[3], /^(\d+)$/)}` };
}

async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

// Where Debian keeps it differs by the machine's kind.
function miniBrowser() {
  for (const kind of readdirSync('/usr/lib')) {
    for (const api of ['webkit2gtk-4.1', 'webkit2gtk-4.0']) {
      const path = join('/usr/lib', kind, api, 'MiniBrowser');
      if (existsSync(path)) return path;
    }
  }
  throw new Error('there is no MiniBrowser under /usr/lib');
}

// WebKitGTK asks the system for names, which a test does not teach; but of a proxy, HOST:PORT, it asks for whole addresses.
export async function openWebKit(proxy) {
  const home = mkdtempSync(join(tmpdir(), 'broadside-webkit-')), screen = await openScreen(), port = await freePort();
  const child = spawn('WebKitWebDriver', [`--port=${port}`, '--host=127.0.0.1'], { stdio: 'ignore',
    env: { ...process.env, DISPLAY: screen.display, HOME: home, XDG_RUNTIME_DIR: home, NO_AT_BRIDGE: '1', GDK_BACKEND: 'x11', LIBGL_ALWAYS_SOFTWARE: '1',
      WEBKIT_DISABLE_COMPOSITING_MODE: '1', WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' } });
  let session = '';
  const ask = async (method, path, parameters) => {
    const reply = await fetch(`http://127.0.0.1:${port}${path}`, { method, body: method === 'POST' ? JSON.stringify(parameters) : undefined });
    const { value } = await reply.json();
    if (!reply.ok) throw new Error(`WebKit: ${value.error}: ${value.message}`);
    return value;
  };
  for (const start = Date.now(); ;) { // it says nothing when it is ready, so it is asked
    try { await ask('GET', '/status'); break; } catch (e) { if (Date.now() - start > PATIENCE || child.exitCode !== null) throw e; }
    await new Promise(done => setTimeout(done, 20));
  }
  const made = await ask('POST', '/session', { capabilities: { alwaysMatch: { browserName: 'MiniBrowser',
    proxy: { proxyType: 'manual', httpProxy: proxy }, timeouts: { implicit: PATIENCE, pageLoad: PATIENCE },
    'webkitgtk:browserOptions': { binary: miniBrowser(), args: ['--automation'] } } } });
  session = `/session/${made.sessionId}`;
  await ask('POST', `${session}/window/rect`, { width: 1200, height: TALL }); // it takes a field below the window's edge for one that cannot be filled
  return verbs((_name, parameters, method, path) => ask(method, session + path, parameters), async () => {
    await ask('DELETE', session).catch(() => {});
    await end(child);
    await end(screen.child);
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  });
}
