// The competition's activities: research once per symbol and day, forecasts, orders, fills and snapshots.
import { createCompetitionForecasts } from './competition-forecasts';
import { createCompetitionResearch } from './competition-research';
import { createCompetitionTrading } from './competition-trading';
import type { Dependencies } from './dependencies';
import { createPaperDay } from './paper-day';

export const createCompetitionActivities = (dependencies: Dependencies) => ({
  ...createCompetitionResearch(dependencies),
  ...createCompetitionForecasts(dependencies),
  ...createCompetitionTrading(dependencies),
  ...createPaperDay(dependencies),
});
