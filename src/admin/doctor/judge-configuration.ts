import { describeProblem } from '../../settings/describe-problem.ts';
import type { Problem } from '../../settings/settings.ts';
import { type Finding, fine } from './finding.ts';

/** What the check says, setting by setting. Each of its sentences ends with what to do. */
export function judgeConfiguration(
  appCfgPath: string,
  problems: readonly Problem[],
  warnings: readonly Problem[],
): Finding[] {
  if (problems.length + warnings.length === 0) return [fine('configuration/check', `${appCfgPath} is valid`)];
  return [...problems.map(findingOf('failure')), ...warnings.map(findingOf('warning'))];
}

const findingOf =
  (verdict: 'failure' | 'warning') =>
  (problem: Problem): Finding => {
    const setting = [problem.section, problem.key].filter(Boolean).join('.') || problem.file;
    const [, seen = '', mend] = /^(.*?)(?:(?:; |: (?=run ))(.*))?$/s.exec(describeProblem(problem)) ?? [];
    return { name: `configuration/${setting}`, verdict, seen, ...(mend !== undefined && { mend }) };
  };
