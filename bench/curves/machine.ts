import { cpus, totalmem } from 'node:os'
import type { Figures } from './figures-file.ts'

/** The day, the machine, and the remark of `BENCH_NOTE`. */
export function measuredHere(): Figures['measured'] {
  const model = cpus()[0]!.model.trim()
  const gib = Math.round(totalmem() / 1024 ** 3)
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} cores (${model}), ${gib} GiB, Node ${process.versions.node}`,
    note: process.env.BENCH_NOTE ?? '',
  }
}
