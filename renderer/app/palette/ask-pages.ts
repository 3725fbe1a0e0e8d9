/** Asks the pages of a workspace for what they find, each by itself: a slow or a broken one holds nobody up. */
import type { QueryClient } from '@tanstack/react-query'
import type { Bridge, Connection, Workspace } from '../../../shared/contract/console.ts'
import type { PageEntry } from '../../pages/page-entry.ts'
import type { FindContext, Found, PageFinds } from '../../components/find/page-finds.ts'
import { describeError } from '../../state/bridge/call-error.ts'
import { read, readKey } from '../../state/reads.ts'
import { actionsOver } from './act.ts'

type Around = { workspace: Workspace; connection: Connection; bridge: Bridge; client: QueryClient }

/** @param asks false: nothing is typed, so nothing is asked; what the window knows already is answered. */
export function findContext({ workspace, connection, bridge, client }: Around, asks: boolean): FindContext {
  const ask: FindContext['ask'] = async (name, input) => {
    if (!asks) return client.getQueryData(readKey(name, input)) ?? null
    return await client.fetchQuery({ queryKey: readKey(name, input), queryFn: () => read(bridge, name, input) }).catch(() => null)
  }
  return {
    workspace,
    connection,
    bridge,
    ask,
    async refusal(name, input) {
      await ask(name, input)
      const error = client.getQueryState(readKey(name, input))?.error
      if (!error) return null
      const { code, message } = describeError(error)
      return code === 'forbidden' ? message : null
    },
    act: actionsOver(bridge, client),
  }
}

/** Tells of the actions of each page as soon as it has answered. Resolves when all have. */
export async function askForActions(
  pages: readonly PageEntry[],
  context: FindContext,
  tell: (page: PageEntry, found: readonly Found[]) => void,
): Promise<void> {
  await ofEach(pages, async (page, { actions }) => {
    if (actions !== undefined) tell(page, await actions(context))
  })
}

/** The same for things by name. */
export async function askForThings(
  pages: readonly PageEntry[],
  context: FindContext,
  words: string,
  tell: (page: PageEntry, group: string, found: readonly Found[]) => void,
): Promise<void> {
  await ofEach(pages, async (page, { things }) => {
    if (things !== undefined) tell(page, things.group, await things.find(context, words))
  })
}

async function ofEach(pages: readonly PageEntry[], ask: (page: PageEntry, finds: PageFinds) => Promise<void>): Promise<void> {
  await Promise.allSettled(pages.map(async (page) => page.finds && (await ask(page, await page.finds()))))
}
