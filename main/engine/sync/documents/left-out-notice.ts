import type { CallName } from '../../../../shared/contract/console.ts'
import type { LeftOut } from '../../../../shared/contract/lenient.ts'
import type { Warnings } from '../../base/warnings.ts'
import type { Clock } from '../../base/clock.ts'
import { cutLetters } from '../client/words.ts'
import type { SetAside } from './set-aside.ts'

const NAME_LETTERS = 60

export type LeftOutNoticeParts = {
  setAside: SetAside
  warnings: Pick<Warnings, 'set' | 'clear' | 'list'>
  clock: Pick<Clock, 'now'>
  workspaces: () => readonly string[]
  nameOf: (workspaceId: string) => string
}

export type LeftOutNotice = {
  /** A page was shown without some odd items; null: it is whole again. */
  notePage(name: CallName, leftOut: LeftOut | null): void
}

/** Says how many things a platform sent that could not be taken, and names them, until they come as they should be. */
export function tellLeftOut({ setAside, warnings, clock, workspaces, nameOf }: LeftOutNoticeParts): LeftOutNotice {
  const pages = new Map<CallName, LeftOut>()
  const tell = (): void => {
    const parts = workspaces().flatMap((workspaceId) => {
      const told = setAside.told(workspaceId)
      if (told === null) return []
      return `${countOf(told)} from “${cutLetters(nameOf(workspaceId), NAME_LETTERS)}” (${namesOf(told)})`
    })
    for (const told of pages.values()) parts.push(`${countOf(told)} of a page (${namesOf(told)})`)
    if (parts.length === 0) {
      if (warnings.list().some(({ kind }) => kind === 'left_out')) warnings.clear('left_out')
      return
    }
    const text = `Left out, because they are too large or not what was agreed with the platform: ${parts.join('; ')}. Everything else is shown and works. They are taken as soon as the platform sends them as agreed; tell whoever runs it.`
    warnings.set({ kind: 'left_out', text, at: clock.now() })
  }
  setAside.onMoved(tell)
  tell()
  return {
    notePage(name, leftOut) {
      if (leftOut === null) pages.delete(name)
      else pages.set(name, leftOut)
      tell()
    },
  }
}

function countOf({ count }: LeftOut): string {
  return count === 1 ? '1 item' : `${count} items`
}

function namesOf({ count, names }: LeftOut): string {
  return `${names.map((name) => cutLetters(name, NAME_LETTERS)).join(', ')}${count > names.length ? ' and others' : ''}`
}
