import { expect, it } from 'vitest';
import { html } from './html.ts';

it.each([
  { what: 'text', made: html`<b>${'a < b & c'}</b>`, text: '<b>a &#60; b &#38; c</b>' },
  { what: 'an attribute', made: html`<a title="${`"'>`}">`, text: '<a title="&#34;&#39;&#62;">' },
  { what: 'HTML, as it is', made: html`<p>${html`<i>${'<'}</i>`}</p>`, text: '<p><i>&#60;</i></p>' },
  { what: 'a list', made: html`${[html`<li>`, html`<li>`]}`, text: '<li>\n<li>' },
  { what: 'a number', made: html`${7}`, text: '7' },
])('fills in $what', ({ made, text }) => {
  expect(made.text).toBe(text);
});
