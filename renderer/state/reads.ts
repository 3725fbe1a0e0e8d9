/** Reads and writes over the bridge, as TanStack Query sees them. */
import { QueryClient, type UseMutationResult, type UseQueryResult, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
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

/** `input` null: not asked yet. `forget`: true only as long as it is shown. */
export function useRead<N extends ReadName>(name: N, input: CallInput<N> | null, options: { forget?: boolean } = {}): UseQueryResult<CallOutput<N>> {
  const bridge = useBridge()
  return useQuery<CallOutput<N>>({ ...asked(bridge, name, input), ...(options.forget ? { gcTime: 0 } : {}) })
}

/** `answered`: the question that `data` answers. `isBusy`: it is not the one that was asked last. */
export type KeptRead<N extends ReadName> = Pick<UseQueryResult<CallOutput<N>>, 'data' | 'error' | 'isPending' | 'refetch'> & {
  answered: CallInput<N> | null
  isBusy: boolean
}

/**
 * As `useRead`, where a person turns from one answer to the next: the one before stays until the next is there, and says what it answers, for no
 * figure may stand under another one's name meanwhile. Another workspace's never stays.
 */
export function useKeptRead<N extends ReadName>(name: N, input: CallInput<N> | null): KeptRead<N> {
  const bridge = useBridge()
  let answered = input
  const { data, error, isPending, isPlaceholderData, refetch } = useQuery<CallOutput<N>, Error, CallOutput<N>, QuestionKey<N>>({
    ...asked(bridge, name, input),
    placeholderData: (before, query) => {
      const question = query?.queryKey[1] ?? null
      if (question === null || workspaceOf(question) !== workspaceOf(input ?? question)) return undefined
      answered = question
      return before
    },
  })
  return { data, error, isPending, refetch, answered, isBusy: isPlaceholderData }
}

type QuestionKey<N extends ReadName> = readonly [N, CallInput<N> | null]

function asked<N extends ReadName>(bridge: Bridge, name: N, input: CallInput<N> | null) {
  return {
    queryKey: [name, input] as QuestionKey<N>,
    queryFn: () => (input === null ? Promise.reject(new Error(`${name} has no input yet`)) : read(bridge, name, input)),
    enabled: input !== null,
  }
}

function workspaceOf(input: object): unknown {
  return 'workspaceId' in input ? input.workspaceId : null
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
