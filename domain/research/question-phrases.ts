// Spellings that mean the same, as rewrites of whole phrases. Only what is known to mean the same stands here.
import type { DATE_ROLES } from './question-dates';

export type Rewrite = readonly [RegExp, string];

/** What may follow a verb that stands without an object. */
const NO_OBJECT =
  '(?= (?:by|from|above|below|before|after|on|in|as|compared|relative|versus|since|until|during|between|within|at|to \\$?\\d)(?![\\p{L}])| ?[@<>?.!,]|$)';

/** Rewrites of whole phrases, the longest first within a meaning. Case is folded before. */
export const PHRASES: readonly Rewrite[] = [
  // Contractions, so that negation is one word.
  [/\bcan(?:no|')t\b/g, 'can not'],
  [/\bwon't\b/g, 'will not'],
  [/\bshan't\b/g, 'shall not'],
  [/(\p{L})n't\b/gu, '$1 not'],
  [/\bwhat's\b/g, 'what is'],
  // Frames that only ask.
  [/^(?:please |kindly |hi,? |hello,? )+/g, ''],
  [
    /^(?:estimate|give|tell me|state|assess|forecast) (?:me )?(?:the |your )?(?:probability|chance|likelihood|odds) (?:that|of it that) /g,
    '',
  ],
  [/^what (?:is|are) the (?:probability|chance|chances|likelihood|odds) that /g, ''],
  [/^how (?:likely|probable) is it that /g, ''],
  [/^(?:do you (?:think|believe|expect)(?: that)?|is it likely that|in your view,?) /g, ''],
  [/^(?:is|are) (.+?) going to (?!the\b|a\b)/g, '$1 '],
  // Comparisons; strict and not strict stay apart.
  [
    /\b(?:greater than or equal to|no (?:less|fewer|lower) than|not (?:less|fewer|lower) than|equal to or (?:above|greater than|more than)|at a minimum)\b/g,
    '>=',
  ],
  [
    /\b(?:less than or equal to|no (?:more|greater|higher) than|not (?:more|greater|higher) than|at (?:the )?most)\b/g,
    '<=',
  ],
  [/\bat least\b/g, '>='],
  [/\b(?:more|greater|higher|larger) than\b/g, '>'],
  [/\b(?:fewer|less|lower|smaller) than\b/g, '<'],
  [/\bexceeds?\b/g, 'be >'],
  [/\babove (?=\$?\d)/g, '> '],
  [/\bbelow (?=\$?\d)/g, '< '],
  // Directions, only where nothing is raised or declined: "decline the offer" is no fall.
  [
    new RegExp(
      `\\b(?:increase[sd]?|ris(?:e|es|en)|rose|go(?:es|ne)? up|went up|climb(?:s|ed)?)${NO_OBJECT}`,
      'gu',
    ),
    'rise',
  ],
  [
    new RegExp(
      `\\b(?:decrease[sd]?|fall(?:s|en)?|fell|declin(?:e|es|ed)|drop(?:s|ped)?|go(?:es|ne)? down|went down)${NO_OBJECT}`,
      'gu',
    ),
    'fall',
  ],
  // Verbs in their forms.
  [/\b(?:wins|won|winning)\b/g, 'win'],
  [/\b(?:loses|lost|losing)\b/g, 'lose'],
  [/\b(?:be|is|are|was|were|been|being)\b/g, 'be'],
  // Names.
  [/\b(?:u\.s\.a\.?|u\.s\.|usa|the united states of america|united states)(?!\p{L})/gu, 'unitedstates'],
  [/\b(?:u\.k\.|uk|united kingdom)(?!\p{L})/gu, 'unitedkingdom'],
  [/\b(?:e\.u\.|eu|european union)(?!\p{L})/gu, 'europeanunion'],
  // Relations.
  [/\b(?:as )?compared (?:to|with)\b|\brelative to\b|\bversus\b|\bvs\b\.?/g, 'versus'],
  [/\bclosing price\b/g, 'close price'],
  [/\bper ?cent\b/g, '%'],
  [/\bhave (?=(?:rise|fall|win|lose|be)\b|not\b)/g, ''],
];

/** Roles of dates, after dates have become tokens. */
export const ROLES: readonly (readonly [RegExp, (typeof DATE_ROLES)[number]])[] = [
  [/\bby the end of (?=@)/g, 'by-end-of'],
  [/\bby end of (?=@)/g, 'by-end-of'],
  [/\bbefore the end of (?=@)/g, 'before-end-of'],
  [/\b(?:no later than|on or before|by) (?=@)/g, 'by'],
  [/\b(?:prior to|ahead of|before) (?=@)/g, 'before'],
  [/\bafter (?=@)/g, 'after'],
  [/\bon (?=@)/g, 'on'],
  [/\b(?:in|during) (?=@)/g, 'in'],
  [/\bsince (?=@)/g, 'since'],
  [/\b(?:until|till) (?=@)/g, 'until'],
];

// Letters that fold to a common word when small: who, us, it. Marked before case is lost.
export const KEEP_CAPITALS: readonly Rewrite[] = [
  [/\bUS(?= dollars?\b)/g, ''],
  [/\bUS\b/g, 'unitedstates'],
  [/\bWHO\b/g, 'worldhealthorganization'],
  [/\bIT\b/g, 'informationtechnology'],
  [/\bUK\b/g, 'unitedkingdom'],
  [/\bEU\b/g, 'europeanunion'],
];
