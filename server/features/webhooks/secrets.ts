import type { Sealer } from '../../kernel/sealed.ts'
import type { WithSecrets } from './webhooks.queries.ts'

/** The secrets that sign now, the present one first; none when they cannot be read. */
export const signingSecrets = (
  sealer: Sealer,
  { secret, previous_secret: former }: Pick<WithSecrets, 'secret' | 'previous_secret'>,
): string[] => (former ? [secret, former] : [secret]).flatMap(sealed => sealer.open(sealed) ?? [])
