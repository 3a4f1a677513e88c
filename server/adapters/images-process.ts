import { type ChildProcess, fork } from 'node:child_process'
import { setPriority } from 'node:os'
import { fileURLToPath } from 'node:url'
import { unavailable } from '../kernel/errors.ts'
import type { Logger } from '../kernel/logger.ts'
import type { Said, Task, Verdict } from './images-task.ts'

export interface Decoder {
  /**
   * Decodes one picture; the caller waits for the end of one before it asks for the next.
   *
   * @throws AppError `unavailable` when the process does not start; and what reading the file fails with
   */
  decode(task: Task): Promise<Verdict>
  close(): void
}

export interface DecoderOptions {
  log: Logger
  /** For one picture, in all. What uses the processor has less, by its task; this ends what stands still. */
  patienceMs: number
  /** The process ends when it has had nothing to do for so long, and gives its memory back. */
  idleMs?: number
}

/** Behind the server and its database; on a machine that is busy with other things it still gets a quarter of a core. */
export const decoderPriority = 5

const program = fileURLToPath(new URL('images-worker.ts', import.meta.url))

/** Nothing of the server's secrets, and of its settings what concerns memory and speed. */
const environment = () => ({
  MALLOC_ARENA_MAX: '2',
  ...(process.env.NODE_COMPILE_CACHE && { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE }),
})

function start(): ChildProcess {
  const child = fork(program, {
    execArgv: ['--max-semi-space-size=1', '--max-old-space-size=64'],
    env: environment(),
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
  })
  // Before it has started the threads that decode, which get it from the first one.
  if (child.pid !== undefined) lowerPriority(child.pid)
  return child
}

function lowerPriority(pid: number) {
  try {
    setPriority(pid, decoderPriority)
  } catch {
    // It has died already, which its `exit` tells.
  }
}

/** A process that decodes pictures: started for the first one, ended when idle, replaced after it died. */
export function createDecoder({ log, patienceMs, idleMs = 10_000 }: DecoderOptions): Decoder {
  let child: ChildProcess | null = null
  let idle: NodeJS.Timeout | undefined
  let isClosed = false
  /** It has been up: what it dies of then is the picture. */
  let isReady = false
  /** Ends the picture that is being decoded: with the process's word, or because there is no process any more. */
  let settle: { said(said: Said): void; died(why: unknown): void; closed(): void } | null = null

  function open(): ChildProcess {
    const opened = start()
    isReady = false
    opened.on('message', (said: Said) => {
      if (opened !== child) return
      if ('ready' in said) isReady = true
      else settle?.said(said)
    })
    opened.on('error', error => gone(opened, error))
    opened.on('exit', (code, signal) => gone(opened, code ?? signal))
    return opened
  }

  function gone(ended: ChildProcess, why: unknown) {
    if (ended !== child) return
    child = null
    if (!settle) return
    log.warn({ why, ready: isReady }, 'the process that decodes pictures has died')
    settle.died(why)
  }

  /** What it may still say is not listened to. */
  function kill() {
    const killed = child
    child = null
    clearTimeout(idle)
    killed?.kill('SIGKILL')
  }

  /** While it is idle it does not keep the server from ending. */
  function hold(held: ChildProcess, isBusy: boolean) {
    if (isBusy) held.ref()
    else held.unref()
    if (isBusy) held.channel?.ref()
    else held.channel?.unref()
  }

  return {
    decode: task =>
      new Promise<Verdict>((resolve, reject) => {
        if (isClosed) throw unavailable()
        clearTimeout(idle)
        const working = (child ??= open())
        hold(working, true)
        const finish = (answer: Verdict | Error) => {
          settle = null
          clearTimeout(deadline)
          if (child) {
            hold(child, false)
            idle = setTimeout(kill, idleMs).unref()
          }
          if (answer instanceof Error) reject(answer)
          else resolve(answer)
        }
        const deadline = setTimeout(() => {
          log.warn({ format: task.format, ready: isReady }, 'a picture took too long')
          kill()
          finish(isReady ? task.beyond : unavailable())
        }, patienceMs)
        settle = {
          said: said => {
            if ('verdict' in said && said.isStuck) kill()
            if ('verdict' in said) finish(said.verdict)
            if ('failure' in said) finish(Object.assign(new Error(said.failure.message), { code: said.failure.code }))
          },
          // The kernel kills whoever has the most memory when there is no more.
          died: why => finish(!isReady ? unavailable() : why === 'SIGKILL' ? task.beyond : 'broken'),
          closed: () => finish(unavailable()),
        }
        // What is wrong with the line is told by its end.
        working.send(task, () => undefined)
      }),
    close: () => {
      isClosed = true
      kill()
      settle?.closed()
    },
  }
}
