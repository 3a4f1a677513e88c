import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import type { S3Client, S3ServiceException } from '@aws-sdk/client-s3'
import { AppError, unavailable } from '../kernel/errors.ts'
import { createSharedAnswer } from '../kernel/shared-answer.ts'
import type { FileStorage } from '../ports/storage.ts'

export interface S3Options {
  bucket: string
  region: string
  endpoint?: string | undefined
  accessKeyId?: string | undefined
  secretAccessKey?: string | undefined
  forcePathStyle: boolean
  /** Silence of the service after which a connection is given up, even in the middle of a file. */
  silenceMs?: number
  /** Bytes up to which a file is sent with one call; a larger one is sent in parts of this size. At least 5 MiB. */
  partBytes?: number
}

/** S3 takes at most 5 GiB with one call, and at most this many parts. */
const mostParts = 10_000

/** Files in a bucket of Amazon S3 or of a compatible service. There, an upload is either complete or absent. */
export async function openS3Storage(given: S3Options): Promise<FileStorage> {
  const { bucket: Bucket, partBytes = 16 * 1024 * 1024, ...options } = given
  // 20 MB of code, which only installations that use S3 load.
  const [s3, { Upload }] = await Promise.all([import('@aws-sdk/client-s3'), import('@aws-sdk/lib-storage')])
  const client = new s3.S3Client(clientConfig(options))
  // Not under a key of a file. Each check costs money, so there is not one for every health request.
  const probe = { Bucket, Key: `health/${randomUUID()}` }
  const writeAndRead = createSharedAnswer(writeEveryMs, async () => {
    const token = randomUUID()
    await client.send(new s3.PutObjectCommand({ ...probe, Body: token }))
    try {
      const { Body } = await client.send(new s3.GetObjectCommand(probe))
      if ((await Body?.transformToString()) !== token)
        throw new Error('a value that was read differs from the one that was written')
    } finally {
      await client.send(new s3.DeleteObjectCommand(probe))
    }
  })

  return {
    async put(Key, path) {
      const { size } = await stat(path)
      const Body = createReadStream(path)
      try {
        if (size <= partBytes) {
          await client.send(new s3.PutObjectCommand({ Bucket, Key, Body, ContentLength: size })).catch(refuse)
        } else {
          const partSize = Math.max(partBytes, Math.ceil(size / mostParts))
          // One part at a time; while it is put together it takes up to three times its size.
          await new Upload({ client, params: { Bucket, Key, Body }, partSize, queueSize: 1 }).done().catch(refuse)
        }
      } finally {
        // A stream that was not read to its end keeps its connection open.
        Body.destroy()
      }
      await rm(path, { force: true })
    },

    async open(Key, range) {
      const Range = range && `bytes=${range.start}-${range.end}`
      const found = await client.send(new s3.GetObjectCommand({ Bucket, Key, Range })).catch(whenMissing)
      return found && (found.Body as Readable)
    },

    async delete(keys) {
      // One by one, because not every service supports deleting many at once.
      for (const Key of keys) await client.send(new s3.DeleteObjectCommand({ Bucket, Key })).catch(refuse)
    },

    async *list() {
      for await (const page of s3.paginateListObjectsV2({ client }, { Bucket }))
        for (const { Key, LastModified } of page.Contents ?? []) yield { key: Key!, modified: LastModified! }
    },

    async check() {
      await client.send(new s3.HeadBucketCommand({ Bucket }))
      await writeAndRead()
      return {}
    },
  }
}

const writeEveryMs = 60_000

type ClientConfig = NonNullable<ConstructorParameters<typeof S3Client>[0]>

function clientConfig(options: Omit<S3Options, 'bucket'>) {
  const { endpoint, region, forcePathStyle, accessKeyId, secretAccessKey, silenceMs = 30_000 } = options
  const config: ClientConfig = {
    region,
    forcePathStyle,
    maxAttempts: 3,
    // Failures are thrown and the catcher logs them; the SDK writes nothing to the console.
    logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    requestHandler: { connectionTimeout: 2_000, socketTimeout: silenceMs },
    // Many services other than Amazon's do not know the new checksums.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(endpoint && { endpoint }),
    ...(accessKeyId && secretAccessKey && { credentials: { accessKeyId, secretAccessKey } }),
  }
  return config
}

const statusOf = (error: unknown) => (error as S3ServiceException).$metadata?.httpStatusCode

function refuse(error: unknown): never {
  if (statusOf(error) === 507) throw new AppError('insufficient_storage', 'The storage is full.', { cause: error })
  throw unavailable(error)
}

function whenMissing(error: unknown): null {
  if (statusOf(error) === 404) return null
  return refuse(error)
}
