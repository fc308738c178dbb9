/** Addresses. What a page shows is in its URL: plain `name=value` pairs that a person can read and change. */
import { createMemoryHistory, createRootRoute, createRoute, createRouter, redirect } from '@tanstack/react-router'
import type { Order } from './data'
import { Drop } from './drop'
import { Alone } from './frame/alone'
import { Frame } from './frame/frame'
import { LogsPage } from './logs/page'
import { Notice } from './parts/notice'
import { ServicesPage } from './services/page'
import { SqlPage } from './sql/page'
import { keepOpened } from './trace/opened'
import { TracePage } from './trace/page'
import { savedTrace } from './trace/share/page'
import { TracesPage } from './traces/page'

type Given = Record<string, string | undefined>

/** Only what is there, so that an address holds nothing that it does not need. */
function given(search: Record<string, unknown>, names: readonly string[]): Given {
  const known = names
    .map(name => [name, search[name]] as const)
    .filter(([, value]) => typeof value === 'string' && value)
  return Object.fromEntries(known) as Given
}

/** A saved page holds one trace and nothing else: no frame, no server. */
const saved = savedTrace()
if (saved) keepOpened({ trace: saved, from: 'this page', others: 0 })

const root = createRootRoute({
  component: () => (
    <>
      {saved ? <Alone /> : <Frame />}
      <Drop />
    </>
  ),
  notFoundComponent: () => <Notice title="There is no page at this address." />,
  validateSearch: (search): { range?: string } => given(search, ['range']),
})

const index = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/traces', search: true })
  },
})

const traces = createRoute({
  getParentRoute: () => root,
  path: '/traces',
  component: TracesPage,
  validateSearch: (search): { filter?: string; order?: Order } => given(search, ['filter', 'order']),
})

export interface TraceSearch {
  view?: string
  span?: string
  log?: string
  zoom?: string
  find?: string
  logs?: string
  /** `service|name` in the middle of the sandwich. */
  focus?: string
  by?: string
  sort?: string
  /** What the trace is compared with. */
  with?: string
}

const TRACE_SEARCH = ['view', 'span', 'log', 'zoom', 'find', 'logs', 'focus', 'by', 'sort', 'with']

const trace = createRoute({
  getParentRoute: () => root,
  path: '/traces/$id',
  component: TracePage,
  validateSearch: (search): TraceSearch => given(search, TRACE_SEARCH),
})

const logs = createRoute({
  getParentRoute: () => root,
  path: '/logs',
  component: LogsPage,
  validateSearch: (search): { filter?: string } => given(search, ['filter']),
})

const services = createRoute({ getParentRoute: () => root, path: '/services', component: ServicesPage })

const sql = createRoute({
  getParentRoute: () => root,
  path: '/sql',
  component: SqlPage,
  validateSearch: (search): { query?: string } => given(search, ['query']),
})

export const router = createRouter({
  ...(saved && { history: createMemoryHistory({ initialEntries: [`/traces/${saved.trace_id}`] }) }),
  routeTree: root.addChildren([index, traces, trace, logs, services, sql]),
  parseSearch: text => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: search => {
    const pairs = Object.entries(search).filter(([, value]) => value !== undefined && value !== '')
    const query = new URLSearchParams(pairs.map(([name, value]) => [name, String(value)]))
    return query.size ? `?${query}` : ''
  },
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
