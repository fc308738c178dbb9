import { useState } from 'react'
import { copyText } from './clipboard'

const SAID_MS = 1200

/** Copies a text and says so. */
export function Copy({ text, label = 'Copy' }: { text: string; label?: string }) {
  const [said, setSaid] = useState('')
  const copy = async () => {
    setSaid((await copyText(text)) ? 'Copied' : 'Not allowed')
    setTimeout(() => setSaid(''), SAID_MS)
  }
  return (
    <button type="button" className="quiet copy" onClick={() => void copy()}>
      {said || label}
    </button>
  )
}
