// The words in which a prompt shows what was loaded for it: statement, brief, dossier, critique. What came from outside
// is fenced as data.
import type { Dossier } from '../db/dossier-store';
import type { Proposition } from '../domain/market/proposition';
import type { Brief } from '../domain/research/brief';
import { fenced } from './fenced-data';

/** Texts of what never changes: a panel asks all its analysts with the same ones. */
const textOnce = <T extends object>(write: (of: T) => string): ((of: T) => string) => {
  const written = new WeakMap<T, string>();
  return (of) => {
    const text = written.get(of) ?? write(of);
    written.set(of, text);
    return text;
  };
};

export const briefText = textOnce(
  (brief: Brief): string =>
    `Brief on ${brief.subject}, as of ${brief.asOf}${brief.synthetic ? ' (made-up data for a trial run)' : ''}:\n${fenced('brief', JSON.stringify(brief.content))}`,
);

export const questionText = (proposition: Proposition): string =>
  [
    `Statement: ${proposition.statement}`,
    `Known until: ${proposition.asOf}`,
    `Resolves at: ${proposition.resolvesAt}`,
    proposition.priceOfYes === null
      ? null
      : `Market price or base rate of yes: ${proposition.priceOfYes.toFixed(4)}`,
  ]
    .filter((line) => line !== null)
    .join('\n');

export const critiqueText = (critiques: readonly unknown[]): string =>
  critiques.length === 0
    ? ''
    : `Critique of a first round of forecasts; answer again, changing your mind only for a reason:\n${fenced('critique', JSON.stringify(critiques))}`;

export const dossierText = textOnce((dossier: Dossier): string => {
  const figures = JSON.stringify(dossier.facts);
  const documents = dossier.items.map((item) => ({
    source: item.source,
    publicAt: item.publicAt,
    title: item.title,
    text: item.text ?? '',
  }));
  return [
    `Subject: ${dossier.subject}`,
    `As of: ${dossier.asOf}`,
    `Figures:\n${fenced('figures', figures)}`,
    `Events ahead:\n${fenced('events', JSON.stringify(dossier.upcoming))}`,
    `Documents:\n${fenced('documents', JSON.stringify(documents))}`,
  ].join('\n');
});
