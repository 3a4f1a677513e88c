import { useRoute } from '../lib/router.ts'
import { signOnAddress, signOnError } from '../lib/sign-on.ts'
import { useProviders } from '../lib/use-providers.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'

/** The ways in other than a password, and why the last one of them did not work. */
export function SignOnButtons() {
  const providers = useProviders() ?? []
  const { query } = useRoute()
  const tried = providers.find(({ id }) => id === query.get('provider'))
  return (
    <>
      <ErrorNotice>{signOnError(query, tried?.name)}</ErrorNotice>
      {providers.length > 0 && (
        <div className="sign-on">
          {providers.map(provider => (
            <a key={provider.id} className="button button-wide" href={signOnAddress(provider)}>
              Sign in with {provider.name}
            </a>
          ))}
        </div>
      )}
    </>
  )
}
