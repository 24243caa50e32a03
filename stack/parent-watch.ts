// A process of the stack ends when its supervisor was killed: the supervisor holds the other end of its
// standard input, which the system closes with it.

/** Calls back once when the supervisor is gone; does nothing in a process that was started by hand. */
export const onSupervisorGone = (callback: () => void): void => {
  if (process.env.CONCLAVE_SUPERVISED !== '1') return;
  process.stdin.once('end', callback);
  process.stdin.once('error', callback);
  process.stdin.resume();
  // The watch alone must not keep a process alive that has finished.
  const handle = process.stdin as typeof process.stdin & { unref?: () => void };
  handle.unref?.();
};
