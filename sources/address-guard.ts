// Refuses connections to private, local and reserved addresses, so that a link in a feed or a redirect cannot
// reach the operator's own network (requirement K4).
import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** The only block of IPv6 that is given out for the public internet (RFC 4291, IANA's registry). */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * True for an address on the public internet. IPv4 mapped into IPv6 is judged as IPv4; forms that carry an IPv4
 * address to a translator or tunnel (compatible, NAT64, 6to4, Teredo) are never public.
 */
export const isPublicAddress = (address: string): boolean => {
  if (isIP(address) === 0 || !ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed instanceof ipaddr.IPv4 || parsed.match(GLOBAL_UNICAST);
};

/** Name, code and message of the error by which the guard refuses a connection. */
export const GUARD_CODE = 'ECONCLAVE_GUARD';

const refusal = (host: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`${host} is not a public address`), { code: GUARD_CODE });

/** Names that stand for a machine or network of one's own, whatever a resolver says (RFC 6761, 6762, 8375). */
const OWN_NETWORK = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|home\.arpa|localdomain)$/;

/**
 * Checks the host of a parsed URL (its parser has already turned decimal, octal, hexadecimal and wide digits into
 * a plain address).
 * @throws Error with code GUARD_CODE for a literal address that is not public, a name without a dot, and a name
 * of one's own network.
 */
export const assertPublicHost = (host: string): void => {
  const bare = host.replace(/^\[|\]$/g, '');
  if (isIP(bare) !== 0) {
    if (!isPublicAddress(bare)) throw refusal(host);
    return;
  }
  const name = bare.toLowerCase().replace(/\.$/, '');
  if (!name.includes('.') || OWN_NETWORK.test(name)) throw refusal(host);
};

type LookupCallback = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;

/** Resolves a name to all its addresses, as `dns.lookup` does with `all`. */
export type Resolve = (
  host: string,
  options: LookupOptions & { readonly all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * A `lookup` for sockets that fails when any answer is not public; checked at connection time, so that a name
 * cannot change its address between check and use.
 */
export const publicLookup =
  (resolve: Resolve = lookup) =>
  (host: string, options: LookupOptions, callback: LookupCallback): void => {
    resolve(host, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, []);
      if (addresses.length === 0 || addresses.some(({ address }) => !isPublicAddress(address))) {
        return callback(refusal(host), []);
      }
      const first = addresses[0]!;
      if (options.all) return callback(null, addresses);
      callback(null, first.address, first.family);
    });
  };
