import { type Command, InvalidArgumentError } from 'commander'
import { readConfig } from '../services.ts'
import { runCluster } from './run-cluster.ts'

/** Each instance uses up to 19 of the 100 connections of the embedded PostgreSQL. */
const mostInstances = 5

const instanceCount = (text: string) => {
  const count = Number(text)
  if (!/^\d+$/.test(text) || count < 1 || count > mostInstances)
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${mostInstances}.`)
  return count
}

/** The command `cluster`: several instances behind a balancer, to try out what a single instance cannot show. */
export function addCluster(program: Command): void {
  program
    .command('cluster')
    .description('several instances on one PostgreSQL and one Redis, behind a balancer; brings all of it')
    .option('--instances <count>', `how many, 1 to ${mostInstances}`, instanceCount, 2)
    .option('--port <port>', 'port of the balancer (default: PORT)')
    .action(async ({ instances, port }: { instances: number; port?: string }) => {
      if (port !== undefined) process.env.PORT = port
      await runCluster(readConfig(), instances)
    })
}
