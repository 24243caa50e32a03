// What a terminal would obey is shown instead: texts of models, feeds and servers are printed, and a terminal takes
// orders from any text (it clears lines, fills the clipboard, hides where a link leads).

/** C0 but line feed and tab, DEL, C1, and what turns the direction of a text around. */
const OBEYED = /(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

const codeOf = (sign: string): number => sign.charCodeAt(0);
const hexOf = (sign: string): string => codeOf(sign).toString(16).padStart(4, '0');

/** Unicode's pictures of the first 32 characters and of DEL; of the others the number. */
const picture = (sign: string): string => {
  if (codeOf(sign) < 0x20) return String.fromCharCode(0x2400 + codeOf(sign));
  return sign === '\u007f' ? '\u2421' : `<U+${hexOf(sign).toUpperCase()}>`;
};

/** The text with a visible sign in place of each that a terminal would obey; lines end with a line feed alone. */
export const shownText = (text: string): string => text.replaceAll('\r\n', '\n').replace(OBEYED, picture);

/** The same JSON with those signs escaped that `JSON.stringify` leaves as they are. */
export const shownJson = (json: string): string => json.replace(OBEYED, (sign) => `\\u${hexOf(sign)}`);
