import { Outlet } from '@tanstack/react-router'
import { useState } from 'react'
import { useKeys } from '../keys'
import { Help } from './help'

/** Around a page that was saved: nothing but the keys. */
export function Alone() {
  const [help, setHelp] = useState(false)
  useKeys('Everywhere', [{ keys: '?', does: 'Keys of this page', run: () => setHelp(true) }])
  return (
    <main id="main">
      <Outlet />
      <Help open={help} close={() => setHelp(false)} />
    </main>
  )
}
