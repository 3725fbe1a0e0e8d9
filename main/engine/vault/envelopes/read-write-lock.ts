/**
 * Orders the work on one Lance table. Writers go one after another; readers beside them, on the version they began
 * with; the clean-up, which removes old versions' files, has the table for itself.
 */
export type ReadWriteLock = {
  read<T>(work: () => Promise<T>): Promise<T>
  write<T>(work: () => Promise<T>): Promise<T>
  /** Inside a write only: waits until no reader is left and keeps new ones out. */
  alone<T>(work: () => Promise<T>): Promise<T>
}

export function createReadWriteLock(): ReadWriteLock {
  let readers = 0
  let noReader: (() => void) | null = null
  let gate: Promise<void> | null = null
  let lastWrite: Promise<unknown> = Promise.resolve()

  return {
    async read(work) {
      while (gate) await gate
      readers += 1
      try {
        return await work()
      } finally {
        readers -= 1
        if (readers === 0) noReader?.()
      }
    },
    write(work) {
      const turn = lastWrite.then(work, work)
      lastWrite = turn.catch(() => undefined)
      return turn
    },
    async alone(work) {
      let open: () => void = () => undefined
      gate = new Promise((resolve) => {
        open = resolve
      })
      try {
        if (readers > 0) {
          await new Promise<void>((resolve) => {
            noReader = resolve
          })
        }
        return await work()
      } finally {
        noReader = null
        gate = null
        open()
      }
    },
  }
}
