// A process that closes its connections to a Redis Cluster while it asks which node has which keys, and should end then.
import { Cluster } from 'ioredis'
import { connectRedis } from '../../server/adapters/redis.ts'
import { createLogger } from '../../server/kernel/logger.ts'

const refresh = Cluster.prototype.refreshSlotsCache
const link = connectRedis(process.argv[2]!, 'a secret for tests', createLogger({ level: 'silent', pretty: false }))
Cluster.prototype.refreshSlotsCache = function (done) {
  refresh.call(this, done)
  if (link.ready) setImmediate(link.close)
}
