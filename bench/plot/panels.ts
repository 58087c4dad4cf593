/**
 * Small multiples over time as one SVG: panels in columns, each with lines on a scale of its own, and marks that
 * run through all of them. It brings its own background, as GitHub shows pictures on light and dark pages.
 */

export interface Line {
  readonly name: string;
  /** Of the palette; lines of one sort have one colour in every panel. */
  readonly colour: number;
  readonly dashed?: true;
  /** Ascending in x; undefined breaks the line. */
  readonly points: readonly (readonly [x: number, y: number | undefined])[];
}

export interface Panel {
  readonly title: string;
  readonly lines: readonly Line[];
  /** For values that differ by orders of magnitude; they are above 0. */
  readonly logarithmic?: true;
}

export interface Mark {
  readonly x: number;
  readonly name: string;
  readonly colour: number;
}

export interface Picture {
  readonly title: string;
  readonly panels: readonly Panel[];
  readonly marks: readonly Mark[];
  /** The x axis. */
  readonly end: number;
  readonly unit: string;
}

const columns = 2;
const width = 920;
const margin = 16;
const gap = 28;
const topHeight = 64;
const panel = { width: (width - 2 * margin - gap) / 2, height: 176, axis: 44, top: 44, bottom: 22 };
/** Points of a line; beyond, the highest of those that fall together stands for them. */
const maxPoints = 240;
const wantedTicks = 4;
const wantedXTicks = 7;

/** Each for light pages and for dark ones, as far apart as they can be told. */
const palette: readonly (readonly [light: string, dark: string])[] = [
  ['#0969da', '#58a6ff'],
  ['#bc4c00', '#f0883e'],
  ['#1a7f37', '#3fb950'],
  ['#8250df', '#bc8cff'],
  ['#bf3989', '#f778ba'],
  ['#6e7781', '#8b949e'],
];

const style = `
  .paper { fill: #ffffff } .ink { fill: #1f2328 } .quiet { fill: #59636e }
  .grid { stroke: #d1d9e0 } .line { fill: none; stroke-width: 1.6; stroke-linejoin: round }
  .mark { stroke-width: 1; stroke-dasharray: 2 3; opacity: .8 }
  text { font: 13px -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif }
  .title { font-weight: 600 } .head { font-size: 16px; font-weight: 600 }
${palette.map(([light], i) => `  .s${i} { stroke: ${light} } .f${i} { fill: ${light} }`).join('\n')}
  @media (prefers-color-scheme: dark) {
    .paper { fill: #0d1117 } .ink { fill: #e6edf3 } .quiet { fill: #9198a1 } .grid { stroke: #30363d }
${palette.map(([, dark], i) => `    .s${i} { stroke: ${dark} } .f${i} { fill: ${dark} }`).join('\n')}
  }`;

export function drawPicture(picture: Picture): string {
  const rows = Math.ceil(picture.panels.length / columns);
  const height = topHeight + rows * panel.height + margin;
  const panels = picture.panels.map((each, index) => {
    const x = margin + (index % columns) * (panel.width + gap);
    const y = topHeight + Math.floor(index / columns) * panel.height;
    return `<g transform="translate(${x},${y})">${drawPanel(each, picture)}</g>`;
  });
  const names = new Map(picture.marks.map(({ name, colour }) => [name, colour]));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(picture.title)}">
<style>${style}
</style>
<rect class="paper" width="${width}" height="${height}"/>
<text class="ink head" x="${margin}" y="28">${escaped(picture.title)}</text>
<g transform="translate(${margin},52)">${legend([...names], '┊')}</g>
${panels.join('\n')}
</svg>
`;
}

function drawPanel({ title, lines, logarithmic }: Panel, { marks, end, unit }: Picture): string {
  const left = panel.axis;
  const right = panel.width;
  const top = panel.top;
  const bottom = panel.height - panel.bottom - 14;
  const values = lines.flatMap(({ points }) => points.flatMap(([, y]) => y ?? []));
  const scale = logarithmic ? logScale(values) : linearScale(values);
  const xAt = (x: number) => left + ((right - left) * x) / end;
  const yAt = (y: number) => bottom - (bottom - top) * Math.min(1, Math.max(0, scale.at(y)));
  const parts = [`<text class="ink title" x="0" y="14">${escaped(title)}</text>`];
  const names = lines.map(({ name, colour }) => [name, colour] as const);
  parts.push(`<g transform="translate(0,32)">${legend(names, '—')}</g>`);
  for (const tick of scale.ticks) {
    const y = shown(yAt(tick));
    parts.push(`<path class="grid" d="M${left} ${y}H${right}"/>`);
    const label = tick >= 1000 ? tick.toLocaleString('en') : String(tick);
    parts.push(
      `<text class="quiet" x="${left - 6}" y="${y + 4}" text-anchor="end">${label}</text>`,
    );
  }
  for (const tick of linearScale([end], wantedXTicks).ticks.filter((each) => each <= end)) {
    const label = tick === 0 ? `0 ${unit}` : String(tick);
    const anchor = tick === 0 ? 'start' : tick > end * 0.97 ? 'end' : 'middle';
    const at = `x="${shown(xAt(tick))}" y="${bottom + 16}" text-anchor="${anchor}"`;
    parts.push(`<text class="quiet" ${at}>${label}</text>`);
  }
  for (const { x, colour } of marks) {
    parts.push(`<path class="mark s${colour}" d="M${shown(xAt(x))} ${top}V${bottom}"/>`);
  }
  for (const { points, colour, dashed } of lines) {
    const path = pathOf(thinned(points), xAt, yAt);
    const dashes = dashed ? ' stroke-dasharray="5 3"' : '';
    if (path !== '') parts.push(`<path class="line s${colour}"${dashes} d="${path}"/>`);
  }
  return parts.join('');
}

/** SVG has no flow: the browser places one span after the other. */
function legend(names: readonly (readonly [string, number])[], sign: string): string {
  const spans = names.map(
    ([name, colour]) =>
      `<tspan class="f${colour}">${sign} </tspan><tspan class="quiet">${escaped(name)}\u2003</tspan>`,
  );
  return `<text xml:space="preserve">${spans.join('')}</text>`;
}

function pathOf(
  points: Line['points'],
  xAt: (x: number) => number,
  yAt: (y: number) => number,
): string {
  let path = '';
  let pen = 'M';
  for (const [x, y] of points) {
    if (y === undefined) {
      pen = 'M';
      continue;
    }
    path += `${pen}${shown(xAt(x))} ${shown(yAt(y))}`;
    pen = 'L';
  }
  return path;
}

function thinned(points: Line['points']): Line['points'] {
  const together = Math.ceil(points.length / maxPoints);
  if (together <= 1) return points;
  return Array.from({ length: Math.ceil(points.length / together) }, (_, i) =>
    points
      .slice(i * together, (i + 1) * together)
      .reduce((high, point) => ((point[1] ?? -1) > (high[1] ?? -1) ? point : high)),
  );
}

interface Scale {
  readonly ticks: readonly number[];
  /** 0 at the foot, 1 at the top. */
  at(value: number): number;
}

/** From 0 to a round number. */
function linearScale(values: readonly number[], wanted = wantedTicks): Scale {
  const highest = Math.max(...values, Number.MIN_VALUE);
  const rough = highest / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((each) => each * power >= rough) ?? 10);
  const count = Math.ceil(highest / step);
  const top = count * step;
  const ticks = Array.from({ length: count + 1 }, (_, i) => Number((i * step).toPrecision(6)));
  return { ticks, at: (value) => value / top };
}

/** Powers of ten. */
function logScale(values: readonly number[]): Scale {
  const above = values.filter((value) => value > 0);
  const low = Math.floor(Math.log10(Math.min(...above, 1)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...above, 1))));
  const ticks = Array.from({ length: high - low + 1 }, (_, i) =>
    Number((10 ** (low + i)).toPrecision(1)),
  );
  return { ticks, at: (value) => (Math.log10(Math.max(value, 10 ** low)) - low) / (high - low) };
}

const shown = (value: number): number => Math.round(value * 10) / 10;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
