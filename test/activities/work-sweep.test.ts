// Which workflow would have closed a row of research.
import { runOfResearch } from '../../activities/work-sweep';

const RUN = '01890a5d-ac96-774b-bcce-b302099a8057';

it.each([
  [
    `research:live:live:equity:AAPL:complete:swing/${RUN}`,
    ['research:live:live:equity:AAPL:complete:swing', RUN],
  ],
  [
    `research:live:live:market:kalshi/A-B:web:day/${RUN}~2`,
    ['research:live:live:market:kalshi/A-B:web:day', RUN],
  ],
  [
    'competition:replay:0123456789ab/2025-09-15/AAPL/research',
    ['competition:replay:0123456789ab:2025-09-15'],
  ],
  ['made-by-hand', null],
])('%s is of its run', (row, run) => {
  expect(runOfResearch(row)).toEqual(run);
});
