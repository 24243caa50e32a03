// The public list of house analysts: each lives in a file of its own beside this one and is named here.
import { ackman } from './ackman';
import { buffett } from './buffett';
import { burry } from './burry';
import { damodaran } from './damodaran';
import { druckenmiller } from './druckenmiller';
import { fisher } from './fisher';
import { fundamentals } from './fundamentals';
import { graham } from './graham';
import type { HouseAnalyst } from './house-analyst';
import { jhunjhunwala } from './jhunjhunwala';
import { lynch } from './lynch';
import { munger } from './munger';
import { news } from './news';
import { pabrai } from './pabrai';
import { sentiment } from './sentiment';
import { technicals } from './technicals';
import { valuation } from './valuation';
import { wood } from './wood';

export const HOUSE_ANALYSTS: readonly HouseAnalyst[] = [
  fundamentals,
  valuation,
  technicals,
  sentiment,
  news,
  graham,
  buffett,
  ackman,
  wood,
  munger,
  burry,
  lynch,
  fisher,
  druckenmiller,
  damodaran,
  jhunjhunwala,
  pabrai,
];
