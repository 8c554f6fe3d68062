import { type CustomSeriesRenderItem, init } from 'echarts';

/** A plot: lines over a numeric axis, or points over names, each point with its 95 % interval where it has one. */
export interface Chart {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly series: readonly Series[];
  /** A limit, drawn as a dashed line. */
  readonly limits?: readonly { readonly name: string; readonly value: number }[];
}

export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
}

export interface Point {
  readonly x: number | string;
  readonly y: number;
  readonly interval?: readonly [low: number, high: number] | undefined;
}

const width = 760;
const height = 380;

/** Several plots below each other, as one SVG. */
export function renderCharts(charts: readonly Chart[]): string {
  const pictures = charts.map((chart, index) =>
    renderChart(chart).replace('<svg ', `<svg y="${index * height}" `),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height * charts.length}">\n${pictures.join('\n')}\n</svg>\n`;
}

function renderChart({ title, x, y, series, limits = [] }: Chart): string {
  const plot = init(null, null, { renderer: 'svg', ssr: true, width, height });
  const named = series.some(({ points }) => points.some((point) => typeof point.x === 'string'));
  plot.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    title: { text: title, left: 'center', textStyle: { fontSize: 15 } },
    legend: { bottom: 4 },
    grid: { top: 48, left: 64, right: 96, bottom: 72 },
    xAxis: { type: named ? 'category' : 'value', name: x, nameLocation: 'middle', nameGap: 26 },
    yAxis: { type: 'value', name: y, min: 0 },
    series: [
      ...series.map(({ name, points }, index) => ({
        name,
        type: named ? 'scatter' : 'line',
        symbolSize: 7,
        data: points.map((point) => [point.x, point.y]),
        ...(index === 0 && { markLine: limitLines(limits) }),
      })),
      ...series.map(({ name, points }) => ({
        name,
        type: 'custom',
        renderItem: interval,
        data: points.flatMap((point) => (point.interval ? [[point.x, ...point.interval]] : [])),
      })),
    ],
  });
  const svg = plot.renderToSVGString();
  plot.dispose();
  return svg;
}

function limitLines(limits: NonNullable<Chart['limits']>) {
  return {
    silent: true,
    symbol: 'none',
    lineStyle: { type: 'dashed', color: '#b00020' },
    data: limits.map(({ name, value }) => ({ name, yAxis: value, label: { formatter: name } })),
  };
}

/** A vertical line from the lower to the upper end of an interval. */
const interval: CustomSeriesRenderItem = (_params, api) => {
  const [x = 0, low = 0] = api.coord([api.value(0), api.value(1)]);
  const [, high = 0] = api.coord([api.value(0), api.value(2)]);
  return {
    type: 'line',
    shape: { x1: x, y1: low, x2: x, y2: high },
    style: { stroke: api.visual('color') as string, lineWidth: 1.5 },
  };
};
