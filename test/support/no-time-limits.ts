// For files in which nothing hangs: a busy machine may take its time, and no request is given up for that.

/** Until `jest.restoreAllMocks`, no signal of `AbortSignal.timeout` ever aborts. */
export const withoutTimeLimits = (): void => {
  jest.spyOn(AbortSignal, 'timeout').mockImplementation(() => new AbortController().signal);
};
