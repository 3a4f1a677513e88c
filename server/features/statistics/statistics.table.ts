import { type ProbeName, type QuantityName, quantityNames, type Resolution } from '../../../contract/index.ts'
import { column, defineTable } from '../../ports/table.ts'

const nullableDouble = () => column.double().strictNullable()
const values = Object.fromEntries(quantityNames.map(name => [name, nullableDouble()])) as Record<
  QuantityName,
  ReturnType<typeof nullableDouble>
>

/** One minute of one instance. */
export const samplesTable = defineTable('statistics_samples', {
  at: column.time().primary(),
  instance: column.uuid().primary(),
  failed_probes: column.texts<ProbeName>(),
  ...values,
})

/** An hour or a day of all instances together. */
export const periodsTable = defineTable('statistics_periods', {
  resolution: column.text<Exclude<Resolution, 'minute'>>().primary(),
  at: column.time().primary(),
  instances: column.integer(),
  samples: column.integer(),
  failed_probes: column.texts<ProbeName>(),
  ...values,
})
