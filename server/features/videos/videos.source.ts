import type { Video } from '../../../contract/index.ts'
import { invalid } from '../../kernel/errors.ts'
import { bareAddress, knownVideoAt } from './address.ts'

type Source = Pick<Video, 'provider' | 'provider_id'>

/**
 * Where a video is, by its address, which loses what is no part of it; what the client says of it may add to that but not contradict it.
 *
 * @param before what it has been, when it is changed
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
  if (!isFree(own)) throw invalid({ provider: 'the address is not the one of a video there' })
  return { provider: own, provider_id: provider_id === undefined ? former.provider_id : provider_id, url }
}

/** Of these the address tells nothing. */
const isFree = (provider: Video['provider']) => provider === 'upload' || provider === 'url'
