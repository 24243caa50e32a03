// Charts by uPlot in the page's own colours, redrawn when their place changes its width.
import uPlot from '/vendor/uplot.js';
import { element } from './element.js';

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const axis = () => ({
  stroke: colour('--soft'),
  grid: { stroke: colour('--line'), width: 1 },
  ticks: { stroke: colour('--line') },
});

/** `data` as uPlot takes it: x first. `label` says in words what the picture shows. */
export const chart = ({ data, series, scales, height = 240, label, axes = [{}, {}] }) => {
  const place = element('div', { class: 'chart', role: 'img', 'aria-label': label });
  const palette = [colour('--accent'), colour('--warn'), colour('--bad'), colour('--good')];
  const draw = (width) =>
    new uPlot(
      {
        width,
        height,
        scales,
        axes: axes.map((one) => ({ ...axis(), ...one })),
        series: [
          series[0] ?? {},
          ...series.slice(1).map((one, index) => ({ stroke: palette[index % 4], width: 2, ...one })),
        ],
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
