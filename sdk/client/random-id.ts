/**
 * 128 random bits as hex. Not `crypto.randomUUID`, which browsers offer only on secure origins; an address in a LAN is
 * not one.
 */
export const randomId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('')
