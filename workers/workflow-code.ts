// Where workers find workflow code: the bundle made at build time, or the sources in development and tests.
import { existsSync, readFileSync } from 'node:fs';
import { assetPath, codePath, STARTS_COMPILED } from '../config/package-root';

export const BUNDLE_PATH = assetPath('dist', 'workflow-bundle.js');

/** The bundle's failures as payloads, for a codec to encrypt; see bundle-failures.ts. No line break: lines stay. */
export const withEncodedFailures = (code: string): string =>
  `globalThis.conclaveEncodesFailures = true; ${code}`;

/** @param encrypted whether failures are to be encrypted as payloads are */
export const workflowCode = (
  encrypted = false,
):
  | { readonly workflowBundle: { readonly codePath: string } | { readonly code: string } }
  | { readonly workflowsPath: string } => {
  if (!STARTS_COMPILED || !existsSync(BUNDLE_PATH)) return { workflowsPath: codePath('workflows/index') };
  if (!encrypted) return { workflowBundle: { codePath: BUNDLE_PATH } };
  return { workflowBundle: { code: withEncodedFailures(readFileSync(BUNDLE_PATH, 'utf8')) } };
};
