import { expect, it } from 'vitest';
import { type BillOfMaterials, forRunning } from './bill-of-materials.ts';

const lock = {
  packages: {
    '': {},
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b': { version: '2.0.0', dev: true },
    'node_modules/c': { name: 'd', version: '3.0.0' },
  },
};
const listed = (ref: string) => ({ 'bom-ref': ref, hashes: [{}], licenses: [{}] });
const all: BillOfMaterials = {
  metadata: { component: { 'bom-ref': 'bot@1.0.0' } },
  components: [listed('a@1.0.0'), listed('b@2.0.0'), listed('d@3.0.0')],
  dependencies: [
    { ref: 'bot@1.0.0', dependsOn: ['a@1.0.0', 'b@2.0.0'] },
    { ref: 'a@1.0.0', dependsOn: ['d@3.0.0'] },
    { ref: 'b@2.0.0', dependsOn: ['a@1.0.0'] },
  ],
};

it('lists what the bot runs on, also where a development package needs it too', () => {
  const { components, dependencies } = forRunning(all, lock);
  expect(components.map((each) => each['bom-ref'])).toEqual(['a@1.0.0', 'd@3.0.0']);
  expect(dependencies).toEqual([
    { ref: 'bot@1.0.0', dependsOn: ['a@1.0.0'] },
    { ref: 'a@1.0.0', dependsOn: ['d@3.0.0'] },
  ]);
});

it.each([
  ['npm lists nowhere', []],
  ['has no digest', [{ ...listed('d@3.0.0'), hashes: [] }]],
  ['has no licence', [{ ...listed('d@3.0.0'), licenses: [] }]],
])('refuses a package that %s', (_what, others) => {
  expect(() => forRunning({ ...all, components: [listed('a@1.0.0'), ...others] }, lock)).toThrow(
    /not at all: d@3\.0\.0$/,
  );
});
