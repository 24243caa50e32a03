// Where workers find workflow code: the bundle made at build time, or the sources in development and tests.
import { existsSync } from 'node:fs';
import { assetPath, codePath, RUNS_COMPILED } from '../config/package-root';

export const BUNDLE_PATH = assetPath('dist', 'workflow-bundle.js');

export const workflowCode = ():
  | { readonly workflowBundle: { readonly codePath: string } }
  | { readonly workflowsPath: string } =>
  RUNS_COMPILED && existsSync(BUNDLE_PATH)
    ? { workflowBundle: { codePath: BUNDLE_PATH } }
    : { workflowsPath: codePath('workflows/index') };
