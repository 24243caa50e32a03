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

/** `data` as uPlot takes it: x first. `label` says in words what the picture shows; `dates`: x are UTC days. */
export const chart = ({ data, series, scales, height = 240, label, axes = [{}, {}], dates = false }) => {
  const place = element('div', { class: 'chart', role: 'img', 'aria-label': label });
  const palette = ['--accent', '--warn', '--bad', '--blue', '--violet', '--soft'].map(colour);
  const draw = (width) =>
    new uPlot(
      {
        width,
        height,
        scales,
        axes: axes.map((one) => ({ ...axis(), ...one })),
        series: [
          series[0] ?? {},
          ...series
            .slice(1)
            .map((one, index) => ({ stroke: palette[index % palette.length], width: 2, ...one })),
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
