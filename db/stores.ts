// All stores over one database, for composition roots.
import { type AnswerStore, createAnswerStore } from './answer-store';
import { type BriefMetricsStore, createBriefMetricsStore } from './brief-metrics-store';
import { type BriefStore, createBriefStore } from './brief-store';
import { type CapStore, createCapStore } from './cap-store';
import type { Database } from './database';
import { createDecisionStore, type DecisionStore } from './decision-store';
import { createDossierStore, type DossierStore } from './dossier-store';
import { createEventStore, type EventStore } from './event-store';
import { createForecastStore, type ForecastStore } from './forecast-store';
import { createLedgerStore, type LedgerStore } from './ledger-store';
import { createPropositionStore, type PropositionStore } from './proposition-store';
import { createRegistryStore, type RegistryStore } from './registry-store';
import { createResearchStore, type ResearchStore } from './research-store';
import { createSeriesStore, type SeriesStore } from './series-store';
import { createSessionStore, type SessionStore } from './session-store';
import { createSpendStore, type SpendStore } from './spend-store';
import { createWorldStore, type WorldStore } from './world-store';

export interface Stores {
  readonly answers: AnswerStore;
  readonly briefMetrics: BriefMetricsStore;
  readonly briefs: BriefStore;
  readonly caps: CapStore;
  readonly decisions: DecisionStore;
  readonly dossiers: DossierStore;
  readonly events: EventStore;
  readonly forecasts: ForecastStore;
  readonly ledger: LedgerStore;
  readonly propositions: PropositionStore;
  readonly registry: RegistryStore;
  readonly research: ResearchStore;
  readonly series: SeriesStore;
  readonly sessions: SessionStore;
  readonly spend: SpendStore;
  readonly worlds: WorldStore;
}

export const createStores = (db: Database): Stores => ({
  answers: createAnswerStore(db),
  briefMetrics: createBriefMetricsStore(db),
  briefs: createBriefStore(db),
  caps: createCapStore(db),
  decisions: createDecisionStore(db),
  dossiers: createDossierStore(db),
  events: createEventStore(db),
  forecasts: createForecastStore(db),
  ledger: createLedgerStore(db),
  propositions: createPropositionStore(db),
  registry: createRegistryStore(db),
  research: createResearchStore(db),
  series: createSeriesStore(db),
  sessions: createSessionStore(db),
  spend: createSpendStore(db),
  worlds: createWorldStore(db),
});
