// Whether research that someone waits for still runs: a run that was terminated tells nobody.
import type { BriefUnderWay } from '../workflows/contracts/research';
import type { Dependencies } from './dependencies';
import { isRunning } from './is-running';

export const createResearchRunning = ({ client }: Pick<Dependencies, 'client'>) => ({
  isResearchRunning: ({ researchId, runId }: BriefUnderWay): Promise<boolean> =>
    isRunning(client, researchId, runId),
});
