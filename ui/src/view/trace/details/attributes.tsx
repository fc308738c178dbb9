import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Attributes, Value } from '../../../model/api'
import { term } from '../../../model/filter'
import { groupAttributes, valueText } from '../../../model/values'
import { keepRange } from '../../frame/frame'
import { Copy } from '../../parts/copy'
import { useTraceData } from '../data'
import { Section } from './section'

/** Attributes in groups; each can be copied, or be the next question. */
export function AttributeGroups({ attributes, plain = false }: { attributes: Attributes; plain?: boolean }) {
  const groups = groupAttributes(attributes)
  if (!groups.length) return plain ? <p className="dim">none</p> : null
  if (plain) return <Entries entries={groups.flatMap(group => group.entries)} />
  return groups.map(group => (
    <Section key={group.title} title={group.title || 'Attributes'}>
      <Entries entries={group.entries} />
    </Section>
  ))
}

function Entries({ entries }: { entries: [string, Value][] }) {
  return (
    <dl className="entries">
      {entries.map(([key, value]) => (
        <Entry key={key} name={key} text={valueText(value)} quoted={typeof value === 'string'} />
      ))}
    </dl>
  )
}

/** A long name is broken where its parts meet. */
function breakable(name: string): ReactNode[] {
  let at = 0
  return name.split(/(?<=[._])/).flatMap(part => {
    at += part.length
    return [part, <wbr key={at} />]
  })
}

const LONG = 300

function Entry({ name, text, quoted }: { name: string; text: string; quoted: boolean }) {
  const navigate = useNavigate()
  const { local } = useTraceData()
  const filter = (exclude: boolean) =>
    void navigate({
      to: '/traces',
      search: before => ({ ...keepRange(before), filter: `${exclude ? '-' : ''}${term(name, text)}` }),
    })
  return (
    <div className="entry">
      <dt title={name}>{breakable(name)}</dt>
      <dd className={`code ${text.length > LONG ? 'long' : ''}`}>
        {text === '' ? <span className="dim">{quoted ? '""' : 'empty'}</span> : text}
      </dd>
      <dd className="entry-actions">
        {!local && (
          <>
            <button type="button" className="quiet" title="Traces with this" onClick={() => filter(false)}>
              =
            </button>
            <button type="button" className="quiet" title="Traces without this" onClick={() => filter(true)}>
              ≠
            </button>
          </>
        )}
        <Copy text={text} />
      </dd>
    </div>
  )
}
