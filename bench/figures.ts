/** Rounds a number to what this kind of measurement can tell. */
export const round = (value: number, digits = 0) => Number(value.toFixed(digits))

export const median = (values: readonly number[]) => percentile(values, 50)

/** @param share 0 to 100 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * share) / 100))] ?? Number.NaN
}

/** Prints the complete result of a bench as one line on standard output; everything else goes to standard error. */
export const report = (bench: string, figures: object) =>
  process.stdout.write(`${JSON.stringify({ bench, ...figures })}\n`)

export const say = (text: string) => process.stderr.write(`[bench] ${text}\n`)
