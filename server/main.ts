import { existsSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import path from 'node:path'
import { claimDataDir, loadSecrets } from './embedded/data-dir.ts'
import { startEmbeddedPostgres } from './embedded/database-embedded.ts'
import { ensurePage } from './page/build.ts'
import { publicAddress, renderBanner } from './process/banner.ts'
import { loadConfig } from './config.ts'
import { createLogger } from './kernel/logger.ts'
import { createShutdown } from './process/shutdown.ts'
import { explain } from './kernel/start-error.ts'
import { boundGarbage } from './process/heap.ts'
import { listenOnFreePort } from './process/listen.ts'
import { handleProcessEvents } from './process/process-events.ts'
import { preferServing } from './process/threads.ts'

function readConfig() {
  if (existsSync('.env')) process.loadEnvFile('.env')
  try {
    return loadConfig(process.env)
  } catch (error) {
    explain(error)
    process.exit(1)
  }
}

const config = readConfig()
const log = createLogger({ level: config.logLevel, pretty: process.stdout.isTTY })
const shutdown = createShutdown({ log, deadlineMs: 15_000, exit: code => process.exit(code) })

handleProcessEvents({ log, shutdown })

async function start(): Promise<void> {
  const claim = config.databaseUrl ? null : await claimDataDir(config.dataDir)
  if (claim) shutdown.onStop('data folder', claim.release)
  // The modules of the server are loaded while PostgreSQL starts.
  const [embedded, pageDir, { createApp }] = await Promise.all([
    claim && startDatabase(),
    ensurePage({ log }),
    import('./app.ts'),
  ])

  const databaseUrl = config.databaseUrl ?? embedded?.url ?? ''
  const jwtSecret = config.jwtSecret ?? (await loadSecrets(config.dataDir)).jwtSecret
  const migrationUrl = config.databaseMigrationUrl ?? embedded?.ownerUrl ?? null
  const app = await createApp({ config, databaseUrl, migrationUrl, jwtSecret, pageDir, log })
  shutdown.onStop('app', () => app.close({ lingerMs: config.databaseUrl ? 2_000 : 0 }))
  // Not before: while everything is loaded, the heap grows, and a collection would find little to free.
  boundGarbage()
  preferServing()
  // Here and not only at the end, because the end may not be orderly; and before the server accepts requests.
  flushCompileCache()
  const port = await listenOnFreePort(app.listen, config)
  await claim?.announce(publicAddress(config, port))
  process.stdout.write(renderBanner({ config, port, hasPage: pageDir !== null, admin: app.admin, embedded }))
}

async function startDatabase() {
  const postgres = await startEmbeddedPostgres({ dir: path.join(config.dataDir, 'pg'), durable: true, log })
  shutdown.onStop('PostgreSQL', postgres.stop)
  postgres.onExit(why => shutdown.begin(1, `PostgreSQL has died:\n${why}`))
  return postgres
}

start().catch(error => {
  // After a signal the half-started parts fail one after the other; these errors are not worth printing.
  if (!shutdown.begun) explain(error)
  shutdown.begin(1)
})
