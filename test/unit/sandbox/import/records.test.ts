import { describe, expect, it } from 'vitest'
import { formOfFile, type FileRecord, recordReader } from '../../../../main/sandbox/import/records.ts'

/** In one piece, and character by character: where a file is cut must not matter. */
function read(form: 'csv' | 'jsonl', text: string): FileRecord[] {
  const whole = recordReader(form)
  const inOne = [...whole.push(text), ...whole.end()]
  const cut = recordReader(form)
  const inPieces = [...[...text].flatMap((character) => cut.push(character)), ...cut.end()]
  expect(inPieces).toEqual(inOne)
  return inOne
}

describe('CSV', () => {
  it('names the fields by the first line and counts lines, not records', () => {
    expect(read('csv', 'metric,quantity,service\ncalls,3,search\r\n\ncalls,4,\n')).toEqual([
      { line: 2, fields: { metric: 'calls', quantity: 3, service: 'search' } },
      { line: 4, fields: { metric: 'calls', quantity: 4 } },
    ])
  })

  it('reads quoted commas, quotes and line ends', () => {
    expect(read('csv', 'id,service\n"a,1","say ""hello""\nthere"\nb,c')).toEqual([
      { line: 2, fields: { id: 'a,1', service: 'say "hello"\nthere' } },
      { line: 4, fields: { id: 'b', service: 'c' } },
    ])
  })

  it('names what is no record', () => {
    expect(read('csv', 'id,metadata\na,{]\nb,c,d\n"e,f')).toEqual([
      { line: 2, problem: 'metadata is not JSON' },
      { line: 3, problem: 'has 3 fields; the first line names 2' },
      { line: 4, problem: 'has a quote that is never closed' },
    ])
  })

  it('leaves a number that is none as text, for the check to refuse', () => {
    expect(read('csv', '\uFEFFmetric,quantity\ncalls,many\n')).toEqual([{ line: 2, fields: { metric: 'calls', quantity: 'many' } }])
  })
})

describe('JSON lines', () => {
  it('reads objects and names every other line', () => {
    expect(read('jsonl', '{"metric":"calls"}\n\n[1]\nnothing\n{"metric":"more"}')).toEqual([
      { line: 1, fields: { metric: 'calls' } },
      { line: 3, problem: 'is not a JSON object' },
      { line: 4, problem: 'is not JSON' },
      { line: 5, fields: { metric: 'more' } },
    ])
  })
})

it('tells the form by the name, else by how the file begins', () => {
  expect(formOfFile('use.csv', '{')).toBe('csv')
  expect(formOfFile('use.JSONL', 'a,b')).toBe('jsonl')
  expect(formOfFile('use.txt', '  {"a":1}')).toBe('jsonl')
  expect(formOfFile('use', 'a,b')).toBe('csv')
})
