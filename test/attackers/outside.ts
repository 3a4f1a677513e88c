import { networkInterfaces } from 'node:os'

/**
 * A server that listens everywhere, at an address that is not loopback, because loopback is exempt from the bounds of
 * an address. On a machine that has no other address, attackers come from loopback, too.
 */
export function fromOutside(url: string): string {
  const outside = Object.values(networkInterfaces())
    .flat()
    .find(each => each?.family === 'IPv4' && !each.internal)
  return outside === undefined ? url : url.replace('127.0.0.1', outside.address)
}
