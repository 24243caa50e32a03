// Every activity, made from its dependencies. Workflows import the type only.
import { createAlertWatch } from './alert-watch';
import { createCallModel } from './call-model';
import { createCallModels } from './call-models';
import { createCompetitionActivities } from './competition';
import type { Dependencies } from './dependencies';
import { createEventWatch } from './event-watch';
import { createExperimentActivities } from './experiments';
import { finalAtLast } from './final-at-last';
import { withFinalBadInput } from './final-bad-input';
import { createGatherFacts } from './gather-facts';
import { createHousekeeping } from './housekeeping';
import { createMarketEventActivities } from './market-events';
import { createOutcomeActivities } from './outcomes';
import { createPanelActivities } from './panel';
import { createPrepareDecision } from './prepare-decision';
import { createProbation } from './probation';
import { createProviderServed } from './provider-served';
import { createProviderWatch } from './provider-watch';
import { createRecordDecision } from './record-decision';
import { createReports } from './report';
import { createResearchActivities } from './research';
import { createResearchRunning } from './research-running';
import { createReviewActivities } from './reviews';
import { createSessionActivities } from './sessions';
import { createTaskRunActivities } from './task-runs';
import { createTournamentActivities } from './tournaments';
import { createTrackRecordActivities } from './track-record';
import { createWarming } from './warming';

export const createActivities = (dependencies: Dependencies) => {
  const { gatherFacts } = createGatherFacts(dependencies);
  const { planEventWatch, lookForEvents } = createEventWatch(dependencies);
  return withFinalBadInput({
    ...createAlertWatch(dependencies),
    ...createCallModel(dependencies),
    ...createCallModels(dependencies),
    ...createCompetitionActivities(dependencies),
    ...createPrepareDecision(dependencies),
    ...createRecordDecision(dependencies),
    planEventWatch,
    lookForEvents: finalAtLast(lookForEvents),
    ...createExperimentActivities(dependencies),
    gatherFacts: finalAtLast(gatherFacts),
    ...createHousekeeping(dependencies),
    ...createMarketEventActivities(dependencies),
    ...createProbation(dependencies),
    ...createPanelActivities(dependencies),
    ...createProviderServed(dependencies),
    ...createProviderWatch(dependencies),
    ...createOutcomeActivities(dependencies),
    ...createReports(dependencies),
    ...createResearchActivities(dependencies),
    ...createResearchRunning(dependencies),
    ...createSessionActivities(dependencies),
    ...createTaskRunActivities(dependencies),
    ...createTournamentActivities(dependencies),
    ...createReviewActivities(dependencies),
    ...createTrackRecordActivities(dependencies),
    ...createWarming(dependencies),
  });
};

export type Activities = ReturnType<typeof createActivities>;
