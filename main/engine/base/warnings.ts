import type { CallOutput, ConsoleEvent } from '../../../shared/contract/console.ts'

export type Warning = CallOutput<'app.info'>['warnings'][number]

/** What the person should know about this computer; one warning of each kind at a time. */
export class Warnings {
  readonly #emit: (event: ConsoleEvent) => void
  readonly #byKind = new Map<Warning['kind'], Warning>()

  constructor(emit: (event: ConsoleEvent) => void) {
    this.#emit = emit
  }

  list(): Warning[] {
    return [...this.#byKind.values()]
  }

  set(warning: Warning): void {
    this.#byKind.set(warning.kind, warning)
    this.#tell()
  }

  clear(...kinds: Warning['kind'][]): void {
    const had = kinds.filter((kind) => this.#byKind.delete(kind))
    if (had.length > 0) this.#tell()
  }

  #tell(): void {
    this.#emit({ event: 'warnings.changed', payload: { warnings: this.list() } })
  }
}
