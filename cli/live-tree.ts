// Draws a changing text in place on a terminal; elsewhere nothing moves.
import { shownText } from './shown-text';

export interface LiveText {
  draw(text: string): void;
  clear(): void;
}

export const createLiveText = (stream: NodeJS.WriteStream = process.stderr): LiveText => {
  let lines = 0;
  const clear = (): void => {
    if (lines > 0) stream.write(`\u001b[${lines}A\u001b[0J`);
    lines = 0;
  };
  const draw = (text: string): void => {
    if (!stream.isTTY) return;
    const room = (stream.rows || 24) - 2;
    const shown = shownText(text).split('\n').slice(0, room);
    clear();
    stream.write(`${shown.join('\n')}\n`);
    lines = shown.length;
  };
  return { draw, clear };
};
