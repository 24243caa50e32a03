// All stores over one database, for composition roots.

import { type AlertDeliveryStore, createAlertDeliveryStore } from './alert-delivery-store';
import { type AlertFactsStore, createAlertFactsStore } from './alert-facts-store';
import { type AlertStore, createAlertStore } from './alert-store';
import { type AnswerStore, createAnswerStore } from './answer-store';
import { type ApiTokenStore, createApiTokenStore } from './api-token-store';
import { type BillStore, createBillStore } from './bill-store';
import { type BreakerStore, createBreakerStore } from './breaker-store';
import { type BriefCache, createBriefCache } from './brief-cache';
import { type BriefLifeStore, createBriefLifeStore } from './brief-life-store';
import { type BriefMetricsStore, createBriefMetricsStore } from './brief-metrics-store';
import { type BriefStore, createBriefStore } from './brief-store';
import { type CallStore, createCallStore } from './call-store';
import { type CapStore, createCapStore } from './cap-store';
import { type ChannelStore, createChannelStore } from './channel-store';
import { type CompetitionStore, createCompetitionStore } from './competition-store';
import type { Database } from './database';
import { createDecisionStore, type DecisionStore } from './decision-store';
import { createDeliveryStore, type DeliveryStore } from './delivery-store';
import { createDeskStore, type DeskStore } from './desk-store';
import { createDossierStore, type DossierStore } from './dossier-store';
import { createEventStore, type EventStore } from './event-store';
import { createExperimentStore, type ExperimentStore } from './experiment-store';
import { createForecastStore, type ForecastStore } from './forecast-store';
import { createHealthStore, type HealthStore } from './health-store';
import { createLedgerStore, type LedgerStore } from './ledger-store';
import { createModeStore, type ModeStore } from './mode-store';
import { createOutcomeStore, type OutcomeStore } from './outcome-store';
import { createPanelStore, type PanelStore } from './panel-store';
import { createPerformanceStore, type PerformanceStore } from './performance-store';
import { createPropositionStore, type PropositionStore } from './proposition-store';
import { createPruneStore, type PruneStore } from './prune-store';
import { createRateLimitStore, type RateLimitStore } from './rate-limit-store';
import { createRatingStore, type RatingStore } from './rating-store';
import { createRegistryStore, type RegistryStore } from './registry-store';
import { createReportStore, type ReportStore } from './report-store';
import { createRequestStore, type RequestStore } from './request-store';
import { createResearchStore, type ResearchStore } from './research-store';
import { createReviewStore, type ReviewStore } from './review-store';
import { createSavingsStore, type SavingsStore } from './savings-store';
import { createScheduleSyncStore, type ScheduleSyncStore } from './schedule-sync-store';
import { createSeriesStore, type SeriesStore } from './series-store';
import { createSessionStore, type SessionStore } from './session-store';
import { createSettingsStore, type SettingsStore } from './settings-store';
import { createSpendStore, type SpendStore } from './spend-store';
import { createTaskRunStore, type TaskRunStore } from './task-run-store';
import { createTaskTextStore, type TaskTextStore } from './task-text-store';
import { createTournamentStore, type TournamentStore } from './tournament-store';
import { createTrackStore, type TrackStore } from './track-store';
import {
  type CalibratorStore,
  createCalibratorStore,
  createSizingWeightStore,
  createWeightStore,
  type SizingWeightStore,
  type WeightStore,
} from './version-store';
import { createWatchlistStore, type WatchlistStore } from './watchlist-store';
import { createWorkerBeatStore, type WorkerBeatStore } from './worker-beat-store';
import { createWorldStore, type WorldStore } from './world-store';

export interface Stores {
  readonly alertDeliveries: AlertDeliveryStore;
  readonly alertFacts: AlertFactsStore;
  readonly alerts: AlertStore;
  readonly answers: AnswerStore;
  readonly apiTokens: ApiTokenStore;
  readonly bills: BillStore;
  readonly breakers: BreakerStore;
  /** The in-process level in front of `briefs`; one per process. */
  readonly briefCache: BriefCache;
  readonly briefLives: BriefLifeStore;
  readonly briefMetrics: BriefMetricsStore;
  readonly briefs: BriefStore;
  readonly calibrators: CalibratorStore;
  readonly calls: CallStore;
  readonly caps: CapStore;
  readonly competitions: CompetitionStore;
  readonly decisions: DecisionStore;
  readonly deliveries: DeliveryStore;
  readonly desk: DeskStore;
  readonly dossiers: DossierStore;
  readonly events: EventStore;
  readonly experiments: ExperimentStore;
  readonly forecasts: ForecastStore;
  readonly health: HealthStore;
  readonly ledger: LedgerStore;
  readonly modes: ModeStore;
  readonly outcomes: OutcomeStore;
  readonly panels: PanelStore;
  readonly performance: PerformanceStore;
  readonly propositions: PropositionStore;
  readonly channels: ChannelStore;
  readonly pruning: PruneStore;
  readonly ratings: RatingStore;
  readonly rateLimits: RateLimitStore;
  readonly registry: RegistryStore;
  readonly reports: ReportStore;
  readonly requests: RequestStore;
  readonly research: ResearchStore;
  readonly reviews: ReviewStore;
  readonly savings: SavingsStore;
  readonly scheduleSyncs: ScheduleSyncStore;
  readonly series: SeriesStore;
  readonly sessions: SessionStore;
  readonly settings: SettingsStore;
  readonly spend: SpendStore;
  readonly taskRuns: TaskRunStore;
  readonly taskTexts: TaskTextStore;
  readonly tournaments: TournamentStore;
  /** Joined reads of the track record, and its versions. */
  readonly track: TrackStore;
  readonly weights: WeightStore;
  readonly sizingWeights: SizingWeightStore;
  readonly watchlists: WatchlistStore;
  readonly workerBeats: WorkerBeatStore;
  readonly worlds: WorldStore;
}

export const createStores = (db: Database): Stores => ({
  alertDeliveries: createAlertDeliveryStore(db),
  alertFacts: createAlertFactsStore(db),
  alerts: createAlertStore(db),
  answers: createAnswerStore(db),
  apiTokens: createApiTokenStore(db),
  bills: createBillStore(db),
  breakers: createBreakerStore(db),
  briefCache: createBriefCache(createBriefStore(db)),
  briefLives: createBriefLifeStore(db),
  briefMetrics: createBriefMetricsStore(db),
  briefs: createBriefStore(db),
  calibrators: createCalibratorStore(db),
  calls: createCallStore(db),
  caps: createCapStore(db),
  competitions: createCompetitionStore(db),
  decisions: createDecisionStore(db),
  deliveries: createDeliveryStore(db),
  desk: createDeskStore(db),
  dossiers: createDossierStore(db),
  events: createEventStore(db),
  experiments: createExperimentStore(db),
  forecasts: createForecastStore(db),
  health: createHealthStore(db),
  ledger: createLedgerStore(db),
  modes: createModeStore(db),
  outcomes: createOutcomeStore(db),
  panels: createPanelStore(db),
  performance: createPerformanceStore(db),
  propositions: createPropositionStore(db),
  channels: createChannelStore(db),
  pruning: createPruneStore(db),
  ratings: createRatingStore(db),
  rateLimits: createRateLimitStore(db),
  registry: createRegistryStore(db),
  reports: createReportStore(db),
  requests: createRequestStore(db),
  research: createResearchStore(db),
  reviews: createReviewStore(db),
  savings: createSavingsStore(db),
  scheduleSyncs: createScheduleSyncStore(db),
  series: createSeriesStore(db),
  sessions: createSessionStore(db),
  settings: createSettingsStore(db),
  spend: createSpendStore(db),
  taskRuns: createTaskRunStore(db),
  taskTexts: createTaskTextStore(db),
  tournaments: createTournamentStore(db),
  track: createTrackStore(db),
  weights: createWeightStore(db),
  sizingWeights: createSizingWeightStore(db),
  watchlists: createWatchlistStore(db),
  workerBeats: createWorkerBeatStore(db),
  worlds: createWorldStore(db),
});
