import type { Operation } from '../../contract/index.ts'
import type { CallOptions } from './call.ts'
import { createFetchExchange, type Exchange } from './exchange.ts'
import type { Transport } from './transport.ts'
import { canUploadByXhr, createXhrExchange } from './xhr.ts'

export interface UploadProgress {
  /**
   * Bytes of the form as it is sent, slightly more than the files have. Starts again when the upload has to be
   * repeated.
   */
  sent: number
  total: number
}

export interface FormOptions extends Pick<CallOptions, 'signal' | 'idempotencyKey' | 'mutationId'> {
  onProgress?: ((progress: UploadProgress) => void) | undefined
}

export interface FormContent {
  fields: Readonly<Record<string, string | number | boolean | undefined>>
  files: readonly File[]
}

/** Sends fields and files as multipart/form-data, and reports how much has been sent. */
export type SendForm = (operation: Operation, content: FormContent, options: FormOptions) => Promise<unknown>

function formOf({ fields, files }: FormContent): FormData {
  const form = new FormData()
  // Fields come before files, so that the server can refuse without waiting for the files.
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) form.append(name, String(value))
  for (const file of files) form.append('file', file, file.name)
  return form
}

export const createSendForm =
  ({ sendWire }: Pick<Transport, 'sendWire'>, fetch: typeof globalThis.fetch): SendForm =>
  (operation, content, { onProgress, ...call }) => {
    const wire = { method: operation.method.toUpperCase(), path: operation.path, body: undefined }
    const exchange = canUploadByXhr()
      ? createXhrExchange(formOf(content), onProgress)
      : createStreamExchange(fetch, content, onProgress)
    return sendWire(operation, wire, call, exchange)
  }

/** Without XMLHttpRequest: the form as a stream that is counted while it is read. */
function createStreamExchange(
  fetch: typeof globalThis.fetch,
  content: FormContent,
  onProgress: FormOptions['onProgress'],
): Exchange {
  const total = content.files.reduce((sum, { size }) => sum + size, 0)
  return ({ headers, ...request }) => {
    const form = new Response(formOf(content))
    let sent = 0
    const counted = form.body!.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          sent += chunk.length
          onProgress?.({ sent, total: Math.max(sent, total) })
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
