import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import fc from 'fast-check'
import { basePathOf, withoutBase } from '../../server/kernel/base-path.ts'
import { clientAddress } from '../../server/kernel/client-address.ts'
import { forwardedBy } from '../../server/kernel/forwarded.ts'
import { isOwnOrigin } from '../../server/kernel/own-origin.ts'

const requestWith = (headers: Record<string, string>, remoteAddress = '10.0.0.9') =>
  ({ headers, socket: { remoteAddress } }) as unknown as IncomingMessage

describe('the headers of proxies', () => {
  for (const [header, trusted, expected] of [
    ['for=1.2.3.4', 1, { for: '1.2.3.4' }],
    [
      'for="[2001:db8::1]:4711";proto=https;host=x.example',
      1,
      { for: '[2001:db8::1]:4711', proto: 'https', host: 'x.example' },
    ],
    ['For=6.6.6.6, FOR=1.2.3.4;Proto=HTTPS', 1, { for: '1.2.3.4', proto: 'https' }],
    ['for=6.6.6.6,for=1.2.3.4;by=10.0.0.1 , for=10.0.0.1', 2, { for: '1.2.3.4', by: '10.0.0.1' }],
    ['by="a, b; \\"c\\"";for=1.2.3.4', 1, { by: 'a, b; "c"', for: '1.2.3.4' }],
    ['for=1.2.3.4', 2, { for: '1.2.3.4' }],
    ['for="1.2.3.4', 1, {}],
    ['for=1.2.3.4 5.6.7.8', 1, {}],
    ['', 1, {}],
    ['proto=ftp', 1, {}],
    ['for=1.2.3.4', 0, {}],
  ] as const)
    it(`[WH1] are read from Forwarded "${header}" with ${trusted} trusted proxies as ${JSON.stringify(expected)}`, () => {
      const { proto, ...rest } = forwardedBy(requestWith({ forwarded: header }), trusted)
      assert.deepEqual({ ...rest, ...(proto !== undefined && { proto }) }, expected)
    })

  it('[WH1] are read from X-Forwarded-* first, and then Forwarded is ignored', () => {
    const headers = { forwarded: 'for=6.6.6.6;host=evil;proto=https', 'x-forwarded-proto': 'wss' }
    assert.deepEqual(forwardedBy(requestWith(headers), 1), { for: undefined, host: undefined, proto: 'https' })
    assert.equal(clientAddress(requestWith(headers), 1), '10.0.0.9')
    assert.equal(clientAddress(requestWith({ ...headers, 'x-forwarded-for': '1.2.3.4' }), 1), '1.2.3.4')
  })

  it('[WH1] reads Forwarded also beside a port that the client may have sent', () => {
    const headers = { forwarded: 'for=6.6.6.6;proto=https', 'x-forwarded-port': '1' }
    assert.equal(clientAddress(requestWith(headers), 1), '6.6.6.6')
    assert.equal(forwardedBy(requestWith(headers), 1).proto, 'https')
  })

  it('[WH1] take time in proportion to their length, whatever Forwarded holds', () => {
    const piece = fc.constantFrom('for=', '"', '\\', ',', ';', ' ', 'a', '[::1]', '=', '\t', 'for="[::1]:80"')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), pieces => {
        forwardedBy(requestWith({ forwarded: pieces.join('') }), 1)
      }),
    )
    for (const text of [
      '"'.repeat(60_000),
      ' '.repeat(60_000),
      'a='.repeat(30_000),
      '\\'.repeat(60_000),
      `a="${'\\'.repeat(60_001)}`,
    ]) {
      const began = performance.now()
      forwardedBy(requestWith({ forwarded: `for=${text}` }), 1)
      assert.ok(performance.now() - began < 1_000)
    }
  })

  for (const [address, shown] of [
    ['for="[2001:DB8::1%eth0]:80"', '2001:db8::1'],
    ['for="[::ffff:c000:201]:1234"', '192.0.2.1'],
    ['for=_hidden', '10.0.0.9'],
    ['for=unknown', '10.0.0.9'],
  ] as const)
    it(`[WH1] give the client ${shown} for ${address}`, () => {
      assert.equal(clientAddress(requestWith({ forwarded: address }), 1), shown)
    })
})

describe('the check for own origins', () => {
  for (const [origin, headers, isOwn] of [
    ['https://x.example', { host: 'x.example:443' }, true],
    ['https://x.example', { host: 'X.Example' }, true],
    ['http://x.example', { host: 'x.example:80' }, true],
    // A proxy that removes the port from `Host` and sends it in another header.
    ['https://x.example:8443', { host: 'x.example', 'x-forwarded-port': '8443' }, true],
    ['https://x.example', { host: 'x.example', 'x-forwarded-port': '80' }, true],
    ['https://x.example:8443', { host: 'x.example:9000', 'x-forwarded-port': '8443' }, false],
    ['https://x.example:8443', { host: 'x.example', 'x-forwarded-port': '9000' }, false],
    ['https://x.example:8443', { host: 'x.example', 'x-forwarded-port': '8443, 9000' }, false],
    ['http://x.example', { host: 'x.example' }, true],
    ['http://x.example:8080', { host: 'x.example:8080' }, true],
    ['http://[2001:db8::1]:3000', { host: '[2001:DB8:0::1]:3000' }, true],
    ['https://[2001:db8::1]', { host: '[2001:db8::1]:443' }, true],
    ['https://x.example', { host: 'inner:3000', 'x-forwarded-host': 'x.example', 'x-forwarded-proto': 'https' }, true],
    ['https://x.example', { host: 'inner:3000', 'x-forwarded-host': 'x.example:443' }, true],
    ['https://x.example:8443', { host: 'inner', forwarded: 'for=1.2.3.4;host="x.example:8443";proto=https' }, true],
    // TLS ended at a proxy further out than the one that reports the scheme.
    ['https://x.example', { host: 'x.example', 'x-forwarded-proto': 'http' }, true],
    ['http://x.example', { host: 'x.example', 'x-forwarded-proto': 'https' }, false],
    ['https://x.example', { host: 'x.example:80' }, false],
    ['http://x.example', { host: 'x.example:443' }, false],
    ['https://x.example', { host: 'x.example:8443' }, false],
    ['https://x.example:8443', { host: 'x.example' }, false],
    ['https://x.example', { host: 'x.example', 'x-forwarded-host': 'y.example' }, false],
    ['https://x.example.evil', { host: 'x.example' }, false],
    ['null', { host: 'null' }, false],
    ['file://x.example', { host: 'x.example' }, false],
    ['https://x.example', { host: '' }, false],
  ] as const)
    it(`[WH2] ${isOwn ? 'accepts' : 'refuses'} ${origin} for ${JSON.stringify(headers)}`, () => {
      assert.equal(isOwnOrigin(origin, requestWith(headers as Record<string, string>), 1, []), isOwn)
    })

  it('[WH2] ignores the headers of untrusted senders', () => {
    const request = requestWith({
      host: 'x.example',
      'x-forwarded-host': 'evil.example',
      forwarded: 'host=evil.example',
    })
    assert.equal(isOwnOrigin('https://evil.example', request, 0, []), false)
    assert.equal(isOwnOrigin('https://x.example', request, 0, []), true)
  })
})

describe('a path in the public address', () => {
  it('[WH3] is removed once, and only as a whole folder', () => {
    const base = basePathOf('https://x.example/board/')
    assert.equal(base, '/board')
    assert.equal(basePathOf('https://x.example'), '')
    assert.equal(basePathOf(undefined), '')
    for (const [url, own] of [
      ['/board/api/v1/tasks?x=/board/', '/api/v1/tasks?x=/board/'],
      ['/board/', '/'],
      ['/board', '/board'],
      ['/boards/api', '/boards/api'],
      ['/board/board/x', '/board/x'],
      ['/api/v1/tasks', '/api/v1/tasks'],
    ])
      assert.equal(withoutBase(url!, base), own)
    assert.equal(withoutBase('/x', ''), '/x')
  })
})
