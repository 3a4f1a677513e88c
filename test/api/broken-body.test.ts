import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import type { Context } from 'koa'
import { receiveJson } from '../../server/faces/rest/body.ts'
import { AppError } from '../../server/kernel/errors.ts'

describe('a body that breaks off', () => {
  it('[BI8] is reported as the client’s error, so that no log calls it ours', async () => {
    const failed = Promise.withResolvers<unknown>()
    const server = createServer(req => {
      const ctx = { req, get: (name: string) => req.headers[name.toLowerCase()] ?? '' } as unknown as Context
      receiveJson(ctx, 1_000, () => {}).then(failed.resolve, failed.resolve)
      req.once('data', () => line.destroy())
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const line = connect((server.address() as AddressInfo).port, '127.0.0.1')
    line.on('error', () => {})
    line.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"title"')
    const error = await failed.promise
    server.close()
    assert.ok(error instanceof AppError && error.code === 'invalid_json', String(error))
  })
})
