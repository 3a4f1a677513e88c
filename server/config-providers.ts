import { z } from 'zod'

const issuer = z
  .string()
  .max(500)
  .refine(
    text => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && !/[?#]/.test(text),
    'must be a URL like https://login.example.com, as the issuer writes it',
  )

const Provider = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'may have lower-case letters, digits and dashes'),
  name: z.string().trim().min(1).max(80),
  issuer,
  client_id: z.string().min(1).max(500),
  client_secret: z.string().min(1).max(2_000),
  scopes: z
    .union([z.string().transform(text => text.split(/\s+/).filter(Boolean)), z.array(z.string().min(1))])
    .default(['openid', 'profile', 'email'])
    .refine(list => list.includes('openid'), 'must contain openid'),
  allow_signup: z.boolean().default(false),
  role_claim: z.string().min(1).max(200).optional(),
  admin_values: z.array(z.string().max(200)).max(100).default([]),
})

/** An issuer of OpenID Connect, as the operator describes it. */
export type OidcProvider = z.output<typeof Provider>

const list = z
  .array(Provider)
  .max(20, 'may have at most 20 providers')
  .refine(all => new Set(all.map(({ id }) => id)).size === all.length, 'must have an id of its own for each provider')

/** The value of OIDC_PROVIDERS. What is wrong is named by its place, and never shown, because secrets stand there. */
export const oidcProviders = z.string().transform((text, context): OidcProvider[] => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    context.addIssue({ code: 'custom', message: 'must be a JSON list of providers' })
    return z.NEVER
  }
  const parsed = list.safeParse(value)
  if (parsed.success) return parsed.data
  for (const issue of parsed.error.issues) {
    const where = issue.path.map(String).join('.')
    const message = issue.code === 'unrecognized_keys' ? `does not know ${issue.keys.join(', ')}` : issue.message
    context.addIssue({ code: 'custom', message: where === '' ? message : `${where} ${message}` })
  }
  return z.NEVER
})
