// The panels that the panel bench measures: seventeen analysts on two symbols, each call taking the same time.
import { setTimeout as delay } from 'node:timers/promises';
import type { ConclaveClient } from '../../client/connect';
import { readAnalysts, startPanel } from '../../client/panel';
import { SYNTHETIC_WORLD } from '../../domain/world';
import { aPanelRequest } from '../../test/support/panel-request';
import type { PanelResult } from '../../workflows/contracts/panel';
import { millisecondsOf } from './quantiles';

/** What every call takes at the provider. */
export const CALL_MS = 2_000;
export const SUBJECTS = ['equity:AAPL', 'equity:MSFT'];
/** How often the bench looks; part of what it measures. */
const LOOK_MS = 5;

const analysts = readAnalysts([], null);

/** Calls of one panel. */
export const CALLS = analysts.length * SUBJECTS.length;

interface Panel {
  readonly wallMs: number;
  readonly answered: number;
}

export const startPanelCalled = (client: ConclaveClient, key: string) =>
  startPanel(
    client,
    aPanelRequest({ world: SYNTHETIC_WORLD, subjects: SUBJECTS, model: 'local/bench' }),
    analysts,
    key,
  );

export const answeredIn = ({ portfolio }: PanelResult): number =>
  portfolio.reduce((sum, view) => sum + view.answered, 0);

export const runPanel = async (client: ConclaveClient, key: string): Promise<Panel> => {
  let answered = 0;
  const wallMs = await millisecondsOf(async () => {
    answered = answeredIn(await (await startPanelCalled(client, key)).result());
  });
  return { wallMs, answered };
};

export const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await holds())) await delay(LOOK_MS);
};
