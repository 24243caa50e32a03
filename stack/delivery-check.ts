// What `conclave doctor` says of what should have left the desk: alerts, decisions and reports that wait or were given
// up, by way out.
import type { Config } from '../config/load';
import { createChannelStore } from '../db/channel-store';
import { type ChannelFact, channelText, isFailing } from '../domain/alerts/delivery-rule';
import { databaseCheck } from './database-check';
import type { Check } from './diagnosis';

type AlertConfig = Pick<Config['alerts'], 'webhookUrl' | 'emailTo'>;

/** What to look at, by the name of the way out. */
const wayMends = ({ webhookUrl, emailTo }: AlertConfig): ReadonlyMap<string, string> =>
  new Map([
    ...(webhookUrl === null
      ? []
      : [
          [
            'webhook',
            'Check that the receiver at alerts.webhookUrl takes posts and knows the secret',
          ] as const,
        ]),
    ...(emailTo.length === 0
      ? []
      : [['email', 'Check the mail server, its password and the addresses in alerts.emailTo'] as const]),
  ]);

const deliveryCheck = (fact: ChannelFact, mend: string): Check => {
  const rest =
    fact.givenUp > 0
      ? 'what waits is tried again by itself, what was given up is not'
      : 'what waits is tried again by itself';
  return {
    name: `sent by ${fact.channel}`,
    ok: !isFailing(fact),
    detail: channelText(fact),
    fix: fact.lastError === null ? null : `${mend}; ${rest}.`,
  };
};

/** Asked of a database that has this version's tables; ways that are not configured any more are left out. */
export const checkDeliveries = async (
  databaseUrl: string,
  config: AlertConfig,
): Promise<readonly Check[]> => {
  const mends = wayMends(config);
  if (mends.size === 0) return [];
  let facts: readonly ChannelFact[] = [];
  const read = await databaseCheck('deliveries', databaseUrl, async (db) => {
    facts = await createChannelStore(db).standings();
    return { name: 'deliveries', ok: true, detail: 'read', fix: null };
  });
  if (!read.ok) return [read];
  return facts.flatMap((fact) => {
    const mend = mends.get(fact.channel);
    return mend === undefined ? [] : [deliveryCheck(fact, mend)];
  });
};
