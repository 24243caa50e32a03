// The container files: read as data, and by `docker compose` itself where it is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { assetPath } from '../../config/package-root';
import { SETTINGS_REFERENCE } from '../../config/settings-reference';
import { PROVIDER_KINDS } from '../../providers/kind-list';

interface Service {
  readonly image?: string;
  readonly build?: unknown;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly ports?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: unknown;
  readonly container_name?: string;
}

const text = readFileSync(assetPath('docker-compose.yml'), 'utf8');
const compose = parse(text, { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly configs: Readonly<Record<string, { readonly content: string }>>;
};
const dockerfile = readFileSync(assetPath('Dockerfile'), 'utf8');
const { models: shippedModels } = JSON.parse(readFileSync(assetPath('data', 'models.json'), 'utf8')) as {
  readonly models: readonly { readonly keyName: string | null }[];
};
const services = Object.entries(compose.services);

const composeIsInstalled = spawnSync('docker', ['compose', 'version'], { stdio: 'ignore' }).status === 0;

test('every image has a version of its own, none follows a moving tag', () => {
  const images = services.map(([, service]) => service.image ?? '');
  const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image ?? '');
  for (const image of [...images, ...bases])
    expect(image).toMatch(/^[a-z0-9/.-]+:v?\d+\.\d+(\.\d+)?[a-z0-9.-]*$/);
});

test('the image of the package is built here and carries the version of the package', () => {
  const { version } = JSON.parse(readFileSync(assetPath('package.json'), 'utf8')) as { version: string };
  const own = services.filter(([, service]) => service.build !== undefined);
  expect(own.map(([name]) => name).sort()).toEqual(['api', 'cli', 'set-up', 'worker']);
  for (const [, service] of own) expect(service.image).toBe(`conclave:${version}`);
});

test('the base image is a Node that the package accepts', () => {
  const [, major, minor] = /^FROM node:(\d+)\.(\d+)/m.exec(dockerfile) ?? [];
  expect(Number(major) * 100 + Number(minor)).toBeGreaterThanOrEqual(2019);
});

test('no secret stands in the file: passwords come from the environment and have no default', () => {
  for (const [, service] of services) {
    for (const [name, value] of Object.entries(service.environment ?? {})) {
      if (/PASSWORD|PWD/.test(name)) expect(value).toMatch(/^\$\{[A-Z_]+:\?[^}]+\}$/);
      if (/_(KEY|KEYS|SECRET|SMTP_URL)$/.test(name)) expect(value).toBeNull();
      if (name === 'DATABASE_URL') expect(value).toMatch(/:\/\/conclave:\$\{[A-Z_]+:\?[^}]+\}@/);
    }
  }
});

test('every key that a model of the registry needs is passed on to the workers by name', () => {
  const passed = Object.keys(compose.services.worker?.environment ?? {});
  const needed = new Set(shippedModels.flatMap(({ keyName }) => keyName ?? []));
  expect(needed.size).toBeGreaterThanOrEqual(5);
  for (const keyName of needed) expect(passed).toContain(keyName);
});

test('a secret may also come as a file: its other name is passed on too', () => {
  const passed = Object.keys(compose.services.worker?.environment ?? {});
  const secrets = passed.filter((name) => /_(KEY|KEYS|SECRET|SMTP_URL)$/.test(name));
  expect(secrets).toEqual(expect.arrayContaining(['OPENAI_API_KEY', 'CONCLAVE_PAYLOAD_KEYS']));
  expect(secrets.filter((name) => !passed.includes(`${name}_FILE`))).toEqual([]);
});

const lines = (name: string): readonly string[] =>
  readFileSync(assetPath(name), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));

test('only what is named goes into the image, and that is all that the build needs', () => {
  const [first, ...others] = lines('.dockerignore');
  expect(first).toBe('*');
  const named = others.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
  for (const name of named) expect(existsSync(assetPath(name))).toBe(true);
  const { include } = JSON.parse(readFileSync(assetPath('tsconfig.json'), 'utf8')) as { include: string[] };
  const copied = (/^COPY (package\.json .+) \.\/$/m.exec(dockerfile)?.[1] ?? '').split(' ');
  expect(copied).toContain('.npmrc');
  for (const name of [...include, ...copied, 'tsconfig.json', 'scripts', 'bin', 'data'])
    expect(named).toContain(name);
  for (const name of named) expect(name).not.toMatch(/key|secret|conclave|env|backup|\*/);
});

test('what the pages have people write into the clone is no part of it', () => {
  const page = readFileSync(assetPath('docs', 'operations.md'), 'utf8');
  const written = [...page.matchAll(/ > ([a-z-]+(?:\.[a-z]+)?)$/gm)].map(([, name]) => `/${name}`);
  expect(written).toEqual(['/payload-keys', '/conclave.sql']);
  expect(lines('.gitignore')).toEqual(expect.arrayContaining([...written, '/secrets/', '*.backup']));
});

/** Variables that mean nothing inside a container, each with what takes their place. */
const NOT_PASSED_ON: Readonly<Record<string, string>> = {
  CONCLAVE_HOME: 'the image sets it',
  CONCLAVE_CACHE: 'nothing is fetched in a container',
  CONCLAVE_TEMPORAL_CLI: 'Temporal is a service',
  TEMPORAL_API_KEY: 'the Temporal of the file asks for none',
  CONCLAVE_POSTGRES_PORT: 'Postgres is not published',
  CONCLAVE_TEMPORAL_PORT: 'it is the port published on the host',
  CONCLAVE_TEMPORAL_UI_PORT: 'it is the port published on the host',
  CONCLAVE_API_PORT: 'it is the port published on the host',
  CONCLAVE_API_HOST: 'the service `api` sets it',
  CONCLAVE_TEMPORAL_UI: 'the service `api` sets it',
  CONCLAVE_WORKERS: '--scale says how many there are',
};

const documentedVariables = (): readonly string[] => {
  const page = readFileSync(assetPath('docs', 'operations.md'), 'utf8');
  const table = page.slice(page.indexOf('| setting | variable | default | meaning |'));
  const rows = table.slice(0, table.indexOf('\n\n')).split('\n').slice(2);
  return rows.flatMap((row) => row.match(/\b(?:CONCLAVE|OTEL|TEMPORAL)_[A-Z_]+\b|\bDATABASE_URL\b/g) ?? []);
};

test('every variable that configures Conclave reaches the containers, or has a reason not to', () => {
  const passed = Object.keys(compose.services.worker?.environment ?? {});
  const known = [
    ...SETTINGS_REFERENCE.flatMap(({ variable, setting, example }) =>
      setting.endsWith('Name') ? [example] : (variable ?? []),
    ),
    ...PROVIDER_KINDS.flatMap(({ keyName, urlName }) => [keyName ?? [], urlName ?? []].flat()),
    ...documentedVariables(),
  ];
  expect(known).toEqual(
    expect.arrayContaining(['OPENAI_BASE_URL', 'CONCLAVE_SMTP_URL', 'CONCLAVE_BUILD_ID']),
  );
  expect(known.filter((name) => !passed.includes(name) && !(name in NOT_PASSED_ON))).toEqual([]);
  expect(Object.keys(NOT_PASSED_ON).filter((name) => passed.includes(name) || !known.includes(name))).toEqual(
    [],
  );
});

test('ports are published on loopback only', () => {
  for (const [, service] of services)
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
});

test('programs that containers run exist in the sources', () => {
  const programs = services
    .flatMap(([, service]) => service.command ?? [])
    .filter((word) => /^dist\//.test(word));
  expect(programs.length).toBeGreaterThan(1);
  for (const program of programs)
    expect(existsSync(assetPath(program.replace(/^dist\//, '').replace(/\.js$/, '.ts')))).toBe(true);
});

test('workers can be scaled and wait for the set-up job, which waits for healthy servers', () => {
  const { worker, 'set-up': setUp, postgres, temporal } = compose.services;
  expect(worker?.container_name).toBeUndefined();
  expect(worker?.ports).toBeUndefined();
  expect(worker?.depends_on?.['set-up']?.condition).toBe('service_completed_successfully');
  expect(setUp?.depends_on).toEqual({
    postgres: { condition: 'service_healthy' },
    temporal: { condition: 'service_healthy' },
  });
  expect([postgres?.healthcheck, temporal?.healthcheck]).not.toContain(undefined);
});

test('Temporal gets settings it can read, task priorities and prompt timers among them', () => {
  const settings = parse(compose.configs['temporal-dynamic-config']?.content ?? '') as Record<
    string,
    unknown
  >;
  expect(settings['matching.useNewMatcher']).toEqual([{ value: true }]);
  expect(settings['history.timerProcessorMaxTimeShift']).toEqual([{ value: '50ms' }]);
});

(composeIsInstalled ? test : test.skip)('docker compose accepts the file', () => {
  const env = { ...process.env, CONCLAVE_POSTGRES_PASSWORD: 'letters1' };
  const result = spawnSync(
    'docker',
    ['compose', '--profile', 'tools', '--profile', 'api', 'config', '--quiet'],
    {
      cwd: assetPath(),
      env,
      encoding: 'utf8',
    },
  );
  expect(result.stderr).toBe('');
  expect(result.status).toBe(0);
});
