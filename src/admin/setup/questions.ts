/** What an admin answers. Each is an option of `setup`, too. */
export type Answers = Readonly<
  Record<
    'name' | 'receive' | 'permission' | 'jobs' | 'shared' | 'endpoint' | 'bucket' | 'organization' | 'checks' | 'units',
    string
  >
>;

/** What the answers of an account that has nothing begin with. */
export interface Surroundings {
  readonly host: string;
  readonly home: string;
}

export interface Question {
  readonly key: keyof Answers;
  /** In the words of the command line. */
  readonly argument: string;
  readonly asks: string;
  /** Absent: somebody has to say it. */
  readonly usually?: (surroundings: Surroundings) => string;
  /** Why an answer cannot be used: the end of a sentence. */
  readonly whyNot?: (answer: string) => string | undefined;
}

const whyNotAbsolute = (path: string) =>
  path.startsWith('/') ? undefined : 'has to be a whole path, from / on: jobs start elsewhere';
const whyNotYesOrNo = (answer: string) => (['yes', 'no'].includes(answer) ? undefined : 'has to be yes or no');
/** Logins of Enterprise Managed Users have a `_`. */
const whyNotLogins = (text: string) =>
  /^[\w-]+(:\d+)?( [\w-]+(:\d+)?)*$/.test(text) ? undefined : 'has to be GitHub logins with blanks between them';

/** In the order in which they are asked. */
export const questions: readonly Question[] = [
  {
    key: 'name',
    argument: '<name>',
    asks: 'Name of this instance, and of its GitHub App; everybody reads it',
    usually: ({ host }) => `${host.split('.')[0]}-bot`,
    whyNot: (name) =>
      /^[\w-]{3,34}$/.test(name)
        ? undefined
        : 'has to be 3 to 34 letters, digits and hyphens: GitHub takes no longer names',
  },
  {
    key: 'permission',
    argument: '<logins>',
    asks: 'GitHub logins of those who may command, build and deploy',
    whyNot: whyNotLogins,
  },
  {
    key: 'receive',
    argument: '<way>',
    asks: 'How commands come here: pull (the bot asks GitHub, no open port), smee (a relay), or the https address of your proxy or channel',
    usually: () => 'pull',
    whyNot: (way) =>
      ['pull', 'smee'].includes(way) || /^https:\/\/[^\s/]+/.test(way)
        ? undefined
        : 'has to be pull, smee or an https address',
  },
  {
    key: 'jobs',
    argument: '<directory>',
    asks: 'Directory for the jobs, on a file system that compute nodes see',
    usually: ({ home }) => `${home}/bot/jobs`,
    whyNot: whyNotAbsolute,
  },
  {
    key: 'shared',
    argument: '<directory>',
    asks: 'Directory that jobs share, for images of containers and sources',
    usually: ({ home }) => `${home}/bot/shared`,
    whyNot: whyNotAbsolute,
  },
  {
    key: 'endpoint',
    argument: '<address>',
    asks: "Address of the S3 server for what is deployed; empty: Amazon's",
    usually: () => '',
    whyNot: (address) =>
      address === '' || URL.canParse(address) ? undefined : 'has to be an address, https://s3.example.org for instance',
  },
  { key: 'bucket', argument: '<name>', asks: 'Name of the bucket', usually: () => 'eessi-staging' },
  {
    key: 'organization',
    argument: '<login>',
    asks: 'Organization on GitHub that is to own the App; empty: your account',
    usually: () => '',
  },
  {
    key: 'checks',
    argument: '<yes or no>',
    asks: 'Whether each job is shown as a check of its commit, which needs two more permissions: yes or no',
    usually: () => 'no',
    whyNot: whyNotYesOrNo,
  },
  {
    key: 'units',
    argument: '<yes or no>',
    asks: 'Whether to write units for systemd --user, which starts the daemons at each boot: yes or no',
    usually: () => 'no',
    whyNot: whyNotYesOrNo,
  },
];

/** What is answered, and what is wrong or missing: sentences that name the option. */
export function takeAnswers(
  given: Partial<Answers>,
  surroundings: Surroundings,
): { readonly answers: Answers } | { readonly problems: readonly string[] } {
  const answered = questions.map((question) => {
    const answer = given[question.key] ?? question.usually?.(surroundings);
    return { question, answer: answer?.trim() };
  });
  const problems = answered.flatMap(({ question: { key, argument, asks, whyNot }, answer }) => {
    if (answer === undefined) return [`--${key} ${argument} is missing: ${asks}`];
    const why = whyNot?.(answer);
    return why === undefined ? [] : [`--${key} ${answer} ${why}`];
  });
  if (problems.length > 0) return { problems };
  return {
    answers: Object.fromEntries(answered.map(({ question, answer }) => [question.key, answer])) as unknown as Answers,
  };
}
