// News: the tone of headlines by a small word list; blind to everything that words do not say outright.
import type { SourceItem } from '../../../domain/research/brief';
import { dataAnalyst } from './house-analyst';

const GOOD =
  /\b(beats?|raises?|raised|record|upgrades?|upgraded|surges?|gains?|growth|strong|wins?|approv\w+|profit|outperform\w*|rally|rallies|buyback)\b/gi;
const BAD =
  /\b(miss(es|ed)?|cuts?|lowers?|lowered|downgrades?|downgraded|falls?|plunges?|loss(es)?|weak|lawsuit|sues?|probe|recalls?|warn(s|ing)?|layoffs?|fraud|slumps?|halts?)\b/gi;

const matches = (text: string, words: RegExp): number => text.match(words)?.length ?? 0;

/** The price feed cites itself among the sources; that is no news. */
const isHeadline = ({ title }: SourceItem): boolean => !/daily bars of/.test(title);

/** z = (good - bad) / sqrt(good + bad + 1). Tetlock (2007); word list in the spirit of Loughran and McDonald (2011). */
export const news = dataAnalyst(
  {
    id: 'news',
    method: 'Tone of headlines: words of good news against words of bad news.',
    source: 'Tetlock (2007); Loughran, McDonald (2011)',
  },
  'headlines',
  (data) => {
    const headlines = (data.news ?? []).filter(isHeadline);
    if (headlines.length === 0) return null;
    const text = headlines.map(({ title }) => title).join('\n');
    const [good, bad] = [matches(text, GOOD), matches(text, BAD)];
    return {
      z: (good - bad) / Math.sqrt(good + bad + 1),
      reason: `${headlines.length} headlines with ${good} good and ${bad} bad words`,
    };
  },
);
