// Every kind of page, as a browser comes to it: name → async (page, place) that goes there and returns the response.
import { execFileSync } from 'node:child_process';
import { EDITOR, command, login, publish, published, startSite } from './site.mjs';

export async function startKinds() {
  const site = await startSite({ init: ['--demo'] });
  const full = await publish(site, {
    title: 'A title of a usual length for the harbour', summary: 'What happened, in two sentences. This is the second.', format: 'html', language: 'en',
    body: '<h2>First</h2><p>Words with a <a href="https://example.org/">link</a>.</p><blockquote><p>Quoted.</p></blockquote><ul><li>One</li></ul>' +
      '<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table><table><tr>' + '<td>wideword</td>'.repeat(24) + '</tr></table><pre><code>x = 1</code></pre>',
    author: 'Ada Quill', email: 'ada@example.org', email_public: '1', source: 'The Gazette', source_date: '2024-05-19', source_url: 'https://example.org/g',
    related: 'https://example.org/see', licence: 'cc-by', topic: 'housing', local: '1' });
  const form = new FormData();
  const attach = (name, bytes) => form.append('files', new Blob([bytes]), name);
  const made = (what, name, ...how) => attach(name, execFileSync('ffmpeg', ['-loglevel', 'error', '-f', 'lavfi', '-i', what, ...how, '-']));
  for (const [name, value] of Object.entries({ title: 'With files', body: 'Before.\n\n{{file 2}}\n\nAfter.', type: 'news', action: 'publish', alt: 'Bars', caption: 'Bars that move' })) form.append(name, value);
  made('testsrc2=s=1400x900', 'a.jpg', '-frames:v', '1', '-f', 'image2pipe', '-c:v', 'mjpeg');
  made('testsrc2=s=700x900', 'b.png', '-frames:v', '1', '-f', 'image2pipe', '-c:v', 'png');
  made('sine=d=2', 'c.mp3', '-f', 'mp3');
  made('testsrc2=s=320x240:d=2:r=5', 'd.webm', '-c:v', 'libvpx', '-f', 'webm');
  attach('e.txt', 'Words of a document.\n');
  const pictured = await published(site, await fetch(site.base + '/publish', { method: 'POST', redirect: 'manual', body: form }));
  const arabic = await publish(site, { title: 'خبر من الميناء', body: 'النص هنا.', language: 'ar' });
  const hidden = await publish(site, { title: 'To be hidden', body: 'Soon hidden words.' });
  const withdrawn = await publish(site, { title: 'To be withdrawn', body: 'Soon withdrawn words.' });
  await fetch(new URL(withdrawn.edit, site.base), { method: 'POST', redirect: 'manual', body: new URLSearchParams({ action: 'withdraw', confirm: '1' }) });
  const comment = await fetch(new URL(full.article.replace(/[^/]*$/, 'comment'), site.base), { method: 'POST', redirect: 'manual',
    body: new URLSearchParams({ title: 'A remark', body: 'First remark.', author: 'Bo', action: 'publish' }) });
  const own = /\/edit\/[0-9a-f]+/.exec(await comment.text())[0];
  return { site, full, pictured, arabic, hidden, withdrawn, own, comment: /-(\d+)$/.exec(comment.headers.get('location'))[1] };
}

// The editor's part of the preparation needs a session.
export async function hideOne(page, k) {
  await login(page, k.site);
  await page.goto(`${k.site.base}/editor/article/${/\d+/.exec(k.hidden.article)[0]}`);
  await page.selectOption('[name=reason]', 'off-topic');
  await page.fill('form#hide [name=note]', 'For the tests.');
  await page.click('button[value=hide]');
}

const at = where => (page, k) => page.goto(k.site.base + (typeof where === 'function' ? where(k) : where));
const number = a => /\/article\/(\d+)/.exec(a)[1];

async function filled(page, k, button, title) {
  await page.goto(k.site.base + '/publish');
  await page.evaluate(() => document.querySelectorAll('[required]').forEach(n => n.removeAttribute('required')));
  await page.fill('[name=title]', title);
  await page.fill('[name=body]', `Some *words* for ${title || 'nothing'} ${Math.random()}.`);
  await page.selectOption('[name=format]', 'markdown');
  const [response] = await Promise.all([page.waitForNavigation(), page.click(`form#publish button[value=${button}]`)]);
  return response;
}

// A form that stands on another site's page.
async function foreign(page, k, path, fields, files = '') {
  const inputs = Object.entries(fields).map(([name, value]) => `<textarea name="${name}">\n${value}</textarea>`).join('');
  await page.route('http://elsewhere.test/', route => route.fulfill({ contentType: 'text/html',
    body: `<form method="post" enctype="multipart/form-data" action="${k.site.base}${path}">${inputs}${files}<button>Send</button></form>` }));
  await page.goto('http://elsewhere.test/');
  if (files) await page.setInputFiles('[type=file]', { name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('Words.') });
  const [response] = await Promise.all([page.waitForNavigation(), page.click('button')]);
  return response;
}
const SENT = { title: 'Sent from elsewhere', summary: 'In short.', body: 'One line.\n\nAnother.', type: 'news', topic: 'housing', author: 'Ada Quill', action: 'publish' };

export const anybody = {
  front: at('/'), newswire: at('/newswire'), features: at('/features'), local: at('/local'), type: at('/type/news'), topic: at('/topic/housing'),
  author: at('/author/ada-quill'), month: at(() => { const d = new Date(); return `/archive/${d.getUTCFullYear()}/${String(d.getUTCMonth() + 1).padStart(2, '0')}`; }),
  article: at(k => k.full.article), arabic: at(k => k.arabic.article), hidden_article: at(k => k.hidden.article), withdrawn: at(k => k.withdrawn.article),
  pictured: at(k => k.pictured.article), pictured_print: at(k => `/article/${number(k.pictured.article)}/print`), pictured_edit: at(k => k.pictured.edit),
  gallery: at('/gallery'), print: at(k => `/article/${number(k.full.article)}/print`), email: at(k => `/article/${number(k.full.article)}/email`),
  comment_form: at(k => `/article/${number(k.full.article)}/comment`),
  publish: at('/publish'), publish_refused: (p, k) => filled(p, k, 'publish', ''), preview: (p, k) => filled(p, k, 'preview', 'Previewed'),
  receipt: (p, k) => filled(p, k, 'publish', 'Published'), edit: at(k => k.full.edit), edit_withdrawn: at(k => k.withdrawn.edit), edit_comment: at(k => k.own), search: at('/search?q=harbour'), search_empty: at('/search'),
  log: at('/log'), hidden: at('/hidden'), login: at('/login'), signup: at('/signup'), about: at('/page/about'), network: at('/network'), not_found: at('/nowhere'),
  elsewhere: (p, k) => foreign(p, k, '/publish', SENT, '<input type="file" name="files">'),
  login_elsewhere: (p, k) => foreign(p, k, '/login', { user: 'ada', password: 'not that', next: '/editor/queue' }),
  async login_refused(page, k) {
    await page.goto(k.site.base + '/login');
    await page.fill('[name=user]', EDITOR.user);
    await page.fill('[name=password]', 'not that');
    const [response] = await Promise.all([page.waitForNavigation(), page.click('form#login button')]);
    return response;
  },
};

export const editor = {
  front_logged_in: at('/'), account: at('/account'), desk: at('/editor'), queue: at('/editor/queue'), desk_article: at(k => `/editor/article/${number(k.full.article)}`),
  desk_hidden: at(k => `/editor/article/${number(k.hidden.article)}`), desk_edit: at(k => `/editor/article/${number(k.full.article)}/edit`),
  desk_pictured: at(k => `/editor/article/${number(k.pictured.article)}`), desk_pictured_edit: at(k => `/editor/article/${number(k.pictured.article)}/edit`),
  desk_comment: at(k => `/editor/comment/${k.comment}`), article_logged_in: at(k => k.full.article),
  async desk_unproven(page, k) {
    await page.goto(`${k.site.base}/editor/article/${number(k.full.article)}`);
    await page.evaluate(() => { document.querySelector('form#hide [name=token]').value = 'of a session that is over'; });
    await page.selectOption('form#hide [name=reason]', 'spam');
    await page.fill('form#hide [name=note]', 'What the editor wrote.');
    const [response] = await Promise.all([page.waitForNavigation(), page.click('button[value=hide]')]);
    return response;
  },
};
export { command };
