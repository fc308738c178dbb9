/** The tables and their columns; a click writes the name into the statement. */
import { useState } from 'react'
import { useSchema } from '../questions'

const TABLES = ['spans', 'logs', 'metric_points', 'traces'] as const

interface Props {
  insert: (name: string) => void
  show: (statement: string) => void
}

export function Schema({ insert, show }: Props) {
  return (
    <aside className="schema" aria-label="Tables">
      {TABLES.map(table => (
        <Table key={table} table={table} start={table === 'spans'} insert={insert} show={show} />
      ))}
    </aside>
  )
}

function Table({ table, start, insert, show }: Props & { table: string; start: boolean }) {
  const [open, setOpen] = useState(start)
  const { data } = useSchema(table, open)
  return (
    <section>
      <h2 className="row">
        <button type="button" className="facet-head" aria-expanded={open} onClick={() => setOpen(!open)}>
          <span className="ink">{table}</span>
          <span aria-hidden="true">{open ? '▾' : '▸'}</span>
        </button>
      </h2>
      {open && (
        <ul>
          {data?.rows.map(([name, type]) => (
            <li key={String(name)}>
              <button type="button" className="facet" title={`${name} ${type}`} onClick={() => insert(String(name))}>
                <span className="code">{String(name)}</span>
                <span className="dim cut type">{String(type)}</span>
              </button>
            </li>
          ))}
          <li>
            <button type="button" className="facet dim" onClick={() => show(`SELECT * FROM ${table} LIMIT 20`)}>
              first 20 rows …
            </button>
          </li>
        </ul>
      )}
    </section>
  )
}
