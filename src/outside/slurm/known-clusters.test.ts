import { expect, it } from 'vitest';
import { clustersNamedIn } from './known-clusters.ts';

it.each`
  words                                    | names
  ${[]}                                    | ${[]}
  ${['--long', '-p', 'main']}              | ${[]}
  ${['-M', 'c1']}                          | ${['c1']}
  ${['-Mc1,c2', '--long']}                 | ${['c1', 'c2']}
  ${['--clusters=c1,c2']}                  | ${['c1', 'c2']}
  ${['--clusters', 'c1']}                  | ${['c1']}
  ${['--cluster=c1', '-M', 'c2']}          | ${['c1', 'c2']}
  ${['--clusters=all']}                    | ${[]}
  ${['-M', '%(cluster)s']}                 | ${[]}
  ${['-M']}                                | ${[]}
  ${['--clusters-x=c1', '--comment=-Mc1']} | ${[]}
`('$words name the clusters $names', ({ words, names }) => {
  expect(clustersNamedIn(words)).toEqual(names);
});
