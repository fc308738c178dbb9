/** Lays out one picture of a large trace and hands it back. */
import { leftHeavy, type Merged } from '../../../model/calls'
import { timeFlame } from '../../../model/lanes'
import { type Call, sandwich } from '../../../model/sandwich'

export interface Wanted {
  what: 'flame' | 'left-heavy' | 'sandwich'
  call: Call | null
  merged: Merged
}

self.onmessage = ({ data }: MessageEvent<Wanted>) => self.postMessage(made(data))

function made({ what, call, merged }: Wanted) {
  if (what === 'flame') return timeFlame(merged)
  return what === 'sandwich' && call ? sandwich(merged, call) : leftHeavy(merged)
}
