import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import S3rver from 's3rver'

/** A service that speaks S3, with one bucket and one key. */
export async function startS3() {
  const dir = await mkdtemp(path.join(tmpdir(), 'taskwire-s3-'))
  const bucket = 'media'
  const configureBuckets = [{ name: bucket, configs: [] }]
  const s3 = new S3rver({ address: '127.0.0.1', port: 0, silent: true, directory: dir, configureBuckets })
  const { port } = (await s3.run()) as AddressInfo
  const endpoint = `http://127.0.0.1:${port}`
  return {
    port,
    /** The options for opening the storage. */
    options: {
      bucket,
      endpoint,
      region: 'us-east-1',
      accessKeyId: 'S3RVER',
      secretAccessKey: 'S3RVER',
      forcePathStyle: true,
    },
    /** The environment for a server. */
    env: {
      STORAGE: 's3',
      S3_ENDPOINT: endpoint,
      S3_BUCKET: bucket,
      S3_ACCESS_KEY_ID: 'S3RVER',
      S3_SECRET_ACCESS_KEY: 'S3RVER',
      S3_FORCE_PATH_STYLE: 'true',
    },
    stop: async () => {
      await s3.close()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

export type S3 = Awaited<ReturnType<typeof startS3>>
