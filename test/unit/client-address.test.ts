import assert from 'node:assert/strict'
import { isLoopback } from '../../server/faces/socket/handshake.ts'
import { addressKey, parseAddress } from '../../server/kernel/client-address.ts'

describe('addresses of clients', () => {
  it('[HT12] are recognised as loopback addresses, also by their key for limits', () => {
    for (const own of ['127.0.0.1', '127.9.9.9', '::1', addressKey('::1')]) assert.equal(isLoopback(own), true, own)
    for (const other of ['128.0.0.1', '2001:db8::1', addressKey('2001:db8::1'), ''])
      assert.equal(isLoopback(other), false, other)
  })

  for (const [text, address] of [
    ['1.2.3.4', '1.2.3.4'],
    ['1.2.3.4:80', '1.2.3.4'],
    ['::1', '::1'],
    ['::ffff:1.2.3.4:567', '1.2.3.4'],
    ['[fe80::1%eth0]:80', 'fe80::1'],
    ['[::1]:80', '::1'],
    ['"[::1]"', '::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::ffff:7f00:1', '127.0.0.1'],
    ['1.2.3.4:', null],
    ['1.2.3.4:123456', null],
    ['256.1.1.1', null],
    ['1', null],
    ['[1.2.3.4]', null],
    ['::1]:80', null],
    ['', null],
    ['"', null],
  ] as const)
    it(`[HT12] reads "${text}" as ${address ?? 'no address'}`, () => {
      assert.equal(parseAddress(text), address)
    })

  it('[HT12] are limited one by one for IPv4, and by network for IPv6', () => {
    assert.equal(addressKey('1.2.3.4'), '1.2.3.4')
    assert.equal(addressKey('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2::/64')
    assert.equal(addressKey('2001:db8:1:2::1'), addressKey('2001:db8:1:2:ffff::'))
    assert.notEqual(addressKey('2001:db8:1:2::1'), addressKey('2001:db8:1:3::1'))
    assert.equal(addressKey(''), '')
  })
})
