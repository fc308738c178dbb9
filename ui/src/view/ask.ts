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

/** Nobody answers, or not to the end. */
export const GONE = 'gone'

/** The server wants a token that we do not have. */
export const UNKNOWN_CALLER = 401

export interface Question {
  params?: Record<string, string | number | null | undefined>
  body?: unknown
  signal?: AbortSignal
  /** What a page asks beside what somebody asked of it: an investigation does not keep it. */
  aside?: boolean
  /** The newest question of a slot is the one that counts; the server stops work on the one before. */
  slot?: string
}

/** One per tab, made by `start.js`. */
const session = sessionStorage.getItem('trivet.session') ?? ''

declare global {
  interface Window {
    /** What `start.js` asked before this script was here. */
    trivetAsked?: { path: string; answer: Promise<Response> }
  }
}

/** Good for one question. */
function takeEarly(path: string): Promise<Response> | null {
  const early = window.trivetAsked
  if (early?.path !== path) return null
  delete window.trivetAsked
  return early.answer
}

function address(path: string, params: Question['params'] = {}): string {
  const given = Object.entries(params).filter(([, value]) => value !== undefined && value !== null)
  const query = new URLSearchParams(given.map(([name, value]) => [name, String(value)]))
  return query.size ? `${path}?${query}` : path
}

export async function ask<T>(path: string, question: Question = {}): Promise<T> {
  const response = await send(path, question)
  return (await response.json()) as T
}

/** An answer that began well and ended in an error has no status of its own; it is final, as a 4xx is. */
const REFUSED = 422

/** Told while the server works on an answer. */
export interface Progress {
  rows: number
  /** 0 while that is not known. */
  total: number
}

/** Asks for progress too: the server tells it, and then the answer, as events of one response. */
export async function askTold<T>(path: string, question: Question, told: (progress: Progress) => void): Promise<T> {
  const response = await send(path, question, 'text/event-stream')
  const events = response.body?.pipeThrough(new TextDecoderStream())
  if (!events) throw new Problem('The answer has no body.', 0, 'unknown')
  let rest = ''
  for await (const chunk of readAll(events)) {
    const parts = (rest + chunk).split('\n\n')
    rest = parts.pop() ?? ''
    for (const { name, data } of parts.map(readEvent)) {
      if (name === 'progress') told(data as Progress)
      if (name === 'error') throw problemIn(data, REFUSED)
      if (name === 'result') return data as T
    }
  }
  throw new Problem('The server went away before it had answered.', 0, GONE, GONE_HINT)
}

async function* readAll(stream: ReadableStream<string>) {
  const reader = stream.getReader()
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value
  } finally {
    void reader.cancel().catch(() => {})
  }
}

/** A comment has neither a name nor data. */
function readEvent(text: string): { name: string; data: unknown } {
  const line = (field: string) =>
    text
      .split('\n')
      .find(line => line.startsWith(`${field}: `))
      ?.slice(field.length + 2)
  return { name: line('event') ?? '', data: JSON.parse(line('data') ?? 'null') }
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

async function send(
  path: string,
  { params, body, signal, slot, aside }: Question,
  accept = 'application/json',
): Promise<Response> {
  const headers = new Headers({ Accept: accept, 'Trivet-Session': session })
  if (aside) headers.set('Trivet-Aside', '1')
  if (slot) headers.set('Trivet-Replaces', `${session}:${slot}`)
  const request: RequestInit = { headers, signal: signal ?? null }
  if (body !== undefined) {
    headers.set('Content-Type', 'application/json')
    Object.assign(request, { method: 'POST', body: JSON.stringify(body) })
  }
  const asked = address(path, params)
  const response = await (takeEarly(asked) ?? fetch(asked, request)).catch(error => {
    if (signal?.aborted) throw error
    throw new Problem('The server does not answer.', 0, GONE, GONE_HINT)
  })
  noteClock(response)
  if (!response.ok) throw await problemOf(response)
  return response
}

let aheadMs = 0

/** The `Date` header counts whole seconds, and is a little old when it arrives. */
function noteClock(response: Response) {
  const date = Date.parse(response.headers.get('date') ?? '')
  if (!Number.isNaN(date)) aheadMs = Date.now() - date - 500
}

const CLOCK_ERROR_MS = 3000

/** How far this browser's clock is ahead of the server's; 0 where they agree as far as can be told. */
export function clockAhead(): number {
  return Math.abs(aheadMs) > CLOCK_ERROR_MS ? aheadMs : 0
}

/** The time by the server's clock: `last 1 h` ends there. */
export function serverNow(): number {
  return Date.now() - clockAhead()
}

/** The same as the API writes instants. */
export function serverNowNs(): bigint {
  return BigInt(Math.round(serverNow())) * 1_000_000n
}

const GONE_HINT = 'Is `trivet up` still running? This page tries again by itself.'

async function problemOf(response: Response): Promise<Problem> {
  return problemIn(await response.json().catch(() => null), response.status)
}

function problemIn(answer: unknown, status: number): Problem {
  const { error } = (answer ?? {}) as { error?: { message: string; code: string; hint?: string; at?: number } }
  if (!error) return new Problem(`The server answered ${status}.`, status, 'unknown')
  return new Problem(error.message, status, error.code, error.hint ?? null, error.at ?? null)
}

export function asProblem(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem(String(error), 0, 'unknown')
}
