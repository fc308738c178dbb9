/** Addresses. What a page shows is in its URL: plain `name=value` pairs that a person can read and change. */
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router'
import type { Order } from './data'
import { Drop } from './drop'
import { Alone } from './frame/alone'
import { Frame } from './frame/frame'
import { LogsPage } from './logs/page'
import { Broken, Notice, Skeleton } from './parts/notice'
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
  validateSearch: (search): { filter?: string; order?: Order; live?: string; marked?: string } =>
    given(search, ['filter', 'order', 'live', 'marked']),
})

export interface LogsSearch {
  filter?: string
  view?: string
  columns?: string
  wrap?: string
  open?: string
  live?: string
}

export interface ExploreSearch {
  signal?: string
  filter?: string
  calculate?: string
  group?: string
  every?: string
  view?: string
  box?: string
  flame?: string
  focus?: string
  at?: string
}

export interface MetricsSearch {
  metric?: string
  filter?: string
  calculate?: string
  group?: string
  find?: string
}

export interface TraceSearch {
  view?: string
  span?: string
  log?: string
  zoom?: string
  /** As `zoom`, in pictures whose width is not time. */
  part?: string
  find?: string
  logs?: string
  closed?: string
  open?: string
  only?: string
  hide?: string
  /** `service|name` in the middle of the sandwich. */
  focus?: string
  by?: string
  sort?: string
  /** What the trace is compared with. */
  with?: string
}

export const TRACE_SEARCH = [
  ...['view', 'span', 'log', 'zoom', 'part', 'find', 'logs', 'closed', 'open', 'only', 'hide'],
  ...['focus', 'by', 'sort', 'with'],
] as const

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
  validateSearch: (search): LogsSearch => given(search, ['filter', 'view', 'columns', 'wrap', 'open', 'live']),
})

/** Pages that draw charts come when they are wanted: the list, the logs and the trace need none of it. */
const explore = createRoute({
  getParentRoute: () => root,
  path: '/explore',
  component: lazyRouteComponent(() => import('./explore/page'), 'ExplorePage'),
  validateSearch: (search): ExploreSearch =>
    given(search, ['signal', 'filter', 'calculate', 'group', 'every', 'view', 'box', 'flame', 'focus', 'at']),
})

const services = createRoute({
  getParentRoute: () => root,
  path: '/services',
  component: lazyRouteComponent(() => import('./services/page'), 'ServicesPage'),
  validateSearch: (search): { view?: string; sort?: string } => given(search, ['view', 'sort']),
})

const service = createRoute({
  getParentRoute: () => root,
  path: '/services/$name',
  component: lazyRouteComponent(() => import('./services/service'), 'ServicePage'),
})

const metrics = createRoute({
  getParentRoute: () => root,
  path: '/metrics-explorer',
  component: lazyRouteComponent(() => import('./metrics/page'), 'MetricsPage'),
  validateSearch: (search): MetricsSearch => given(search, ['metric', 'filter', 'calculate', 'group', 'find']),
})

const sql = createRoute({
  getParentRoute: () => root,
  path: '/sql',
  component: lazyRouteComponent(() => import('./sql/page'), 'SqlPage'),
  validateSearch: (search): { query?: string; view?: string } => given(search, ['query', 'view']),
})

export const router = createRouter({
  ...(saved && { history: createMemoryHistory({ initialEntries: [`/traces/${saved.trace_id}`] }) }),
  routeTree: root.addChildren([index, traces, trace, logs, explore, services, service, metrics, sql]),
  defaultPendingComponent: () => <Skeleton rows={24} />,
  defaultErrorComponent: ({ error }) => <Broken error={error} />,
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
