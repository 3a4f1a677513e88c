import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type CryptoKey, exportJWK, importJWK, SignJWT, type JWK } from 'jose'
import { Provider } from 'oidc-provider'
import { listenAgain } from '../support/listen-again.ts'

/** A person at the issuer, with the claims about them. */
export interface Foreigner {
  sub: string
  [claim: string]: unknown
}

/** A real issuer of OpenID Connect on a port of its own, at which people sign in without being asked. */
export interface Issuer {
  url: string
  clientId: string
  clientSecret: string
  people: Map<string, Foreigner>
  /** Sends a browser to the issuer, and returns where the issuer sends it: the callback with its code. */
  signIn(authorizationUrl: string, sub: string): Promise<URL>
  /** Who a browser of its own is signed in as. */
  signsInAs(sub: string): void
  /** A logout token as the issuer signs it, with other claims or another header. */
  logoutToken(claims: object, options?: { typ?: string; key?: 'other' }): Promise<string>
  /** Signs anything with the issuer’s key. */
  sign(claims: object, typ?: string): Promise<string>
  /** Answers no more, and then again. */
  stop(): Promise<void>
  start(): Promise<void>
  close(): Promise<void>
}

const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout'

export async function startIssuer(): Promise<Issuer> {
  const keys = await Promise.all(['ours', 'other'].map(newKey))
  const people = new Map<string, Foreigner>()
  const clientId = 'taskwire'
  const clientSecret = randomUUID()
  let server: Server = createServer()
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const provider = new Provider(url, {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: ['https://unused.example/callback'],
        grant_types: ['authorization_code'],
        response_types: ['code'],
        // Then ID tokens name the session.
        backchannel_logout_uri: 'https://unused.example/logout',
        backchannel_logout_session_required: true,
      },
    ],
    jwks: { keys: [keys[0]!.jwk as never] },
    cookies: { keys: ['a key for tests'] },
    claims: {
      openid: ['sub', 'sid'],
      email: ['email', 'email_verified'],
      profile: ['name', 'preferred_username', 'groups'],
    },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true } },
    // Its defaults are complained about.
    ttl: { Interaction: 600, Grant: 600, Session: 600, AccessToken: 600, IdToken: 600 },
    pkce: { required: () => true },
    findAccount: async (_, sub) => ({
      accountId: sub,
      claims: async () => people.get(sub) ?? { sub },
    }),
    loadExistingGrant: async ctx => {
      const grant = new ctx.oidc.provider.Grant({
        clientId: ctx.oidc.client!.clientId,
        accountId: ctx.oidc.session!.accountId!,
      })
      grant.addOIDCScope('openid profile email')
      await grant.save()
      return grant
    },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  })
  // Any address of ours is registered.
  ;(provider.Client.prototype as { redirectUriAllowed(uri: string): boolean }).redirectUriAllowed = uri =>
    ['127.0.0.1', 'tasks.example'].includes(new URL(uri).hostname)
  let signingInAs = ''
  const callback = provider.callback()
  const handle: Parameters<typeof createServer>[1] = (req, res) => {
    if (!req.url!.startsWith('/interaction/')) return void callback(req, res)
    const login = { accountId: signingInAs }
    provider.interactionFinished(req, res, { login }).catch(() => res.destroy())
  }
  server.on('request', handle!)

  const sign = (claims: object, typ: string | undefined, nth = 0) =>
    new SignJWT({ ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: keys[0]!.jwk.kid!, ...(typ !== undefined && { typ }) })
      .sign(keys[nth]!.key)

  return {
    url,
    clientId,
    clientSecret,
    people,
    signsInAs(sub) {
      signingInAs = sub
    },
    async signIn(authorizationUrl, sub) {
      signingInAs = sub
      let next = new URL(authorizationUrl)
      const cookies = new Map<string, string>()
      for (let hop = 0; hop < 8; hop++) {
        const cookie = [...cookies].map(pair => pair.join('=')).join('; ')
        const answer = await fetch(next, { redirect: 'manual', headers: { cookie } })
        for (const set of answer.headers.getSetCookie()) {
          const [, name, value] = /^([^=]+)=([^;]*)/.exec(set)!
          cookies.set(name!, value!)
        }
        const location = answer.headers.get('location')
        if (location === null) throw new Error(`the issuer answered ${answer.status}: ${await answer.text()}`)
        next = new URL(location, next)
        if (next.origin !== url) return next
      }
      throw new Error('the issuer sends the browser in a circle')
    },
    logoutToken: (claims, { typ = 'logout+jwt', key } = {}) => {
      const now = Math.floor(Date.now() / 1_000)
      const usual = {
        iss: url,
        aud: clientId,
        iat: now,
        exp: now + 120,
        jti: randomUUID(),
        events: { [logoutEvent]: {} },
      }
      return sign({ ...usual, ...claims }, typ, key === 'other' ? 1 : 0)
    },
    sign,
    async stop() {
      server.closeAllConnections()
      await new Promise(done => server.close(done))
    },
    async start() {
      server = createServer(handle!)
      await listenAgain(server, port)
    },
    async close() {
      server.closeAllConnections()
      await new Promise(done => server.close(done))
    },
  }
}

async function newKey(kid: string): Promise<{ jwk: JWK; key: CryptoKey }> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const jwk = { ...(await exportJWK(privateKey)), kid, alg: 'RS256', use: 'sig' }
  return { jwk, key: (await importJWK(jwk, 'RS256')) as CryptoKey }
}
