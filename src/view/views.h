/* views: what each page of the site shows, as the structs that handlers fill and theme/NAME.html is bound to (bind.h).
 *
 * A page's struct is named like its template and starts with VIEW_PAGE. Fields that a page has nothing for stay zero: an empty STR,
 * HTML or URL, a 0, a NULL SUB or an empty LIST closes its section. A LIST(x, t) gives templates x_n as well, as an INT.
 *
 * Dates come in pairs: NAME is for people (date_human), NAME_iso for datetime= (date_iso). Counts with a noun come as text
 * ("3 comments"), since only code knows the plural. A form's struct keeps what was typed under the form field's name and what is wrong with it
 * under NAME_error, a whole sentence; its action is where it posts to, its token the CSRF token (only in a session), its stamp
 * the signed time at which it was shown. */
#ifndef VIEW_VIEWS_H
#define VIEW_VIEWS_H

#include "view/bind.h"

/* ---- pieces ---- */

/* A link in a list or bar. note stands behind it in plain text ("Wednesdays at 8:00 pm"). href may be empty: then only the text. */
#define VIEW_LINK(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	STR(text) URL(href) STR(note) BOOL(current)
VIEW(link, VIEW_LINK)

/* Links under a small heading of their own, which may be empty. */
#define VIEW_LINK_GROUP(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	STR(heading) LIST(links, link)
VIEW(link_group, VIEW_LINK_GROUP)

#define VIEW_FEED_LINK(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	STR(title) STR(type) URL(href) /* type: application/atom+xml … */
VIEW(feed_link, VIEW_FEED_LINK)

/* One choice of a select, radio or checkbox group. */
#define VIEW_OPTION(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	STR(value) STR(text) STR(note) BOOL(selected)
VIEW(option, VIEW_OPTION)

/* A line of the list of faults above a form: field is the form field's name, and empty when no single field is at fault. */
#define VIEW_FORM_ERROR(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	STR(field) STR(text)
VIEW(form_error, VIEW_FORM_ERROR)

/* A picture at one of its widths. */
#define VIEW_SIZE(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	URL(href) INT(width)
VIEW(size, VIEW_SIZE)

/* A picture, sound, video or document; exactly one of picture, audio, video and document is set. href is the file itself: kind "PDF", size "1.2 MB", length
 * "3:25", pages "4 pages".
 *
 * Of a picture src is shown in width × height. small and webp_small, both small_width wide, begin the lists of its sizes, sizes and webp hold the larger
 * ones; without small there is src alone. Of a video or document small and webp_small are the still, shown in width × height. alt may be empty, for
 * a picture that says nothing the text does not. number is its place among the files of its article. eager: it is the first thing a
 * page shows, and is fetched at once. */
#define VIEW_FIGURE(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	INT(number) BOOL(picture) BOOL(audio) BOOL(video) BOOL(document) BOOL(upright) BOOL(eager) \
	URL(href) STR(name) STR(kind) STR(size) STR(length) STR(pages) STR(mime) STR(alt) STR(caption) \
	URL(src) INT(width) INT(height) URL(small) URL(webp_small) INT(small_width) LIST(sizes, size) LIST(webp, size)
VIEW(figure, VIEW_FIGURE)

/* A text with figures in it: first text, then a figure, in turn; the last figure may be missing. */
#define VIEW_PART(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	HTML(text) SUB(figure, figure)
VIEW(part, VIEW_PART)

/* The anti-spam number: image is the address of the drawn number, empty where none are drawn, text_url of the page with a number in words.
 * NULL where none is asked for. */
#define VIEW_CHALLENGE(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	URL(challenge_image) URL(challenge_text_url) STR(answer_error)
VIEW(challenge, VIEW_CHALLENGE)

/* Why something is hidden: reason is the name of the site's reason, note the editors' words, entry the log entry's number. closed: nobody but
 * editors can read it. until: when what its author withdrew will be erased by itself. */
#define VIEW_HIDING(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	STR(reason) STR(note) STR(date) STR(date_iso) STR(by) INT(entry) BOOL(closed) STR(until)
VIEW(hiding, VIEW_HIDING)

#define VIEW_PAGER(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	URL(first) URL(newer) URL(older)
VIEW(pager, VIEW_PAGER)

/* ---- what every page has ---- */

/* network: the bar of links to other sites above the masthead. sections: the bar under it (newswire, features, local …).
 * updated: when something was last published, for the masthead. user and token: only for someone logged in. */
#define VIEW_SITE(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	STR(title) STR(tagline) STR(lang) STR(dir) STR(host) STR(year) STR(updated) STR(updated_iso) \
	URL(stylesheet) URL(icon) URL(logo) \
	LIST(network, link) LIST(sections, link) LIST(footer, link) \
	STR(user) BOOL(editor) STR(token) BOOL(signup) \
	STR(notice) BOOL(sandbox_off)
VIEW(site, VIEW_SITE)

/* title: for the window, without the site's name. canonical and image are absolute. feeds are of this page; rel next and prev come from newer and older.
 * published_iso only on an article. */
#define VIEW_PAGE_HEAD(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	STR(title) STR(description) URL(canonical) BOOL(noindex) LIST(feeds, feed_link) \
	URL(image) STR(image_alt) STR(published_iso) STR(author) URL(newer) URL(older)
VIEW(page_head, VIEW_PAGE_HEAD)

/* One line of the latest-comments block: title of the comment (or its first words), of the article it stands under. */
#define VIEW_RECENT_COMMENT(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	STR(title) URL(url) STR(author) STR(article_title) STR(date) STR(date_iso)
VIEW(recent_comment, VIEW_RECENT_COMMENT)

#define VIEW_PROMOTION(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	STR(heading) STR(text) URL(href) SUB(picture, figure)
VIEW(promotion, VIEW_PROMOTION)

/* A side block: title, and of the rest what its kind has (text: body; links: groups; promotion; latest comments: comments,
 * with latest_comments set even when there are none). key is its slug, unique on the page. more: a link to all of it. */
#define VIEW_BLOCK(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	STR(title) STR(key) HTML(body) LIST(groups, link_group) SUB(promotion, promotion) \
	BOOL(latest_comments) LIST(comments, recent_comment) SUB(more, link)
VIEW(block, VIEW_BLOCK)

/* The side columns. Pages that are work (forms, the desk, print) have none: NULL. */
#define VIEW_COLUMNS(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	LIST(left, block) LIST(right, block)
VIEW(columns, VIEW_COLUMNS)

#define VIEW_PAGE(SUB) SUB(site, site) SUB(page, page_head) SUB(columns, columns)

/* ---- articles ---- */

/* An article in a list, in the features column (with summary and picture) or on the desk (with editor_url). comments is the text "3 comments".
 * day ("21 May 2004") is set on the first row of each day, where the list shows days; date is then the time of day. author_unverified: nobody stands behind
 * the name. state ("held", "hidden", "withdrawn") is for the desk. */
#define VIEW_ROW(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	INT(id) URL(url) STR(title) STR(summary) STR(lang) STR(dir) STR(language) \
	SUB(type, link) LIST(topics, link) SUB(region, link) BOOL(local) BOOL(feature) \
	STR(author) BOOL(author_unverified) STR(day) STR(date) STR(date_iso) \
	INT(comment_count) STR(comments) URL(comments_url) SUB(picture, figure) \
	SUB(hidden, hiding) STR(state) URL(editor_url)
VIEW(row, VIEW_ROW)

/* A reprint's credit: any of its parts may be missing. host is url's, for people who print. */
#define VIEW_SOURCE(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	STR(name) STR(date) STR(date_iso) URL(url) STR(host)
VIEW(source, VIEW_SOURCE)

/* sentence: "This work is in the public domain." in whole; href the licence's own page, name its short name. */
#define VIEW_LICENCE(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	STR(sentence) STR(name) URL(href)
VIEW(licence, VIEW_LICENCE)

/* url is /comment/ID; anchors and marks are made from id. A hidden comment has hiding and no body, but on /hidden and the desk. Of one that is gone a
 * sentence says why, and there is nothing else. edit_url, and in whole edit_text: its private link, for its author alone. article: on the desk and in lists. */
#define VIEW_COMMENT(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	INT(id) URL(url) STR(title) STR(lang) STR(dir) STR(author) BOOL(author_unverified) STR(email) URL(email_url) \
	STR(date) STR(date_iso) STR(modified) STR(modified_iso) HTML(body) LIST(figures, figure) STR(gone) URL(edit_url) STR(edit_text) \
	SUB(hidden, hiding) STR(state) SUB(article, link) URL(editor_url)
VIEW(comment, VIEW_COMMENT)

/* A file that has already arrived with a form that was refused or previewed, or that stands in the article (standing): handle is sent back in
 * the hidden field "received", with its alt and caption. removed: what was taken out of it, "place, camera". */
#define VIEW_RECEIVED(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	INT(number) STR(handle) STR(name) STR(kind) STR(size) STR(removed) STR(alt) STR(caption) URL(thumb) BOOL(standing)
VIEW(received, VIEW_RECEIVED)

/* A numbered empty place: for a file to come (alt and caption kept; error says what was wrong with the one that came) or a related address (value kept). */
#define VIEW_SLOT(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	INT(number) STR(value) STR(alt) STR(caption) STR(error)
VIEW(slot, VIEW_SLOT)

/* The part of a form that takes files. limits says how many and how big; more: places that are folded away; accept: for the browser's chooser; placing: marks in the
 * text put files where they are to stand. most and bytes are the limits as numbers, for the script. NULL where no files are taken. */
#define VIEW_UPLOADS(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	STR(limits) STR(error) STR(accept) INT(most) INT(bytes) BOOL(placing) LIST(received, received) LIST(slots, slot) LIST(more, slot) URL(script)
VIEW(uploads, VIEW_UPLOADS)

/* The quick form and the full one: the quick has no title, files and preview. full_url leads from the quick one to the full one. Both send
 * the hidden fields token (in a session) and stamp; its author's correction seen, as an article's. */
#define VIEW_COMMENT_FORM(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	URL(action) URL(full_url) STR(token) STR(stamp) STR(seen) LIST(errors, form_error) \
	STR(title) STR(title_error) STR(author) STR(author_error) STR(email) STR(email_error) \
	STR(body) STR(body_error) LIST(formats, option) STR(format_error) \
	SUB(uploads, uploads) \
	SUB(challenge, challenge) SUB(preview, comment) BOOL(held)
VIEW(comment_form, VIEW_COMMENT_FORM)

/* Where and when, for an article that announces an event. */
#define VIEW_EVENT(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	STR(starts) STR(starts_iso) STR(ends) STR(ends_iso) STR(place) STR(address) STR(repeats)
VIEW(event, VIEW_EVENT)

/* The article itself, as it stands on its page, in print, in a preview and on the desk. print_url, email_url, comment_url are the pages beside it; comments_text is
 * "3 comments", and empty when there are none. author may be empty (then "Anonymous" is shown). held: waiting for an editor. corrected: by its author, after an
 * editor approved it, and not looked at since. absolute: its whole
 * address, as text. parts: its text with the figures that it places, instead of body; figures: the others, as a gallery when there are
 * several pictures among them. editor_url only for an editor. */
#define VIEW_ARTICLE_BODY(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	INT(id) URL(url) STR(absolute) STR(title) STR(lang) STR(dir) STR(language) \
	SUB(type, link) LIST(topics, link) SUB(region, link) BOOL(local) BOOL(feature) \
	STR(date) STR(date_iso) STR(modified) STR(modified_iso) \
	STR(author) URL(author_url) BOOL(author_unverified) STR(email) URL(email_href) \
	STR(summary) HTML(body) LIST(parts, part) SUB(event, event) LIST(figures, figure) BOOL(gallery) \
	SUB(source, source) LIST(see_also, link) SUB(licence, licence) LIST(translations, link) \
	URL(print_url) URL(email_url) URL(comment_url) URL(editor_url) INT(comment_count) STR(comments_text) \
	SUB(hidden, hiding) BOOL(withdrawn) BOOL(held) BOOL(corrected) BOOL(locked)
VIEW(article_body, VIEW_ARTICLE_BODY)

/* ---- a reader's pages: theme/NAME.html ---- */

/* lead is the first feature, set larger; features the others. */
#define VIEW_FRONT(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	VIEW_PAGE(SUB) SUB(lead, row) LIST(features, row) URL(features_more) LIST(wire, row) URL(wire_more)
VIEW(front, VIEW_FRONT)

/* Newswire, features, local, type, topic, region, author, month. kicker says what kind of list ("Topic"). empty is the sentence when there are no rows.
 * with_summaries: rows show their summary. months: links to the archive's months. */
#define VIEW_LIST_PAGE(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	VIEW_PAGE(SUB) STR(kicker) STR(heading) STR(intro) STR(empty) BOOL(with_summaries) \
	LIST(rows, row) SUB(pager, pager) LIST(feeds, feed_link) LIST(months, link)
VIEW(list, VIEW_LIST_PAGE)

/* comment is the quick form: NULL when comments are closed. comments_closed: a sentence. */
#define VIEW_ARTICLE(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	VIEW_PAGE(SUB) SUB(article, article_body) LIST(comments, comment) SUB(comments_pager, pager) \
	SUB(comment_form, comment_form) STR(comments_closed)
VIEW(article, VIEW_ARTICLE)

/* The full comment form. */
#define VIEW_COMMENT_PAGE(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	VIEW_PAGE(SUB) SUB(article, row) SUB(form, comment_form)
VIEW(comment_full, VIEW_COMMENT_PAGE)

#define VIEW_PRINT(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	VIEW_PAGE(SUB) SUB(article, article_body)
VIEW(print, VIEW_PRINT)

/* Email this article. mailto: opens the visitor's own mail program with letter, the text of the mail, in it. */
#define VIEW_EMAIL(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	VIEW_PAGE(SUB) SUB(article, article_body) URL(mailto) STR(letter)
VIEW(email, VIEW_EMAIL)

/* A field of a form that was refused, as it was sent. shown: long enough that it is to be seen and copied; line: short, and to be seen all the same. */
#define VIEW_KEPT(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	INT(number) STR(name) STR(label) STR(value) BOOL(shown) BOOL(line)
VIEW(kept, VIEW_KEPT)

/* kept: what was sent, to be sent again to the address again, with token where there was one. doubted: another site may have written it. named: it would be done in the name of whoever
 * is logged in, who says so first; nameless: it is sent as a stranger's. lost: "2 files", which came with it and are not kept; then action, the button that was pressed, stands
 * beside another. */
#define VIEW_MESSAGE(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	VIEW_PAGE(SUB) INT(status) STR(heading) STR(sentence) BOOL(search) LIST(links, link) URL(again) STR(token) LIST(kept, kept) \
	BOOL(doubted) BOOL(named) BOOL(nameless) STR(lost) STR(action) SUB(challenge, challenge)
VIEW(message, VIEW_MESSAGE)

/* One picture of /gallery, with the article it stands in. */
#define VIEW_EXHIBIT(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	SUB(figure, figure) URL(url) STR(title) STR(author) STR(date) STR(date_iso)
VIEW(exhibit, VIEW_EXHIBIT)

#define VIEW_GALLERY(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	VIEW_PAGE(SUB) LIST(exhibits, exhibit) SUB(pager, pager)
VIEW(gallery, VIEW_GALLERY)

/* /page/SLUG */
#define VIEW_STATIC(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	VIEW_PAGE(SUB) STR(heading) STR(lang) STR(dir) HTML(body) STR(modified) STR(modified_iso)
VIEW(static_page, VIEW_STATIC)

/* found: "17 articles for “housing”", empty before a search. */
#define VIEW_SEARCH(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	VIEW_PAGE(SUB) STR(q) STR(q_error) STR(found) BOOL(searched) LIST(rows, row) SUB(pager, pager)
VIEW(search, VIEW_SEARCH)

#define VIEW_NETWORK(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	VIEW_PAGE(SUB) STR(heading) HTML(intro) LIST(groups, link_group)
VIEW(network, VIEW_NETWORK)

/* One entry of the editorial log. action is the word ("Hidden"); object the thing acted on, kind what it is ("Article"). hash and hash_short: its link
 * of the chain, in hexadecimal. */
#define VIEW_LOG_ENTRY(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	INT(number) STR(date) STR(date_iso) STR(who) STR(action) STR(kind) SUB(object, link) STR(reason) STR(note) STR(hash) STR(hash_short)
VIEW(log_entry, VIEW_LOG_ENTRY)

#define VIEW_LOG(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	VIEW_PAGE(SUB) LIST(entries, log_entry) SUB(pager, pager) STR(head_hash)
VIEW(log, VIEW_LOG)

/* A hidden thing on /hidden: kind "Article" or "Comment"; a comment's body is shown closed. */
#define VIEW_HIDDEN_ITEM(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	INT(id) STR(kind) SUB(object, link) SUB(hiding, hiding) STR(author) STR(date) STR(date_iso) HTML(body)
VIEW(hidden_item, VIEW_HIDDEN_ITEM)

#define VIEW_HIDDEN(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	VIEW_PAGE(SUB) LIST(items, hidden_item) SUB(pager, pager) LIST(reasons, option) /* reasons: text and note explain them */
VIEW(hidden, VIEW_HIDDEN)

/* ---- a publisher's pages ---- */


/* The anti-spam number in words. */
#define VIEW_NUMBER(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	VIEW_PAGE(SUB) STR(sentence) URL(another)
VIEW(number, VIEW_NUMBER)

/* The publish form, also used for the author's corrections (correcting: no challenge, "Save") and the editors' edits (editing: with reason and
 * note, without the mail address). seen is sent back: which state of the article the form was made from. more_open: the folded part (source, links, language, licence) has something in it or is at fault. event: the fields of an event are shown. */
#define VIEW_ARTICLE_FORM(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	URL(action) STR(token) STR(stamp) STR(seen) LIST(errors, form_error) BOOL(correcting) BOOL(editing) BOOL(held) BOOL(more_open) \
	STR(title) STR(title_error) STR(summary) STR(summary_error) STR(body) STR(body_error) \
	LIST(formats, option) STR(format_error) LIST(types, option) STR(type_error) LIST(topics, option) STR(topic_error) \
	LIST(regions, option) STR(region_error) BOOL(local) \
	STR(author) STR(author_error) STR(email) STR(email_error) BOOL(email_public) \
	STR(source) STR(source_error) STR(source_date) STR(source_date_error) STR(source_url) STR(source_url_error) \
	LIST(related, slot) STR(related_error) LIST(licences, option) STR(licence_error) LIST(languages, option) STR(language_error) \
	SUB(uploads, uploads) \
	BOOL(event) STR(starts) STR(starts_error) STR(ends) STR(ends_error) STR(place) STR(place_error) \
	STR(address) STR(address_error) LIST(repeats, option) STR(repeat_error) \
	STR(note) STR(note_error) \
	SUB(challenge, challenge) SUB(preview, article_body)
VIEW(article_form, VIEW_ARTICLE_FORM)

#define VIEW_PUBLISH(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	VIEW_PAGE(SUB) SUB(form, article_form)
VIEW(publish, VIEW_PUBLISH)

/* Shown once. cleaned: what was taken out of its files, a sentence. edit_href is the private page; edit_text the same address in whole, for copying. */
#define VIEW_RECEIPT(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	VIEW_PAGE(SUB) SUB(article, row) STR(article_text) URL(edit_href) STR(edit_text) BOOL(held) STR(why_held) INT(coming) STR(cleaned)
VIEW(receipt, VIEW_RECEIPT)

/* A kept earlier state of an article. */
#define VIEW_REVISION(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	INT(number) STR(date) STR(date_iso) STR(by) STR(note) URL(url)
VIEW(revision, VIEW_REVISION)

/* A message between the author and the editors. */
#define VIEW_LETTER(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	STR(from) STR(date) STR(date_iso) STR(text) BOOL(mine)
VIEW(letter, VIEW_LETTER)

/* What an author and the editors wrote to each other, and the form for one more (action = letter, message). */
#define VIEW_CORRESPONDENCE(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	URL(action) LIST(letters, letter) STR(message) STR(message_error)
VIEW(correspondence, VIEW_CORRESPONDENCE)

/* The two ways in which authors take back what they wrote (action = withdraw or erase, confirm = 1), and how they differ. days: "30 days"; empty: none. until: once
 * it is withdrawn, when it will be erased by itself. barred: why it cannot be erased now. */
#define VIEW_TAKING_BACK(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	URL(action) BOOL(comment) STR(days) BOOL(withdrawn) STR(until) STR(until_iso) STR(barred) STR(withdraw_error) STR(erase_error)
VIEW(taking_back, VIEW_TAKING_BACK)

/* /edit/KEY of an article. The page has forms which all post to the same address: the correction (action = preview, correct), taking it back, and writing
 * to the editors. done: what has just been done, as a sentence. */
#define VIEW_EDIT(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	VIEW_PAGE(SUB) SUB(article, row) SUB(form, article_form) STR(done) BOOL(withdrawn) SUB(taking_back, taking_back) \
	SUB(correspondence, correspondence) LIST(revisions, revision)
VIEW(edit, VIEW_EDIT)

/* The same of a comment. article: the one that it stands under. preview: how the correction will stand. form is NULL where it cannot be corrected any more. */
#define VIEW_EDIT_COMMENT(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	VIEW_PAGE(SUB) SUB(comment, comment) SUB(article, link) SUB(preview, comment) SUB(form, comment_form) STR(done) SUB(taking_back, taking_back) \
	SUB(correspondence, correspondence) LIST(revisions, revision)
VIEW(edit_comment, VIEW_EDIT_COMMENT)

/* ---- people with an account ---- */

#define VIEW_LOGIN(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	VIEW_PAGE(SUB) STR(token) STR(stamp) STR(user) STR(error) STR(next) SUB(challenge, challenge) BOOL(foreign)
VIEW(login, VIEW_LOGIN)

/* open: new accounts can be asked for here (a later form); else the page says who makes them. */
#define VIEW_SIGNUP(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	VIEW_PAGE(SUB) BOOL(open) STR(contact)
VIEW(signup, VIEW_SIGNUP)

/* password change posts to /account: old_password, new_password, token. */
#define VIEW_ACCOUNT(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	VIEW_PAGE(SUB) STR(name) STR(role) STR(since) STR(since_iso) STR(done) \
	STR(old_password_error) STR(new_password_error) LIST(articles, row)
VIEW(account, VIEW_ACCOUNT)

/* ---- the editors' desk ---- */

#define VIEW_DESK(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	VIEW_PAGE(SUB) STR(done) LIST(held, row) LIST(corrected, row) LIST(articles, row) SUB(pager, pager) LIST(comments, comment) LIST(entries, log_entry)
VIEW(desk, VIEW_DESK)

/* The buttons that apply now; all post to action with token, seen, action, reason, note. looked_at: approve says that a correction is good. */
#define VIEW_DESK_ACTIONS(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	URL(action) STR(token) STR(seen) BOOL(looked_at) LIST(errors, form_error) STR(reason_error) STR(note) STR(note_error) LIST(reasons, option) \
	BOOL(approve) BOOL(feature) BOOL(unfeature) BOOL(promote) BOOL(demote) BOOL(hide) BOOL(unhide) BOOL(lock) BOOL(unlock) BOOL(purge) \
	URL(edit_url)
VIEW(desk_actions, VIEW_DESK_ACTIONS)

#define VIEW_DESK_ARTICLE(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	VIEW_PAGE(SUB) STR(done) SUB(article, article_body) SUB(actions, desk_actions) LIST(comments, comment) \
	LIST(revisions, revision) LIST(letters, letter) LIST(entries, log_entry)
VIEW(desk_article, VIEW_DESK_ARTICLE)

#define VIEW_DESK_COMMENT(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	VIEW_PAGE(SUB) STR(done) SUB(comment, comment) SUB(actions, desk_actions) LIST(letters, letter) LIST(entries, log_entry)
VIEW(desk_comment, VIEW_DESK_COMMENT)

/* form.editing is set. */
#define VIEW_DESK_EDIT(STR, HTML, URL, INT, BOOL, SUB, LIST) \
	VIEW_PAGE(SUB) SUB(article, row) SUB(form, article_form)
VIEW(desk_edit, VIEW_DESK_EDIT)

#endif
