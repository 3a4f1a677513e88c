import { claimDataDir, loadSecrets } from '../../embedded/data-dir.ts'
import type { Config } from '../../config.ts'
import { createLogger } from '../../kernel/logger.ts'
import { createShutdown } from '../../process/shutdown.ts'
import { explain } from '../../kernel/start-error.ts'
import { listenOnFreePort } from '../../process/listen.ts'
import { providePostgres, provideRedis } from './backing.ts'
import { type Balancer, startBalancer } from './balancer.ts'
import { renderBlock } from './block.ts'
import { handleControls } from './controls.ts'
import { chooseFreePort } from '../../embedded/free-port.ts'
import { startInstance } from './instance.ts'
import { createInstances } from './instances.ts'
import type { Upstream } from './upstream-pool.ts'

const host = '127.0.0.1'
/** Longer than an instance may drain and PostgreSQL needs to stop after that. */
const deadlineMs = 40_000

/** Runs everything that a cluster needs on this machine until a signal ends it; then ends the process. */
export async function runCluster(config: Config, count: number): Promise<void> {
  const log = createLogger({ level: config.logLevel, pretty: process.stdout.isTTY })
  const shutdown = createShutdown({ log, deadlineMs, exit: code => process.exit(code) })
  const say = (text: string) => void process.stdout.write(`${text}\n`)
  const controls = handleControls(shutdown)

  async function start(): Promise<void> {
    const claim = config.databaseUrl ? null : await claimDataDir(config.dataDir)
    if (claim) shutdown.onStop('data folder', claim.release)
    const deps = { config, shutdown, log, say }
    const [postgres, redis] = await Promise.all([providePostgres(deps), provideRedis(deps)])
    const env = {
      ...process.env,
      DATABASE_URL: postgres.url,
      DATABASE_MIGRATION_URL: postgres.migrationUrl ?? '',
      REDIS_URL: redis.url,
      JWT_SECRET: config.jwtSecret ?? (await loadSecrets(config.dataDir)).jwtSecret,
      DATA_DIR: config.dataDir,
      HOST: host,
      TRUST_PROXY: String(config.trustProxy + 1),
    }
    const launch = async (nth: number) => {
      const port = await chooseFreePort(Math.min(balancer.port + 1 + nth, 65_535))
      const onLine = (line: string) => say(`[${nth + 1}] ${line}`)
      return { instance: startInstance({ env: { ...env, PORT: String(port) }, onLine }), upstream: { host, port } }
    }
    const instances = createInstances({ count, launch, say })
    // Before the instances, which start slowly, so that a port that is taken is reported at once.
    const balancer = await listen(config, instances.upstreams)
    shutdown.onStop('instances', async () => {
      say('Draining')
      const drained = instances.stop()
      await Promise.all([balancer.close(drained), drained])
    })

    const { admin } = await instances.start()
    await instances.untilAllUp(balancer.isUp)
    const address = config.publicUrl ?? balancer.url
    await claim?.announce(address)
    const { slots } = instances
    say(renderBlock({ address, slots, postgres: postgres.description, redis: redis.description, admin }))
    controls.onRestart(() => void instances.roll(balancer.isUp))
  }

  await start().catch(error => {
    // After a signal the half-started parts fail one after the other; these errors are not worth printing.
    if (!shutdown.begun) explain(error)
    shutdown.begin(1)
  })
}

async function listen(config: Config, upstreams: () => readonly Upstream[]): Promise<Balancer> {
  let balancer: Balancer | undefined
  const at = async (port: number, address: string) =>
    (balancer = await startBalancer({ port, host: address, upstreams }))
  await listenOnFreePort(at, config)
  return balancer!
}
