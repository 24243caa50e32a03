// Refuses connections to private, local and reserved addresses, so that a link in a feed or a redirect cannot
// reach the operator's own network (requirement K4).
import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** True for an address on the public internet; IPv4 inside IPv6 is judged as IPv4. */
export const isPublicAddress = (address: string): boolean => {
  if (!ipaddr.isValid(address)) return false;
  return ipaddr.process(address).range() === 'unicast';
};

/** Name, code and message of the error by which the guard refuses a connection. */
export const GUARD_CODE = 'ECONCLAVE_GUARD';

const refusal = (host: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`${host} is not a public address`), { code: GUARD_CODE });

/** @throws Error with code GUARD_CODE when `host` is a literal address that is not public. */
export const assertPublicHost = (host: string): void => {
  const bare = host.replace(/^\[|\]$/g, '');
  if (isIP(bare) !== 0 && !isPublicAddress(bare)) throw refusal(host);
};

type LookupCallback = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;

/**
 * A `lookup` for sockets that fails when any answer is not public; checked at connection time, so that a name
 * cannot change its address between check and use.
 */
export const publicLookup = (host: string, options: LookupOptions, callback: LookupCallback): void => {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, []);
    if (addresses.length === 0 || addresses.some(({ address }) => !isPublicAddress(address))) {
      return callback(refusal(host), []);
    }
    const first = addresses[0]!;
    if (options.all) return callback(null, addresses);
    callback(null, first.address, first.family);
  });
};
