import { CacheState } from './cache.tsx'
import { History } from './history.tsx'
import { RateLimits } from './limits.tsx'
import { SystemHealth } from './health.tsx'
import { Slowest } from './slowest.tsx'
import '../../styles/system.css'

/** Why is it slow? Health first, then what stands out over time, then which requests take long. */
export const System = () => (
  <>
    <SystemHealth />
    <History />
    <Slowest />
    <CacheState />
    <RateLimits />
  </>
)
