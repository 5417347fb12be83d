/** Parses FETCH_HEAD: the commits that the last fetch brought, by the server's references. */
export function parseFetchHead(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split('\n')) {
    // `ID<tab>not-for-merge<tab>branch 'main' of ADDRESS`; of what is neither branch nor tag the whole name.
    const [, id, kind, name] =
      /^([0-9a-f]{40,64})\t(?:not-for-merge)?\t(branch |tag |)'(.+)' of [^']*$/.exec(line) ?? [];
    if (id === undefined || name === undefined) continue;
    found.set(kind === 'branch ' ? `refs/heads/${name}` : kind === 'tag ' ? `refs/tags/${name}` : name, id);
  }
  return found;
}
