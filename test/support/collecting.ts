// Memory that is cleaned all the time, for what must not depend on when that happens: a busy process cleans at any moment.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What `work` comes to while memory is cleaned every 20 ms. */
export const whileCollecting = async <T>(work: () => Promise<T>): Promise<T> => {
  const timer = setInterval(collect, 20);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
};
