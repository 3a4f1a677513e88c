import type { Answer, TestServer } from '../support/server.ts'
import type { Issuer } from './oidc-issuer.ts'

/** A browser that keeps cookies and follows no redirect by itself. */
export function createBrowser(server: Pick<TestServer, 'url'>, accept = '*/*', more: Record<string, string> = {}) {
  const cookies = new Map<string, string>()
  return {
    cookies,
    async get(path: string): Promise<Answer & { location: string }> {
      const cookie = [...cookies].map(pair => pair.join('=')).join('; ')
      const url = path.startsWith('http') ? path : `${server.url}${path}`
      const response = await fetch(url, {
        redirect: 'manual',
        headers: { accept, ...more, ...(cookie !== '' && { cookie }) },
      })
      for (const set of response.headers.getSetCookie()) {
        const [, name, value, seconds] = /^([^=]+)=([^;]*).*?max-age=(\d+)/i.exec(set)!
        if (seconds === '0') cookies.delete(name!)
        else cookies.set(name!, value!)
      }
      const text = await response.text()
      const isJson = response.headers.get('content-type')?.includes('json')
      const { status, headers } = response
      return { status, headers, body: isJson ? JSON.parse(text) : text, location: headers.get('location') ?? '' }
    },
  }
}

export type CookieBrowser = ReturnType<typeof createBrowser>

/** Signs a browser in as somebody at the issuer. @returns the answer of the callback */
export async function signOn(
  browser: CookieBrowser,
  issuer: Issuer,
  sub: string,
  { provider = 'corp', returnTo = '/', start }: { provider?: string; returnTo?: string; start?: string } = {},
) {
  const { location } = await browser.get(
    start ?? `/api/v1/auth/oidc/${provider}/start?return_to=${encodeURIComponent(returnTo)}`,
  )
  return browser.get((await issuer.signIn(location, sub)).href)
}

/** OIDC_PROVIDERS for these issuers. */
export const providersEnv = (
  issuers: Record<string, { issuer: Issuer; [setting: string]: unknown }>,
): Record<string, string> => ({
  OIDC_PROVIDERS: JSON.stringify(
    Object.entries(issuers).map(([id, { issuer, ...more }]) => ({
      id,
      name: `The ${id}`,
      issuer: issuer.url,
      client_id: issuer.clientId,
      client_secret: issuer.clientSecret,
      ...more,
    })),
  ),
})
