import { BlockList, isIPv6 } from 'node:net';

/** Networks that are not public, or not one host: IANA's special-purpose registries (RFC 6890 and later). */
const NOT_PUBLIC_4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
/** Only 2000::/3 of IPv6 is assigned; these parts of it are not public, or hold an IPv4 address. */
const PUBLIC_6 = ['2000::/3'];
const NOT_PUBLIC_6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const blocked4 = blockList(NOT_PUBLIC_4, 'ipv4');
const allowed6 = blockList(PUBLIC_6, 'ipv6');
const blocked6 = blockList(NOT_PUBLIC_6, 'ipv6');

/** Whether this IP address is on the public internet. IPv4 addresses written as IPv6 do not count as public. */
export function isPublicAddress(address: string): boolean {
  if (!isIPv6(address)) return !blocked4.check(address, 'ipv4');
  return allowed6.check(address, 'ipv6') && !blocked6.check(address, 'ipv6');
}

function blockList(networks: readonly string[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    list.addSubnet(address, Number(bits), family);
  }
  return list;
}
