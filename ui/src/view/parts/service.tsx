/** A service's name and colour. Colours are settled once over all known services, then inside each trace. */
import { createContext, type ReactNode, useContext, useMemo } from 'react'
import { assignSlots, hash, SLOTS } from '../../model/colour'

type Slots = ReadonlyMap<string, number>

const Settled = createContext<Slots>(new Map())

/** What stands below gives these services their slots, no two the same where that is possible. */
export function ServiceColours({ services, children }: { services: readonly string[]; children: ReactNode }) {
  const slots = useSlots(services)
  return <Settled value={slots}>{children}</Settled>
}

export function useSlots(services: readonly string[]): Slots {
  const settled = useContext(Settled)
  // By name, as long as nothing better is known: the same set looks the same, however it was ordered.
  return useMemo(() => assignSlots(settled.size ? [...services].sort() : services, settled), [services, settled])
}

export function Service({ name }: { name: string }) {
  return (
    <span className="service" title={name}>
      <Dot service={name} />
      <span className="cut">{name}</span>
    </span>
  )
}

export function Dot({ service }: { service: string }) {
  const slot = useContext(Settled).get(service) ?? hash(service) % SLOTS
  return <span className="dot" style={{ background: `var(--service-${slot})` }} />
}
