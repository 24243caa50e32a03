// The workflow bundle as workers load it: small, and free of everything that does not belong in the sandbox.
import { bundleWorkflowCode, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import * as workflows from '../../../workflows';
import { PROJECT_ROOT } from '../../support/source-files';

jest.setTimeout(120_000);

/** Without the source map; about half as much again as it was when this was written (700 KB). */
const LARGEST_BYTES = 1_100_000;

/** What the SDK itself brings into the sandbox. */
const FOREIGN = /node_modules\/(?!@temporalio\/(workflow|common)\/|nexus-rpc\/|ms\/|long\/)/;
const OWN_FORBIDDEN =
  /\.\/(activities|providers|sources|db|client|workers|stack|server|cli|config)\/[\w/-]+\.ts/;

let bundle: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  const quiet = {
    log: () => undefined,
    trace: () => undefined,
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: console.error,
  };
  bundle = await bundleWorkflowCode({
    workflowsPath: require.resolve('../../../workflows/index.ts'),
    logger: quiet,
  });
});

/** The modules' names as the bundler wrote them before each. */
const modules = (): readonly string[] => [
  ...new Set([...bundle.code.matchAll(/^\/\*\*\*\/ "([^"]+)":?/gm)].map(([, name]) => name!)),
];

test('the bundle is small', () => {
  const [code] = bundle.code.split('//# sourceMappingURL=');
  console.info(`workflow bundle: ${Buffer.byteLength(code!)} bytes, ${modules().length} modules`);
  expect(Buffer.byteLength(code!)).toBeLessThan(LARGEST_BYTES);
});

test('the bundle holds workflows and domain, and no other own code and no foreign library', () => {
  const names = modules();
  expect(names.filter((name) => name.includes('domain/')).length).toBeGreaterThan(5);
  expect(names.filter((name) => name.includes('workflows/')).length).toBeGreaterThan(10);
  expect(names.filter((name) => OWN_FORBIDDEN.test(name))).toEqual([]);
  expect(names.filter((name) => FOREIGN.test(name))).toEqual([]);
  expect(bundle.code).not.toContain(`${PROJECT_ROOT}/activities`);
});

test('no node built-in is in the bundle', () => {
  const builtIns = modules().filter((name) =>
    /^(node:|external )|"(fs|net|http|crypto|child_process)"/.test(name),
  );
  expect(builtIns).toEqual([]);
});

test('every export is a workflow function with the name of its type', () => {
  const entries = Object.entries(workflows);
  expect(entries.length).toBeGreaterThanOrEqual(5);
  for (const [name, workflow] of entries) {
    expect(typeof workflow).toBe('function');
    expect((workflow as { name: string }).name).toBe(name);
  }
});
