import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { Command } from 'commander';
import { planSite } from './plan-site.ts';
import { renderPage } from './render-page.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** Writes the site into a directory; what else lies there stays. */
function main(directory: string): void {
  const plan = planSite(read);
  const { version } = JSON.parse(read('package.json')) as { version: string };
  const into = (path: string) => {
    const whole = join(directory, path);
    mkdirSync(dirname(whole), { recursive: true });
    return whole;
  };
  for (const page of plan.pages) writeFileSync(into(page.target), renderPage(page, read(page.source), plan, version));
  for (const [source, target] of plan.copies) copyFileSync(join(root, source), into(target));
  copyFileSync(join(import.meta.dirname, 'page.css'), into('page.css'));
  console.log(`${plan.pages.length} pages: ${join(relative(process.cwd(), directory) || '.', 'index.html')}`);
}

const program = new Command('npm run docs --')
  .description('Makes a site of the documentation: static pages, for any web server or from the disk.')
  .argument('[directory]', 'where to', join(root, 'public'))
  .showHelpAfterError();
program.parse();
main(program.processedArgs[0] as string);
