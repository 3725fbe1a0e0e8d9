import { describe, expect, test } from 'vitest'
import { createDoor, sameSecret } from '../../../main/web/door.ts'

const guess = 'A'.repeat(43)

describe('a launch token', () => {
  test('lets in once and gives the tab a secret of its own', () => {
    const door = createDoor()
    const launchToken = door.issueLaunchToken()
    const tabSecret = door.enter({ type: 'hello', launchToken })
    expect(tabSecret).toMatch(/^[\w-]{43}$/)
    expect(tabSecret).not.toBe(launchToken)
    expect(door.enter({ type: 'hello', launchToken })).toBeNull()
  })

  test('is 256 random bits', () => {
    const sizes: number[] = []
    createDoor((sizeBytes) => {
      sizes.push(sizeBytes)
      return Buffer.alloc(sizeBytes, 7)
    }).issueLaunchToken()
    expect(sizes).toEqual([32])
  })

  test('gives way when sixteen newer ones wait', () => {
    const door = createDoor()
    const tokens = Array.from({ length: 17 }, () => door.issueLaunchToken())
    expect(door.enter({ type: 'hello', launchToken: tokens[0] ?? '' })).toBeNull()
    expect(door.enter({ type: 'hello', launchToken: tokens[1] ?? '' })).not.toBeNull()
  })

  test('is no tab secret, nor the other way round', () => {
    const door = createDoor()
    const launchToken = door.issueLaunchToken()
    expect(door.enter({ type: 'hello', tabSecret: launchToken })).toBeNull()
    const tabSecret = door.enter({ type: 'hello', launchToken }) ?? ''
    expect(door.enter({ type: 'hello', launchToken: tabSecret })).toBeNull()
  })
})

test('a tab secret lets the tab in again and again', () => {
  const door = createDoor()
  const tabSecret = door.enter({ type: 'hello', launchToken: door.issueLaunchToken() }) ?? ''
  expect(door.enter({ type: 'hello', tabSecret })).toBe(tabSecret)
  expect(door.enter({ type: 'hello', tabSecret })).toBe(tabSecret)
})

test('a guess does not, and dies with its process what was right in another', () => {
  const other = createDoor()
  const tabSecret = other.enter({ type: 'hello', launchToken: other.issueLaunchToken() }) ?? ''
  const door = createDoor()
  door.issueLaunchToken()
  expect(door.enter({ type: 'hello', launchToken: guess })).toBeNull()
  expect(door.enter({ type: 'hello', tabSecret: guess })).toBeNull()
  expect(door.enter({ type: 'hello', tabSecret })).toBeNull()
})

test('secrets are equal only when they are the same, whatever their length', () => {
  expect(sameSecret('Bearer abc', 'Bearer abc')).toBe(true)
  for (const other of ['', 'Bearer ab', 'Bearer abcd', 'bearer abc']) expect(sameSecret(other, 'Bearer abc')).toBe(false)
})
