import type { Growth } from './figure.ts';
import { withUnit } from './print-figures.ts';

const [width, height, margin] = [420, 260, 56];

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
  const x = scale(
    points.map(([each]) => each),
    margin,
    width - 20,
  );
  const y = scale([0, ...points.map(([, each]) => each)], height - margin, 40);
  const line = points.map(([at, value]) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
  const dots = points.map(
    ([at, value]) =>
      `<circle cx="${x(at).toFixed(1)}" cy="${y(value).toFixed(1)}" r="3" fill="#0a58ca"/>` +
      `<text x="${x(at).toFixed(1)}" y="${(y(value) - 8).toFixed(1)}" text-anchor="middle">${withUnit(value, unit)}</text>` +
      `<text x="${x(at).toFixed(1)}" y="${height - margin + 16}" text-anchor="middle">${at.toLocaleString('en')}</text>`,
  );
  return `<text x="${margin}" y="20" font-weight="bold">${what}</text>
<line x1="${margin}" y1="${height - margin}" x2="${width - 20}" y2="${height - margin}" stroke="black"/>
<polyline points="${line}" fill="none" stroke="#0a58ca" stroke-width="2"/>
${dots.join('')}
<text x="${width / 2}" y="${height - 20}" text-anchor="middle">${over}</text>`;
}

/** Linear; where the largest is more than 50 times the smallest above 0, by the logarithm. */
function scale(values: readonly number[], from: number, to: number): (value: number) => number {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const smallest = Math.min(...values.filter((value) => value > 0));
  const isWide = most > 50 * smallest && from < to;
  const place = (value: number) => (isWide ? Math.log10(value + 1) : value);
  const span = place(most) - place(least) || 1;
  return (value) => from + ((place(value) - place(least)) / span) * (to - from);
}
