import { type ChildProcess, spawn } from 'node:child_process'

/**
 * Sends `signal` to a child when this process is gone, however it went: a shell waits for the end of its input, which
 * the kernel brings about also after kill -9. Sessions, process groups and `exit` handlers do not help against that.
 */
export function endWithUs(child: ChildProcess, signal: 'TERM' | 'KILL'): void {
  if (child.pid === undefined) return
  const guard = spawn('/bin/sh', ['-c', `read _; kill -${signal} "$0"`, String(child.pid)], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  guard.on('error', () => undefined)
  guard.unref()
  // Before the number goes to somebody else.
  child.once('exit', () => guard.kill('SIGKILL'))
}
