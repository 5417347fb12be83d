import type { ForgePages } from './forge/forge.ts';
import { gitHubPages } from './forge/github/github-pages.ts';

/** The pages of the forge that the settings name. */
export const pagesOf = ({ github }: { readonly github: { readonly serverUrl: string } }): ForgePages =>
  gitHubPages(github.serverUrl);
