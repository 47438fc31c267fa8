// Which network addresses an outbound request may reach.
import { BlockList, isIP, isIPv6 } from 'node:net'

/**
 * Addresses that are not on the public internet, and those that lead to one through translation or tunnelling.
 *
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry and -ipv6-special-registry; RFC 6890
 */
const specialUse = new BlockList()
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  specialUse.addSubnet(network, bits, 'ipv4')
}
// 2000::/3 is all of the public IPv6 internet; what lies outside it is refused by `isPublicAddress`.
for (const [network, bits] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  specialUse.addSubnet(network, bits, 'ipv6')
}
const globalUnicast = new BlockList()
globalUnicast.addSubnet('2000::', 3, 'ipv6')

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** Whether an IP address belongs to the public internet. Anything that is not an IP address does not. */
export function isPublicAddress(address: string): boolean {
  if (isIPv6(address)) return globalUnicast.check(address, 'ipv6') && !specialUse.check(address, 'ipv6')
  return isIP(address) === 4 && !specialUse.check(address, 'ipv4')
}

/** Whether an IP address is this machine's own. */
export function isLoopbackAddress(address: string): boolean {
  return isIPv6(address) ? loopback.check(address, 'ipv6') : isIP(address) === 4 && loopback.check(address, 'ipv4')
}

/** Whether a URL's host names this machine: `localhost` or a literal loopback address. */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || isLoopbackAddress(hostname.replace(/^\[|\]$/g, ''))
}
