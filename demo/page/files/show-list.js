export const byId = (id) => document.getElementById(id);

/** An element with text, attributes and children; text from outside never becomes HTML here. */
export function element(tag, { text, ...attributes } = {}, ...children) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** Makes the children of a list those of the items: new ones are made, changed ones are filled again, others stay as they are. */
export function showList(list, tag, items, keyOf, fill) {
  const old = new Map([...list.children].map((child) => [child.dataset.key, child]));
  items.forEach((item, index) => {
    const key = String(keyOf(item));
    const text = JSON.stringify(item);
    const child = old.get(key) ?? element(tag, { 'data-key': key });
    old.delete(key);
    if (list.children[index] !== child) list.insertBefore(child, list.children[index] ?? null);
    if (child.dataset.shown === text) return;
    const isNew = child.dataset.shown === undefined;
    child.dataset.shown = text;
    fill(child, item, isNew);
  });
  for (const gone of old.values()) gone.remove();
}
