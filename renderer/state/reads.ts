/** Reads and writes over the bridge, as TanStack Query sees them. */
import { keepPreviousData, QueryClient, type UseMutationResult, type UseQueryResult, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { ActionName, Bridge, CallInput, CallName, CallOutput, ReadName } from '../../shared/contract/console.ts'
import { useBridge } from './bridge/bridge-context.tsx'
import { unwrap } from './bridge/call-error.ts'

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      // The engine answers from local files and says when something changed: no polling, no re-reading on focus,
      // and never "paused" because the browser believes that there is no network.
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        gcTime: 5 * 60_000,
        retry: false,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        networkMode: 'always',
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  })
}

export function readKey<N extends ReadName>(name: N, input: CallInput<N>): readonly [N, CallInput<N>] {
  return [name, input]
}

export async function read<N extends CallName>(bridge: Bridge, name: N, input: CallInput<N>): Promise<CallOutput<N>> {
  return unwrap(await bridge.call(name, input))
}

/** `input` null: not asked yet. The answer before is shown while another workspace's is read only if `keep` is set. `forget`: true only as long as it is shown. */
export function useRead<N extends ReadName>(
  name: N,
  input: CallInput<N> | null,
  options: { keep?: boolean; forget?: boolean } = {},
): UseQueryResult<CallOutput<N>> {
  const bridge = useBridge()
  return useQuery<CallOutput<N>>({
    queryKey: [name, input],
    queryFn: () => (input === null ? Promise.reject(new Error(`${name} has no input yet`)) : read(bridge, name, input)),
    enabled: input !== null,
    ...(options.keep ? { placeholderData: keepPreviousData } : {}),
    ...(options.forget ? { gcTime: 0 } : {}),
  })
}

export type Write<N extends ActionName> = UseMutationResult<CallOutput<N>, Error, CallInput<N>>

/** A call that changes something. The reads named in `rereads` are stale afterwards, whether it worked or not. */
export function useWrite<N extends ActionName>(name: N, rereads: readonly ReadName[] = []): Write<N> {
  const bridge = useBridge()
  const client = useQueryClient()
  return useMutation<CallOutput<N>, Error, CallInput<N>>({
    mutationKey: [name],
    mutationFn: (input) => read(bridge, name, input),
    onSettled: () => {
      for (const reread of rereads) void client.invalidateQueries({ queryKey: [reread] })
    },
  })
}
