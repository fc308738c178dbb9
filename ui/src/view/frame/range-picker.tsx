import { Popover } from '@base-ui/react/popover'
import { type FormEvent, useState } from 'react'
import { PRESETS, type Range, rangeLabel, readRange, writeRange } from '../../model/range'
import { serverNow } from '../ask'
import { useKeys } from '../keys'
import { useRange, useTrail } from './range'

/** Back, the range itself (presets, and whatever `readRange` understands), and forward. */
export function RangePicker() {
  const [range, setRange] = useRange()
  const [open, setOpen] = useState(false)
  const { back, forward } = useTrail()
  useKeys('Time range', [
    { keys: 'T', does: 'Choose or type a range', run: () => setOpen(true) },
    { keys: 'z', does: 'The range before', run: () => back?.() },
    { keys: 'Z', does: 'The range after', run: () => forward?.() },
  ])
  const choose = (chosen: Range) => {
    setRange(chosen)
    setOpen(false)
  }
  return (
    <div className="ranges">
      <Step does="The range before" sign="‹" run={back} />
      <Popover.Root open={open} onOpenChange={setOpen}>
        <Popover.Trigger className="quiet range" aria-label={`Time range: ${rangeLabel(range)}`}>
          {rangeLabel(range)} <span aria-hidden="true">▾</span>
        </Popover.Trigger>
        <Popover.Portal>
          <Popover.Positioner sideOffset={4} align="end" className="above">
            <Popover.Popup className="popup" aria-label="Time range">
              <Typed choose={choose} />
              <div className="presets">
                {PRESETS.map(preset => (
                  <button
                    key={preset}
                    type="button"
                    aria-pressed={writeRange(range) === preset}
                    onClick={() => choose(readRange(preset, serverNow()) as Range)}
                  >
                    {preset}
                  </button>
                ))}
              </div>
            </Popover.Popup>
          </Popover.Positioner>
        </Popover.Portal>
      </Popover.Root>
      <Step does="The range after" sign="›" run={forward} />
    </div>
  )
}

function Step({ does, sign, run }: { does: string; sign: string; run: (() => void) | undefined }) {
  return (
    <button type="button" className="quiet step" aria-label={does} title={does} disabled={!run} onClick={run}>
      {sign}
    </button>
  )
}

function Typed({ choose }: { choose: (range: Range) => void }) {
  const [wrong, setWrong] = useState(false)
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const typed = String(new FormData(event.currentTarget).get('range'))
    const range = readRange(typed, serverNow())
    setWrong(range === null)
    if (range) choose(range)
  }
  return (
    <form onSubmit={submit}>
      <input name="range" aria-label="Time range" placeholder="2h · 14:00–14:30 · yesterday" autoComplete="off" />
      <p className={wrong ? 'hint error' : 'hint'}>
        {wrong
          ? 'Not a time range. Try 2h, 14:00–14:30 or 2026-11-23.'
          : 'Enter to apply. Drag across any chart to zoom in.'}
      </p>
    </form>
  )
}
