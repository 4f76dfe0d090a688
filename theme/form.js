/* What a form with files does better with a script: several files at once, a warning before a long wait, a bar while it lasts, and a button that puts a file into
 * the text. Everything works without. */
'use strict';
(() => {
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
		tell(input, file && file.size > most ? `This file is larger than ${Math.floor(most / 1048576)} MB and would be refused.` : '');
	}

	function place(n) {
		const button = make('button', `Put file ${n} into the text`);
		button.type = 'button';
		button.className = 'second small';
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
	if (part.querySelector('code')) [...part.querySelectorAll('.upload')].forEach((row, i) => row.append(place(i + 1)));

	form.addEventListener('submit', event => {
		if (!inputs().some(i => i.files.length)) return;
		event.preventDefault();
		const data = new FormData(form, event.submitter), ask = new XMLHttpRequest(), bar = document.createElement('progress');
		const words = make('p', 'Sending…'), buttons = form.querySelectorAll('button');
		words.setAttribute('role', 'status');
		form.append(words, bar);
		buttons.forEach(b => { b.disabled = true; });
		const again = why => { words.textContent = why; bar.remove(); buttons.forEach(b => { b.disabled = false; }); };
		ask.upload.onprogress = e => { bar.max = e.total; bar.value = e.loaded; };
		ask.upload.onload = () => { bar.removeAttribute('value'); words.textContent = 'Received. Hidden data is being taken out…'; };
		ask.onerror = () => again('The connection broke. Nothing was published; please send it again.');
		ask.onload = () => {
			if (ask.responseURL !== form.action) { location.assign(ask.responseURL); return; }
			/* The same page again: with a preview, or with what is wrong. */
			const page = new DOMParser().parseFromString(ask.responseText, 'text/html'), main = page.querySelector('main');
			if (!main) return again('The server could not take it. Please send it again in a moment.');
			document.querySelector('main').replaceWith(document.adoptNode(main));
			const old = document.querySelector('main script[src]');
			if (old) { const s = document.createElement('script'); s.src = old.src + '&again=' + Date.now(); document.body.append(s); }
			(document.querySelector('main [role=alert], main .preview') || document.querySelector('main')).scrollIntoView();
		};
		ask.open('POST', form.action);
		ask.send(data);
	});
})();
