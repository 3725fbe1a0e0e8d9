import { beforeEach, expect, test } from 'vitest'
import { watchPlanRequests } from '../../../../main/engine/billing/plans/plan-request-watch.ts'
import { catalogFromWire, catalogToWire } from '../../../../shared/billing/catalog-wire.ts'
import type { ConsoleEvent } from '../../../../shared/contract/console.ts'
import { catalogs } from '../../../../shared/generated/catalogs.ts'

const workspaceId = '7c9d4d6a-3f0e-4a53-9e46-0a1f6a0c2b11'

let documents: Record<string, unknown>[]
/** Null: not everything has been read. */
let asOf: number | null
let workspaceIds: readonly string[]
let told: ConsoleEvent[]

beforeEach(() => {
  documents = []
  asOf = 1000
  told = []
})

function request(id: string, status: 'pending' | 'approved' | 'declined') {
  return {
    id,
    plan: 'enterprise',
    note: '',
    status,
    requested_by: { id: 'm1', name: 'Tomás Vidal' },
    created_at: '2026-11-20T00:00:00.000Z',
    decided_by: null,
    decided_at: null,
    answer: null,
  }
}

function watch(known: readonly string[]) {
  workspaceIds = known
  return watchPlanRequests({
    documents: { list: () => documents as never, isRead: () => asOf !== null },
    workspaceIds: () => workspaceIds,
    catalogOf: () => catalogFromWire(catalogToWire(catalogs.analytics)),
    nameOf: () => 'Northwind Insights',
    mayDecide: () => false,
    emit: (event) => told.push(event),
  })
}

const changed = (topics: string[]): ConsoleEvent => ({ event: 'cache.changed', payload: { workspaceId, topics } })

test('an answer is told once; what was decided while the console was closed is news too', () => {
  documents = [request('r1', 'pending')]
  const see = watch([workspaceId])
  see(changed(['plan_request']))
  expect(told).toEqual([])
  documents = [request('r1', 'approved')]
  see(changed(['counter']))
  expect(told).toEqual([])
  see(changed(['plan_request', 'counter']))
  see(changed(['plan_request']))
  expect(told).toHaveLength(1)
  expect(told[0]).toMatchObject({
    event: 'request.moved',
    payload: { workspaceName: 'Northwind Insights', request: { id: 'r1', planName: 'Enterprise', status: 'approved' } },
  })
})

test('a new question is told; what a first visit brings is the past', () => {
  const see = watch([])
  documents = [request('old', 'declined')]
  see(changed(['plan', 'plan_request']))
  expect(told).toEqual([])
  documents = [...documents, request('new', 'pending')]
  see(changed(['plan_request']))
  expect(told.map(({ payload }) => payload)).toMatchObject([{ request: { id: 'new', status: 'pending' } }])
})

test('a cache that was cleared brings no news but what was decided meanwhile', () => {
  documents = [request('r1', 'pending'), request('r2', 'approved')]
  const see = watch([workspaceId])
  documents = []
  asOf = null
  see(changed(['plan', 'plan_request', 'counter']))
  // A reading that ended half way.
  documents = [request('r2', 'approved')]
  see(changed(['plan_request']))
  documents = [request('r1', 'declined'), request('r2', 'approved')]
  asOf = 2000
  see(changed(['counter']))
  expect(told.map(({ payload }) => payload)).toMatchObject([{ request: { id: 'r1', status: 'declined' } }])
  see(changed(['plan_request']))
  expect(told).toHaveLength(1)
})

test('a console that starts with an empty cache takes nothing for news', () => {
  asOf = null
  const see = watch([workspaceId])
  documents = [request('r1', 'pending')]
  asOf = 2000
  see(changed(['plan_request']))
  expect(told).toEqual([])
})

test('a workspace that was removed and added again has a first visit again', () => {
  documents = [request('r1', 'pending')]
  const see = watch([workspaceId])
  workspaceIds = []
  documents = []
  asOf = null
  see({ event: 'workspaces.changed', payload: {} })
  workspaceIds = [workspaceId]
  see({ event: 'workspaces.changed', payload: {} })
  documents = [request('r1', 'approved')]
  asOf = 2000
  see(changed(['plan_request']))
  expect(told).toEqual([])
})
