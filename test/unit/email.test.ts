import assert from 'node:assert/strict'
import { normalEmail } from '../../contract/index.ts'

describe('the check of e-mail addresses', () => {
  for (const address of [
    'a@b',
    'ann@example.com',
    "o'neil+tag@mail.example.co",
    '.dots..everywhere.@example.com',
    'ann@127.0.0.1',
    'ann@xn--bcher-kva.example',
    `${'a'.repeat(64)}@${'b'.repeat(63)}.com`,
    '!#$%&*/=?^_`{|}~-@example.com',
  ])
    it(`[AC31] accepts ${address}`, () => assert.equal(normalEmail(address), address))

  for (const address of [
    '',
    'ann',
    '@example.com',
    'ann@',
    'ann@-example.com',
    'ann@example-.com',
    'ann@example..com',
    'ann@example.com.',
    'ann smith@example.com',
    'ann@exam ple.com',
    'ann@b@example.com',
    'ann@bücher.example/path',
    'ann@bücher.example:80',
    'ann@[127.0.0.1]',
    '"ann"@example.com',
    'änn@example.com',
    `ann@${'b'.repeat(64)}.com`,
    `${'a'.repeat(250)}@example.com`,
    'ann@example.com\u0000',
    'an\u200bn@example.com',
  ])
    it(`[AC31] refuses ${JSON.stringify(address.slice(0, 40))}`, () => assert.equal(normalEmail(address), null))

  for (const [given, normal] of [
    [' ann@example.com\n', 'ann@example.com'],
    ['\u200bann@example.com\u2060', 'ann@example.com'],
    ['\u202aann@example.com\u202c ', 'ann@example.com'],
    ['\u00a0\u2068ann@BÜCHER.example\u2069', 'ann@xn--bcher-kva.example'],
    ['ann@BÜCHER.Example', 'ann@xn--bcher-kva.example'],
    ['ann@bu\u0308cher.example', 'ann@xn--bcher-kva.example'],
    ['ann@例え。テスト', 'ann@xn--r8jz45g.xn--zckzah'],
    ['ann@straße.example', 'ann@xn--strae-oqa.example'],
  ] as const)
    it(`[AC31] turns ${JSON.stringify(given)} into ${normal}`, () => assert.equal(normalEmail(given), normal))

  it('[AC31] refuses an endless text at once', () => {
    assert.equal(normalEmail(`a${' '.repeat(1_000_000)}b`), null)
  })
})
