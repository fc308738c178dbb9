import type { KeyboardEvent, PointerEvent } from 'react'

interface Props {
  label: string
  /** Pixels; a splitter that counts from the right or the bottom says so. */
  at: number
  least: number
  most: number
  move: (to: number) => void
  upright?: boolean
  reversed?: boolean
  className?: string
}

const STEP = 16

/** A line between two parts, moved by pointer or arrow keys. */
export function Splitter({ label, at, least, most, move, upright = true, reversed = false, className = '' }: Props) {
  const to = (value: number) => move(Math.round(Math.min(most, Math.max(least, value))))
  const sign = reversed ? -1 : 1
  const drag = (event: PointerEvent) => {
    const from = upright ? event.clientX : event.clientY
    const element = event.currentTarget as HTMLElement
    element.setPointerCapture(event.pointerId)
    element.onpointermove = moved => to(at + sign * ((upright ? moved.clientX : moved.clientY) - from))
    element.onpointerup = () => {
      element.onpointermove = null
    }
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -STEP, ArrowRight: STEP, ArrowUp: -STEP, ArrowDown: STEP }[event.key]
    if (!by) return
    event.preventDefault()
    to(at + sign * by)
  }
  return (
    <div
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={upright ? 'vertical' : 'horizontal'}
      aria-valuenow={Math.round(at)}
      aria-valuemin={Math.round(least)}
      aria-valuemax={Math.round(most)}
      className={`splitter ${upright ? 'upright' : 'flat'} ${className}`}
      onPointerDown={drag}
      onKeyDown={onKeyDown}
    />
  )
}
