import type { CostRow } from './cost.ts'
import type { FanOutPoint } from './fan-out.ts'
import type { InstancesPoint } from './instances.ts'
import type { ListPoint } from './lists.ts'

/** What docs/curves/curves.json holds: all that the curves and tables of docs/performance.md are made of. */
export interface Figures {
  measured: {
    date: string
    machine: string
    /** What a reader must know first, for example that the figures are provisional; empty if nothing. */
    note: string
  }
  fanOut: FanOutPoint[]
  lists: ListPoint[]
  instances: InstancesPoint[]
  cost: CostRow[]
}
