// Fields that several operations take or give, each with its accepted form in words.
import { z } from '@hono/zod-openapi';
import { STRATEGY_NAMES } from '../../domain/ensemble/strategy';
import { SESSION_KINDS } from '../../domain/market/session-times';
import { BRIEF_TEMPLATES, RESEARCH_KINDS } from '../../domain/research/brief';

/** Decimal US dollars. */
export const usdText = z
  .string()
  .regex(
    /^\d{1,9}(\.\d{1,6})?$/,
    'accepted: US dollars as text with up to six places, such as "25" or "7.50"',
  )
  .openapi({ example: '25' });

export const worldField = z
  .string()
  .regex(/^(live|synthetic|replay:[0-9a-f]{12})$/, 'accepted: live, synthetic or replay:<12 hex digits>')
  .openapi({ example: 'live' });

export const symbolField = z
  .string()
  .min(1)
  .max(200)
  .regex(/\S/, 'accepted: a symbol such as AAPL, or a subject such as market:kalshi/TICKER')
  .openapi({ example: 'AAPL' });

export const idField = z.string().min(1).max(500);
export const strategyField = z.enum(STRATEGY_NAMES);
export const sessionKindField = z.enum(SESSION_KINDS);
export const researchKindField = z.enum(RESEARCH_KINDS);
export const templateField = z.enum(BRIEF_TEMPLATES);
export const membersField = z.array(z.string().min(1).max(200)).min(1).max(64);
export const horizonField = z.int().min(1).max(250);
export const instantField = z.iso.datetime({
  offset: true,
  error: 'accepted: an ISO instant with a zone, such as 2025-09-15T13:00:00Z',
});

export const limitField = z.coerce
  .number({ error: 'accepted: a whole number from 1 to 500' })
  .int('accepted: a whole number from 1 to 500')
  .min(1)
  .max(500)
  .default(50);

export const textList = z.array(z.string());
export const usdOut = z.string().openapi({ description: 'US dollars with six places', example: '0.012500' });
