import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take minutes, and whose size does not tell it: begun last, one of them would run alone at the end. */
const longest = ['simulator', 'kill', 'wrong-shapes', 'disk', 'budgets', 'launchers', 'cases-deployment', 'cases-jobs'];

/** Begins with the files that take longest. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification) => {
      const index = longest.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
      return index < 0 ? longest.length : index;
    };
    return sorted.toSorted((one, other) => rank(one) - rank(other));
  }
}
