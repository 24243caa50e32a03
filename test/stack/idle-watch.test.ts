// When a stack that nobody uses ends: never under work that is open now, whatever an older count said.
import { createIdleWatch } from '../../stack/idle-watch';

/** A stack whose clock, clients and work the test moves; it is asked once a second, as the supervisor does. */
const idleStack = (lingerSeconds: number) => {
  const world = { nowMs: 1_000_000, clients: 0, leftMs: 0, open: false, counts: 0, during: () => {} };
  const watch = createIdleWatch({
    lingerMs: lingerSeconds * 1_000,
    nowMs: () => world.nowMs,
    clients: () => world.clients,
    lastLeftMs: () => world.leftMs,
    hasOpenWork: async () => {
      world.counts += 1;
      const counted = world.open;
      world.during();
      return counted;
    },
  });
  /** Seconds after which it was over, or null. */
  const over = async (withinSeconds: number): Promise<number | null> => {
    for (let second = 1; second <= withinSeconds; second++) {
      world.nowMs += 1_000;
      if (await watch.isOver()) return second;
    }
    return null;
  };
  /** A client comes and goes between two looks. */
  const visit = (): void => {
    world.leftMs = world.nowMs;
  };
  return { world, over, visit };
};

test('it is over a grace time after the last client', async () => {
  const { world, over, visit } = idleStack(30);
  world.clients = 1;
  expect(await over(100)).toBeNull();
  world.clients = 0;
  visit();
  expect(await over(100)).toBe(30);
});

test.each([0, 0.5, 3, 5, 30])('with a grace of %d seconds it goes on while work is open', async (seconds) => {
  const { world, over } = idleStack(seconds);
  world.open = true;
  expect(await over(100)).toBeNull();
  world.open = false;
  expect(await over(100)).not.toBeNull();
});

test('work begun since the last count keeps it', async () => {
  const { world, over } = idleStack(30);
  expect(await over(29)).toBeNull();
  world.open = true;
  expect(await over(100)).toBeNull();
});

test('a client that came and went between two looks begins the grace time anew', async () => {
  const { over, visit } = idleStack(30);
  expect(await over(29)).toBeNull();
  visit();
  expect(await over(100)).toBe(30);
});

test('a client that came and went while the work was counted begins the grace time anew', async () => {
  const { world, over, visit } = idleStack(30);
  expect(await over(29)).toBeNull();
  world.during = visit;
  expect(await over(1)).toBeNull();
  world.during = () => {};
  expect(await over(100)).toBe(30);
});

test('work is counted every five seconds, and not under a client', async () => {
  const { world, over } = idleStack(3_600);
  await over(100);
  expect(world.counts).toBe(20);
  world.clients = 1;
  await over(100);
  expect(world.counts).toBe(20);
});
