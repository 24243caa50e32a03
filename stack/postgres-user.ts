// Postgres refuses to run as root. As root the cluster runs as an unprivileged account, and this file answers
// which one, and which folders that account may enter.
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname } from 'node:path';

export interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

const idOf = (flag: '-u' | '-g', account: string): number | null => {
  try {
    return Number(
      execFileSync('id', [flag, account], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    );
  } catch {
    return null;
  }
};

/** `postgres` where the system has it, else `nobody`, which every system has. */
const ACCOUNTS = ['postgres', 'nobody'] as const;

/**
 * The account the cluster runs as, or null to run as the present user (who is not root). An existing
 * cluster keeps its owner.
 */
export const clusterAccount = (dataFolder: string): RunAs | null => {
  if (process.getuid?.() !== 0) return null;
  const existing = statSync(dataFolder, { throwIfNoEntry: false });
  if (existing && existing.uid !== 0) return { uid: existing.uid, gid: existing.gid };
  for (const account of ACCOUNTS) {
    const uid = idOf('-u', account);
    const gid = idOf('-g', account);
    if (uid !== null && gid !== null && uid !== 0) return { uid, gid };
  }
  return { uid: 65_534, gid: 65_534 };
};

const mayEnterOne = (folder: string, account: RunAs): boolean => {
  const { mode, uid, gid } = statSync(folder);
  if (uid === account.uid) return (mode & 0o100) !== 0;
  if (gid === account.gid) return (mode & 0o010) !== 0;
  return (mode & 0o001) !== 0;
};

/** True when the account may enter the folder and every folder above it. */
export const mayEnter = (folder: string, account: RunAs | null): boolean => {
  if (account === null) return true;
  for (let at = folder; ; at = dirname(at)) {
    if (!mayEnterOne(at, account)) return false;
    if (dirname(at) === at) return true;
  }
};
