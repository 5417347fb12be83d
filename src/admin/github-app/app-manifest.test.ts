import { describe, expect, it } from 'vitest';
import { gitHubWebhooks } from '../../outside/forge/github/github-webhooks.ts';
import { appManifest, codeIn, registrationAddress, registrationPage } from './app-manifest.ts';

const app = { name: 'My bot', webhookUrl: 'https://smee.io/abc', serverUrl: 'https://github.com', showsChecks: false };

describe('the manifest', () => {
  it('asks for what the bot needs, and for no more', () => {
    expect(appManifest(app)).toEqual({
      name: 'My bot',
      url: 'https://github.com/apps/my-bot',
      hook_attributes: { url: 'https://smee.io/abc', active: true },
      redirect_url: 'http://localhost/copy-the-code-in-this-address',
      public: false,
      default_permissions: { issues: 'write', pull_requests: 'write', contents: 'read', metadata: 'read' },
      default_events: ['issue_comment', 'pull_request'],
    });
  });

  it('asks for more where jobs are to be shown as checks', () => {
    const { default_permissions, default_events } = appManifest({ ...app, showsChecks: true });
    expect(default_permissions).toMatchObject({ checks: 'write', statuses: 'write' });
    expect(default_events).toEqual(['issue_comment', 'pull_request', 'check_run', 'check_suite']);
  });

  it('asks for no event that the bot does not know', () => {
    const { default_events } = appManifest({ ...app, showsChecks: true });
    expect(default_events.filter((event) => !gitHubWebhooks.isSentToUs(event))).toEqual([]);
  });

  it.each([
    { who: 'the account', organization: undefined, to: 'https://github.com/settings/apps/new' },
    { who: 'an organization', organization: 'EESSI', to: 'https://github.com/organizations/EESSI/settings/apps/new' },
  ])('is sent by a page, for $who', ({ organization, to }) => {
    const page = registrationPage({ ...app, ...(organization !== undefined && { organization }) });
    expect(page).toContain(`action="${to}" method=post`);
    const [, value = ''] = /name=manifest value='([^']*)'/.exec(page) ?? [];
    const text = value.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
    expect(JSON.parse(text)).toEqual(appManifest(app));
  });

  it.each([
    { name: 'My bot', webhookUrl: 'https://smee.io/abc' },
    { name: 'My bot', webhookUrl: 'https://example.org/?a=%20b&c=\'#"<d' },
  ])('is an address, too: that of $webhookUrl', (given) => {
    const address = registrationAddress({ ...app, ...given });
    expect(address.length).toBeLessThan(700);
    // As a browser reads it: the form of the page, up to where a `#` would begin.
    expect(new URL(address).hash).toBe('');
    const [, ofAddress = ''] = /^data:text\/html,(.*)$/s.exec(decodeURIComponent(address)) ?? [];
    expect(registrationPage({ ...app, ...given })).toContain(`\n${ofAddress}\n`);
    const [, value = ''] = /value='([^']*)'/.exec(ofAddress) ?? [];
    const text = value.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
    expect(JSON.parse(text)).toEqual(appManifest({ ...app, ...given }));
  });
});

it.each([
  { pasted: 'http://localhost/copy-the-code-in-this-address?code=a1b2c3d4e5f6a7b8', code: 'a1b2c3d4e5f6a7b8' },
  { pasted: ' http://localhost/x?state=1&code=a1b2c3d4e5f6\n', code: 'a1b2c3d4e5f6' },
  { pasted: 'a1b2c3d4e5f6', code: 'a1b2c3d4e5f6' },
  { pasted: 'code=a1b2c3d4e5f6', code: 'a1b2c3d4e5f6' },
  { pasted: 'localhost/copy?code=a1b2c3d4e5f6', code: 'a1b2c3d4e5f6' },
  { pasted: 'https://github.com/settings/apps/my-bot', code: undefined },
  { pasted: '../../admin', code: undefined },
  { pasted: '', code: undefined },
])('finds in $pasted the code $code', ({ pasted, code }) => {
  expect(codeIn(pasted)).toBe(code);
});
