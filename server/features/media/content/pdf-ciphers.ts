/** The padding of passwords to 32 bytes; on its own it is the empty password (ISO 32000-2, 7.6.4.3.2). */
export const filledPassword = Buffer.from('28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a', 'hex')

/** The cipher of old encrypted PDFs (RC4). Node's own is disabled when OpenSSL lacks old ciphers. */
export function rc4(key: Uint8Array, data: Uint8Array): Buffer {
  const state = Uint8Array.from({ length: 256 }, (_, nth) => nth)
  const swap = (one: number, other: number) => ([state[one], state[other]] = [state[other]!, state[one]!])
  for (let nth = 0, other = 0; nth < 256; nth++) {
    other = (other + state[nth]! + key[nth % key.length]!) & 0xff
    swap(nth, other)
  }
  const out = Buffer.alloc(data.length)
  for (let nth = 0, one = 0, other = 0; nth < data.length; nth++) {
    one = (one + 1) & 0xff
    other = (other + state[one]!) & 0xff
    swap(one, other)
    out[nth] = data[nth]! ^ state[(state[one]! + state[other]!) & 0xff]!
  }
  return out
}
