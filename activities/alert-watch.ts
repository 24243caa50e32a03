// One look of the alert watch: every rule, then the outboxes; and, as it looks so often, what ended without a word and
// whether the desk's schedules are still as declared. Each part stands alone.
import { Context } from '@temporalio/activity';
import type { AlertLook } from '../workflows/contracts/alerts';
import { createAlertDelivery } from './alert-delivery';
import { createAlertRules } from './alert-rules';
import { createAlertActivities } from './alerts';
import { createCapSweep } from './cap-sweep';
import type { Dependencies } from './dependencies';
import { createDocumentDelivery } from './document-delivery';
import { quietly } from './quietly';
import { createSessionSweep } from './session-sweep';
import { createWorkSweep } from './work-sweep';

/** Between two readings of weeks of the ledger and a year of scores, which a few minutes change little. */
const SLOW_PARTS_MS = 300_000;

/** A third of the heartbeat time-out. */
const HEARTBEAT_MS = 5_000;

export const createAlertWatch = (dependencies: Dependencies) => {
  const { stores, logger } = dependencies;
  const alerts = createAlertActivities(dependencies);
  const { closeEndedCaps } = createCapSweep(dependencies);
  const { closeLostSessions } = createSessionSweep(dependencies);
  const { closeLostResearch, closeLostTournaments, closeLostReviews } = createWorkSweep(dependencies);
  const { holdRules } = createAlertRules(dependencies);
  const { deliverAlerts } = createAlertDelivery(dependencies);
  const { deliverDocuments } = createDocumentDelivery(dependencies);

  const part = quietly(logger, 'part of the alert watch failed');

  const holdSchedules = async (): Promise<void> => {
    const { changes } = (await dependencies.keepSchedules?.()) ?? { changes: [] };
    if (changes.length > 0) logger.info({ changes }, 'schedules brought in line with what is declared');
  };

  let slowPartsAt = Number.NEGATIVE_INFINITY;
  const look = async (asked: boolean): Promise<AlertLook> => {
    const thorough = asked || Date.now() - slowPartsAt >= SLOW_PARTS_MS;
    if (thorough) slowPartsAt = Date.now();
    await part('ended caps', closeEndedCaps);
    await part('lost sessions', closeLostSessions);
    await part('lost research', closeLostResearch);
    await part('lost tournaments', closeLostTournaments);
    await part('lost reviews', closeLostReviews);
    await part('cap alerts', alerts.raiseCapAlerts);
    await part('breaker alerts', alerts.raiseBreakerAlerts);
    await part('rules', async () => {
      const failed = await holdRules(thorough ? 'all' : 'quick');
      if (failed.length > 0) logger.warn({ rules: failed }, 'rules of alerts could not be judged');
    });
    if (thorough) await part('spend alerts', alerts.raiseSpendAlerts);
    await part('schedules', holdSchedules);
    const alert = await deliverAlerts();
    const documents = (await part('documents', deliverDocuments)) ?? { sent: 0, failed: 0 };
    const open = await stores.alerts.list({ openOnly: true, limit: 500 });
    return {
      open: open.length,
      sent: alert.sent + documents.sent,
      failed: alert.failed + documents.failed,
      waiting: (await stores.alertDeliveries.waiting()) + (await stores.deliveries.waiting()),
    };
  };

  /**
   * Repeatable: an episode is raised and resolved once, and each alert goes out once per channel.
   * @param request.thorough somebody asks: what is else read every few minutes is read too
   */
  const lookForAlerts = async (request?: { readonly thorough: boolean }): Promise<AlertLook> => {
    const beat = setInterval(() => Context.current().heartbeat(), HEARTBEAT_MS);
    try {
      return await look(request?.thorough ?? false);
    } finally {
      clearInterval(beat);
    }
  };
  return { lookForAlerts };
};
