/** The line on top of every page, and what is open over it. */
import { Link, Outlet, useLocation, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { asProblem, UNKNOWN_CALLER } from '../ask'
import { useComeback, useKnownServices, useStatus } from '../data'
import { keyName, useKeys } from '../keys'
import { ServiceColours } from '../parts/service'
import { Help } from './help'
import { Login } from './login'
import { Palette } from './palette'
import { RangePicker } from './range-picker'
import { ServerState } from './server-state'

export const PAGES = [
  { to: '/traces', title: 'Traces', key: 't' },
  { to: '/logs', title: 'Logs', key: 'l' },
  { to: '/explore', title: 'Explore', key: 'e' },
  { to: '/services', title: 'Services', key: 's' },
  { to: '/metrics-explorer', title: 'Metrics', key: 'm' },
  { to: '/sql', title: 'SQL', key: 'q' },
] as const

const NONE: string[] = []

export function Frame() {
  const [open, setOpen] = useState<'palette' | 'help' | null>(null)
  const navigate = useNavigate()
  const { pathname } = useLocation()
  const services = useKnownServices() ?? NONE
  const status = useStatus()
  useComeback(status.error !== null)
  useKeys('Everywhere', [
    { keys: 'Mod+k', does: 'Go to, find a trace by its id, switch theme', run: () => setOpen('palette') },
    { keys: '?', does: 'Keys of this page', run: () => setOpen('help') },
    ...PAGES.map(page => ({
      keys: `g ${page.key}`,
      does: page.title,
      run: () => void navigate({ to: page.to, search: keepRange }),
    })),
  ])
  const close = () => setOpen(null)
  return (
    <ServiceColours services={services}>
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <header className="frame">
        <Nav />
        <button type="button" className="search" onClick={() => setOpen('palette')}>
          <span>Go to, or a trace id</span>
          <kbd>{keyName('Mod+K')}</kbd>
        </button>
        {asksInRange(pathname) && <RangePicker />}
        <ServerState />
        <button type="button" className="quiet" aria-label="Keys of this page" onClick={() => setOpen('help')}>
          ?
        </button>
      </header>
      <main id="main">{asProblem(status.error).status === UNKNOWN_CALLER ? <Login /> : <Outlet />}</main>
      <Palette open={open === 'palette'} close={close} />
      <Help open={open === 'help'} close={close} />
    </ServiceColours>
  )
}

/** From page to page the time range stays, everything else is the other page's own. */
export const keepRange = (before: { range?: string }) => (before.range ? { range: before.range } : {})

/** A trace is looked at whole, and a statement says its own time. */
function asksInRange(pathname: string): boolean {
  return !/^\/(traces\/.|sql)/.test(pathname)
}

function Nav() {
  const { pathname } = useLocation()
  return (
    <nav aria-label="Pages">
      <Link to="/traces" search={keepRange} className="brand">
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path d="M8 1.5 15 14H1z" />
        </svg>
        trivet
      </Link>
      {PAGES.map(page => (
        <Link
          key={page.to}
          to={page.to}
          search={keepRange}
          className="page-link"
          aria-current={pathname.startsWith(page.to) ? 'page' : undefined}
        >
          {page.title}
        </Link>
      ))}
    </nav>
  )
}
