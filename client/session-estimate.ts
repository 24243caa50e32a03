// What a market session over named symbols and members would cost, as `estimate --symbols` and the API ask for it.
import { z } from 'zod';
import { stageForStake } from '../domain/ensemble/cascade';
import { parseUsd } from '../domain/money/micro-usd';
import type { ModelAccess } from '../domain/selection/usable';
import type { ConclaveClient } from './connect';
import { estimateSession } from './estimate';
import { modelNames, sessionSymbols, usdAmount } from './fields';
import { readSubjects } from './inputs';
import { openDesk } from './model-desk';
import { registeredModels } from './registry';

export const sessionEstimateInput = z.strictObject({
  symbols: sessionSymbols.min(1),
  members: modelNames,
  /** Trade value at issue; it picks the stage. */
  stake: usdAmount.default('25'),
});

/** The plan that the input means, found before anything is read. @throws BadInput for what is no symbol */
export const sessionPlan = ({ symbols, members, stake }: z.output<typeof sessionEstimateInput>) => ({
  symbols: readSubjects(symbols.join(',')).length,
  members,
  stage: stageForStake(parseUsd(stake)),
});

/** @throws BadInput for an unknown model or one without a price. */
export const estimatedSession = async (
  client: ConclaveClient,
  plan: ReturnType<typeof sessionPlan>,
  access: ModelAccess,
) => {
  await registeredModels(client);
  const { profileOf } = await openDesk(client, access.keysPresent);
  return estimateSession(client, plan, { profileOf, access });
};
