import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Attributes, Value } from '../../../model/api'
import { term } from '../../../model/filter'
import { groupAttributes, valueText } from '../../../model/values'
import { keepRange } from '../../frame/frame'
import { Copy } from '../../parts/copy'
import { useTraceData } from '../data'
import { showPicture } from '../moves'
import { useStage } from '../stage'
import { togglePinned, usePinned } from './pinned'
import { Section } from './section'

/** Whose attributes they are: what a filter calls them by. */
export type Whose = 'span' | 'resource' | 'event' | 'log'

const PREFIX: Record<Whose, string> = { span: '', resource: 'resource.', event: 'event.', log: 'log.' }

/** A span's own attributes by convention; each can be pinned, grouped by, copied, or be the next question. */
export function AttributeGroups({ attributes }: { attributes: Attributes }) {
  return groupAttributes(attributes).map(group => (
    <Section key={group.title} title={group.title || 'Attributes'}>
      <Entries entries={group.entries} whose="span" />
    </Section>
  ))
}

/** The same without headings. */
export function AttributeList({ attributes, whose }: { attributes: Attributes; whose: Whose }) {
  const entries = groupAttributes(attributes).flatMap(group => group.entries)
  return entries.length ? <Entries entries={entries} whose={whose} /> : <p className="dim">none</p>
}

/** What somebody wants to see first, of the span and of what it came from. */
export function PinnedSection({ attributes, resource }: { attributes: Attributes; resource: Attributes }) {
  const pinned = usePinned()
  const of = (from: Attributes) =>
    pinned.filter(name => name in from).map((name): [string, Value] => [name, from[name]])
  const [own, its] = [of(attributes), of(resource).filter(([name]) => !(name in attributes))]
  if (!own.length && !its.length) return null
  return (
    <Section title="Pinned">
      <Entries entries={own} whose="span" />
      <Entries entries={its} whose="resource" />
    </Section>
  )
}

function Entries({ entries, whose }: { entries: [string, Value][]; whose: Whose }) {
  return (
    <dl className="entries">
      {entries.map(([key, value]) => (
        <Entry key={key} name={key} text={valueText(value)} quoted={typeof value === 'string'} whose={whose} />
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

interface Props {
  name: string
  text: string
  quoted: boolean
  whose: Whose
}

function Entry({ name, text, quoted, whose }: Props) {
  return (
    <div className="entry">
      <dt title={name}>{breakable(name)}</dt>
      <dd className={`code ${text.length > LONG ? 'long' : ''}`}>
        {text === '' ? <span className="dim">{quoted ? '""' : 'empty'}</span> : text}
      </dd>
      <dd className="entry-actions">
        <Acts name={name} text={text} whose={whose} />
        <Copy text={text} />
      </dd>
    </div>
  )
}

function Acts({ name, text, whose }: Pick<Props, 'name' | 'text' | 'whose'>) {
  const navigate = useNavigate()
  const stage = useStage()
  const { local, whole } = useTraceData()
  const pinned = usePinned().includes(name)
  const filter = (exclude: boolean) =>
    void navigate({
      to: '/traces',
      search: before => ({
        ...keepRange(before),
        filter: `${exclude ? '-' : ''}${term(`${PREFIX[whose]}${name}`, text)}`,
      }),
    })
  const group = () => {
    stage.set({ by: name })
    showPicture(stage, 'table')
  }
  return (
    <>
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
      {whose === 'span' && whole && (
        <button type="button" className="quiet" title="The spans of this trace in groups by it" onClick={group}>
          Group
        </button>
      )}
      {(whose === 'span' || whose === 'resource') && (
        <button
          type="button"
          className="quiet"
          title={pinned ? 'No longer on top' : 'On top, in every span that has it'}
          onClick={() => togglePinned(name)}
        >
          {pinned ? 'Unpin' : 'Pin'}
        </button>
      )}
    </>
  )
}
