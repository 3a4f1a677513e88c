import { z } from 'zod'

/** The parts of the Compose specification that docker-compose.yml uses, strictly: a misspelt key is an error. */

const duration = z.string().regex(/^\d+(ms|s|m|h)$/)

/** `registry/name:tag` with a full version as the tag: `18` or `latest` is another image tomorrow. */
const pinnedImage = z.string().regex(/^[a-z0-9][\w./-]*:\d+\.\d+(\.\d+)?(-[a-z0-9.]+)?$/)

const healthcheck = z.strictObject({
  test: z.tuple([z.literal('CMD')], z.string()),
  interval: duration,
  timeout: duration,
  retries: z.int().positive(),
  start_period: duration.optional(),
})

const condition = z.enum(['service_started', 'service_healthy', 'service_completed_successfully'])

const service = z.strictObject({
  image: pinnedImage,
  build: z.string().optional(),
  command: z.array(z.string()).optional(),
  user: z.string().optional(),
  init: z.literal(true),
  read_only: z.boolean().optional(),
  tmpfs: z.array(z.string().startsWith('/')).optional(),
  shm_size: z
    .string()
    .regex(/^\d+(b|kb|mb|gb)$/)
    .optional(),
  cap_drop: z.tuple([z.literal('ALL')]),
  security_opt: z.array(z.enum(['no-new-privileges:true'])),
  restart: z.enum(['no', 'always', 'on-failure', 'unless-stopped']),
  stop_grace_period: duration.optional(),
  environment: z.record(z.string(), z.string()).optional(),
  ports: z.array(z.string().regex(/:\d+$/)).optional(),
  /** `source:/target` or `./file:/target:ro` */
  volumes: z.array(z.string().regex(/^[\w./-]+:\/[\w./-]+(:ro)?$/)).optional(),
  depends_on: z.record(z.string(), z.strictObject({ condition })).optional(),
  healthcheck: healthcheck.optional(),
})

export type Service = z.output<typeof service>

export const composeFile = z
  .object({
    name: z.string().regex(/^[a-z0-9][a-z0-9_-]*$/),
    services: z.record(z.string(), service),
    volumes: z.record(z.string(), z.null()),
  })
  // Extensions, which other parts refer to.
  .catchall(z.unknown())
  .refine(file => Object.keys(file).every(key => /^(name|services|volumes|x-.+)$/.test(key)), 'unknown key')

export type ComposeFile = z.output<typeof composeFile>
