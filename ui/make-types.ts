/**
 * Makes src/model/server.ts, the types of what the server takes and answers, from its OpenAPI document on stdin.
 * A script of our own, since openapi-typescript stands on the compiler's old API, which TypeScript 7 does not have.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

type Schema = {
  $ref?: string
  anyOf?: Schema[]
  enum?: (string | number)[]
  type?: string
  title?: string
  description?: string
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  prefixItems?: Schema[]
  additionalProperties?: Schema
}

const HEAD = `/** Made by \`npm run types\` from the server's OpenAPI document; not to be edited. */

export type Value = string | number | boolean | null | Value[] | { [key: string]: Value }
`

function union(schemas: Schema[]): string {
  return [...new Set(schemas.map(type))].join(' | ')
}

function list(schema: Schema): string {
  if (schema.prefixItems) return `[${schema.prefixItems.map(type).join(', ')}]`
  const item = schema.items ? type(schema.items) : 'Value'
  return item.includes(' | ') ? `(${item})[]` : `${item}[]`
}

const SIMPLE: Record<string, string> = { integer: 'number', null: 'null' }

function type(schema: Schema): string {
  if (schema.$ref) return schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)
  if (schema.anyOf) return union(schema.anyOf)
  if (schema.enum) return schema.enum.map(value => JSON.stringify(value)).join(' | ')
  if (schema.type === 'array') return list(schema)
  if (schema.type === 'object') return `Record<string, ${type(schema.additionalProperties ?? {})}>`
  return schema.type ? (SIMPLE[schema.type] ?? schema.type) : 'Value'
}

function remark(text: string | undefined): string {
  return text ? `/** ${text.replace(/\s+/g, ' ').replaceAll('*/', '* /')} */\n` : ''
}

function declaration(name: string, schema: Schema): string {
  if (!schema.properties) return `${remark(schema.description)}export type ${name} = ${type(schema)}\n`
  const fields = Object.entries(schema.properties).map(([field, each]) => {
    const optional = schema.required?.includes(field) ? '' : '?'
    return `  ${/^\w+$/.test(field) ? field : JSON.stringify(field)}${optional}: ${type(each)}\n`
  })
  return `${remark(schema.description)}export interface ${name} {\n${fields.join('')}}\n`
}

const document = JSON.parse(readFileSync(0, 'utf8'))
const schemas: [string, Schema][] = Object.entries(document.components.schemas)
const text = [HEAD, ...schemas.sort().map(([name, schema]) => declaration(name, schema))].join('\n')
const file = process.argv[2]
if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text)
