import type { Video } from '../../../contract/index.ts'
import { invalid } from '../../kernel/errors.ts'
import { bareAddress, knownVideoAt } from './address.ts'

type Source = Pick<Video, 'provider' | 'provider_id'>

/**
 * The source of a video, by its address, which is reduced to its canonical form. What the client says in addition may
 * complete it but not contradict it.
 *
 * @param before the source before the change
 * @throws AppError `validation_error` on `provider` or `provider_id`
 */
export function sourceOf(
  { url, provider, provider_id }: { url: string } & Partial<{ [K in keyof Source]: Source[K] | undefined }>,
  before?: Source,
): Source & { url: string } {
  const known = knownVideoAt(url)
  if (known) {
    if (provider !== undefined && provider !== known.provider) {
      throw invalid({ provider: `is not what the address says: ${known.provider}` })
    }
    if (provider_id !== undefined && provider_id !== known.id) {
      throw invalid({ provider_id: 'is not what the address says' })
    }
    return { provider: known.provider, provider_id: known.id, url: bareAddress(url) }
  }
  const former = before && isFree(before.provider) ? before : { provider: 'url' as const, provider_id: null }
  const own = provider ?? former.provider
  if (!isFree(own)) throw invalid({ provider: 'the address is not that of a video of this provider' })
  return { provider: own, provider_id: provider_id === undefined ? former.provider_id : provider_id, url }
}

/** The address tells nothing about these. */
const isFree = (provider: Video['provider']) => provider === 'upload' || provider === 'url'
