import type { Slot } from './slot.ts'

export interface BlockFacts {
  address: string
  slots: readonly Slot[]
  postgres: string
  redis: string
  admin: string
}

/** The block of text that is printed once when all instances are up. */
export function renderBlock({ address, slots, postgres, redis, admin }: BlockFacts): string {
  const rows = [
    ['Page', address],
    ['API', `${address}/api/v1`],
    ...slots.map(({ upstream, pid }, nth) => [
      `Instance ${nth + 1}`,
      upstream ? `http://${upstream.host}:${upstream.port}, pid ${pid}` : 'has just ended',
    ]),
    ['PostgreSQL', postgres],
    ['Redis', redis],
    ['Admin', admin],
  ]
  const lines = rows.map(([name, value]) => `    ${name?.padEnd(12)}${value}`)
  const keys = '  Ctrl-C to stop; r and Enter to restart the instances one after the other'
  return ['', '  The cluster is ready', '', ...lines, '', keys, '', ''].join('\n')
}
