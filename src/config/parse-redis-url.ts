/** How to reach a Redis. */
export type RedisTarget = SingleRedisTarget | SocketRedisTarget | SentinelRedisTarget | ClusterRedisTarget;

interface RedisNode {
  readonly host: string;
  readonly port: number;
}

interface Credentials {
  readonly username: string | undefined;
  readonly password: string | undefined;
}

interface SingleRedisTarget extends RedisNode, Credentials {
  readonly kind: 'single';
  readonly db: number;
  readonly tls: boolean;
  /** 4 or 6 = only addresses of this version of IP. */
  readonly family: number | undefined;
}

interface SocketRedisTarget extends Credentials {
  readonly kind: 'socket';
  readonly path: string;
  readonly db: number;
}

interface SentinelRedisTarget extends Credentials {
  readonly kind: 'sentinel';
  /** The sentinels; they name the master. */
  readonly nodes: readonly RedisNode[];
  readonly master: string;
  readonly db: number;
  readonly sentinelUsername: string | undefined;
  readonly sentinelPassword: string | undefined;
  readonly tls: boolean;
}

interface ClusterRedisTarget extends Credentials {
  readonly kind: 'cluster';
  /** Some of the nodes; they name the others. */
  readonly nodes: readonly RedisNode[];
  readonly tls: boolean;
}

export const REDIS_URL_FORMS =
  'redis://host:6379/0, rediss:// with TLS, redis+cluster://h1:7000,h2:7001, redis+sentinel://h1:26379,h2:26379/mymaster/0 or redis+unix:///path?db=0';

const REDIS_PORT = 6379;
const SENTINEL_PORT = 26_379;
const MOST_PORT = 65_535;
const FORM = /^(rediss?)(?:\+(cluster|sentinel|unix))?:\/\/(?:([^/?#]*)@)?([^/?#]*)([^?#]*)(?:\?([^#]*))?$/;
const HOST = /^(?:\[([0-9a-f:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/i;
const DATABASE = /^\d{1,5}$/;

interface Parts {
  readonly tls: boolean;
  readonly credentials: Credentials;
  readonly hosts: string;
  readonly path: string;
  readonly query: URLSearchParams;
}

/** A URL as a description of the connection, or a string that says what is wrong with it and shows nothing of it. */
export function parseRedisUrl(url: string): RedisTarget | string {
  try {
    return targetOf(url);
  } catch (fault) {
    if (fault instanceof RedisUrlFault) return fault.message;
    throw fault;
  }
}

class RedisUrlFault extends Error {}

function targetOf(url: string): RedisTarget {
  const match = FORM.exec(url);
  if (match === null) throw new RedisUrlFault(`one of ${REDIS_URL_FORMS}`);
  const [, scheme, kind, login, hosts = '', path = '', query = ''] = match;
  const parts = { tls: scheme === 'rediss', credentials: credentialsOf(login), hosts, path, query: new URLSearchParams(query) };
  switch (kind) {
    case 'cluster':
      return cluster(parts);
    case 'sentinel':
      return sentinel(parts);
    case 'unix':
      return socket(parts);
    case undefined:
      return single(parts);
    default:
      throw new RedisUrlFault(`one of ${REDIS_URL_FORMS}`);
  }
}

function single({ tls, credentials, hosts, path, query }: Parts): RedisTarget {
  refuseUnknown(query, ['db', 'family']);
  const [node, ...others] = nodesOf(hosts, REDIS_PORT);
  if (node === undefined || others.length > 0) throw new RedisUrlFault('one host; redis+cluster:// and redis+sentinel:// take several');
  const family = query.get('family');
  if (family !== null && !['0', '4', '6'].includes(family)) throw new RedisUrlFault('family=4 or family=6');
  return {
    kind: 'single',
    ...node,
    ...credentials,
    db: databaseOf(path.slice(1), query),
    tls,
    family: family === null ? undefined : Number(family),
  };
}

function socket({ tls, credentials, hosts, path, query }: Parts): RedisTarget {
  refuseUnknown(query, ['db']);
  if (tls) throw new RedisUrlFault('redis+unix://, since a socket has no TLS');
  if (hosts !== '' || path.length < 2) throw new RedisUrlFault('redis+unix:///path/of/the/socket, with three slashes');
  return { kind: 'socket', path: decoded(path), ...credentials, db: databaseOf('', query) };
}

function sentinel({ tls, credentials, hosts, path, query }: Parts): RedisTarget {
  refuseUnknown(query, ['db', 'sentinel_username', 'sentinel_password']);
  const [, master = '', db = '', ...more] = path.split('/');
  if (master === '' || more.length > 0)
    throw new RedisUrlFault('redis+sentinel://hosts/MASTER/DB, where MASTER is the name that the sentinels know');
  return {
    kind: 'sentinel',
    nodes: nodesOf(hosts, SENTINEL_PORT),
    master: decoded(master),
    ...credentials,
    db: databaseOf(db, query),
    sentinelUsername: query.get('sentinel_username') ?? undefined,
    sentinelPassword: query.get('sentinel_password') ?? undefined,
    tls,
  };
}

function cluster({ tls, credentials, hosts, path, query }: Parts): RedisTarget {
  refuseUnknown(query, []);
  if (path !== '' && path !== '/' && path !== '/0') throw new RedisUrlFault('no path after the hosts: a cluster has one database');
  return { kind: 'cluster', nodes: nodesOf(hosts, REDIS_PORT), ...credentials, tls };
}

function nodesOf(hosts: string, usualPort: number): readonly RedisNode[] {
  return hosts.split(',').map((text, index) => {
    const [, ipv6, name, digits] = HOST.exec(text) ?? [];
    const host = ipv6 ?? name;
    const port = digits === undefined ? usualPort : Number(digits);
    if (host === undefined) throw new RedisUrlFault(`host:port with commas between; host ${index + 1} is none`);
    if (port < 1 || port > MOST_PORT) throw new RedisUrlFault(`a port from 1 to ${MOST_PORT}; that of host ${index + 1} is none`);
    return { host, port };
  });
}

/** `user:password`, `:password`, or `user`, percent-encoded. */
function credentialsOf(login: string | undefined): Credentials {
  const [name = '', ...rest] = (login ?? '').split(':');
  return { username: decoded(name) || undefined, password: decoded(rest.join(':')) || undefined };
}

function databaseOf(inPath: string, query: URLSearchParams): number {
  const text = inPath === '' ? (query.get('db') ?? '0') : inPath;
  if (!DATABASE.test(text)) throw new RedisUrlFault('a database that is a whole number, such as /0');
  return Number(text);
}

function refuseUnknown(query: URLSearchParams, known: readonly string[]): void {
  if ([...query.keys()].every((name) => known.includes(name))) return;
  throw new RedisUrlFault(known.length === 0 ? 'nothing after the hosts' : `no parameters after ? but ${known.join(', ')}`);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new RedisUrlFault('% only before two hex digits; write % itself as %25');
  }
}
