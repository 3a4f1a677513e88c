import assert from 'node:assert/strict'
import { createMetrics } from '../../server/adapters/metrics-prometheus.ts'
import { createAddressList, isAddressRange } from '../../server/kernel/address-list.ts'
import { createLogger } from '../../server/kernel/logger.ts'
import { parseMetrics } from '../suites/metrics.ts'

describe('metrics of Prometheus', () => {
  const metrics = () => createMetrics(createLogger({ level: 'silent', pretty: false }))

  for (const type of ['gauge', 'counter'] as const)
    it(`[MT4] leave out a ${type} that cannot be read, and give it again when it can`, async () => {
      const all = metrics()
      let works = true
      all.reading(type, { name: 'fragile', help: 'x' }, () => (works ? [{ value: 7 }] : Promise.reject(new Error('x'))))
      all.reading(type, { name: 'labelled', help: 'x', labels: ['of'] }, () => {
        if (!works) throw new Error('x')
        return [{ labels: { of: 'a' }, value: 1 }]
      })
      all.counter({ name: 'sound', help: 'x' }).add({}, 3)
      const samples = async () => (await all.families()).flatMap(family => family.samples.map(({ value }) => value))
      assert.deepEqual(await samples(), [7, 1, 3])
      works = false
      assert.deepEqual(await samples(), [3])
      works = true
      assert.deepEqual(await samples(), [7, 1, 3])
    })

  it('[MT4] are text that Prometheus reads, whatever the values of the labels', async () => {
    const all = metrics()
    const wild = 'a"b\\c\nd{e="f"}'
    all.histogram({ name: 'seconds', help: 'a\nb', labels: ['of'] }, [1]).observe({ of: wild }, 0.5)
    const { body } = await all.text()
    const { sum } = parseMetrics(body)
    assert.deepEqual(
      [sum('seconds_count', {}), sum('seconds_sum', {}), sum('seconds_bucket', { le: '1' })],
      [1, 0.5, 1],
    )
  })
})

describe('lists of addresses', () => {
  for (const text of ['10.0.0.1', '10.0.0.0/8', '::1', '2001:db8::/32', 'loopback', 'none'])
    it(`[MT1] accept ${text}`, () => assert.equal(isAddressRange(text), true))
  for (const text of [
    '',
    '10',
    '0x7f.1',
    'localhost',
    '10.0.0.0/33',
    '10.0.0.0/',
    '*',
    'constructor',
    '1.2.3',
    '10.0.0.1:80',
  ])
    it(`[MT1] refuse “${text}”`, () => assert.equal(isAddressRange(text), false))

  for (const [ranges, address, isIn] of [
    [['loopback'], '127.8.9.1', true],
    [['loopback'], '::1', true],
    [['loopback'], '::ffff:127.0.0.1', true],
    [['loopback'], '10.0.0.1', false],
    [['loopback'], '', false],
    [['10.0.0.0/8', '2001:db8::/32'], '2001:db8:7::1', true],
    [['10.0.0.0/8', '2001:db8::/32'], '11.0.0.1', false],
    [['::ffff:10.0.0.7'], '10.0.0.7', true],
    [['::/0'], '10.0.0.7', false],
    [['none'], '127.0.0.1', false],
    [[], '127.0.0.1', false],
  ] as const)
    it(`[MT1] ${isIn ? 'have' : 'do not have'} ${address || 'nothing'} in ${ranges.join(', ') || 'an empty one'}`, () => {
      assert.equal(createAddressList(ranges)(address), isIn)
    })
})
