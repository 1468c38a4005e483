import { isIPv6 } from 'node:net';

const groupsOfAddress = 8;
const groupsOfNetwork = 4;
/** Prefixes of IPv4-mapped and NAT64 addresses, whose last 32 bits are an IPv4 address. */
const ipv4Networks = [
  [0, 0, 0, 0, 0, 0xffff],
  [0x64, 0xff9b, 0, 0, 0, 0],
];

/**
 * Identifies a client in limits: its IPv4 address, or the /64 network of its IPv6 address, because a
 * subscriber line has at least 2^64 IPv6 addresses.
 */
export function clientNetwork(address: string): string {
  if (!isIPv6(address)) return address;
  const groups = groupsOf(address);
  if (ipv4Networks.some((network) => network.every((group, index) => groups[index] === group)))
    return ipv4Of(groups);
  const network = groups.slice(0, groupsOfNetwork).map((group) => group.toString(16));
  return `${network.join(':')}::/64`;
}

/** The eight groups of an IPv6 address in any notation. */
function groupsOf(address: string): number[] {
  const [withoutZone = ''] = address.split('%', 1);
  const [head = '', tail = ''] = withoutZone.split('::');
  const [before, after] = [groupsIn(head), groupsIn(tail)];
  const zeros = Array.from({ length: groupsOfAddress - before.length - after.length }, () => 0);
  return [...before, ...zeros, ...after];
}

function groupsIn(part: string): number[] {
  if (part === '') return [];
  return part.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const [first = 0, second = 0, third = 0, fourth = 0] = group.split('.').map(Number);
    return [first * 256 + second, third * 256 + fourth];
  });
}

function ipv4Of(groups: readonly number[]): string {
  return groups
    .slice(-2)
    .flatMap((group) => [group >> 8, group & 0xff])
    .join('.');
}
