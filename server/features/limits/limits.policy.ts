import type { User } from '../../../contract/index.ts'

/** How much may be counted in a window; calls beyond it are refused. */
export interface Policy {
  /** As clients see it in headers. */
  name: 'free' | 'pro' | 'admin' | 'api_key' | 'address' | 'login'
  limit: number
}

export interface LimitsConfig {
  rateLimitEnabled: boolean
  rateLimitFree: number
  rateLimitPro: number
  rateLimitLogin: number
}

const timesForAdmins = 10
/** Several people of one office sign in from one address. */
const accountsPerAddress = 3

/** The only place that says how much somebody may call. */
export const createPolicies = ({ rateLimitFree, rateLimitPro, rateLimitLogin }: LimitsConfig) => ({
  /** Administrators load data by scripts, and are few. */
  ofPerson: ({ role, tier }: Pick<User, 'role' | 'tier'>): Policy =>
    role === 'admin'
      ? { name: 'admin', limit: timesForAdmins * Math.max(rateLimitFree, rateLimitPro) }
      : { name: tier, limit: tier === 'pro' ? rateLimitPro : rateLimitFree },
  /** All clients at one address that are not signed in. */
  ofAddress: { name: 'address', limit: rateLimitFree } as Policy,
  /** A key without a limit of its own has that of its owner, and none has more. */
  ofKey: (limit: number | null, owner: Policy): Policy => ({
    name: 'api_key',
    limit: Math.min(limit ?? owner.limit, owner.limit),
  }),
  /** Failed sign-ins to one account: from one address, and from all addresses. */
  ofSignIns: { name: 'login', limit: rateLimitLogin } as Policy,
  /** Failed sign-ins from one address, to whatever account. */
  ofSignInsAt: { name: 'login', limit: accountsPerAddress * rateLimitLogin } as Policy,
})

export type Policies = ReturnType<typeof createPolicies>
