// An instance that only sends webhooks, of the given database.
import { openDatabase } from '../../server/adapters/database.ts'
import { withSettings } from '../../server/adapters/database-connection.ts'
import { createOutbound, createOutboundCheck } from '../../server/adapters/outbound-http.ts'
import { createEvents } from '../../server/events/index.ts'
import { createWebhooks } from '../../server/features/webhooks/index.ts'
import { createLogger } from '../../server/kernel/logger.ts'
import { noMetrics } from '../../server/ports/metrics.ts'
import { noTracing } from '../../server/ports/tracing.ts'
import { noPeers } from '../../server/ports/peers.ts'

const [databaseUrl, jwtSecret, leaseMs] = process.argv.slice(2) as [string, string, string]
const log = createLogger({ level: process.env.TEST_LOG_LEVEL ?? 'silent', pretty: false })
const database = openDatabase(withSettings(databaseUrl, { search_path: 'public' }), log)
const { command } = createEvents({ database, log, peers: noPeers })
const webhooks = createWebhooks({
  database,
  command,
  peers: noPeers,
  outbound: createOutbound({ allowPrivate: true }),
  check: createOutboundCheck({ allowPrivate: true }),
  metrics: noMetrics,
  tracing: noTracing,
  log,
  secrets: [jwtSecret!],
  scheduleS: [],
  tuning: { pollMs: 20, leaseMs: Number(leaseMs), answerMs: Number(leaseMs) - 1_000 },
})
webhooks.start()
console.log('ready')
// In a server the open port keeps the process alive; timers and idle connections do not.
setInterval(() => {}, 3_600_000)
process.on('SIGTERM', () => void webhooks.stop().then(() => process.exit(0)))
