import type { QueryClient } from '@tanstack/react-query'
import type { Bridge } from '../../../shared/contract/console.ts'
import { notifyFailed } from '../../components/notice/notify.ts'
import type { FindContext } from '../../components/find/page-finds.ts'
import { read } from '../../state/reads.ts'

/** What a chosen hit does goes on after the palette has gone, so it is no mutation of a component: that would tell nobody how it ended. */
export function actionsOver(bridge: Bridge, client: QueryClient): FindContext['act'] {
  return async (name, input, rereads = []) => {
    try {
      return await read(bridge, name, input)
    } catch (error) {
      notifyFailed(error)
      return null
    } finally {
      for (const reread of rereads) void client.invalidateQueries({ queryKey: [reread] })
    }
  }
}
