import type { Growth } from './figure.ts';
import { withUnit } from './print-figures.ts';

const [width, height, margin, top] = [440, 280, 56, 64];

/** Draws each growth as a picture of its own beside the others: SVG, readable in light and dark. */
export function drawGrowth(growths: readonly Growth[]): string {
  const columns = 2;
  const rows = Math.ceil(growths.length / columns);
  const pictures = growths.map((growth, index) => {
    const at = `${(index % columns) * width},${Math.floor(index / columns) * height}`;
    return `<g transform="translate(${at})">${drawOne(growth)}</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${columns * width} ${rows * height}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="white"/>
${pictures.join('\n')}
</svg>
`;
}

function drawOne({ over, what, unit, points }: Growth): string {
  const [places, values] = [points.map(([at]) => at), points.map(([, value]) => value)];
  const isLogarithmic = isWide(places);
  const x = scale(places, [margin, width - margin], isLogarithmic ? (at) => Math.log10(at + 1) : (at) => at);
  const y = scale([0, ...values], [height - margin, top], (value) => value);
  const line = points.map(([at, value]) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
  const dots = points.map(
    ([at, value]) =>
      `<circle cx="${x(at).toFixed(1)}" cy="${y(value).toFixed(1)}" r="3" fill="#0a58ca"/>` +
      `<text x="${x(at).toFixed(1)}" y="${(y(value) - 8).toFixed(1)}" text-anchor="middle">${withUnit(value, unit)}</text>` +
      `<text x="${x(at).toFixed(1)}" y="${height - margin + 16}" text-anchor="middle">${at.toLocaleString('en')}</text>`,
  );
  const title = what
    .split(/(?<=: )/)
    .map((part, index) => `<text x="${margin}" y="${20 + 16 * index}" font-weight="bold">${part}</text>`);
  return `${title.join('')}
<line x1="${margin}" y1="${height - margin}" x2="${width - margin}" y2="${height - margin}" stroke="black"/>
<polyline points="${line}" fill="none" stroke="#0a58ca" stroke-width="2"/>
${dots.join('')}
<text x="${width / 2}" y="${height - 20}" text-anchor="middle">${over}${isLogarithmic ? ', logarithmic' : ''}</text>`;
}

/** Whether the largest is ten times the smallest above 0, or more. */
const isWide = (values: readonly number[]) =>
  Math.max(...values) >= 10 * Math.min(...values.filter((each) => each > 0));

function scale(
  values: readonly number[],
  [from, to]: readonly [number, number],
  place: (value: number) => number,
): (value: number) => number {
  const [least, most] = [Math.min(...values), Math.max(...values)].map(place) as [number, number];
  return (value) => from + ((place(value) - least) / (most - least || 1)) * (to - from);
}
