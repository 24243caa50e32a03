// Fields that several operations take or give, each with its accepted form in words.
import { z } from '@hono/zod-openapi';
import {
  briefTemplate,
  horizonDays,
  instant,
  listLimit,
  researchKind,
  sessionKind,
  strategyName,
  usdAmount,
  worldName,
} from '../../client/fields';

export const usdText = usdAmount;

export const worldField = worldName.openapi({ example: 'live' });

export const symbolField = z
  .string()
  .min(1)
  .max(200)
  .regex(/\S/, 'accepted: a symbol such as AAPL, or a subject such as market:kalshi/TICKER')
  .openapi({ example: 'AAPL' });

export const idField = z.string().min(1).max(500);
export const strategyField = strategyName;
export const sessionKindField = sessionKind;
export const researchKindField = researchKind;
export const templateField = briefTemplate;
export const membersField = z.array(z.string().min(1).max(200)).min(1).max(64);
export const horizonField = horizonDays;
export const instantField = instant;

export const limitField = listLimit.default(50);

export const cursorField = z
  .string()
  .max(1000)
  .optional()
  .openapi({ description: 'The "next" of an earlier page' });
/** Null on the last page. */
export const nextOut = z.string().nullable();

export const dayField = z.iso
  .date({ error: 'accepted: a day such as 2026-11-20' })
  .openapi({ example: '2026-11-20' });

export const textList = z.array(z.string());
export const usdOut = z.string().openapi({ description: 'US dollars with six places', example: '0.012500' });
