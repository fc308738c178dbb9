import type { Running } from '../../../model/api'
import { ago, milliseconds } from '../../../model/time'
import { serverNow } from '../../ask'
import { Stack } from './error'
import { Section } from './section'

/** A span that has not ended: where its code is now, or was when last heard of. */
export function NowSection({ running }: { running: Running }) {
  const lost = running.state === 'lost'
  const seen = ago(milliseconds(BigInt(running.last_seen)), serverNow())
  return (
    <Section title={lost ? 'Never ended' : 'Running now'} tone={lost ? 'error' : undefined}>
      <p>{lost ? `Its process is gone; it was last heard of ${seen}, here:` : `Last heard of ${seen}, here:`}</p>
      {running.stack.length ? (
        <Stack stack={running.stack.toReversed().join('\n')} />
      ) : (
        <p className="dim">no stack was reported</p>
      )}
    </Section>
  )
}
