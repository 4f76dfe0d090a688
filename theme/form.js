/* What a form with files does better with a script: several files at once, a warning before a long wait, a bar while it lasts, and a button that puts a file into
 * the text. Everything works without. */
'use strict';
function start() {
	const part = document.getElementById('f-files'), form = part && part.closest('form'), text = form && form.elements.body;
	if (!form || !window.DataTransfer) return;
	const most = Number(part.dataset.bytes), inputs = () => [...part.querySelectorAll('input[type=file]')];
	const make = (tag, words) => { const e = document.createElement(tag); e.textContent = words; return e; };

	function tell(input, words) {
		const old = input.parentElement.querySelector('.late');
		if (old) old.remove();
		if (!words) return;
		const p = make('p', words);
		p.className = 'error late';
		p.setAttribute('role', 'alert');
		input.after(p);
	}

	/* More files than one in one place: each gets a place of its own. */
	function spread(input) {
		const chosen = [...input.files], all = inputs(), free = all.slice(all.indexOf(input)).filter(i => i === input || !i.files.length);
		chosen.forEach((file, i) => {
			if (!free[i]) return;
			const one = new DataTransfer();
			one.items.add(file);
			free[i].files = one.files;
			const folded = free[i].closest('details');
			if (folded) folded.open = true;
			look(free[i]);
		});
		if (chosen.length > free.length) tell(input, `There is room for ${free.length} of these ${chosen.length} files.`);
	}

	function look(input) {
		const file = input.files[0];
		const button = input.closest('.upload').querySelector('.small');
		if (button) button.hidden = !file;
		tell(input, file && file.size > most ? `This file is larger than ${Math.floor(most / 1048576)} MB and would be refused.` : '');
	}

	function place(n, empty) {
		const button = make('button', `Put file ${n} into the text`);
		button.type = 'button';
		button.className = 'second small';
		button.hidden = empty;
		button.addEventListener('click', () => {
			const at = text.selectionStart, before = text.value.slice(0, at), gap = before && !before.endsWith('\n\n') ? '\n\n' : '';
			text.setRangeText(`${gap}{{file ${n}}}\n\n`, at, text.selectionEnd, 'end');
			text.focus();
		});
		return button;
	}

	inputs().forEach(input => {
		input.multiple = true;
		input.addEventListener('change', () => input.files.length > 1 ? spread(input) : look(input));
	});
	if (part.querySelector('code')) [...part.querySelectorAll('.upload')].forEach((row, i) => row.append(place(i + 1, !row.matches('.here'))));

	form.addEventListener('submit', event => {
		if (!inputs().some(i => i.files.length)) return;
		event.preventDefault();
		const data = new FormData(form), ask = new XMLHttpRequest(), bar = document.createElement('progress'), words = make('p', 'Sending…');
		const buttons = form.querySelectorAll('button'), to = new URL(form.getAttribute('action'), location.href).href;
		if (event.submitter) data.append(event.submitter.name, event.submitter.value);
		words.setAttribute('role', 'status');
		bar.setAttribute('aria-label', 'Sent so far');
		form.append(words, bar);
		buttons.forEach(b => { b.disabled = true; });
		ask.upload.onprogress = e => { bar.max = e.total; bar.value = e.loaded; };
		ask.upload.onload = () => { bar.removeAttribute('value'); words.textContent = 'Received. Hidden data is being taken out…'; };
		ask.onerror = () => {
			words.textContent = 'The connection broke. Please send it again.';
			bar.remove();
			buttons.forEach(b => { b.disabled = false; });
		};
		/* The answer takes the page's place: asked for once more it might be another, since a receipt is shown only once. */
		ask.onload = () => {
			const page = new DOMParser().parseFromString(ask.responseText, 'text/html');
			const same = ask.responseURL === to;
			document.title = page.title;
			document.body.replaceWith(document.adoptNode(page.body));
			if (!same) history.pushState(null, '', ask.responseURL);
			start();
			const seen = same && document.querySelector('main [role=alert], main .preview');
			if (seen) seen.scrollIntoView(); else scrollTo(0, 0);
		};
		ask.open('POST', to);
		ask.send(data);
	});
}
addEventListener('popstate', () => location.reload());
start();
