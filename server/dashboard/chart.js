// Charts by uPlot in the page's own colours, redrawn when their place changes its width.
import uPlot from '/vendor/uplot.js';
import { element } from './element.js';

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const axis = () => ({
  stroke: colour('--soft'),
  grid: { stroke: colour('--line'), width: 1 },
  ticks: { stroke: colour('--line') },
});

/** An axis of days. */
export const DATES = { values: '{D} {MMM}' };

/** A day is the same day wherever the reader is. */
const utcDay = (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC');

/** Where the first curve ends: what the legend says while no pointer is on the chart. */
const lastOf = (values) => values.findLastIndex((value) => value !== null);

/** Legend text of one series; without a pointer `at` is null. */
const legendText = (format, lastAt) => (drawn, value, series, at) => {
  const shown = at === null ? drawn.data[series][lastAt] : value;
  return shown === null || shown === undefined ? '–' : format(shown);
};

/** `data` as uPlot takes it: x first. `label` says in words what the picture shows; `dates`: x are UTC days. `format` of a series writes its value in the legend. */
export const chart = ({ data, series, scales, height = 240, label, axes = [{}, {}], dates = false }) => {
  const place = element('div', { class: 'chart', role: 'img', 'aria-label': label });
  const palette = ['--accent', '--warn', '--bad', '--blue', '--violet', '--soft'].map(colour);
  const lastAt = lastOf(data[1]);
  const days = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 10);
  const legend = (one, format) => ({ ...one, value: legendText(one.format ?? format, lastAt) });
  const draw = (width) =>
    new uPlot(
      {
        width,
        height,
        scales,
        axes: axes.map((one) => ({ ...axis(), ...one })),
        series: [
          legend(series[0] ?? {}, dates ? days : String),
          ...series
            .slice(1)
            .map((one, index) =>
              legend({ stroke: palette[index % palette.length], width: 2, ...one }, String),
            ),
        ],
        ...(dates ? { tzDate: utcDay } : {}),
        cursor: { drag: { setScale: false } },
      },
      data,
      place,
    );
  let drawn = null;
  new ResizeObserver(([entry]) => {
    const width = Math.floor(entry.contentRect.width);
    if (width === 0) return;
    if (drawn) drawn.setSize({ width, height });
    else drawn = draw(width);
  }).observe(place);
  return place;
};

export const chartColour = colour;
