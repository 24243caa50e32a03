// Fields that several operations take or give, each with its accepted form in words.
import { z } from '@hono/zod-openapi';
import {
  asOfText,
  briefTemplate,
  horizonDays,
  idText,
  instant,
  isoDay,
  listLimit,
  marketCode,
  modelNames,
  researchKind,
  sessionKind,
  strategyName,
  symbolText,
  usdAmount,
  worldName,
} from '../../client/fields';

export const usdText = usdAmount;

export const worldField = worldName.openapi({ example: 'live' });

export const symbolField = symbolText.openapi({ example: 'AAPL' });
export const marketField = marketCode.openapi({ example: 'XNYS' });
export const asOfField = asOfText;

export const idField = idText;
export const strategyField = strategyName;
export const sessionKindField = sessionKind;
export const researchKindField = researchKind;
export const templateField = briefTemplate;
export const membersField = modelNames;
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

export const dayField = isoDay.openapi({ example: '2026-11-20' });

export const textList = z.array(z.string());
export const usdOut = z.string().openapi({ description: 'US dollars with six places', example: '0.012500' });
