/** Texts in which GitHub finds more than words. */
export interface ForeignText {
  readonly text: string;
  /** What GitHub makes of it where it stands as it is. */
  readonly raw: readonly string[];
  readonly seen: string;
}

const docs = 'GitHub docs: autolinked references and URLs';
const gfm = 'GFM spec';

export const foreignTexts: readonly ForeignText[] = [
  { text: 'see #26', raw: ['reference #26'], seen: docs },
  { text: '#26', raw: ['reference #26'], seen: docs },
  { text: '(#26), [#27]', raw: ['reference #26', 'reference #27'], seen: docs },
  { text: 'GH-26 and gh-27', raw: ['reference GH-26', 'reference gh-27'], seen: docs },
  { text: 'jlord#26', raw: ['reference jlord#26'], seen: docs },
  { text: 'jlord/sheetsee.js#26', raw: ['reference jlord/sheetsee.js#26'], seen: docs },
  { text: 'github-linguist/linguist#4039', raw: ['reference github-linguist/linguist#4039'], seen: docs },
  {
    text: 'https://github.com/jlord/sheetsee.js/issues/26',
    raw: ['link https://github.com/jlord/sheetsee.js/issues/26'],
    seen: docs,
  },
  {
    text: 'https://github.com/jlord/sheetsee.js/commit/a5c3785ed8d6a35868bc169f07e40e889087fd2e',
    raw: ['link https://github.com/jlord/sheetsee.js/commit/a5c3785ed8d6a35868bc169f07e40e889087fd2e'],
    seen: docs,
  },
  {
    text: 'a5c3785ed8d6a35868bc169f07e40e889087fd2e',
    raw: ['commit a5c3785ed8d6a35868bc169f07e40e889087fd2e'],
    seen: docs,
  },
  { text: 'introduced in e59ff077.', raw: ['commit e59ff077'], seen: docs },
  {
    text: 'jlord@a5c3785ed8d6a35868bc169f07e40e889087fd2e',
    raw: ['commit a5c3785ed8d6a35868bc169f07e40e889087fd2e'],
    seen: docs,
  },
  { text: 'Fixes #1234', raw: ['reference #1234'], seen: 'dependabot/feedback#56: commit messages, quoted' },
  { text: 'thanks to @matklad!', raw: ['mention matklad'], seen: 'dependabot/dependabot-core#2820: release notes' },
  { text: 'cc @EESSI/admins', raw: ['mention EESSI/admins'], seen: 'a team, as in pull requests of EESSI' },
  { text: '_@octocat_', raw: ['mention octocat'], seen: 'GFM spec: emphasis' },
  { text: '\\@octocat', raw: ['mention octocat'], seen: 'gitlab-org/gitlab#16827: a backslash hides no mention' },
  { text: '&#64;octocat', raw: ['mention octocat'], seen: 'zwave-js/zwave-js-ui#4743' },
  { text: '&#x40;octocat', raw: ['mention octocat'], seen: 'zwave-js/zwave-js-ui#4743' },
  { text: '&commat;octocat', raw: ['mention octocat'], seen: 'zwave-js/zwave-js-ui#4743' },
  { text: '&#0064;octocat', raw: ['mention octocat'], seen: `${gfm}: numeric character references` },
  { text: '@&#111;ctocat', raw: ['mention octocat'], seen: `${gfm}: numeric character references` },
  { text: '&#35;26', raw: ['reference #26'], seen: `${gfm}: numeric character references` },
  { text: '#&#50;6', raw: ['reference #26'], seen: `${gfm}: numeric character references` },
  { text: '\\#26', raw: ['reference #26'], seen: 'GFM spec: backslash escapes' },
  { text: 'G&#72;-26 GH\\-27', raw: ['reference GH-26', 'reference GH-27'], seen: `${gfm}: character references` },
  { text: 'www.commonmark.org', raw: ['link www.commonmark.org'], seen: `${gfm}: autolinks (extension)` },
  { text: 'foo@bar.baz', raw: ['link foo@bar.baz'], seen: `${gfm}: autolinks (extension)` },
  { text: 'mailto:foo@bar.baz', raw: ['link mailto:foo@bar.baz'], seen: `${gfm}: autolinks (extension)` },
  { text: 'ftp://foo.bar.baz', raw: ['link ftp://foo.bar.baz'], seen: `${gfm}: autolinks (extension)` },
  { text: '<https://foo.bar.baz>', raw: ['link <https://foo.bar.baz>'], seen: `${gfm}: autolinks` },
  { text: '![a](https://e.example/x.png)', raw: ['image ![a](https://e.example/x.png)'], seen: `${gfm}: images` },
  { text: '[a](https://e.example)', raw: ['link [a](https://e.example)'], seen: `${gfm}: links` },
  { text: 'a <b>c</b>', raw: ['html <b>', 'html </b>'], seen: `${gfm}: raw HTML` },
  { text: '`a', raw: [], seen: 'a code span that is not closed' },
  { text: '`@octocat', raw: ['mention octocat'], seen: 'a code span that is not closed' },
];
