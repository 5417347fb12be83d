import { type Aim, type Figure, isMet } from './figure.ts';

/** The figures as a Markdown table. */
export function printFigures(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.part,
    figure.what,
    wordsOfAim(figure),
    figure.limit === undefined ? '' : `${withUnit(figure.limit.value, figure.unit)} (${figure.limit.what})`,
    withUnit(figure.measured, figure.unit),
    wordsOfVerdict(figure),
  ]);
  const head = ['part', 'figure', 'aim', 'limit', 'measured', 'met'];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

function wordsOfVerdict(figure: Figure): string {
  const met = isMet(figure);
  return met === undefined ? '' : met ? 'yes' : '**no**';
}

function wordsOfAim({ aim, unit }: Figure): string {
  return aim === undefined ? '' : inWords(aim, unit);
}

function inWords(aim: Aim, unit: Figure['unit']): string {
  if ('atMost' in aim) return `≤ ${withUnit(aim.atMost, unit)}`;
  if ('atLeast' in aim) return `≥ ${withUnit(aim.atLeast, unit)}`;
  return 'atMostLimits' in aim ? `≤ ${aim.atMostLimits} × limit` : `≥ ${aim.atLeastLimits} × limit`;
}

export function withUnit(value: number, unit: Figure['unit']): string {
  const digits = value >= 100 || Number.isInteger(value) ? 0 : value >= 10 ? 1 : 2;
  return `${value.toLocaleString('en', { maximumFractionDigits: digits })}${unit === '' ? '' : ` ${unit}`}`;
}
