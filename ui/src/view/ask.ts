/** The one way to the server: JSON in and out, its errors as `Problem`s, older questions of a slot cancelled. */

/** What went wrong, in the server's own words where it had any. */
export class Problem extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly code: string,
    readonly hint: string | null = null,
    /** Column of a filter or a statement that the message points at. */
    readonly at: number | null = null,
  ) {
    super(message)
  }
}

/** The server wants a token that we do not have. */
export const UNKNOWN_CALLER = 401

export interface Question {
  params?: Record<string, string | number | null | undefined>
  body?: unknown
  signal?: AbortSignal
  /** The newest question of a slot is the one that counts; the server stops work on the one before. */
  slot?: string
}

/** One per tab: investigations are told apart by it. */
const session = tabSession()

function tabSession(): string {
  const known = sessionStorage.getItem('trivet.session')
  const made =
    known ?? Array.from(crypto.getRandomValues(new Uint8Array(8)), b => b.toString(16).padStart(2, '0')).join('')
  sessionStorage.setItem('trivet.session', made)
  return made
}

function address(path: string, params: Question['params'] = {}): string {
  const given = Object.entries(params).filter(([, value]) => value !== undefined && value !== null && value !== '')
  const query = new URLSearchParams(given.map(([name, value]) => [name, String(value)]))
  return query.size ? `${path}?${query}` : path
}

export async function ask<T>(path: string, question: Question = {}): Promise<T> {
  const response = await send(path, question)
  return (await response.json()) as T
}

/** Something that is done, and answered without words. */
export async function tell(path: string, body: unknown): Promise<void> {
  await send(path, { body })
}

/** The answer as it came, for whoever reads it elsewhere. */
export async function fetchBytes(path: string, question: Question = {}): Promise<ArrayBuffer> {
  const response = await send(path, question)
  return response.arrayBuffer()
}

async function send(path: string, { params, body, signal, slot }: Question): Promise<Response> {
  const headers = new Headers({ Accept: 'application/json', 'Trivet-Session': session })
  if (slot) headers.set('Trivet-Replaces', `${session}:${slot}`)
  const request: RequestInit = { headers, signal: signal ?? null }
  if (body !== undefined) {
    headers.set('Content-Type', 'application/json')
    Object.assign(request, { method: 'POST', body: JSON.stringify(body) })
  }
  const response = await fetch(address(path, params), request).catch(error => {
    if (signal?.aborted) throw error
    throw new Problem('The server does not answer.', 0, 'gone', GONE)
  })
  if (!response.ok) throw await problemOf(response)
  return response
}

const GONE = 'Is `trivet up` still running? This page tries again by itself.'

async function problemOf(response: Response): Promise<Problem> {
  const { error } = await response.json().catch(() => ({ error: null }))
  if (!error) return new Problem(`The server answered ${response.status}.`, response.status, 'unknown')
  return new Problem(error.message, response.status, error.code, error.hint ?? null, error.at ?? null)
}

export function asProblem(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem(String(error), 0, 'unknown')
}
