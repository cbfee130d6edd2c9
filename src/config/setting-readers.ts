import { isIP } from 'node:net';
import { parseRedisUrl } from './parse-redis-url.js';
import type { ModelAlias } from './embedding-settings.js';

/** Settings are in mebibytes; the service counts bytes. */
export const BYTES_PER_MIB = 1024 * 1024;

/** Reads one raw value. If it cannot, it returns the allowed values, as a person would say them. */
export type Reader<T> = (raw: string) => { readonly value: T } | { readonly allowed: string };

export function integer(least: number, most: number, unit = ''): Reader<number> {
  const allowed = `a whole number from ${least} to ${most}${unit && ` ${unit}`}`;
  return (raw) => {
    const value = Number(raw);
    return /^\d+$/.test(raw) && value >= least && value <= most ? { value } : { allowed };
  };
}

export function oneOf<const T extends string>(...values: readonly T[]): Reader<T> {
  return (raw) => {
    const value = values.find((candidate) => candidate === raw);
    return value === undefined ? { allowed: values.join(', ') } : { value };
  };
}

/** Values of one kind, separated by commas. */
export function listOf<T>(reader: Reader<T>): Reader<readonly T[]> {
  return (raw) => {
    const values: T[] = [];
    for (const part of raw.split(',')) {
      const result = reader(part.trim());
      if ('allowed' in result) return { allowed: `${result.allowed}; several with commas between` };
      values.push(result.value);
    }
    return { value: values };
  };
}

/** A name that clients may use for a model. */
export const modelName: Reader<string> = (raw) =>
  /^[\w.:/@-]{1,200}$/.test(raw) ? { value: raw } : { allowed: 'a name of letters, digits and . _ - : / @' };

/** `alias`, or `alias=model`. */
export const modelAlias: Reader<ModelAlias> = (raw) => {
  const [alias = '', model, ...rest] = raw.split('=');
  const names = model === undefined ? [alias] : [alias, model];
  const areNames = names.every((name) => 'value' in modelName(name)) && rest.length === 0;
  return areNames ? { value: { alias, model } } : { allowed: 'a name of letters, digits and . _ - : / @, or alias=model' };
};

export const text: Reader<string> = (raw) => ({ value: raw });

export const flag: Reader<boolean> = (raw) => {
  if (['true', '1', 'yes', 'on'].includes(raw.toLowerCase())) return { value: true };
  if (['false', '0', 'no', 'off'].includes(raw.toLowerCase())) return { value: false };
  return { allowed: 'true or false' };
};

export function secret(leastLength: number): Reader<string> {
  return (raw) => (raw.length >= leastLength ? { value: raw } : { allowed: `at least ${leastLength} characters` });
}

/** A signing secret in the form of Standard Webhooks, 24 to 64 bytes. */
export const webhookSecret: Reader<string> = (raw) => {
  const bytes = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(raw)?.[1];
  const size = Buffer.from(bytes ?? '', 'base64').length;
  return size >= 24 && size <= 64 ? { value: raw } : { allowed: 'whsec_ and 24 to 64 bytes in base64' };
};

export function url(...protocols: readonly string[]): Reader<string> {
  const allowed = `a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`;
  return (raw) => (isUrl(raw, protocols) ? { value: raw } : { allowed });
}

/** The URL of a Redis; see `parseRedisUrl`. */
export const redisUrl: Reader<string> = (raw) => {
  const target = parseRedisUrl(raw);
  return typeof target === 'string' ? { allowed: target } : { value: raw };
};

/** A prefix of keys; braces would move keys to other slots of a cluster. */
export const keyPrefix: Reader<string> = (raw) =>
  /^[\w.:/-]{1,64}$/.test(raw) ? { value: raw } : { allowed: '1 to 64 letters, digits and . _ : / -, such as staging:' };

/** The base URL of an API, without its last slashes. A password, a question mark or a hash cannot stand before a path. */
export const baseUrl: Reader<string> = (raw) => {
  const parsed = isUrl(raw, ['https:', 'http:']) ? new URL(raw) : undefined;
  const isBare = parsed !== undefined && `${parsed.username}${parsed.password}${parsed.search}${parsed.hash}` === '';
  if (!isBare) return { allowed: 'a URL that starts with https:// or http://, without a password, ? or #' };
  return { value: parsed.href.replace(/\/+$/, '') };
};

/** A value that can be sent in a header. Others are refused here, because fetch would show all of them in its error. */
export const headerValue: Reader<string> = (raw) =>
  /^[\x21-\x7e]+$/.test(raw) ? { value: raw } : { allowed: 'visible ASCII characters without spaces' };

/** A number that may have a fraction. */
export function amount(most: number, unit: string): Reader<number> {
  const allowed = `a number from 0 to ${most} ${unit}, such as 0.02`;
  return (raw) => (/^\d+(\.\d+)?$/.test(raw) && Number(raw) <= most ? { value: Number(raw) } : { allowed });
}

export const cosine: Reader<number> = (raw) =>
  /^(?:0(?:\.\d+)?|1(?:\.0+)?)$/.test(raw) ? { value: Number(raw) } : { allowed: 'a number from 0 to 1, such as 0.999' };

const PROXY_NAMES = ['loopback', 'linklocal', 'uniquelocal'];

function isUrl(raw: string, protocols: readonly string[]): boolean {
  if (!URL.canParse(raw)) return false;
  const { protocol, hostname } = new URL(raw);
  return protocols.includes(protocol) && hostname !== '';
}

/** An IP address, or a network as address/bits. */
function isAddress(raw: string): boolean {
  const [address = '', bits, ...rest] = raw.split('/');
  const mostBits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return rest.length === 0 && mostBits > 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= mostBits));
}

export const trustedProxies: Reader<boolean | number | readonly string[]> = (raw) => {
  const on = flag(raw);
  if (/^\d+$/.test(raw)) return { value: Number(raw) };
  if ('value' in on) return on;
  const addresses = raw.split(',').map((address) => address.trim());
  return addresses.every((address) => PROXY_NAMES.includes(address) || isAddress(address))
    ? { value: addresses }
    : {
        allowed: `true, false, a number of hops, or addresses and networks (${PROXY_NAMES.join(', ')}, 10.0.0.0/8, ...) with commas between`,
      };
};
