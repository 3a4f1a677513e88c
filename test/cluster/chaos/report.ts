import { quantile } from '../figures.ts'
import type { ChaosReport } from './run.ts'

/** The figures of a run, as lines of a table. */
export function renderReport(seed: number, minutes: number, report: ChaosReport): string {
  const { memory, handles, attacks } = report
  const violations = allViolations(report)
  const rows = [...report.healing]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, times]) => {
      const sorted = times.toSorted((a, b) => a - b)
      return [name, times.length, Math.round(quantile(sorted, 0.5)), Math.round(sorted.at(-1)!)].map(String)
    })
  return [
    '',
    `seed ${seed}, ${minutes} minutes`,
    `${report.events} events, ${report.writes} writes in ${report.attempts} attempts`,
    `${report.connects} connections, ${report.resumes} resumes with something missed, ${report.refreshes} tokens renewed, ${report.logins} new sign-ins`,
    `lost ${report.lost}, doubled ${report.doubled}, out of order ${report.disordered}, strange ${report.strange}`,
    `memory before ${memory.before.join(', ')} MB, after ${memory.after.join(', ')} MB`,
    ...(attacks.size > 0 ? [`attacks: ${[...attacks].map(([kind, times]) => `${kind} ${times}`).join(', ')}`] : []),
    // Meaningful for instances that were not restarted.
    `memory rose by ${memory.mbPerMinute.map(mb => mb.toFixed(2)).join(', ')} MB a minute`,
    `files and sockets open before ${handles.before.join(', ')}, after ${handles.after.join(', ')}`,
    '',
    table([['fault', 'times', 'healed after ms, median', 'longest'], ...rows]),
    '',
    ...violations.slice(0, 20).map(violation => `VIOLATION ${violation}`),
    violations.length === 0 ? 'no violation' : `${violations.length} violations`,
  ].join('\n')
}

export const allViolations = ({ violations }: ChaosReport): string[] => Object.values(violations).flat()

function table(rows: string[][]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map(row => row[column]!.length)))
  return rows
    .map(row =>
      row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('  '),
    )
    .join('\n')
}
