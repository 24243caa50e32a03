// The file that `conclave init` writes: every setting stands in it, and each line that is taken out of its
// comment is accepted.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { z } from 'zod';
import { configDocument } from '../../cli/commands/config';
import { loadConfig } from '../../config/load';
import { fileSchema } from '../../config/schema';
import { configTemplate, SETTINGS_REFERENCE } from '../../config/settings-reference';

const folder = mkdtempSync(join(tmpdir(), 'conclave-init-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const loaded = (text: string, env: NodeJS.ProcessEnv = {}) => {
  const file = join(folder, 'conclave.yaml');
  writeFileSync(file, text);
  return loadConfig({ env: { HOME: folder, ...env }, cwd: folder, file });
};

/** Comments become settings; prose, which has a blank behind its sign, stays a comment. */
const uncommented = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.replace(/^#(?! ?[A-Z#]| {2}#| [a-z])(?=\s*[-a-zA-Z])/, ''))
    .join('\n');

const namesOf = (schema: z.ZodObject, before = ''): readonly string[] =>
  Object.entries(schema.shape).flatMap(([name, field]) => {
    const inner = (field as z.ZodDefault<z.ZodType>).def.innerType as z.ZodType | undefined;
    const shape = inner && 'shape' in inner ? (inner as z.ZodObject) : null;
    return shape ? namesOf(shape, `${before}${name}.`) : [`${before}${name}`];
  });

test('the reference names every setting of the file and no other', () => {
  const names = namesOf(fileSchema).filter((name) => name !== 'providers');
  expect(SETTINGS_REFERENCE.map(({ setting }) => setting).sort()).toEqual([...names].sort());
});

test('the file as it is written changes nothing', () => {
  const { origins, file } = loaded(configTemplate());
  expect(file).toContain('conclave.yaml');
  expect(new Set(Object.values(origins))).toEqual(new Set(['default']));
});

test('every line of it is accepted once its sign is taken away, and is then in force', () => {
  const text = uncommented(configTemplate());
  // The one setting whose file must be there.
  writeFileSync(join(folder, 'prices.csv'), '');
  const { origins, providers } = loaded(text, { DATABASE_URL: 'postgres://u:p@localhost:5432/d' });
  for (const { setting } of SETTINGS_REFERENCE)
    expect([setting, origins[setting]]).toEqual([setting, expect.stringMatching(/^conclave.yaml:\d+$/)]);
  expect(providers.map(({ name }) => name)).toContain('desk-llm');
});

test('the configuration is shown with the origin of each value, and no secret in it', () => {
  const secret = 'sk-canary-of-config-show-4711';
  const config = loaded(
    'stack:\n  workers: 3\nproviders:\n  - name: desk\n    kind: openai-compatible\n    baseUrl: http://u:hunter2-of-config@127.0.0.1:1/v1\n    keyName: DESK_KEY\n',
    {
      DESK_KEY: secret,
      OPENAI_API_KEY: secret,
      TEMPORAL_ADDRESS: '10.0.0.1:7233',
    },
  );
  const document = configDocument(config);
  const at = (name: string) => document.settings.find(({ setting }) => setting === name);
  expect(at('stack.workers')).toMatchObject({ value: 3, origin: 'conclave.yaml:2' });
  expect(at('temporal.address')).toMatchObject({ origin: 'environment variable TEMPORAL_ADDRESS' });
  expect(at('ports.api')).toMatchObject({ origin: 'default' });
  expect(document.providers.find(({ name }) => name === 'desk')).toMatchObject({
    keyName: 'DESK_KEY',
    key: 'set',
  });
  expect(JSON.stringify(document)).not.toMatch(/canary|hunter2/);
});
