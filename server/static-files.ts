// The dashboard's files, read once at start and served under a policy that lets nothing foreign run or load.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, extname, join, relative } from 'node:path';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { assetPath } from '../config/package-root';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** No inline code or styles, no frames, no other origin. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

interface StaticFile {
  readonly type: string;
  readonly body: Buffer<ArrayBuffer>;
  readonly etag: string;
}

const fileOf = (path: string): StaticFile => {
  const body = Buffer.from(readFileSync(path));
  return {
    type: TYPES[extname(path)] ?? 'application/octet-stream',
    body,
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 16)}"`,
  };
};

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && extname(entry.name) in TYPES)
    .map((entry) => join(entry.parentPath, entry.name));

const dashboardFiles = (): ReadonlyMap<string, StaticFile> => {
  const folder = assetPath('server', 'dashboard');
  const files = new Map(filesBelow(folder).map((path) => [`/${relative(folder, path)}`, fileOf(path)]));
  const charts = dirname(require.resolve('uplot/package.json'));
  files.set('/vendor/uplot.js', fileOf(join(charts, 'dist', 'uPlot.esm.js')));
  files.set('/vendor/uplot.css', fileOf(join(charts, 'dist', 'uPlot.min.css')));
  return files;
};

/** Serves the page at `/` and its files; everything else is left to the API. */
export const mountDashboard = (app: OpenAPIHono): void => {
  const files = dashboardFiles();
  app.get('*', async (c, next) => {
    const path = c.req.path === '/' ? '/index.html' : c.req.path;
    const file = files.get(path);
    if (!file) return next();
    c.header('ETag', file.etag);
    c.header('Cache-Control', 'no-cache');
    if (c.req.header('if-none-match') === file.etag) return c.body(null, 304);
    c.header('Content-Type', file.type);
    return c.body(file.body);
  });
};
