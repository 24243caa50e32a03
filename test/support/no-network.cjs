// Loaded into every process of a test's stack: nothing reaches beyond this machine, whatever the machine could
// reach. Each refused try is one line in the file that CONCLAVE_TEST_NETWORK_LOG names.
const { appendFileSync } = require('node:fs');
const net = require('node:net');

const isLocal = (host) => /^(localhost|127(\.\d+){3}|::1|\[::1\])$/.test(host ?? 'localhost');

const refuse = (what) => {
  const file = process.env.CONCLAVE_TEST_NETWORK_LOG;
  if (file) appendFileSync(file, `${what}\n`);
  return Object.assign(new Error(`connect ENETUNREACH ${what}`), { code: 'ENETUNREACH' });
};

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function connectLocally(...args) {
  const [first] = Array.isArray(args[0]) ? args[0] : args;
  const options = typeof first === 'object' && first !== null ? first : { host: args[1] };
  if (options.path !== undefined || typeof first === 'string' || isLocal(options.host)) {
    return connect.apply(this, args);
  }
  const error = refuse(`${options.host}:${options.port}`);
  process.nextTick(() => this.destroy(error));
  return this;
};

for (const dns of [require('node:dns'), require('node:dns').promises]) {
  const lookup = dns.lookup;
  dns.lookup = (host, ...rest) => {
    if (isLocal(host) || net.isIP(host)) return lookup.call(dns, host, ...rest);
    const error = Object.assign(refuse(host), { code: 'ENOTFOUND' });
    const callback = rest.at(-1);
    if (typeof callback !== 'function') return Promise.reject(error);
    process.nextTick(callback, error);
    return undefined;
  };
}
