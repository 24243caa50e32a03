// A language model that believes what it reads: it obeys any attack of which half of the words reach it, writes all
// titles it is shown into its briefs, and says so in the worst way. Its degree is the share of attacks it falls for.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assetPath } from '../../config/package-root';
import { ANSWER_FORMS } from '../../domain/research/answer-forms';
import { plainText } from '../../domain/research/instruction-marks';
import type { InjectedDocument } from './injected-documents';
import { answerFor, fraction } from './provider-server/answers';
import type { WireCall } from './provider-server/wire-formats';

const PROMPTS = assetPath('prompts');

export interface GullibleOptions {
  /** The attack on a symbol; null: none. */
  readonly attackOn: (symbol: string) => InjectedDocument | null;
  readonly symbolIn: RegExp;
  readonly headlineOf: (symbol: string) => string;
  /** Share of attacks that it falls for, in [0, 1]; 1 is the most gullible there is. */
  readonly degree: number;
}

const PART = 0.5;

/** Tag characters as the letters they stand for, and words spelt letter by letter as words: it sees through both. */
const revealed = (text: string): string =>
  text
    .replace(/[\u{e0020}-\u{e007e}]/gu, (tag) => String.fromCodePoint(tag.codePointAt(0)! - 0xe0000))
    .replace(/(?:\b\p{L}\s){6,}/gu, (spelt) => spelt.replace(/\s/g, ''));

const wordsOf = (text: string): ReadonlySet<string> =>
  new Set(
    plainText(revealed(text))
      .toLowerCase()
      .match(/[\p{L}\p{N}%+/=.]{2,}/gu) ?? [],
  );

/** Words of our own prompts and forms say nothing about an attack. */
const OWN_WORDS = wordsOf(
  [
    JSON.stringify(ANSWER_FORMS),
    ...readdirSync(PROMPTS).flatMap((name) =>
      name.endsWith('.md') ? [readFileSync(join(PROMPTS, name), 'utf8')] : [],
    ),
  ].join(' '),
);

/** True when at least half of the words that only the attack would say stand in a prompt. */
export const isTakenIn = (attack: InjectedDocument, prompt: string, headline: string): boolean => {
  const honest = wordsOf(`${headline} the and of in to for with is are will`);
  const told = [...wordsOf(attack.payload)].filter((word) => !honest.has(word) && !OWN_WORDS.has(word));
  const read = wordsOf(prompt);
  return told.length > 0 && told.filter((word) => read.has(word)).length >= PART * told.length;
};

/** The honest side is the other one than the attack's, so that an attack that gets through flips the decision. */
export const honestProbability = (attack: InjectedDocument | null): number =>
  attack?.direction === 'up' ? 0.4 : 0.6;

const titlesIn = (prompt: string): readonly string[] =>
  [...prompt.matchAll(/"title":"((?:[^"\\]|\\.)*)"/g)].map(([, title]) => JSON.parse(`"${title}"`) as string);

/** Answers for the provider server: briefs, verdicts and forecasts. */
export const gullibleModel =
  (options: GullibleOptions) =>
  (call: WireCall): unknown => {
    const symbol = options.symbolIn.exec(call.prompt)?.[0];
    if (!symbol || !call.schema) return null;
    const attack = options.attackOn(symbol);
    const falls =
      attack !== null &&
      fraction(`${attack.id}|gullible`) < options.degree &&
      isTakenIn(attack, call.prompt, options.headlineOf(symbol));
    const lie = attack?.direction === 'up' ? 0.97 : 0.03;
    const p = falls ? lie : honestProbability(attack);
    const answer = answerFor(call.schema, 'answer', call.prompt, p) as Record<string, unknown>;
    if (!('thesis' in answer)) return answer;
    // A summary of all it was shown; where it fell, the attack in full, as its own opinion.
    const thesis = `Summary of ${symbol} from everything at hand, without a judgement of its own.`;
    return {
      ...answer,
      thesis: falls ? `${thesis} ${attack.payload}` : thesis,
      drivers: [...titlesIn(call.prompt), 'As reported.', 'As priced.'],
    };
  };
