// Text from outside that speaks to a model instead of reporting something. Such documents are kept for people and
// withheld from models. Rules of words cannot find everything: what they miss, corroboration (evidence.ts) must stop.

/** Format characters that hide text or fake its order: zero-width, bidirectional, tags, soft hyphens. */
const HIDDEN = /\p{Cf}|\p{Co}|\u034f|\u115f|\u1160|\u17b4|\u17b5|\u3164|\uffa0/gu;

/** Compatibility forms unified, hidden and control characters out, one line. */
export const plainText = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(HIDDEN, '')
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();

/** Letters of other scripts and digits that stand in for Latin ones, for looking only. */
const LOOKALIKES: Readonly<Record<string, string>> = {
  ...{ а: 'a', е: 'e', о: 'o', р: 'p', с: 'c', у: 'y', х: 'x', і: 'i', ѕ: 's', ѵ: 'v', һ: 'h', ԁ: 'd' },
  ...{ α: 'a', ε: 'e', ο: 'o', ρ: 'p', τ: 't', υ: 'u', ι: 'i', κ: 'k', ν: 'v', η: 'n' },
};

const folded = (text: string): string =>
  plainText(text)
    .toLowerCase()
    .replace(/[^\p{ASCII}]/gu, (letter) => LOOKALIKES[letter] ?? letter)
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '');

const OVERRIDES =
  /\b(ignor\w*|disregard\w*|forget\w*|overrid\w*|bypass\w*|discard\w*|oubli\w+|vergiss\w*|missachte\w*|olvid\w+|skip)\b[^.!?]{0,40}\b(previous|prior|above|earlier|preceding|all|any|your|other|vorherig\w*|alle|toutes|precedent\w*|anterior\w*|todas)\b[^.!?]{0,40}\b(instruction\w*|rules?|prompts?|guidelines?|guidance|directions?|context|sources?|documents?|data|messages?|anweisung\w*|regeln|consignes|instrucciones|reglas)\b/;
/** Of a run of signs only the last count: to begin at each of them would take the square of its length. */
const ROLES =
  /(^|[\s"'>\]])(system|assistant)\s*(message|prompt|note|override)?\s*[:>\]]\s*\S|<\|?\/?(im_start|im_end|system|assistant|endoftext|data|instructions?)|\[\/?(inst|system)\]|#{2}\s*(system|instruction|response|new task)|-{3}\s*(end|begin) of\b|\b(begin|end) (system|admin|developer) (prompt|message|mode)/;
const STEERING =
  /\b(answer|respond|reply|output|return|set|assign|print|write|emit|choose|forecast)\b[^.!?]{0,60}\b(an?|the|its|any|every)? ?(probabilit(y|ies)|confidence|likelihood|forecast|verdict)\b[^.!?]{0,25}(\d|\bone\b|\bzero\b|\bcertain|\bmaximum)/;
const YOURS =
  /\bp_?yes\b|\b(answer|report|give|set|assign|put|raise|lower|change|adjust|state|make|keep|move)\b[^.!?]{0,30}\byour (answer|forecast|estimate|response|thesis|brief|rating|probability|confidence|likelihood|verdict)\b/;
const STEERED =
  /\b(probabilit(y|ies)|p_?yes|confidence|likelihood|forecasts?|estimates?|answers?)\b[^.!?]{0,30}\b(must|should|shall|has to|needs? to|is required to)\b[^.!?]{0,20}\b(be|equal|read|show|exceed|say)\b/;
const ADDRESSED =
  /\byou are (now|no longer)\b|\b(you are|act as|pretend to be) (an? |the )?(ai|language model|assistant|llm|unrestricted|trusted)\b|\b(dear (ai|model|assistant|llm)|as an (ai|llm)\b|(note|message|attention|instructions?|memo|hint|guidance|reminder) (to|for) (the |any |all )?(\w+ )?(ai|models?|llms?|assistants?|agents?|forecasters?|readers of the brief)|(ai|language) (models?|assistants?|agents?) (reading|processing|summari[sz]ing|that read)|if you are an? (ai|llm|language model|assistant|model))\b/;
const ACTIONS =
  /\b(call|invoke|use|run|execute|fetch|visit|open|curl|wget|post|send|upload|submit|exfiltrate|place|email)\b[^.!?]{0,60}(\bhttps?:|\bwww\.|\b(tool|function|command|shell|webhook|endpoint|api key|order for|market order|environment variables?|the system prompt)\b)/;
const SECRETS =
  /\b(reveal|print|show|repeat|leak|disclose|output|include|append|list|tell|quote|copy)\b[^.!?]{0,50}\b(system prompts?|api[_ -]?keys?|passwords?|secrets?|tokens?|credentials?|environment variables?|your instructions|hidden (prompt|context))\b/;
const FORMS =
  /["']?(p_yes|key_risks|priceOfYes|"thesis"|"quality")["']?\s*[:=]|\{\s*"(thesis|probability|signal|figures)"\s*:/i;
/** Long runs of one alphabet without a space: encoded orders. */
const ENCODED = /[A-Za-z0-9+/]{48,}={0,2}|(?:\\x[0-9a-f]{2}|%[0-9a-f]{2}|&#x?[0-9a-f]+;|\\u[0-9a-f]{4}){6,}/i;
/** Words spelt letter by letter. */
const SPELT = /(?:\b\p{L}[\s._*-]){11,}/u;
/** More hidden characters than a stray joiner of an emoji. */
const MOST_HIDDEN = 4;

const PATTERNS = [OVERRIDES, ROLES, STEERING, YOURS, STEERED, ADDRESSED, ACTIONS, SECRETS] as const;

/** True when a text reads like orders to a model, an answer in its form, or hides what it says. */
export const readsLikeInstructions = (text: string): boolean => {
  if ((text.match(HIDDEN) ?? []).length > MOST_HIDDEN) return true;
  const shown = folded(text);
  return (
    FORMS.test(text) ||
    ENCODED.test(text) ||
    SPELT.test(shown) ||
    PATTERNS.some((pattern) => pattern.test(shown))
  );
};
