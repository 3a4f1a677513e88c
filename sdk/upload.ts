import { mediaTransfers, type MediaFile, type Output } from '../contract/index.ts'
import type { CallOptions } from './call.ts'
import { createFetchExchange, type Exchange } from './exchange.ts'
import type { Transport } from './transport.ts'
import { canUploadByXhr, createXhrExchange } from './xhr.ts'

export interface UploadProgress {
  /** Bytes, of the form as it travels: a little more than the files. Begins anew when the upload has to be repeated. */
  sent: number
  total: number
}

export interface UploadOptions extends Pick<CallOptions, 'signal' | 'idempotencyKey' | 'mutationId'> {
  /** Id or slug. */
  project?: number | string | undefined
  taskId?: number | undefined
  onProgress?: ((progress: UploadProgress) => void) | undefined
}

/**
 * Uploads one file to ten in one form: all are kept, or none. For progress, errors and giving up file by file, call it
 * for each. Throws a TaskwireError; the signal's reason when it is aborted.
 */
export type Upload = (files: File | readonly File[], options?: UploadOptions) => Promise<MediaFile[]>

function formOf(files: readonly File[], { project, taskId }: UploadOptions): FormData {
  const form = new FormData()
  // Fields before files, so that a refusal need not wait for them.
  if (project !== undefined) form.append('project', String(project))
  if (taskId !== undefined) form.append('task_id', String(taskId))
  for (const file of files) form.append('file', file, file.name)
  return form
}

export function createUpload({ sendWire }: Pick<Transport, 'sendWire'>, fetch: typeof globalThis.fetch): Upload {
  const { upload } = mediaTransfers
  const wire = { method: 'POST', path: upload.path, body: undefined }

  return async (given, options = {}) => {
    const files = [given].flat() as File[]
    const exchange = canUploadByXhr()
      ? createXhrExchange(formOf(files, options), options.onProgress)
      : createFormExchange(fetch, files, options)
    const { project: _, taskId: __, onProgress: ___, ...call } = options
    const answer = (await sendWire(upload, wire, call, exchange)) as Output<typeof upload>
    return 'results' in answer ? answer.results : [answer]
  }
}

/** Where there is no XMLHttpRequest: the form as a stream that is counted as it is read. */
function createFormExchange(fetch: typeof globalThis.fetch, files: readonly File[], options: UploadOptions): Exchange {
  const total = files.reduce((sum, { size }) => sum + size, 0)
  return ({ headers, ...request }) => {
    const form = new Response(formOf(files, options))
    let sent = 0
    const counted = form.body!.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          sent += chunk.length
          options.onProgress?.({ sent, total: Math.max(sent, total) })
          controller.enqueue(chunk)
        },
      }),
    )
    const streamed = { body: counted, duplex: 'half' } as unknown as RequestInit
    const send: typeof fetch = (url, init) => fetch(url, { ...init, ...streamed })
    return createFetchExchange(send)({
      ...request,
      headers: { ...headers, 'Content-Type': form.headers.get('Content-Type')! },
    })
  }
}
