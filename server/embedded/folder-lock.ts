import { closeSync, constants, openSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import path from 'node:path'

/**
 * Locks a folder against other processes of this machine; returns null when one of them has it. The kernel frees the
 * lock when the holder dies for whatever reason. A file with a process id would outlive its holder, and two starts that
 * find the same stale file would both remove it and both go on.
 */
export async function tryFolderLock(dir: string): Promise<(() => void) | null> {
  return process.platform === 'darwin' ? lockFile(path.join(dir, '.lock')) : listenInAbstractSpace(dir)
}

/**
 * Linux: a socket name that exists only while somebody listens. It contains the inode, so that symlinks and mounts
 * count as one folder.
 */
async function listenInAbstractSpace(dir: string): Promise<(() => void) | null> {
  const { dev, ino } = await stat(dir)
  const server = createServer(socket => socket.destroy()).unref()
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(null) : reject(error),
    )
    server.listen(`\0taskwire-${dev}-${ino}`, () => resolve(() => void server.close()))
  })
}

/** macOS has no abstract sockets, but can open and lock in one call. */
function lockFile(file: string): (() => void) | null {
  const exclusive = 0x20 // O_EXLOCK, which Node does not define
  try {
    const descriptor = openSync(file, constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK | exclusive, 0o600)
    return () => closeSync(descriptor)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return null
    throw error
  }
}
