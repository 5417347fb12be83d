import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Browser, chromium } from 'playwright-core';

// npm run pictures: makes the pictures of docs/ anew, from the running demo.

const docs = join(import.meta.dirname, '..');
const playMilliseconds = 120_000;

async function takePictures(browser: Browser, addresses: { page: string; status: string }): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  page.setDefaultTimeout(playMilliseconds);
  await page.goto(addresses.page);
  await page.getByRole('region', { name: 'What happened' }).getByText('Now it is your turn').waitFor();
  const comment = page.locator('.comment', { hasText: 'Building for: x86_64/amd/zen2' }).first();
  await comment.screenshot({ path: join(docs, 'job-comment.png') });
  // What was seen is not announced as new.
  await page.evaluate('scrollTo(0, document.documentElement.scrollHeight)');
  await page
    .locator('.comment', { hasText: 'bot: build repo:' })
    .first()
    .evaluate((command) => command.scrollIntoView());
  await page.screenshot({ path: join(docs, 'demo-page.png') });

  const status = await browser.newPage({ viewport: { width: 1200, height: 560 } });
  status.setDefaultTimeout(playMilliseconds);
  await status.goto(addresses.status);
  // It is written at the job manager's next look.
  while ((await status.getByRole('row').filter({ hasText: 'uploaded' }).count()) < 2) await status.reload();
  await status.screenshot({ path: join(docs, 'status-page.png') });
}

/** The addresses that the demo prints; rejects if it ends before. */
async function addressesOf(demo: ChildProcess): Promise<{ page: string; status: string }> {
  const printed: Record<string, string> = {};
  if (demo.stdout === null) throw new Error('The demo has no output');
  for await (const line of createInterface({ input: demo.stdout })) {
    const [, what, address] = /(page with the pull request|status page of the bot): (\S+)/.exec(line) ?? [];
    if (what !== undefined && address !== undefined) printed[what] = address;
    const { 'page with the pull request': page, 'status page of the bot': status } = printed;
    if (page !== undefined && status !== undefined) {
      demo.stdout.resume();
      return { page, status };
    }
  }
  throw new Error('The demo ended before it told the addresses of its pages');
}

const demo = spawn(process.execPath, [join(docs, '../demo/main.ts')], { stdio: ['ignore', 'pipe', 'inherit'] });
const ended = once(demo, 'exit');
try {
  const addresses = await addressesOf(demo);
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    await takePictures(browser, addresses);
  } finally {
    await browser.close();
  }
} finally {
  demo.kill('SIGINT');
  await ended;
}
console.log('docs/demo-page.png, docs/job-comment.png and docs/status-page.png are new.');
