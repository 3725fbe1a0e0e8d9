import { dirname, join } from 'node:path/posix'
import { parseSync } from 'vite'

export type ImportEdge = {
  /** As written, e.g. `../engine/index.ts?modulePath`. Null: not a literal, so nobody can tell what it loads. */
  specifier: string | null
  line: number
}

/** Every way one file names another: static, type-only, re-export, dynamic, `import('x').T` and `require`. */
export function importsOf(path: string, source: string): ImportEdge[] {
  const { program, errors } = parseSync(path, source)
  const [error] = errors
  if (error !== undefined) throw new SyntaxError(`${path}: ${error.message}`)
  const edges: ImportEdge[] = []
  visit(program, (node) => {
    const written = sourceOf(node)
    if (written === undefined) return
    edges.push({ specifier: literal(written), line: lineAt(source, typeof node.start === 'number' ? node.start : 0) })
  })
  return edges
}

/** Path from the root for a relative specifier without its query; null for a package or a Node module. */
export function resolveRelative(importer: string, specifier: string): string | null {
  if (!specifier.startsWith('.')) return null
  return join(dirname(importer), withoutQuery(specifier))
}

export function withoutQuery(specifier: string): string {
  return specifier.split('?', 1)[0] ?? ''
}

type Node = Record<string, unknown>

/** Undefined: this node imports nothing. */
function sourceOf(node: Node): unknown {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ImportExpression':
    case 'ExportAllDeclaration':
      return node.source
    case 'ExportNamedDeclaration':
      return node.source ?? undefined
    case 'TSImportType':
      return node.source ?? node.argument
    case 'TSExternalModuleReference':
      return node.expression
    case 'CallExpression':
      return isNode(node.callee) && node.callee.type === 'Identifier' && node.callee.name === 'require' && Array.isArray(node.arguments)
        ? node.arguments[0]
        : undefined
    default:
      return undefined
  }
}

function literal(node: unknown): string | null {
  if (!isNode(node)) return null
  if (typeof node.value === 'string') return node.value
  return isNode(node.literal) ? literal(node.literal) : null
}

function visit(value: unknown, see: (node: Node) => void): void {
  if (Array.isArray(value)) {
    for (const element of value) visit(element, see)
  } else if (isNode(value)) {
    see(value)
    for (const child of Object.values(value)) visit(child, see)
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function lineAt(source: string, offset: number): number {
  return source.slice(0, offset).split('\n').length
}
